"""Step 4: gather. Every source at once, only for permitted fields, each within its deadline and its own cap.

One dead, slow or lying source costs the others nothing: it is cut at its deadline, its error becomes an
outcome, and nothing it said is shown.
"""

import asyncio
import copy
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from connectors.contract import Ambiguous, Ask, Held, LocalId, Matched, Reply, TooLittle, Traits
from connectors.errors import SourceBroken, SourceError, SourceMisconfigured, SourceRefused, SourceUnavailable
from hub.answer.bulkhead import Busy
from hub.answer.sources import ConnectedSource
from hub.answer.within import left_behind, within
from schema.fields import FieldId
from schema.outcomes import Outcome

TIMED_OUT = "timed-out"
"""What every transport calls having waited in vain."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What to ask one source about one person: by local ids, or by traits where the source must be traced."""

    person_id: str
    source: ConnectedSource
    fields: frozenset[FieldId]
    local_ids: tuple[LocalId, ...]
    traits: Traits | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What became of an errand: an outcome, a stable code where it failed, and the records."""

    outcome: Outcome
    code: str = ""
    records: tuple[Held, ...] = ()
    as_of: datetime | None = None
    retrieved_at: datetime | None = None
    complete: bool = True


Key = TypeVar("Key", bound=Hashable)
Batch = Mapping[Key, Errand]
"""Errands that go to one source in one ask, by whatever the asker calls them."""


async def gather(errands: Mapping[Key, Errand], *, deadline: float, clock: Callable[[], datetime]) -> dict[Key, Found]:
    """Run every errand at once; people asked the same of one source go in one ask. ``deadline`` is in seconds."""
    found: dict[Key, Found] = {}
    batches: dict[tuple[str, frozenset[FieldId]], dict[Key, Errand]] = {}
    for key, errand in errands.items():
        batches.setdefault((errand.source.config.id, errand.fields), {})[key] = errand
    calls = {}
    for name, batch in batches.items():
        source = _source(batch)
        if source.breaker.admits():
            calls[name] = min(deadline, source.config.limits.deadline), _placed(batch, clock)
        else:
            found.update(dict.fromkeys(batch, _failure(SourceUnavailable("circuit-open"))))
    try:
        answers = await within(calls)
    except asyncio.CancelledError:
        for name in calls:
            _source(batches[name]).breaker.abandoned()
        raise
    for name, answer in answers.items():
        batch = batches[name]
        if isinstance(answer, Exception):  # late, above all: whatever else went wrong is an outcome already
            _source(batch).breaker.failed()
            found.update(dict.fromkeys(batch, _failure(answer)))
        else:
            found.update(answer)
    return found


def _source(batch: Batch[Key]) -> ConnectedSource:
    return next(iter(batch.values())).source


async def _placed(batch: Batch[Key], clock: Callable[[], datetime]) -> Mapping[Key, Found]:
    """Ask in the source's bulkhead, holding the place until the call has truly ended; tell its circuit breaker."""
    source = _source(batch)
    try:
        async with source.bulkhead.place():
            found = await _ask(batch, clock)
    except (SourceRefused, Busy) as error:
        source.breaker.abandoned()  # it answered, or was not asked: neither says that it is ill
        return dict.fromkeys(batch, _failure(error))
    except Exception as error:  # noqa: BLE001 -- whatever a connector raises, the other sources still answer
        _tell(source.breaker.failed)
        return dict.fromkeys(batch, _failure(error))
    _tell(source.breaker.succeeded)
    return found


def _tell(end: Callable[[], None]) -> None:
    """Tell a circuit breaker how a call ended; one given up as late was told of then."""
    if not left_behind():
        end()


def _failure(error: Exception) -> Found:
    match error:
        case TimeoutError():
            return Found(Outcome.TIMED_OUT, "deadline", complete=False)
        case Busy():
            return Found(Outcome.UNAVAILABLE, "unavailable:busy", complete=False)
        case SourceUnavailable(code=code) if code == TIMED_OUT:
            # A transport's own patience may end a moment before the source's deadline does: it is the same fact.
            return Found(Outcome.TIMED_OUT, _code(error), complete=False)
        case SourceError():
            return Found(Outcome.UNAVAILABLE, _code(error), complete=False)
        case _:
            return Found(Outcome.UNAVAILABLE, f"broken:{_class(error)}", complete=False)


