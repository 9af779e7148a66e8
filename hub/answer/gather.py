"""Step 4: gather. Every source at once, only for permitted fields, each within its deadline and its own cap.

One dead, slow or lying source costs the others nothing: it is cut at its deadline, its error becomes an
outcome, and nothing it said is shown.
"""

import asyncio
import re
import time
from collections.abc import Callable, Coroutine, Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Any

from connectors.contract import Ask, LocalId, Reply
from connectors.errors import SourceBroken, SourceError, SourceMisconfigured, SourceRefused, SourceUnavailable
from connectors.neighbour import AskedFor
from hub.answer.bulkhead import Busy
from hub.answer.errands import Batch, Errand, Found, Key, check_reply, placed_at, put_together, source_of
from hub.answer.neighbours import ask_through
from hub.answer.sources import ConnectedSource
from hub.answer.within import left_behind, within
from schema.fields import FieldId
from schema.outcomes import Outcome

__all__ = ["TIMED_OUT", "Errand", "Found", "gather"]

TIMED_OUT = "timed-out"
"""What every transport calls having waited in vain."""


async def gather(
    errands: Mapping[Key, Errand],
    *,
    deadline: float,
    clock: Callable[[], datetime],
    asked_for: AskedFor | None = None,
    came: Callable[[Mapping[Key, Found]], None] | None = None,
) -> dict[Key, Found]:
    """Run every errand at once; people asked the same of one source go in one ask. ``deadline`` is in seconds.

    All that is asked through another authority's hub goes together, with who asks and why. ``came`` is told of what a
    source gave as soon as it has; everything is in what is given in the end.
    """
    found: dict[Key, Found] = {}
    batches: dict[Hashable, dict[Key, Errand]] = {}
    for key, errand in errands.items():
        batches.setdefault(_together_with(errand), {})[key] = errand
    calls = {}
    for name, batch in batches.items():
        source = source_of(batch)
        if source.breaker.admits():
            seconds = min(deadline, source.config.limits.deadline)
            through = _until(asked_for, seconds) if source.theirs is not None else None
            call = _placed(batch, clock, through)
            calls[name] = seconds, call if came is None else _heard(call, came)
        else:
            alone = dict.fromkeys(batch, _failure(SourceUnavailable("circuit-open")))
            found.update(alone)
            if came is not None:
                came(alone)
    try:
        answers = await within(calls)
    except asyncio.CancelledError:
        for name in calls:
            source_of(batches[name]).breaker.abandoned()
        raise
    for name, answer in answers.items():
        batch = batches[name]
        if isinstance(answer, Exception):  # late, above all: whatever else went wrong is an outcome already
            source_of(batch).breaker.failed()
            found.update(dict.fromkeys(batch, _failure(answer)))
        else:
            found.update(answer)
    return found


def _together_with(errand: Errand) -> Hashable:
    """Give what errands have in common that go in one ask: the source and its fields, or the hub asked through."""
    source = errand.source
    return id(source.connector) if source.theirs is not None else (source.config.id, errand.fields)


def _until(asked_for: AskedFor | None, seconds: float) -> AskedFor | None:
    return replace(asked_for, until=time.monotonic() + seconds) if asked_for is not None else None


async def _placed(batch: Batch[Key], clock: Callable[[], datetime], asked_for: AskedFor | None) -> Mapping[Key, Found]:
    """Ask in the source's bulkhead, holding the place until the call has truly ended; tell its circuit breaker."""
    source = source_of(batch)
    try:
        async with source.bulkhead:
            found = await (_ask(batch, clock) if source.theirs is None else ask_through(batch, clock, asked_for))
    except (SourceRefused, Busy) as error:
        source.breaker.abandoned()  # it answered, or was not asked: neither says that it is ill
        return dict.fromkeys(batch, _failure(error))
    except Exception as error:  # noqa: BLE001 -- whatever a connector raises, the other sources still answer
        _tell(source.breaker.failed)
        return dict.fromkeys(batch, _failure(error))
    _tell(source.breaker.succeeded)
    return found


async def _heard(
    call: Coroutine[Any, Any, Mapping[Key, Found]], came: Callable[[Mapping[Key, Found]], None]
) -> Mapping[Key, Found]:
    """Tell of what a call found; nothing of one that was given up as late: it was said of that source that it was."""
    found = await call
    if not left_behind():
        came(found)
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
    source = source_of(batch)
    found: dict[Key, Found] = {}
    located: dict[Key, tuple[LocalId, ...]] = {}
    for key, errand in batch.items():
        local_ids, missing = await _locate(errand, clock) if errand.traits is not None else (errand.local_ids, None)
        if missing:
            found[key] = missing
        else:
            located[key] = local_ids
    everyone = tuple(dict.fromkeys(chain.from_iterable(located.values())))
    replies = await _replies(source, everyone, next(iter(batch.values())).fields, clock)
    told, now = set[LocalId](), clock()
    for key, ids in located.items():
        found[key] = put_together(_about(replies, ids), told, now)
    return found


def _about(
    replies: Sequence[tuple[tuple[LocalId, ...], Reply]], ids: tuple[LocalId, ...]
) -> list[tuple[Reply, Sequence[LocalId]]]:
    """Give the replies that are about any of these ids, and about which: where there is one, it is about all."""
    if len(replies) == 1:
        return [(replies[0][1], ids)]
    mine = [(reply, [i for i in ids if i in people]) for people, reply in replies]
    return [(reply, held) for reply, held in mine if held]


async def _replies(
    source: ConnectedSource, everyone: tuple[LocalId, ...], fields: frozenset[FieldId], clock: Callable[[], datetime]
) -> list[tuple[tuple[LocalId, ...], Reply]]:
    """Ask about everybody, so many at a time as the source takes; refuse what it may not answer."""
    size = max(1, source.connector.capabilities.batch_size)
    replies = []
    for start in range(0, len(everyone), size):
        ask = Ask(everyone[start : start + size], fields, clock().date())
        reply = await source.connector.fetch(ask)
        check_reply(reply, ask, source.config.limits.records)
        source.quality.heard(reply, clock())
        replies.append((ask.people, reply))
    return replies


async def _locate(errand: Errand, clock: Callable[[], datetime]) -> tuple[tuple[LocalId, ...], Found | None]:
    assert errand.traits is not None  # noqa: S101 -- by the caller
    return placed_at(await errand.source.connector.locate(errand.traits), errand, clock)
