"""Errands: what to ask a source about a person, and what became of it. Pure.

Old in one part is old, cut in one part is cut; nothing in an old or cut answer is not the same as none held.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from connectors.contract import Ambiguous, Ask, Held, LocalId, Located, Matched, Reply, TooLittle, Traits
from connectors.errors import SourceBroken
from connectors.neighbour import Said
from hub.answer.copied import copied
from hub.answer.sources import ConnectedSource
from schema.fields import FieldId
from schema.outcomes import Outcome
from schema.rows import parts_of, still_rows, together
from schema.rows_checked import all_sound


class Errand(NamedTuple):
    """What to ask one source about one person: by local ids, or by traits where the source must be traced."""

    person_id: str
    source: ConnectedSource
    fields: frozenset[FieldId]
    local_ids: tuple[LocalId, ...]
    traits: Traits | None = None


class Found(NamedTuple):
    """What became of an errand: an outcome, a stable code where it failed, and the records."""

    outcome: Outcome
    code: str = ""
    records: Sequence[Held] = ()
    as_of: datetime | None = None
    retrieved_at: datetime | None = None
    complete: bool = True
    said: Said | None = None
    """What another authority's hub says of it, where it was asked through one."""


Key = TypeVar("Key", bound=Hashable)
Batch = Mapping[Key, Errand]
"""Errands that go to one source in one ask, by whatever the asker calls them."""


def placed_at(
    where: Located, errand: Errand, clock: Callable[[], datetime]
) -> tuple[tuple[LocalId, ...], Found | None]:
    """Give the ids of whoever was located, or what is said of a person who was not."""
    if isinstance(where, Matched):
        return (where.local_id,), None
    if isinstance(where, Ambiguous):
        return (), Found(Outcome.UNIDENTIFIED, "ambiguous", retrieved_at=clock(), complete=False)
    if isinstance(where, TooLittle) or errand.traits is None or not _tells_apart(errand.traits):
        return (), Found(Outcome.UNIDENTIFIED, "too-little-known", retrieved_at=clock(), complete=False)
    return (), Found(Outcome.NONE_HELD, retrieved_at=clock())


def _tells_apart(traits: Traits) -> bool:
    """Say whether somebody could be found by these at all: nobody is not found by nothing."""
    return bool(traits.identifiers) or (bool(traits.names) and traits.date_of_birth is not None)


def check_reply(reply: Reply, ask: Ask, most: int) -> None:
    """Refuse a reply about anybody who was not asked about, or one larger than the source may give."""
    if not set(reply.records) <= set(ask.people):
        raise SourceBroken("wrong-person")
    if sum(map(len, reply.records.values())) > most:
        raise SourceBroken("too-many-records")
    rows = [part for held in reply.records.values() for part in parts_of(held) if still_rows(part)]
    if not all_sound(rows):
        raise SourceBroken("bad-rows")


def put_together(replies: Sequence[tuple[Reply, Sequence[LocalId]]], told: set[LocalId], now: datetime) -> Found:
    """Put together what a source said of one person; ``told`` are ids whose records somebody else was given.

    Old in one part is old, cut in one part is cut; nothing in an old or cut answer is not the same as none held.
    """
    parts: list[Sequence[Held]] = []
    for reply, ids in replies:
        for local_id in ids:
            held = reply.records.get(local_id, ())
            parts.append(copied(held) if local_id in told else held)  # release writes on what it is given
            told.add(local_id)
    records = parts[0] if len(parts) == 1 and still_rows(parts[0]) else together(parts)
    complete, stale, as_of = _said_by([reply for reply, _ in replies])
    outcome, code = Outcome.RECORDS if records else Outcome.NONE_HELD, ""
    if stale:
        outcome = Outcome.STALE
    elif not records and not complete:
        outcome, code = Outcome.UNAVAILABLE, "broken:incomplete"
    return Found(outcome, code, records, as_of, now, complete)


def _said_by(replies: Sequence[Reply]) -> tuple[bool, bool, datetime | None]:
    """Say of replies whether all are whole, whether any is old, and the oldest moment; none where one is not known."""
    if len(replies) == 1:
        only = replies[0]
        return only.complete and not only.rejected, only.stale, only.as_of
    known = [reply.as_of for reply in replies if reply.as_of is not None]
    oldest = min(known) if len(known) == len(replies) else None
    return all(r.complete and not r.rejected for r in replies), any(r.stale for r in replies), oldest


def source_of(batch: Batch[Key]) -> ConnectedSource:
    """Give the source that errands of one ask go to."""
    return next(iter(batch.values())).source