_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_CLASS = re.compile(r"[A-Z][A-Za-z]{0,39}")


def _code(error: SourceError) -> str:
    """Give an error's code for the log; one that is not a code is somebody's text, and is not repeated."""
    code = error.code if isinstance(error.code, str) and _CODE.fullmatch(error.code) else "unnamed"
    for kind, word in ((SourceRefused, "refused"), (SourceBroken, "broken"), (SourceMisconfigured, "misconfigured")):
        if isinstance(error, kind):
            return f"{word}:{code}"
    return f"unavailable:{code}"


def _class(error: Exception) -> str:
    name = type(error).__name__
    return name if _CLASS.fullmatch(name) else "unnamed"


async def _ask(batch: Batch[Key], clock: Callable[[], datetime]) -> dict[Key, Found]:
    source = _source(batch)
    found: dict[Key, Found] = {}
    located: dict[Key, tuple[LocalId, ...]] = {}
    for key, errand in batch.items():
        local_ids, missing = await _locate(errand, clock)
        if missing:
            found[key] = missing
        else:
            located[key] = local_ids
    everyone = tuple(dict.fromkeys(i for ids in located.values() for i in ids))
    size = max(1, source.connector.capabilities.batch_size)
    replies = []
    for start in range(0, len(everyone), size):
        ask = Ask(everyone[start : start + size], next(iter(batch.values())).fields, clock().date())
        reply = await source.connector.fetch(ask)
        _check(reply, ask, source.config.limits.records)
        replies.append((ask, reply))
    told: set[LocalId] = set()
    for key, ids in located.items():
        mine = [(reply, [i for i in ids if i in ask.people]) for ask, reply in replies]
        found[key] = _together([(reply, held) for reply, held in mine if held], told, clock())
    return found


async def _locate(errand: Errand, clock: Callable[[], datetime]) -> tuple[tuple[LocalId, ...], Found | None]:
    if errand.traits is None:
        return errand.local_ids, None
    where = await errand.source.connector.locate(errand.traits)
    if isinstance(where, Matched):
        return (where.local_id,), None
    if isinstance(where, Ambiguous):
        return (), Found(Outcome.UNIDENTIFIED, "ambiguous", retrieved_at=clock(), complete=False)
    if isinstance(where, TooLittle) or not _tells_apart(errand.traits):
        return (), Found(Outcome.UNIDENTIFIED, "too-little-known", retrieved_at=clock(), complete=False)
    return (), Found(Outcome.NONE_HELD, retrieved_at=clock())


def _tells_apart(traits: Traits) -> bool:
    """Say whether somebody could be found by these at all: nobody is not found by nothing."""
    return bool(traits.identifiers) or (bool(traits.names) and traits.date_of_birth is not None)


def _check(reply: Reply, ask: Ask, most: int) -> None:
    """Refuse a reply about anybody who was not asked about, or one larger than the source may give."""
    if not set(reply.records) <= set(ask.people):
        raise SourceBroken("wrong-person")
    if sum(map(len, reply.records.values())) > most:
        raise SourceBroken("too-many-records")


def _together(replies: Sequence[tuple[Reply, Sequence[LocalId]]], told: set[LocalId], now: datetime) -> Found:
    """Put together what a source said of one person; ``told`` are ids whose records somebody else was given.

    Old in one part is old, cut in one part is cut; nothing in an old or cut answer is not the same as none held.
    """
    records: list[Held] = []
    for reply, ids in replies:
        for local_id in ids:
            held = reply.records.get(local_id, ())
            records += copy.deepcopy(held) if local_id in told else held  # release writes on what it is given
            told.add(local_id)
    moments = [reply.as_of for reply, _ in replies]
    dated = [m for m in moments if m is not None]
    complete = all(reply.complete and not reply.rejected for reply, _ in replies)
    outcome, code = Outcome.RECORDS if records else Outcome.NONE_HELD, ""
    if any(reply.stale for reply, _ in replies):
        outcome = Outcome.STALE
    elif not records and not complete:
        outcome, code = Outcome.UNAVAILABLE, "broken:incomplete"
    return Found(outcome, code, tuple(records), min(dated) if len(dated) == len(moments) else None, now, complete)
