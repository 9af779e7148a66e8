"""The order of a person's lists: one key after another puts them as all keys together would."""

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schema.person import _ORDERS, _place, in_order
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
from schema.services import Service

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
    """Whatever is missing of them."""
    part = data.draw(st.sampled_from(sorted(LISTS)))
    records = data.draw(st.lists(LISTS[part], max_size=6))
    by = _ORDERS.get(part, (_place,))
    together = sorted(records, key=lambda record: tuple(key(record) for key in by))
    assert [id(one) for one in in_order(part, records)] == [id(one) for one in together]
