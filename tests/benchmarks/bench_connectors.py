"""What connecting costs: rows a second from each transport to typed records, one ask against a hundred, and memory.

Every source is real: HTTP over loopback, a database in a file, a folder of drops. Run this file.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson

sys.path.insert(0, str(Path(__file__).parents[2]))

from connectors.contract import Ask, Connector
from connectors.mapping import Mapper
from connectors.transports.guarded import read_json
from tests.benchmarks.gateway.upstream import events
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


def best_of(action: Callable[[], object], times: int) -> float:
    """Give the best time of an action, in milliseconds."""
    best = 1e9
    for _ in range(times):
        began = perf_counter()
        action()
        best = min(best, perf_counter() - began)
    return best * 1000


def mapping() -> None:
    """Print what the mapping alone costs."""
    mapper = Mapper(source("plain", {}), tabular=True)
    fields = mapper.fields
    print(f"\nthe mapping alone, {len(fields)} fields of a tenancy and its officer\n\n| rows | ms |\n| ---: | ---: |")
    for count in (1, 3, 30, 1_000):
        rows = {"t": [as_object(row(n)) for n in range(count)]}
        best = best_of(partial(mapper.records, rows, fields, TODAY), 200 if count < PAGE else 30)
        print(f"| {count} | {best:.3f} |")


def reading() -> None:
    """Print what JSON read with suspicion costs beside its parser alone, however a system writes it."""
    held = orjson.loads(events())
    with_notes = {
        **held,
        "items": [{**item, "summary": f'{item["summary"]}\nZoë said "yes"'} for item in held["items"]],
    }
    written = {
        "no room, nothing escaped": orjson.dumps(held),
        "lines and quotation marks in texts": orjson.dumps(with_notes),
        "room between, and letters as numbers": json.dumps(with_notes).encode(),
        "a line for each value": json.dumps(with_notes, indent=1, ensure_ascii=False).encode(),
    }
    print("\nJSON of a thousand events\n\n| written with | KB | read, ms | the parser alone, ms |")
    print("| --- | ---: | ---: | ---: |")
    for way, raw in written.items():
        suspicious, alone = best_of(partial(read_json, raw, 32), 100), best_of(partial(orjson.loads, raw), 100)
        print(f"| {way} | {len(raw) // 1000} | {suspicious:.2f} | {alone:.2f} |")


def main() -> None:
    """Print the tables."""
    print("The agency's HTTP server runs in this process too: what it spends is in these numbers.")
    for each in (EACH, 1):
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(compare(Path(folder), each))
    mapping()
    reading()
    grown()


if __name__ == "__main__":
    main()
