"""C1 and C2: systems that take time and memory, alone and thirty-two at once, at the limits a source ships with."""

import time
from collections.abc import Iterable
from contextlib import AsyncExitStack

from hub.answer.sources import ConnectedSource
from tests.faults.agency import GREEDY, Running
from tests.faults.asked import about, ask, healthy, outcomes
from tests.faults.judge import peak, start_peak
from tests.faults.kinds import MEGABYTE
from tests.faults.measured import Measured

CUT = 3.25
ONE, MANY = 64, 256
"""Megabytes of growth allowed under one fault, and under many."""
AT_ONCE, WELL = 32, 8


async def measure(agencies: Running) -> Iterable[Measured]:
    """Measure each fault alone, then all at once, beside eight that are well."""
    found: list[Measured] = []
    async with AsyncExitStack() as stack:
        well = await healthy(stack, agencies, WELL)
        await ask(well)
        for kind in GREEDY:
            ill = await about(stack, agencies, kind, f"ill-{kind.replace(' ', '-').lower()}")
            found += _rows(kind, ONE, *await _asked([*well, ill]))
        many = [await about(stack, agencies, GREEDY[n % len(GREEDY)], f"many-{n}") for n in range(AT_ONCE)]
        found += _rows(f"{AT_ONCE} at once", MANY, *await _asked([*well, *many]))
    return found


def _rows(what: str, most: int, seconds: float, grown: int, whole: bool) -> list[Measured]:  # noqa: FBT001 -- ours
    beside = f"the other {WELL} whole" if whole else "the others NOT whole"
    return [
        Measured("C1", f"{what}: peak RSS grew by", f"{grown} MB, {beside}", f"≤ {most} MB", grown <= most and whole),
        Measured("C2", f"{what}: over after", f"{seconds:.2f} s", f"≤ {CUT} s", seconds <= CUT),
    ]


async def _asked(sources: list[ConnectedSource]) -> tuple[float, int, bool]:
    """Ask all at once; give the time, the megabytes the peak grew by, and whether the healthy ones were whole."""
    base, began = start_peak(), time.perf_counter()
    found = await ask(sources)
    seconds, grown = time.perf_counter() - began, max(0, peak() - base) // MEGABYTE
    return seconds, grown, outcomes(found)["RECORDS"] == WELL
