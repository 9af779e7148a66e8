"""What events are known by where one source gives several one id, and what was kept of them before."""

from datetime import date

import pytest

from hub.web.pages.enhanced.naming import names, place_of, whole_name
from schema.records import ChronologyEvent, EventKind, Provenance
from schema.services import Service
from tests.cast import NOW

ORIGIN = Provenance(source="sc", service=Service("SOCIAL_CARE"), name="Social care", as_of=None, retrieved_at=NOW)
START, END, TENANCY = EventKind.CHILD_PROTECTION_START, EventKind.CHILD_PROTECTION_END, EventKind.TENANCY


def event(kind: EventKind | None, day: int = 0, event_id: str = "e") -> ChronologyEvent:
    """Make an event of a day of January; of none where it is nought."""
    on = date(2024, 1, day) if day else None
    return ChronologyEvent(id=event_id, kind=kind, date=on, provenance=ORIGIN)  # type: ignore[arg-type] # an ID is a str


# The shortest name that is no other's: the id, with the kind, with the day; two alike in all of them have none.
def test_events_of_one_id_are_told_apart() -> None:
    events = [event(START, 1), event(END, 9), event(TENANCY, 1), event(TENANCY, 2), event(END, 3, "f"), event(None)]
    shown = ["e~child_protection_start", "e~child_protection_end", "e~tenancy~2024-01-01", "e~tenancy~2024-01-02", "f"]
    assert names(events) == [*(("sc", name) for name in shown), None]
    assert names([event(TENANCY, 1), event(TENANCY, 1)]) == [None, None]
    assert names([ChronologyEvent(id="e")]) == [None]  # type: ignore[arg-type] # an ID is a str


# What somebody made of an event is found whatever comes to share its id, is dated or called otherwise since, or is told
# with less; and is never taken for what was made of another event of the same row.
@pytest.mark.parametrize(
    ("kept", "now", "found"),
    [
        ("e", [event(END, 9), event(START, 1)], 1),
        ("e", [event(END, 9)], 0),
        ("e", [event(START, 1, "f")], None),
        (event(START, 1), [event(END, 9), event(START, 1)], 1),
        (event(START, 1), [event(END, 9), event(START, 2)], 1),
        (event(START, 1), [event(END, 9)], None),
        (event(START, 1), [event(END, 9), event(None, 1)], 1),
        (event(START, 1), [event(END, 1), event(TENANCY, 1)], None),
        (event(START, 1), [event(EventKind.OTHER, 1)], 0),
        (event(START), [event(START, 5), event(END, 1)], 0),
        (event(TENANCY, 2), [event(TENANCY, 1), event(TENANCY, 2)], 1),
        (event(TENANCY, 7), [event(TENANCY, 2), event(TENANCY, 1)], 1),
        (event(TENANCY, 1), [event(TENANCY, 1), event(TENANCY, 1)], 0),
        (event(None, 1), [event(END, 9), event(START, 1)], 1),
    ],
)
def test_what_was_kept_of_an_event_is_found_again(
    kept: str | ChronologyEvent, now: list[ChronologyEvent], found: int | None
) -> None:
    name = ("sc", kept) if isinstance(kept, str) else whole_name(kept)
    assert name is not None
    assert place_of(name, now) == found
