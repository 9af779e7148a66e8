"""A person's date of birth: what most sources hold whole; a year alone never outvotes it, nor gives an age."""

from datetime import UTC, date, datetime

from schema.person import Person
from schema.records import Birth, Provenance
from schema.services import Service

TODAY = date(2026, 3, 2)
BORN = date(2012, 5, 17)
YEAR = date(2012, 1, 1)


def birth(source: str, born: date | None) -> Birth:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    made = Birth(date_of_birth=born)
    made.provenance = Provenance(source=source, service=Service("POLICE"), name=source, as_of=None, retrieved_at=now)
    return made


def person(*births: Birth, masked: frozenset[str] = frozenset()) -> Person:
    return Person(id="p", births=list(births), today=TODAY, masked_births=masked)  # type: ignore[arg-type]


def test_a_whole_date_counts_before_any_number_of_years() -> None:
    known = person(birth("a", YEAR), birth("b", YEAR), birth("own", BORN), masked=frozenset({"a", "b"}))
    assert (known.date_of_birth(), known.age()) == (BORN, 13)


def test_a_year_alone_is_given_as_it_is_and_counts_no_age() -> None:
    known = person(birth("a", YEAR), masked=frozenset({"a"}))
    assert (known.date_of_birth(), known.age()) == (YEAR, None)


def test_nobody_knowing_gives_nothing() -> None:
    assert (person().date_of_birth(), person().age()) == (None, None)
    assert person(birth("a", None)).date_of_birth() is None


def test_the_date_most_hold_is_given() -> None:
    other = date(2012, 5, 18)
    assert person(birth("a", other), birth("b", BORN), birth("c", BORN)).date_of_birth() == BORN
