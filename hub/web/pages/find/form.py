"""What somebody typed to find a child by, read forgivingly: what cannot be read is said beside its field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from hub.answer.finding import criteria_of
from hub.people.criteria import Invalid, question
from hub.web.pages.find.lacking import lacking
from schema.records import IdentifierSystem
from schema.search import IdentifierInput, PersonSearchInput

FIELDS: Final = ("family", "given", "day", "month", "year", "age", "postcode", "address", "number")
LONGEST: Final = 100
NHS_DIGITS: Final = 10
OLDEST: Final = 25
"""Years: children, and young people to the end of the law's last duty to them (Children Act 1989, section 23CZB)."""

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, field by field as it was, and what is wrong with it."""

    given: Mapping[str, str] = field(repr=False)
    asked: PersonSearchInput = field(repr=False)
    wrong: Mapping[str, str]
    others: tuple[str, ...] = ()
    """Other things that would be enough, where too little was typed."""


def read(form: Mapping[str, str], today: date) -> Typed:
    """Read the form."""
    given = {name: form.get(name, "").strip()[:LONGEST] for name in FIELDS}
    wrong: dict[str, str] = {}
    asked = PersonSearchInput(
        family_name=given["family"] or None,
        given_name=given["given"] or None,
        date_of_birth=_birth(given, wrong),
        age=_age(given["age"], wrong),
        postcode=given["postcode"] or None,
        address=given["address"] or None,
        identifier=_identifier(given["number"]),
    )
    if not any(given.values()):
        wrong["family"] = "Enter a family name and a date of birth, or an NHS number or unique pupil number"
    if wrong:
        return Typed(given, asked, wrong)
    looked = question(criteria_of(asked), today)
    if isinstance(looked, Invalid):
        return Typed(given, asked, {"number": f"Look at the number again: {looked.why}"})
    less = lacking(asked, today)
    return Typed(given, asked, {less.field: less.says} if less else {}, less.others if less else ())


def _birth(given: Mapping[str, str], wrong: dict[str, str]) -> date | None:
    day, month, year = given["day"], given["month"], given["year"]
    if not (day or month or year):
        return None
    try:
        return date(int(year), _month(month), int(day))
    except (ValueError, OverflowError):  # the latter of a year no machine word holds
        wrong["day"] = "The date of birth must be a real day with its month and year, or left empty"
        return None


def _month(month: str) -> int:
    """Take a month as a number or a name."""
    name = month[:3].lower()
    return _MONTHS.index(name) + 1 if name in _MONTHS else int(month)


def _age(age: str, wrong: dict[str, str]) -> int | None:
    if not age:
        return None
    if age.isascii() and age.isdigit() and int(age) <= OLDEST:
        return int(age)
    wrong["age"] = f"The age must be a whole number of years, up to {OLDEST}"
    return None


def _identifier(number: str) -> IdentifierInput | None:
    """Tell an NHS number, ten digits, from a unique pupil number, which has a letter."""
    plain = "".join(c for c in number if c.isalnum())
    if not plain:
        return None
    nhs = plain.isdigit() and len(plain) == NHS_DIGITS
    return IdentifierInput(system=IdentifierSystem.NHS_NUMBER if nhs else IdentifierSystem.UPN, value=number)
