"""Criteria: what a worker types to find a child, and whether it is enough to look with."""

from dataclasses import dataclass
from datetime import date

from connectors.contract import LocalId
from hub.people.identifiers import TRUSTED, Fault, checked
from hub.people.normalise import address_words, given_words, name_words, postcode
from hub.people.profile import Profile
from schema.records import IdentifierSystem

ENOUGH = (
    "add an NHS number or UPN; or a date of birth and a name; or both names and an age, a postcode or an address; "
    "or a name, a postcode and an age or an address"
)


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is known of the child. Give a date of birth, a range of dates, or an approximate age in years.

    ``mother`` is her local ids at sources, the only way to an unborn child; none of them where nobody is known as her.
    """

    surname: str = ""
    given: str = ""
    date_of_birth: date | None = None
    born_between: tuple[date, date] | None = None
    age: int | None = None
    postcode: str = ""
    address: str = ""
    identifier: tuple[IdentifierSystem, str] | None = None
    mother: tuple[tuple[str, LocalId], ...] | None = None


@dataclass(frozen=True, slots=True)
class TooLittle:
    """Not enough to look with; ``add`` says what would do."""

    add: str


@dataclass(frozen=True, slots=True)
class Invalid:
    """Something that cannot be right, and why, to be shown beside its box; never the value."""

    field: str
    why: str


@dataclass(frozen=True, slots=True)
class Question:
    """Criteria that can be looked with, normalised; ``searched`` names what was looked at."""

    profile: Profile
    searched: tuple[str, ...]
    mother: tuple[tuple[str, LocalId], ...] | None = None


def question(criteria: Criteria, today: date) -> Question | TooLittle | Invalid:
    """Normalise criteria, and say what is wrong or missing before anything is looked up."""
    if wrong := _wrong(criteria):
        return wrong
    asked = _profile(criteria, today)
    named = len(asked.surnames) + len(asked.givens)
    dated = bool(asked.births)
    more = sum(map(bool, (asked.born_between, asked.postcodes, asked.addresses)))
    enough = (
        bool(asked.identifiers)
        or criteria.mother is not None
        or (named > 0 and dated)
        or (named > 0 and bool(asked.postcodes) and more > 1)
        or (named > 1 and more > 0)
    )
    return Question(asked, _searched(criteria, asked), criteria.mother) if enough else TooLittle(ENOUGH)


def _wrong(criteria: Criteria) -> Invalid | None:
    if criteria.identifier and isinstance(fault := checked(*criteria.identifier), Fault):
        return Invalid("identifier", fault.value)
    if criteria.born_between and criteria.born_between[0] > criteria.born_between[1]:
        return Invalid("born between", "the first date is after the last")
    if criteria.age is not None and not 0 <= criteria.age <= 120:  # noqa: PLR2004 -- nobody is older
        return Invalid("age", "it is not an age in years")
    return None


def _profile(criteria: Criteria, today: date) -> Profile:
    surname, given, code = name_words(criteria.surname), given_words(criteria.given), postcode(criteria.postcode)
    identifiers = set()
    if criteria.identifier and not isinstance(value := checked(*criteria.identifier), Fault):
        identifiers.add((criteria.identifier[0], value))
    return Profile(
        givens=(given,) if given else (),
        surnames=(surname,) if surname else (),
        births=(criteria.date_of_birth,) if criteria.date_of_birth else (),
        postcodes=(code,) if code else (),
        addresses=(lines,) if (lines := address_words(criteria.address)) else (),
        identifiers=frozenset(identifiers),
        current_surnames=frozenset({surname} if surname else ()),
        current_postcodes=frozenset({code} if code else ()),
        born_between=None if criteria.date_of_birth else criteria.born_between or _by_age(criteria.age, today),
    )


def _by_age(age: int | None, today: date) -> tuple[date, date] | None:
    """Allow a year either side: an age told from memory is approximate."""
    if age is None:
        return None
    return date(max(today.year - age - 2, 1), 1, 1), date(min(today.year - age + 1, today.year), 12, 31)


def _searched(criteria: Criteria, asked: Profile) -> tuple[str, ...]:
    looked = {
        "surname": asked.surnames,
        "given name": asked.givens,
        "date of birth": asked.births or asked.born_between,
        "postcode": asked.postcodes,
        "address": asked.addresses,
        **{f"{system.means[:-1]}": True for system, _ in asked.identifiers if system not in TRUSTED},
        "NHS number": asked.of(IdentifierSystem.NHS_NUMBER),
        "unique pupil number": asked.of(IdentifierSystem.UPN),
        "mother": criteria.mother is not None,
    }
    return tuple(name for name, value in looked.items() if value)
