"""What connecting costs: rows a second from each transport to typed records, one ask against a hundred, and memory.

Every source is real: HTTP over loopback, a database in a file, a folder of drops. Run this file.
"""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from connectors.contract import Ask, Connector
from connectors.mapping import Mapper
from tests.benchmarks.grown import PAGE, grown
from tests.benchmarks.landlord import COLUMNS, EACH, ID, PEOPLE, TODAY, as_object, every_source, row, source


async def timed(action: Callable[[], Awaitable[object]], times: int = 3) -> float:
    """Give the best time of an action, in seconds."""
    best = 1e9
    for _ in range(times):
        began = perf_counter()
        await action()
        best = min(best, perf_counter() - began)
    return best


def asks(
    name: str, connector: Connector, rows: int
) -> tuple[Callable[[], Awaitable[Any]], Callable[[], Awaitable[Any]]]:
    """Give the two ways to ask a source: about everybody at once, and about one after the other."""
    held = ("Address.",) if name.startswith("fhir") else ("Involvement.", "Professional.")
    fields = frozenset(f for f in connector.capabilities.fields if f.startswith(held))

    async def whole() -> None:
        reply = await connector.fetch(Ask(ID, fields, TODAY))
        assert sum(map(len, reply.records.values())) == rows, name

    async def singly() -> None:
        for person in ID:
            await connector.fetch(Ask((person,), fields, TODAY))

    return whole, singly


async def compare(folder: Path, each: int) -> None:
    """Print rows a second, and one ask of a hundred people against a hundred of one."""
    rows = PEOPLE * each
    print(f"\n{PEOPLE} people, {rows} rows of {len(COLUMNS)} columns; the best of three\n")
    print("| over | first ask, rows/s | again, rows/s | one ask of 100, ms | 100 asks, ms | |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    async with every_source(folder, each) as connectors:
        for name, connector in connectors.items():
            whole, singly = asks(name, connector, rows)
            first = await timed(whole, 1)
            again, apart = await timed(whole), await timed(singly, 2)
            speeds = f"{rows / first:,.0f} | {rows / again:,.0f}"
            print(f"| {name} | {speeds} | {again * 1000:.1f} | {apart * 1000:.1f} | {apart / again:.1f} x |")


def mapping() -> None:
    """Print what the mapping alone costs."""
    mapper = Mapper(source("plain", {}), tabular=True)
    fields = mapper.fields
    print(f"\nthe mapping alone, {len(fields)} fields of a tenancy and its officer\n\n| rows | ms |\n| ---: | ---: |")
    for count in (1, 3, 30, 1_000):
        rows = {"t": [as_object(row(n)) for n in range(count)]}
        best = 1e9
        for _ in range(200 if count < PAGE else 30):
            began = perf_counter()
            mapper.records(rows, fields, TODAY)
            best = min(best, perf_counter() - began)
        print(f"| {count} | {best * 1000:.3f} |")


def main() -> None:
    """Print the tables."""
    print("The agency's HTTP server runs in this process too: what it spends is in these numbers.")
    for each in (EACH, 1):
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(compare(Path(folder), each))
    mapping()
    grown()


if __name__ == "__main__":
    main()
