"""Rows that a source gives: believed only where they are what they say, and worked on only where they are meant."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from connectors.capped import capped
from connectors.contract import LocalId, Reply
from hub.graphql.forms import How, writer
from hub.graphql.projection import Project
from hub.graphql.tabular import written_of
from schema.outcomes import Outcome
from schema.person import in_order
from schema.records import ChronologyEvent, Involvement, Professional, Provenance
from schema.rows import Rows, Several, holds, some_of, still_rows, together
from schema.services import Service
from schema.tables import Stamp, Table, Within
from tests.cast import NOW
from tests.rooms.answer.test_gather import connected, errand, run
from tests.tabled import tabled

STAMP = Stamp(Provenance(source="s", service=Service.HEALTH, name="S", as_of=None, retrieved_at=NOW), str.upper)


class Shifty(list[Any]):
    """A list of another kind, which may say something else each time."""


def table(columns: dict[str, Any] | None = None, size: int = 2, **within: Within) -> Table:
    return Table(Involvement, size, {"notes": ["x", "y"]} if columns is None else columns, within)


INNER = Table(Professional, 2, {"name": ["a", "b"]}, {})


def inside(counts: Any, *, many: bool = True, inner: Table = INNER) -> Within:
    made = Within(inner, [1, 1], many)
    object.__setattr__(made, "counts", counts)
    return made


@pytest.mark.parametrize(
    "rows",
    [
        Rows(table(), [0, 2]),
        Rows(table(), [-1]),
        Rows(table(), [True]),
        Rows(table(), (0, 1)),
        Rows(table(), range(3)),
        Rows(table(), range(1, 2)),
        Rows(table(), range(2), STAMP),
        Rows(table({"notes": ["x"]}), range(2)),
        Rows(table({"notes": Shifty("xy")}), range(2)),
        Rows(table({"notes": "xy"}), range(2)),
        Rows(table(size=5), range(5)),
        Rows(table(professionals=inside([1, 1, 0])), range(2)),
        Rows(table(professionals=inside([2, 1])), range(2)),
        Rows(table(professionals=inside([3, -1])), range(2)),
        Rows(table(professionals=inside(Shifty([1, 1]))), range(2)),
        Rows(table(professionals=inside([2, 0], many=False)), range(2)),
        Rows(table(professionals=inside([1, 1], inner=Table(Professional, 2, {"name": ["a"]}, {}))), range(2)),
        Rows(table(professionals=INNER), range(2)),  # type: ignore[arg-type] # on purpose
        Rows(INNER.columns, range(2)),  # type: ignore[arg-type] # on purpose
    ],
)
async def test_rows_that_are_not_what_they_say_are_refused_whole(rows: Rows) -> None:
    """A place that is not there, a column that is none, more inside than there is: no other source is harmed."""
    source, connector = connected("housing")
    good, _ = connected("police")
    connector.misbehave = lambda ask: Reply({ask.people[0]: together([[ChronologyEvent()], rows])})
    found = await run(errand(source), errand(good))
    assert found["maya", "housing"].outcome is Outcome.UNAVAILABLE
    assert found["maya", "housing"].code.startswith("broken:")
    assert found["maya", "police"].outcome is Outcome.RECORDS


async def test_rows_that_are_what_they_say_are_records() -> None:
    """Of any place that is there, with what is inside."""
    source, connector = connected("housing")
    rows = Rows(table(professionals=inside([0, 2])), [1])
    connector.misbehave = lambda ask: Reply({ask.people[0]: rows})
    found = (await run(errand(source)))["maya", "housing"].records
    assert still_rows(found)
    assert found == [Involvement(notes="y", professionals=[Professional(name="a"), Professional(name="b")])]


def events(*days: int) -> list[ChronologyEvent]:
    return [ChronologyEvent(id=f"e{day}", date=date(2020, 1, day), title=f"Day {day}") for day in days]


def test_only_what_is_meant_is_written() -> None:
    """Of a table that holds more, of other people and of days that were not asked for, nothing else is looked at."""
    looked: list[str] = []

    def opaque(own: str) -> str:
        looked.append(own)
        return own.upper()

    whole = tabled(events(1, 2, 3, 4, 5))
    assert isinstance(whole, Rows)
    mine = Rows(whole.table, [0, 2, 4], Stamp(STAMP.provenance, opaque))
    held = some_of(in_order("chronology", Several((mine, events(9, 8)))), [3, 0, 1])
    form = (("id", (How.HELD, "id")), ("title", (How.HELD, "title")))
    project = Project(form, writer(form), [{}, {}], (), plain=True)
    assert written_of(project, [None, held, []]) == [
        None,
        [{"id": "e8", "title": "Day 8"}, {"id": "E1", "title": "Day 1"}, {"id": "E3", "title": "Day 3"}],
        [],
    ]
    assert looked == ["e1", "e3"]


def test_a_cap_cuts_the_table_too() -> None:
    """What is left out is held no longer, and nobody goes through it."""
    rows = tabled(events(*range(1, 10)))
    kept, whole = capped({LocalId("1"): Several((events(20), rows)), LocalId("2"): tabled(events(11, 12))}, 3)
    assert not whole
    assert [len(held) for held in kept.values()] == [3, 0]
    cut = kept[LocalId("1")]
    assert isinstance(cut, Several)
    assert [part.table.size for part in cut.parts if isinstance(part, Rows)] == [2]
    assert cut == [*events(20), *events(1, 2)]


def test_records_of_rows_are_made_once_whoever_looks() -> None:
    """They are what counts from then on: what is written on one is there for everybody."""
    rows = tabled(events(1, 2))
    records: Sequence[Any] = Several((rows, events(3)), [2, 0])
    records[1].title = "Other"
    assert [one.title for one in records] == ["Day 3", "Other"]
    assert rows[0].title == "Other"
    assert not still_rows(rows)
    assert holds(rows, ChronologyEvent)
    assert not holds(Several((rows, events(3))), Involvement)
