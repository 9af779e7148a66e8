"""Step 4: gather. Every source at once, only for permitted fields, each within its deadline and its own cap.

One dead, slow or lying source costs the others nothing: it is cut at its deadline, its error becomes an
outcome, and nothing it said is shown.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.contract import Ambiguous, Ask, Held, LocalId, Matched, Reply, Traits
from connectors.errors import SourceBroken, SourceError, SourceMisconfigured, SourceRefused, SourceUnavailable
from hub.answer.bulkhead import Busy
from hub.answer.sources import ConnectedSource
from hub.answer.within import within
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


Key = tuple[str, str]
"""A person's id and a source's id."""


async def gather(errands: Sequence[Errand], *, deadline: float, clock: Callable[[], datetime]) -> dict[Key, Found]:
    """Run every errand at once; people asked the same of one source go in one ask. ``deadline`` is in seconds."""
    found: dict[Key, Found] = {}
    batches: dict[tuple[str, frozenset[FieldId]], list[Errand]] = {}
    for errand in errands:
        batches.setdefault((errand.source.config.id, errand.fields), []).append(errand)
    answers = await asyncio.gather(*(_run(batch, deadline, clock) for batch in batches.values()))
    for answer in answers:
        found.update(answer)
    return found


async def _run(batch: list[Errand], deadline: float, clock: Callable[[], datetime]) -> Mapping[Key, Found]:
    """Ask one source within its time, behind its circuit breaker, which is told what became of it."""
    source = batch[0].source
    try:
        if not source.breaker.admits():
            return _all(batch, _failure(SourceUnavailable("circuit-open")))
        found = await within(min(deadline, source.config.limits.deadline), _placed(batch, clock))
    except (SourceRefused, Busy) as error:
        source.breaker.abandoned()  # it answered, or was not asked: neither says that it is ill
        return _all(batch, _failure(error))
    except Exception as error:  # noqa: BLE001 -- whatever a connector raises, the other sources still answer
        source.breaker.failed()
        return _all(batch, _failure(error))
    except asyncio.CancelledError:
        source.breaker.abandoned()
        raise
    source.breaker.succeeded()
    return found


async def _placed(batch: list[Errand], clock: Callable[[], datetime]) -> Mapping[Key, Found]:
    """Ask in the source's bulkhead; the place is held until the call has truly ended."""
    async with batch[0].source.bulkhead.place():
        return await _ask(batch, clock)


def _all(batch: list[Errand], found: Found) -> Mapping[Key, Found]:
    return dict.fromkeys(((e.person_id, e.source.config.id) for e in batch), found)


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
            return Found(Outcome.UNAVAILABLE, f"broken:{type(error).__name__}", complete=False)


def _code(error: SourceError) -> str:
    for kind, word in ((SourceRefused, "refused"), (SourceBroken, "broken"), (SourceMisconfigured, "misconfigured")):
        if isinstance(error, kind):
            return f"{word}:{error.code}"
    return f"unavailable:{error.code}"


async def _ask(batch: list[Errand], clock: Callable[[], datetime]) -> dict[Key, Found]:
    source = batch[0].source
    found: dict[Key, Found] = {}
    located: dict[str, tuple[LocalId, ...]] = {}
    for errand in batch:
        local_ids, missing = await _locate(errand, clock)
        if missing:
            found[errand.person_id, source.config.id] = missing
        else:
            located[errand.person_id] = local_ids
    everyone = tuple(dict.fromkeys(i for ids in located.values() for i in ids))
    size = max(1, source.connector.capabilities.batch_size)
    for start in range(0, len(everyone), size):
        ask = Ask(everyone[start : start + size], batch[0].fields, clock().date())
        reply = await source.connector.fetch(ask)
        _check(reply, ask, source.config.limits.records)
        for person_id, ids in located.items():
            if mine := [i for i in ids if i in ask.people]:
                key = (person_id, source.config.id)
                found[key] = _add(found.get(key), reply, mine, clock())
    return found


async def _locate(errand: Errand, clock: Callable[[], datetime]) -> tuple[tuple[LocalId, ...], Found | None]:
    if errand.traits is None:
        return errand.local_ids, None
    where = await errand.source.connector.locate(errand.traits)
    if isinstance(where, Matched):
        return (where.local_id,), None
    if isinstance(where, Ambiguous):
        return (), Found(Outcome.UNIDENTIFIED, "ambiguous", retrieved_at=clock(), complete=False)
    return (), Found(Outcome.NONE_HELD, retrieved_at=clock())


def _check(reply: Reply, ask: Ask, most: int) -> None:
    """Refuse a reply about anybody who was not asked about, or one larger than the source may give."""
    if not set(reply.records) <= set(ask.people):
        raise SourceBroken("wrong-person")
    if sum(map(len, reply.records.values())) > most:
        raise SourceBroken("too-many-records")


def _add(before: Found | None, reply: Reply, ids: Sequence[LocalId], now: datetime) -> Found:
    records = (before.records if before else ()) + tuple(r for i in ids for r in reply.records.get(i, ()))
    outcome = Outcome.RECORDS if records else Outcome.NONE_HELD
    if reply.stale and records:
        outcome = Outcome.STALE
    complete = reply.complete and not reply.rejected and (before is None or before.complete)
    return Found(outcome, "", records, reply.as_of, now, complete)
