"""Asking: the ways in which workers ask for children who are there, and for children who are not."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from random import Random

from connectors.contract import Name
from hub.people.criteria import Criteria
from hub.people.equivalents import shipped
from hub.people.learning.lists import Record
from hub.people.measuring.front_door import Asked
from hub.people.normalise import given_words, name_words, postcode
from schema.records import IdentifierSystem

Way = Callable[[Record, Random], Criteria | None]
"""One way of asking for somebody; none where it does not fit them."""

_LETTERS = "abcdefghijklmnoprstuvwy"
_FEWEST = 4
_LETTERS_OF_THEIR_OWN = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "đ": "d", "ß": "ss"})


def exact(record: Record, rng: Random | None = None) -> Criteria:  # noqa: ARG001 -- a way's signature
    """Ask by everything, as it is held."""
    traits = record.traits
    name = traits.names[0]
    return Criteria(name.family, name.given, traits.date_of_birth, postcode=traits.postcodes[0])


def _number(record: Record, _rng: Random) -> Criteria | None:
    numbers = [pair for pair in record.traits.identifiers if pair[0] is IdentifierSystem.NHS_NUMBER]
    return Criteria(identifier=numbers[0]) if numbers else None


def _number_and_name(record: Record, rng: Random) -> Criteria | None:
    number = _number(record, rng)
    return number and replace(exact(record), given="", postcode="", identifier=number.identifier)


def _former(record: Record, _rng: Random) -> Criteria | None:
    names = record.traits.names
    return replace(exact(record), surname=names[1].family) if len(names) > 1 else None


def _folded(record: Record, _rng: Random) -> Criteria | None:
    asked = exact(record)
    surname, given = (_plain(text) for text in (asked.surname, asked.given))
    return replace(asked, surname=surname, given=given) if (surname, given) != (asked.surname, asked.given) else None


def _half(record: Record, rng: Random) -> Criteria | None:
    halves = record.traits.names[0].family.split("-")
    return replace(exact(record), surname=rng.choice(halves)) if len(halves) > 1 else None


def _turned(record: Record, _rng: Random) -> Criteria | None:
    born = record.traits.date_of_birth
    if born is None or born.day > 12 or born.day == born.month:  # noqa: PLR2004 -- there is no thirteenth month
        return None
    return replace(exact(record), date_of_birth=date(born.year, born.day, born.month))


def _nickname(record: Record, rng: Random) -> Criteria | None:
    word = given_words(record.traits.names[0].given)[:1]
    roots = shipped().roots
    others = [n for n, of in roots.items() if word and n != word[0] and of & roots.get(word[0], frozenset())]
    return replace(exact(record), given=rng.choice(sorted(others)).title()) if others else None


def _typo(record: Record, rng: Random) -> Criteria | None:
    name = record.traits.names[0]
    family, given = (len(text) > _FEWEST for text in (name.family, name.given))
    if family and (not given or rng.random() < 1 / 2):
        return replace(exact(record), surname=_slip(name.family, rng))
    return replace(exact(record), given=_slip(name.given, rng)) if given else None


def _moved(record: Record, rng: Random) -> Criteria | None:
    return replace(exact(record), postcode=_elsewhere(record, rng))


WAYS: Mapping[str, Way] = {
    "exact": exact,
    "NHS number alone": _number,
    "NHS number, family name and birth": _number_and_name,
    "former family name": _former,
    "without accents and marks": _folded,
    "half of a double family name": _half,
    "day and month exchanged": _turned,
    "nickname": _nickname,
    "one slip in a name": _typo,
    "moved": _moved,
}


def asked_for(records: Sequence[Record], way: Way, many: int, rng: Random) -> Iterator[Asked]:
    """Ask for so many of the children in one way, or for all whom it fits."""
    for record in rng.sample(records, len(records)):
        if many and (criteria := way(record, rng)) is not None:
            many -= 1
            yield Asked(criteria, record.id)


def _namesake(record: Record, rng: Random, _given: Sequence[str], _families: Sequence[str]) -> Criteria:
    return replace(exact(record), postcode=_elsewhere(record, rng))


def _twin(record: Record, rng: Random, given: Sequence[str], _families: Sequence[str]) -> Criteria:
    return replace(exact(record), given=rng.choice(given))


def _near_twin(record: Record, rng: Random, _given: Sequence[str], _families: Sequence[str]) -> Criteria:
    own = record.traits.names[0].given
    nick = _nickname(record, rng) if rng.random() < 1 / 2 else None
    return nick or replace(exact(record), given=_slip(own, rng))


def _parent(record: Record, rng: Random, _given: Sequence[str], _families: Sequence[str]) -> Criteria:
    born = record.traits.date_of_birth or date(2015, 1, 1)
    year = born.year - rng.randint(16, 40)
    return replace(exact(record), date_of_birth=born.replace(year=year, day=min(born.day, 28)))


def _neighbour(record: Record, rng: Random, _given: Sequence[str], families: Sequence[str]) -> Criteria:
    own = {word for name in record.traits.names for word in name_words(name.family)}
    while True:  # a half in common is not another family: a double name is asked for by either half
        family = rng.choice(families)
        if own.isdisjoint(name_words(family)):
            return replace(exact(record), surname=family)


STRANGERS = {
    "namesake of the same birthday elsewhere": _namesake,
    "twin": _twin,
    "twin of nearly the same name": _near_twin,
    "parent and child of one name": _parent,
    "same given name, birthday and postcode, another family": _neighbour,
}


def strangers(kind: str, records: Sequence[Record], many: int, rng: Random) -> Iterator[Asked]:
    """Ask for so many children who are not there but much like one who is; none who by chance is there."""
    given = sorted({r.traits.names[0].given for r in records})
    families = sorted({r.traits.names[0].family for r in records})
    there = {form for r in records for form in _forms(r)}
    while many:
        criteria = STRANGERS[kind](rng.choice(records), rng, given, families)
        name = Name(criteria.given, criteria.surname)
        if there.isdisjoint(_written(name, criteria.date_of_birth, criteria.postcode)):
            many -= 1
            yield Asked(criteria, None)


def _forms(record: Record) -> Iterator[object]:
    traits = record.traits
    for name in traits.names:
        for code in traits.postcodes:
            yield from _written(name, traits.date_of_birth, code)


def _written(name: Name, born: date | None, code: str) -> Iterator[object]:
    """Give what is the same after folding: Lily-Mae is Lilymae, and Lily where a middle name is left out."""
    words, family = given_words(name.given), "".join(name_words(name.family))
    yield words[:1], family, born, postcode(code)
    yield "".join(words), family, born, postcode(code)


def _elsewhere(record: Record, rng: Random) -> str:
    while True:
        code = f"BK{rng.randint(1, 9)} {rng.randint(1, 9)}{rng.choice('ABDEFGHJ')}{rng.choice('ABDEFGHJ')}"
        if code not in record.traits.postcodes:
            return code


def _plain(text: str) -> str:
    return without_accents(text.replace("'", "").replace("\u2019", "")).upper()


def without_accents(text: str) -> str:
    """Write a name as a keyboard without accents does; not by the hub's own folding, which is what is tried."""
    parts = unicodedata.normalize("NFKD", text.translate(_LETTERS_OF_THEIR_OWN))
    return "".join(c for c in parts if not unicodedata.combining(c))


