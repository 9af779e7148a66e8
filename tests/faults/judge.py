"""What is judged of one fault: outcome, error, time, growth of memory, leakage, and what it did to a neighbour."""

import gc
import io
import logging
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from connectors.contract import Held, LocalId
from hub.answer.gather import Errand, Found, gather
from hub.answer.sources import ConnectedSource
from schema.outcomes import Outcome
from schema.records import Address, Involvement
from tests.faults.kinds import ASKED, MEGABYTE, OWN, SECRET

DEADLINE = 0.6
"""Seconds a source may take in the matrix; a shipped source has three."""
GRACE = 0.25
"""Seconds beyond the deadline by which it must be over (PROMISES C1); tests allow a busy machine a second more."""
MOST = 64 * MEGABYTE
"""Bytes the peak of resident memory may grow by under one fault (PROMISES C1)."""
REQUEST = 8.0


@dataclass(frozen=True, slots=True)
class Expected:
    """What ought to become of a fault: the outcome, the code in the log, and the values shown of the person asked."""

    outcome: Outcome
    code: str = ""
    values: tuple[str, ...] = ()
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of it."""

    outcome: Outcome
    code: str
    values: tuple[str, ...]
    complete: bool
    seconds: float
    grown: int
    leaked: tuple[str, ...]
    neighbour_whole: bool
    ahead: bool


def wrong(seen: Seen, expected: Expected, grace: float = GRACE) -> list[str]:
    """Say everything that is not as it ought to be."""
    same = (seen.outcome, seen.code, seen.values, seen.complete)
    ought = (expected.outcome, expected.code, expected.values, expected.complete)
    found = [f"expected {ought}, not {same}"] if same != ought else []
    found += [f"took {seen.seconds:.2f} s"] if seen.seconds > DEADLINE + grace else []
    found += [f"grew by {seen.grown // MEGABYTE} MB"] if seen.grown > MOST else []
    found += [f"leaked into {', '.join(seen.leaked)}"] if seen.leaked else []
    found += [] if seen.neighbour_whole else ["its neighbour did not answer as ever"]
    found += ["as of a moment that has not come"] if seen.ahead else []
    return found


async def judged(asked: ConnectedSource, neighbour: ConnectedSource) -> Seen:
    """Ask a source and a healthy neighbour about one person, as step 4 does, and watch."""
    errands = {name: _errand(source) for name, source in (("asked", asked), ("neighbour", neighbour))}
    before = (await gather({"neighbour": errands["neighbour"]}, deadline=REQUEST, clock=_now))["neighbour"]
    with listening() as log:
        base = start_peak()
        began = time.perf_counter()
        found = await gather(errands, deadline=REQUEST, clock=_now)
        seconds = time.perf_counter() - began
        grown = peak() - base
    mine = found["asked"]
    values = tuple(_value(record) for record in mine.records)
    return Seen(
        mine.outcome,
        mine.code,
        values,
        mine.complete,
        seconds,
        grown,
        tuple(_leaks(mine, log.getvalue())),
        _shown(found["neighbour"]) == _shown(before) != (),
        mine.as_of is not None and mine.as_of > _now(),
    )


def _errand(source: ConnectedSource) -> Errand:
    fields = source.connector.capabilities.fields
    addresses = frozenset(f for f in fields if f.startswith("Address."))  # of a FHIR server, patients alone
    return Errand("person", source, addresses or fields, (LocalId(ASKED),))


def _now() -> datetime:
    return datetime.now(UTC)


def _shown(found: Found) -> tuple[str, ...]:
    return tuple(_value(record) for record in found.records)


def _value(record: Held) -> str:
    match record:
        case Involvement():
            return record.team or ""
        case Address():
            return record.lines or ""
        case _:
            return repr(record)


def _leaks(found: Found, log: str) -> Iterator[str]:
    for place, text, forbidden in (
        ("the log", log, (SECRET, SECRET.split()[0], OWN)),
        ("the code", found.code, (SECRET.split()[0], OWN)),
        ("the records", repr(found.records), (SECRET.split()[0],)),
    ):
        if any(word in text for word in forbidden):
            yield place


@contextmanager
def listening() -> Iterator[io.StringIO]:
    """Keep all that anybody logs, down to the last detail."""
    text, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(text), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield text
        gc.collect(1)  # what was never awaited or looked at is told of when it goes
    finally:
        root.setLevel(level)
        root.removeHandler(handler)


def start_peak() -> int:
    """Forget the most memory this process has had, where the kernel can; give what it has now, in bytes."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:  # no such kernel: growth beyond the most it ever had is still seen
        return peak()
    return peak()


def peak() -> int:
    """Give the most resident memory this process has had since, in bytes."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024
