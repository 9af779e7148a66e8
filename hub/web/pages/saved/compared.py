"""A saved chronology beside what may be shown now: what is as it was, what changed, what is new and what is gone. Pure.

Of what is gone a source is named only where the present answer itself says that it holds records or did not answer:
of one that may no longer be told of, nothing tells that it was ever there.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from typing import Final

from hub.governance.curating import Chosen, Curated
from hub.web.pages.enhanced.lines import Line
from hub.web.pages.enhanced.naming import Key, by_day, by_kind, key_of
from hub.web.pages.involved.panels import UNKNOWN, Panel
from schema.outcomes import Outcome
from schema.records import ChronologyEvent

FIELDS: Final[Mapping[str, str]] = {
    "date": "the date",
    "end_date": "the last day",
    "kind": "the kind of event",
    "title": "what happened",
    "summary": "what the source wrote",
    "impact": "how it bore on the child",
    "needs": "needs",
    "strengths": "strengths",
    "action_taken": "what was done",
    "outcome": "what came of it",
}
"""What is compared of an event, and how pages say it."""

_HOLDS: Final = frozenset({Outcome.RECORDS, Outcome.STALE})

NO_LONGER: Final = "no longer held, or may no longer be shown to you"
NOT_HEARD: Final = "not known: the service did not answer"
NOT_SAID: Final = "not held any longer, or the rules do not let you see it now; which of the two is not said"


@dataclass(frozen=True, slots=True)
class Entry:
    """An event of it that may be shown: ``note`` is none where there is one that may not be read now."""

    line: Line
    note: str | None = field(repr=False)
    changed: tuple[str, ...]
    readable: bool = True
    """Whether what the source wrote of it may be read, and so a note be put beside it."""

    @property
    def key(self) -> tuple[str, str]:
        """Give what the event is known by."""
        assert self.line.key is not None  # noqa: S101 -- only events with a key are compared
        return self.line.key


@dataclass(frozen=True, slots=True)
class Gone:
    """Events of it that are not shown now: whose, or nobody's where that may not be told; how many, and why."""

    source: str
    number: int
    why: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What a saved chronology comes to now."""

    entries: tuple[Entry, ...]
    left_out: tuple[Entry, ...]
    new: tuple[Entry, ...]
    gone: tuple[Gone, ...]
    nameless: int
    """Events shown that nothing can be kept of: their source gives several one id."""

    @property
    def changed(self) -> tuple[Entry, ...]:
        """Give those that are not as they were."""
        return tuple(one for one in self.entries if one.changed)

    @property
    def same(self) -> bool:
        """Say whether nothing changed."""
        return not (self.changed or self.gone or self.new)


def as_chosen(curated: Curated, lines: Sequence[Line]) -> list[Line]:
    """Let each event go by the name it was chosen under: a plan that has ended since shares its id with its end."""
    chosen = {one.key: one for one in curated.events}
    named = [_chosen_as(curated, chosen, line) for line in lines]
    places: dict[Key, int] = {}
    for place, (line, name) in enumerate(zip(lines, named, strict=True)):
        if name in chosen and (name not in places or _of_its_day(curated, chosen[name], line)):
            places[name] = place
    return [
        replace(line, key=name if name is None or places.get(name, place) == place else line.key)
        for place, (line, name) in enumerate(zip(lines, named, strict=True))
    ]


def _chosen_as(curated: Curated, chosen: Mapping[Key, Chosen], line: Line) -> Key | None:
    for name in (by_day(line.event), by_kind(line.event)):
        if name in chosen:
            return name
    plain = key_of(line.event)
    alone = chosen.get(plain) if plain is not None else None
    kind = curated.digests(said_of(line.event)).get("kind")
    return plain if alone is not None and kind is not None and alone.read.get("kind") == kind else line.key


def _of_its_day(curated: Curated, one: Chosen, line: Line) -> bool:
    """Say whether, of several that could be what was chosen under a name, this is of the day that was."""
    return one.read.get("date") == curated.digests(said_of(line.event)).get("date")


def said_of(event: ChronologyEvent) -> Mapping[str, str]:
    """Give what an event says, field by field, as far as it was shown."""
    said = {name: _text(getattr(event, name)) for name in FIELDS}
    return {name: text for name, text in said.items() if text}


def chosen_now(curated: Curated, line: Line, *, left_out: bool, note: str = "") -> Chosen:
    """Choose an event as it is shown now."""
    assert line.key is not None  # noqa: S101 -- only events with a key are offered
    judged = line.made.judgement.id if line.made else ""
    return Chosen(*line.key, left_out, note, judged, curated.digests(said_of(line.event)))


def compared(
    curated: Curated, lines: Sequence[Line], panels: Iterable[Panel], reads: Callable[[ChronologyEvent], bool]
) -> Opened:
    """Put a saved chronology beside what is shown now."""
    chosen = {one.key: one for one in curated.events}
    with_key = [line for line in lines if line.key is not None]
    entries = [_entry(curated, line, chosen.get(line.key or ("", "")), reads) for line in with_key]
    known = [one for one in entries if one.key in chosen]
    return Opened(
        _ordered(curated, (one for one in known if not chosen[one.key].left_out)),
        _ordered(curated, (one for one in known if chosen[one.key].left_out)),
        _ordered(curated, (one for one in entries if one.key not in chosen)),
        tuple(_gone((one for one in chosen.values() if not one.left_out), {e.key for e in entries}, panels)),
        len(lines) - len(with_key),
    )


def taken_over(curated: Curated, lines: Iterable[Line], panels: Iterable[Panel]) -> Curated:
    """Give it as it stands now: read anew, without what is gone; what nobody could be asked about stays."""
    shown = {line.key: line for line in lines if line.key is not None}
    silent = {str(p.answer.source) for p in panels if p.state in UNKNOWN}
    kept = [
        chosen_now(curated, shown[one.key], left_out=one.left_out, note=one.note) if one.key in shown else one
        for one in curated.events
        if one.key in shown or one.source in silent
    ]
    return replace(curated, events=tuple(kept))


def as_read(taken: Curated) -> str:
    """Give a mark of what was read of a chronology as it stands: of anything else it is another. It tells nothing."""
    events = sorted([e.source, e.event, e.judged, *sorted(f"{n}={d}" for n, d in e.read.items())] for e in taken.events)
    return taken.digests({"as-read": repr(events)})["as-read"]


def _entry(curated: Curated, line: Line, chosen: Chosen | None, reads: Callable[[ChronologyEvent], bool]) -> Entry:
    if chosen is None:
        return Entry(line, "", (), reads(line.event))
    changes = _changes(chosen.read, curated.digests(said_of(line.event)))
    if chosen.judged != (line.made.judgement.id if line.made else ""):
        changes.append("somebody judged it since")
    readable = reads(line.event)
    return Entry(line, chosen.note if readable or not chosen.note else None, tuple(changes), readable)


def _changes(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Say in words which fields are not as they were."""
    said = []
    for name, words in FIELDS.items():
        one, other = before.get(name), now.get(name)
        if one and other and one != other:
            said.append(f"{words} reads otherwise now")
        elif one and not other:
            said.append(f"{words} is not shown any longer")
        elif other and not one:
            said.append(f"{words} was not shown then")
    return said


def _gone(chosen: Iterable[Chosen], shown: set[tuple[str, str]], panels: Iterable[Panel]) -> Iterable[Gone]:
    by_source = {str(p.answer.source): p for p in panels}
    counted = Counter(_why(by_source.get(one.source)) for one in chosen if one.key not in shown)
    return [Gone(source, number, why) for (source, why), number in sorted(counted.items())]


def _why(panel: Panel | None) -> tuple[str, str]:
    if panel is not None and panel.state in UNKNOWN:
        return panel.answer.name, NOT_HEARD
    if panel is not None and panel.answer.outcome in _HOLDS:
        return panel.answer.name, NO_LONGER
    return "", NOT_SAID


def _ordered(curated: Curated, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Put them in its order; what has no date comes last either way."""
    held = list(entries)
    dated = sorted((e for e in held if e.line.event.date), key=_day, reverse=curated.newest_first)
    return (*dated, *(e for e in held if not e.line.event.date))


def _day(entry: Entry) -> date:
    return entry.line.event.date or date.max


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, list | tuple):
        return "\x1e".join(map(str, value))
    return str(value)
