"""The kinds of search that are timed, made from people who are in the crowd."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from random import Random

from hub.people.criteria import Criteria
from schema.records import IdentifierSystem
from tests.benchmarks.people.crowd import FLOOD_UPN, FLOODED, YOUNGEST, person

SHORT = {"Amelia": "Millie", "Jessica": "Jess", "Joshua": "Josh", "Samuel": "Sam", "Matilda": "Tilly", "Nathan": "Nate"}
"""Names many of the crowd have, and what they may be called."""

Kind = Callable[[int], Criteria | None]
"""Makes a search for somebody, by their number; none where it cannot be made for them."""


def exact(number: int) -> Criteria:
    """Make everything as it is held."""
    who = person(number)
    name = who.names[0]
    return Criteria(name.family, name.given, who.date_of_birth, postcode=who.postcodes[0])


def born(number: int) -> Criteria:
    """Make both names and the date of birth."""
    return replace(exact(number), postcode="")


def home(number: int) -> Criteria:
    """Make a family name, an age and a postcode."""
    who = person(number)
    age = (YOUNGEST - (who.date_of_birth or date.min)).days // 365
    return Criteria(who.names[0].family, age=age, postcode=who.postcodes[0])


def numbered(number: int) -> Criteria | None:
    """Make an NHS number alone."""
    who = person(number)
    return Criteria(identifier=who.identifiers[0]) if who.identifiers else None


def typed_wrong(number: int) -> Criteria | None:
    """Make everything, two letters of the family name exchanged."""
    asked = exact(number)
    at = Random(number).randrange(1, len(asked.surname) - 2)  # noqa: S311 -- the same every time
    wrong = asked.surname[:at] + asked.surname[at + 1] + asked.surname[at] + asked.surname[at + 2 :]
    return replace(asked, surname=wrong) if wrong != asked.surname else None


def nickname(number: int) -> Criteria | None:
    """Make everything, but the name they are called by."""
    asked = exact(number)
    return replace(asked, given=SHORT[asked.given]) if asked.given in SHORT else None


def year(number: int) -> Criteria:
    """Make both names, and the year alone."""
    asked = born(number)
    when = asked.date_of_birth or date.min
    return replace(asked, date_of_birth=None, born_between=(date(when.year, 1, 1), date(when.year, 12, 31)))


def flooded(_: int) -> Criteria:
    """Make the name and birthday that a thousand have."""
    return Criteria(FLOODED.names[0].family, FLOODED.names[0].given, FLOODED.date_of_birth)


def flooded_home(_: int) -> Criteria:
    """Make the name and birthday that a thousand have, and where one of them lives."""
    return replace(flooded(0), postcode=FLOODED.postcodes[0])


def flooded_number(_: int) -> Criteria:
    """Make the same, and that one's number."""
    return replace(flooded_home(0), identifier=(IdentifierSystem.UPN, FLOOD_UPN))


KINDS: Mapping[str, Kind] = {
    "names, birthday, postcode": exact,
    "names, birthday": born,
    "family name, age, postcode": home,
    "NHS number": numbered,
    "names with a typing error, birthday, postcode": typed_wrong,
    "nickname, family name, birthday, postcode": nickname,
    "names, year of birth": year,
    "1 000 x Muhammad Khan: name, birthday": flooded,
    "1 000 x Muhammad Khan: and postcode": flooded_home,
    "1 000 x Muhammad Khan: and a number": flooded_number,
}
