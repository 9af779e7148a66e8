"""What an agency writes down about who somebody is: usually right, sometimes not, at stated rates.

| mistake | rate | what happens |
|---|---|---|
| old postcode | 1.5 % | the record has the home before the present one (people who never moved: no mistake) |
| letter case | 0.6 % | the name is in capitals without accents or apostrophes |
| surname typo | 0.8 % | two letters of the family name change places |
| nickname | 0.7 % | the given name is what friends say |
| day and month swapped | 0.5 % | the date of birth, where the swap is a date |
| identifier left out | 0.9 % | NHS number and UPN are blank |

That is 5 % of records in all. The cast's records are right, so that stories can be told of them.
"""

import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from random import Random

from hub.demo.agencies import Source
from hub.demo.names import nickname
from hub.demo.people import FullName, Home, Person


class Mistake(StrEnum):
    """A kind of slip in who somebody is."""

    NONE = "none"
    OLD_POSTCODE = "old-postcode"
    LETTER_CASE = "letter-case"
    SURNAME_TYPO = "surname-typo"
    NICKNAME = "nickname"
    SWAPPED_DATE = "swapped-date"
    NO_IDENTIFIER = "no-identifier"


RATES: dict[Mistake, float] = {
    Mistake.OLD_POSTCODE: 0.015,
    Mistake.LETTER_CASE: 0.006,
    Mistake.SURNAME_TYPO: 0.008,
    Mistake.NICKNAME: 0.007,
    Mistake.SWAPPED_DATE: 0.005,
    Mistake.NO_IDENTIFIER: 0.009,
}
"""How often each slip is made, per record of a person at a source."""

NHS_HELD: dict[Source, float] = {
    Source.SOCIAL_CARE: 0.88,
    Source.EARLY_HELP: 0.75,
    Source.SEND_NEET: 0.85,
    Source.YOUTH_JUSTICE: 0.35,
    Source.UNIVERSAL: 0.92,
    Source.HEALTH: 0.985,
}
"""How often a source that may hold an NHS number does. Schools, housing and police hold none."""

UPN_HELD: dict[Source, float] = {
    Source.SOCIAL_CARE: 0.92,
    Source.EARLY_HELP: 0.85,
    Source.EDUCATION: 0.995,
    Source.SEND_NEET: 1.0,
    Source.YOUTH_JUSTICE: 0.8,
}
"""How often a source that may hold a pupil number does."""

HAS_FORMER_NAMES = frozenset({Source.EDUCATION, Source.YOUTH_JUSTICE, Source.HOUSING, Source.POLICE, Source.HEALTH})
"""The sources whose layout has room for a former name."""


@dataclass(frozen=True, slots=True)
class Written:
    """Who a source says a person is. Names, homes and numbers: current first, as in Person."""

    person: Person
    source: Source
    name: FullName
    former: tuple[FullName, ...]
    born: date | None
    homes: tuple[Home, ...]
    nhs: tuple[str, ...]
    upn: str
    former_upn: str
    mistake: Mistake = Mistake.NONE


def write_down(person: Person, source: Source, rng: Random, *, careful: bool) -> Written:
    """Write a person down at a source; ``careful`` makes no mistake and leaves no identifier out."""
    nhs_held, upn_held = rng.random(), rng.random()
    written = Written(
        person,
        source,
        person.name,
        person.names[1:] if source in HAS_FORMER_NAMES else (),
        person.born,
        person.homes,
        person.nhs if nhs_held < (_always(NHS_HELD, source) if careful else NHS_HELD.get(source, 0)) else (),
        (person.upn or "") if upn_held < (_always(UPN_HELD, source) if careful else UPN_HELD.get(source, 0)) else "",
        person.former_upn or "",
    )
    chance = rng.random()
    return written if careful else _slip(written, chance, rng)


def _always(held: dict[Source, float], source: Source) -> float:
    return 1.0 if source in held else 0.0


def _slip(written: Written, chance: float, rng: Random) -> Written:
    for mistake, rate in RATES.items():
        if chance < rate:
            return _make(written, mistake, rng)
        chance -= rate
    return written


def _make(right: Written, mistake: Mistake, rng: Random) -> Written:
    match mistake:
        case Mistake.OLD_POSTCODE:
            wrong = replace(right, homes=(replace(right.homes[1], end=None),)) if right.homes[1:] else right
        case Mistake.LETTER_CASE:
            wrong = replace(right, name=FullName(_shout(right.name.given), _shout(right.name.family)))
        case Mistake.SURNAME_TYPO:
            wrong = replace(right, name=replace(right.name, family=_typo(right.name.family, rng)))
        case Mistake.NICKNAME:
            wrong = replace(right, name=replace(right.name, given=nickname(right.name.given)))
        case Mistake.SWAPPED_DATE:
            wrong = replace(right, born=_swapped(right.born))
        case _:
            wrong = _without_identifiers(right)
    return right if wrong == right else replace(wrong, mistake=mistake)


def _without_identifiers(right: Written) -> Written:
    # The drops for SEND have no other key than the UPN, so it cannot be left out there.
    keyed = right.source is Source.SEND_NEET
    return replace(right, nhs=(), upn=right.upn if keyed else "")


def _shout(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.replace("Ł", "L").replace("ł", "l"))
    return "".join(c for c in plain if not unicodedata.combining(c) and c != "'").upper()


def _typo(name: str, rng: Random) -> str:
    at = rng.randrange(1, len(name) - 1)
    return f"{name[:at]}{name[at + 1]}{name[at]}{name[at + 2 :]}"


def _swapped(born: date | None) -> date | None:
    if born is None or born.day > 12:  # noqa: PLR2004 -- there is no thirteenth month
        return born
    return born.replace(month=born.day, day=born.month)
