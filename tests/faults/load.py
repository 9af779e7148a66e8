"""Many at once: what PROMISES C1, C2 and C5 to C8 say of a hub under load, measured and printed as a table."""

import asyncio
import platform
from collections.abc import Awaitable, Callable, Iterable

from tests.faults import load_calls, load_crowds, load_greed, load_leaving
from tests.faults.agency import Running, running
from tests.faults.measured import Measured

Say = Callable[[str], None]
MEASURES: dict[str, Callable[[Running], Awaitable[Iterable[Measured]]]] = {
    "greed": load_greed.measure,
    "breaker": load_crowds.breaker,
    "bulkhead": load_crowds.bulkhead,
    "calls": load_calls.measure,
    "leaving": load_leaving.measure,
}


def main(names: list[str], say: Say) -> bool:
    """Measure what is named, or everything; say whether every bound holds."""
    unknown = sorted(set(names) - set(MEASURES))
    if unknown:
        say(f"nothing is called {', '.join(unknown)}: choose from {', '.join(MEASURES)}")
        return False
    say(f"Python {platform.python_version()}, {platform.machine()}\n")
    say("| measured | promise | number | bound | holds |\n|---|---|---|---|---|")
    whole = True
    for name in names or MEASURES:
        with running() as agencies:
            for row in asyncio.run(_each(name, agencies)):
                say(f"| {row.what} | {row.promise} | {row.number} | {row.bound} | {'yes' if row.ok else 'NO'} |")
                whole &= row.ok
    return whole


async def _each(name: str, agencies: Running) -> list[Measured]:
    return list(await MEASURES[name](agencies))