def _slip(name: str, rng: Random) -> str:
    """Slip once: a letter left out, doubled, taken for another, or two exchanged; never into the same name."""
    while True:
        at = rng.randrange(1, max(len(name) - 1, 2))
        slips = (
            name[:at] + name[at + 1 :],
            name[:at] + name[at : at + 1] + name[at:],
            name[:at] + rng.choice(_LETTERS) + name[at + 1 :],
            name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :],
        )
        if name_words(slip := rng.choice(slips)) != name_words(name):
            return slip


SPELLINGS: tuple[Callable[[str], str], ...] = (
    str.upper,
    str.lower,
    lambda s: unicodedata.normalize("NFD", s),
    lambda s: unicodedata.normalize("NFC", s),
    lambda s: f"  {s} ".replace(" ", "  "),
    lambda s: s.replace("'", "\u2019"),
    lambda s: s.replace("'", ""),
    lambda s: s.replace("-", " "),
    lambda s: s.replace("Mac", "Mc"),
    lambda s: f"*{s}%",
    lambda s: without_accents(s.replace("'", "")),
)
"""Other ways to write the same name."""


def spelt_otherwise(criteria: Criteria, rng: Random) -> Criteria:
    """Ask the same, written otherwise."""
    one, other = (rng.choice(SPELLINGS) for _ in range(2))
    plain = rng.choice((without_accents, str))
    code = rng.choice((str.lower, str.upper, lambda s: s.replace(" ", ""), lambda s: f" {s} "))
    return replace(
        criteria,
        surname=one(plain(criteria.surname)),
        given=other(plain(criteria.given)),
        postcode=code(criteria.postcode),
    )
