"""C5 and C6: a source that keeps failing, and one that hangs, while others are asked all the same."""

import asyncio
import time
from collections.abc import Iterable
from contextlib import AsyncExitStack

from hub.answer.breaker import FAILURES, JITTER, PAUSE
from hub.answer.sources import ConnectedSource
from tests.faults.agency import Running
from tests.faults.asked import about, ask, healthy, outcomes
from tests.faults.measured import Measured, p95

RATE = 20
"""Questions a second."""
WITHOUT, WITH, WELL_AFTER = 15.0, 45.0, 2.0
"""Seconds without a fault, with one, and after which the second of two ill sources is well."""
RECOVERED = 35.0
CROWD = 200
ROUNDS = 5
ROOMY = {"concurrency": 256, "connect": 5.0, "deadline": 8.0}
"""Limits under which two hundred at once are all asked: nine systems are one process here."""


async def breaker(agencies: Running) -> Iterable[Measured]:
    """Ask twenty times a second: first all well, then one source ill for good and one for two seconds."""
    async with AsyncExitStack() as stack:
        well = await healthy(stack, agencies, 8)
        ill = [await about(stack, agencies, "ill", name) for name in ("ill", "soon")]
        before = [took for took, _, _ in await _for(WITHOUT, well, ill)]
        agencies.tell("ill-ill")
        at_first = agencies.tell("ill-soon")
        began = time.perf_counter()
        healing = asyncio.create_task(_well_later(agencies))
        during = await _for(WITH, well, ill)
        await healing
        asked = agencies.tell()["ill"] - at_first["ill"]
    calm, storm = p95(before), p95([took for took, _, _ in during])
    # The pause and the probe: five failures open it, one probe a pause; calls already under way may fail too.
    pauses = 1 + int(WITH // (PAUSE * (1 + JITTER)))
    probes = asked - FAILURES
    back = [at - began - WELL_AFTER for _, at, soon in during if soon and at - began > WELL_AFTER]
    recovered = min(back, default=float("inf"))
    change = (storm / calm - 1) * 100
    return [
        Measured(
            "C5",
            f"requests in {WITH:.0f} s after its {FAILURES} failures",
            str(probes),
            f"≤ {pauses}",
            probes <= pauses,
        ),
        Measured(
            "C5",
            "answering again after it is well",
            f"{recovered:.1f} s",
            f"≤ {RECOVERED:.0f} s",
            recovered <= RECOVERED,
        ),
        Measured(
            "C5",
            f"the others' p95, {RATE} questions a second",
            f"{calm:.0f} ms before, {storm:.0f} ms with two ill ({change:+.0f} %)",
            "at most 20 % longer",
            change <= 20,
        ),
    ]


async def _well_later(agencies: Running) -> None:
    await asyncio.sleep(WELL_AFTER)
    await asyncio.to_thread(agencies.tell, "well-soon")


async def _for(
    seconds: float, well: list[ConnectedSource], ill: list[ConnectedSource]
) -> list[tuple[float, float, bool]]:
    """Ask at the rate; give each time the healthy took, when, and whether the second ill one answered."""
    until, asking = time.perf_counter() + seconds, []
    while time.perf_counter() < until:
        asking.append(asyncio.create_task(_once(well, ill)))
        await asyncio.sleep(1 / RATE)
    return list(await asyncio.gather(*asking))


async def _once(well: list[ConnectedSource], ill: list[ConnectedSource]) -> tuple[float, float, bool]:
    began = time.perf_counter()
    beside = asyncio.create_task(ask(ill))
    await ask(well)
    took = time.perf_counter() - began
    found = await beside
    return took, time.perf_counter(), found["soon"].outcome.value == "RECORDS"


async def bulkhead(agencies: Running) -> Iterable[Measured]:
    """Ask two hundred questions at once, half of them of a ninth source too: one that is well, then one that hangs."""
    async with AsyncExitStack() as stack:
        well = await healthy(stack, agencies, 8, **ROOMY)
        ninth = await about(stack, agencies, "well", "ninth", **ROOMY)
        hung = await about(stack, agencies, "hang", "hung")
        calm: list[float] = []
        storm: list[float] = []
        for n in range(ROUNDS + 1):
            for source, into in ((ninth, calm), (hung, storm)):
                source.breaker.succeeded()  # or it would be left alone, and the hung one cost nothing
                took = await _crowd(well, source)
                into.extend(took if n else ())  # the first round opens the connections
        usual = await about(stack, agencies, "well", "usual")
        turned_away = outcomes({str(n): f["usual"] for n, f in enumerate(await _all(usual))})
    before, after = p95(calm), p95(storm)
    answered = turned_away["RECORDS"]
    return [
        Measured(
            "C6",
            f"p95 of {CROWD // 2} questions among {CROWD} that do not ask the ninth source",
            f"{before:.0f} ms with it well, {after:.0f} ms with it hung ({after / before:.2f} times)",
            "≤ 1.5 times",
            after <= 1.5 * before,
        ),
        Measured(
            "C6",
            f"of {CROWD} asks at one moment of one source with the 16 places it ships with",
            f"{answered} answered, {turned_away['UNAVAILABLE']} turned away as busy",
            "said, not bounded",
            answered + turned_away["UNAVAILABLE"] == CROWD,
        ),
    ]


async def _crowd(well: list[ConnectedSource], ninth: ConnectedSource) -> list[float]:
    """Ask everything at once; give the times of those that did not ask the ninth."""
    with_it = [asyncio.create_task(ask([*well, ninth])) for _ in range(CROWD // 2)]
    took = await asyncio.gather(*(_timed(well) for _ in range(CROWD // 2)))
    await asyncio.gather(*with_it)
    return list(took)


async def _timed(sources: list[ConnectedSource]) -> float:
    began = time.perf_counter()
    found = await ask(sources)
    took = time.perf_counter() - began
    return took if outcomes(found)["RECORDS"] == len(sources) else float("inf")


async def _all(source: ConnectedSource) -> list[dict[str, object]]:
    return list(await asyncio.gather(*(ask([source]) for _ in range(CROWD))))
