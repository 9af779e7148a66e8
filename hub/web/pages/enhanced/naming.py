"""Naming: what each event of a chronology is known by, also where its source gives several one id. Pure.

Systems keep the beginning and the end of a plan in one row, so that both events bear its id. Such events are told apart
by their kind, and those of one kind by their day. What was kept of an event under a shorter name, when nothing else
bore its id, is still found when another comes, as the end of a plan does.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from schema.records import ChronologyEvent

Key = tuple[str, str]
"""An event: its source and the name it goes by there, an opaque id first."""

MARK: Final = "~"
"""Stands between an id, a kind and a day; no id holds it."""


def key_of(event: ChronologyEvent) -> Key | None:
    """Give what an event is known by where nothing else bears its id; none for one of a source that is not named."""
    return (str(event.provenance.source), str(event.id)) if event.provenance and event.id else None


def by_kind(event: ChronologyEvent) -> Key | None:
    """Give what it is known by beside others of its id."""
    key = key_of(event)
    return (key[0], f"{key[1]}{MARK}{event.kind.name.lower()}") if key and event.kind else None


def by_day(event: ChronologyEvent) -> Key | None:
    """Give what it is known by beside others of its id and its kind: its whole name."""
    key = by_kind(event)
    return (key[0], f"{key[1]}{MARK}{event.date.isoformat()}") if key and event.date else None


def whole_name(event: ChronologyEvent) -> Key | None:
    """Give as much of its name as is shown, to be kept: what comes to share part of it later is told apart from it."""
    return by_day(event) or by_kind(event) or key_of(event)


def names(events: Sequence[ChronologyEvent]) -> list[Key | None]:
    """Give the shortest name of each that is no other's; none where nothing tells it apart."""
    every = [(key_of(event), by_kind(event), by_day(event)) for event in events]
    counted = Counter(name for of_one in every for name in of_one if name is not None)
    return [next((name for name in of_one if name and counted[name] == 1), None) for of_one in every]


def place_of(name: Key, events: Sequence[ChronologyEvent]) -> int | None:
    """Say which event something is about that was kept under a name: its place; none where it is not among these.

    Kept under the bare id it is of the first of them: that was there when nothing else was. A name's own kind is not
    exchanged for another, which may be another event of the same row, unless the day says that it is the same.
    """
    source, (plain, _, rest) = name[0], name[1].partition(MARK)
    kind, _, day = rest.partition(MARK)
    alike = [place for place, event in enumerate(events) if key_of(event) == (source, plain)]
    alike.sort(key=lambda place: (events[place].date is None, events[place].date, place))
    if not kind:
        return alike[0] if alike else None
    of_kind = [place for place in alike if (event := events[place]).kind and event.kind.name.lower() == kind]
    of_day = [place for place in of_kind or alike if (on := events[place].date) and on.isoformat() == day]
    if of_day and (of_kind or len(of_day) == 1 == len(alike) or events[of_day[0]].kind is None):
        return of_day[0]
    return of_kind[0] if of_kind else None
