"""The order of a person's lists: one key after another puts them as all keys together would."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schema.person import _ORDERS, _PLACED, in_order
from schema.records import (
    Address,
    ChronologyEvent,
    EventKind,
    Flag,
    Involvement,
    PersonName,
    Provenance,
    Status,
    Use,
)
from schema.rows import Rows, Several
from schema.services import Service
from schema.tables import Stamp
from tests.tabled import tabled

NOW = datetime(2026, 3, 2, tzinfo=UTC)
HEALTH, POLICE = (
    Provenance(source="s", service=Service(s), name="S", as_of=None, retrieved_at=NOW) for s in ("HEALTH", "POLICE")
)
FROM = st.sampled_from([None, HEALTH, POLICE])
DAYS = st.sampled_from([None, date(2020, 1, 1), date(2024, 1, 1)])
USES = st.sampled_from([None, *Use])
LISTS: dict[str, st.SearchStrategy[Any]] = {
    "involvements": st.builds(Involvement, status=st.sampled_from([None, *Status]), start=DAYS, provenance=FROM),
    "chronology": st.builds(ChronologyEvent, date=DAYS, kind=st.sampled_from([None, *EventKind]), provenance=FROM),
    "addresses": st.builds(Address, use=USES, start=DAYS, provenance=FROM),
    "names": st.builds(PersonName, use=USES, provenance=FROM),
    "flags": st.builds(Flag, provenance=FROM),
}


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_lists_are_in_order_by_all_their_keys_and_equals_stay_as_they_stood(data: st.DataObject) -> None:
    """Whatever is missing of them; records and rows alike."""
    part = data.draw(st.sampled_from(sorted(LISTS)))
    records = data.draw(st.lists(LISTS[part], max_size=6))
    by = _ORDERS.get(part, (_PLACED,))
    together = sorted(records, key=lambda record: tuple(tell(getattr(record, name)) for name, tell in by))
    assert [id(one) for one in in_order(part, records)] == [id(one) for one in together]
    of = {id(one): f"r{place}" for place, one in enumerate(records)}
    for one in records:
        one.id = of[id(one)]
    left = in_order(part, Several([_some(its, data.draw(st.booleans())) for _, its in groupby(records, _whence)]))
    assert [one.id for one in left] == [of[id(one)] for one in together]


def _whence(record: Any) -> int:
    return id(record.provenance)


def _some(records: Iterable[Any], rows: bool) -> Sequence[Any]:  # noqa: FBT001 -- drawn
    """Give records from one place, as they are or as rows from there."""
    its = list(records)
    if not rows or its[0].provenance is None:
        return its
    made = tabled(its)
    assert isinstance(made, Rows)
    return made.again(Stamp(its[0].provenance, str))
