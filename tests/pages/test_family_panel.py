"""The family panel: each relative once with who says so, whoever may be the same beside them, the past apart."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from hub.commands.showing_family import rows, show_family
from hub.web.pages.involved.family import NO_NAME, family_of
from schema.person import Person
from schema.records import Provenance, Relationship, RelationshipType
from schema.relative import Relative
from schema.services import Service

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, tzinfo=UTC)
Kind = RelationshipType


def said(kind: Kind | None, name: str | None, **more: Any) -> Relationship:
    made = Relationship(id="r", type=kind, name=name, **more)  # type: ignore[arg-type] # an ID is a str
    made.provenance = Provenance(source="s", service=Service.HOUSING, name="Housing", as_of=NOW, retrieved_at=NOW)  # type: ignore[arg-type] # the same
    return made


def relative(key: str, *held: Relationship, alike: tuple[str, ...] = (), opened: bool = False) -> Relative:
    person = Person(id=f"p-{key}") if opened else None  # type: ignore[arg-type] # the same
    return Relative(id=key, held=list(held), possibly_same=list(alike), person=person, today=TODAY)  # type: ignore[arg-type] # the same


def of(*relatives: Relative) -> Person:
    return Person(id="child", held_family=list(relatives))  # type: ignore[arg-type] # the same


# Whoever has a page comes first, whoever may be the same stands below them, and who is gone is in the past.
def test_the_panel() -> None:
    left = {"end": date(2020, 1, 1), "start": date(2010, 1, 1)}
    family = family_of(
        of(
            relative("a", said(Kind.MOTHER, "Una Marsh"), alike=("b",)),
            relative("b", said(Kind.HOUSEHOLD, "Una Marsh"), said(Kind.MOTHER, None), alike=("a",), opened=True),
            relative("c", said(Kind.MOTHER, "Ola Marsh", parental_responsibility=False, same_household=False)),
            relative("d", said(Kind.HOUSEHOLD, None, **left)),
            relative(
                "e", said(None, "Eve", parental_responsibility=True), said(None, "Eve", parental_responsibility=False)
            ),
        )
    )
    assert family is not None
    una, ola, eve = family.now
    assert (una.page, una.what, una.household) == ("/children/p-b", "mother", True)
    assert [(m.name, m.page) for m in una.alike] == [("Una Marsh", None)]
    assert [s.what for s in ola.said] == ["mother, at another address, holds no parental responsibility"]
    assert (eve.what, eve.differs, eve.responsible) == ("", "parental responsibility", None)
    assert family.several == ("mother",)
    (gone,) = family.past
    assert (gone.name, gone.what, gone.past) == (NO_NAME, "member of the household", True)
    assert (gone.said[0].start, gone.said[0].end) == (left["start"], left["end"])
    assert family_of(Person(id="child")) is None  # type: ignore[arg-type] # the same


# A relative whose last day is not shown is neither of now nor of the past.
def test_a_day_not_shown() -> None:
    one = relative("a", said(Kind.CARER, "Una", end=date(2020, 1, 1)))
    one.ends_unsaid = frozenset({"s"})
    family = family_of(of(one))
    assert family is not None
    assert [m.unsaid for m in family.now] == [True]


# The command line tells the same: a line a relative, numbered, with who may be the same and what is contradicted.
def test_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    held = {"start": "2011-03-10", "end": None, "provenance": {"source": "housing"}}
    one = {"id": "a", "name": "Una", "types": ["MOTHER", "HOUSEHOLD"], "status": "CURRENT", "sameHousehold": True}
    one |= {"parentalResponsibility": False, "differs": ["type", "start"], "possiblySame": ["b"], "held": [held]}
    other = {"id": "b", "name": None, "types": None, "status": "HISTORIC", "possiblySame": [], "differs": None}
    other |= {"held": [held | {"end": "2020-03-09", "provenance": None}]}
    third = {"id": "c", "name": "Ida", "types": ["SIBLING"], "status": "UNKNOWN", "held": [held | {"start": None}]}
    told = [tuple(str(cell) for cell in row) for row in rows([one, other, third])]
    assert told == [
        ("1 Una", "mother, household", "now since 2011", "yes", "no", "housing", told[0][6]),
        ("2 name not shown", "", "past 2011-2020", "", "", "a source not named", ""),
        ("3 Ida", "brother or sister", "not said", "", "", "housing", ""),
    ]
    assert told[0][6] == "possibly the same as 2; sources differ on who they are, the first day"
    for family in ([one, other, third], [], None):
        show_family({"family": family})
    printed = capsys.readouterr().out
    assert "possibly the same as" in printed
    assert "nobody is named." in printed
    assert "not shown, or not known." in printed
