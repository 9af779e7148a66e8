"""What connecting costs: rows a second from each transport to typed records, one ask against a hundred, and memory.

Every source is real: HTTP over loopback, a database in a file, a folder of drops. Run this file.
"""

import asyncio
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import orjson
from aiohttp import web

from connectors.contract import Ask, Connector
from connectors.mapping import Mapper
from connectors.registry import connect
from tests.benchmarks.landlord import COLUMNS, EACH, ID, PEOPLE, TODAY, as_object, every_source, row, source, write_csv
from tests.serving import answer, serving

WHO = {"record": "Identity", "from": "t", "person": "member", "names": [{"given": "given", "family": "family"}]}
PAGE = 1_000


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


def resident(line: str) -> int:
    """Give this process' memory in KiB: now (VmRSS), or the most it has had since it was last forgotten (VmHWM)."""
    status = Path("/proc/self/status").read_text("utf-8")
    return next(int(said.split()[1]) for said in status.splitlines() if said.startswith(line))


def forget_the_most() -> None:
    """Begin anew with the most memory had: reading in the modules may have taken more than what is measured."""
    Path("/proc/self/clear_refs").write_text("5", "utf-8")


def person(n: int) -> dict[str, str]:
    """Make one person of the index feed up."""
    return {"member": f"P{n:06}", "given": "Jo", "family": "Bloggs"}


async def feed_from_sql(count: int, folder: Path) -> None:
    """Read an index feed from a database."""
    path = folder / "people.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (member PRIMARY KEY, given, family)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?)", (tuple(person(n).values()) for n in range(count)))
    connection.close()
    made = connect(source("plain", {"transport": "sql", "url": f"sqlite:///{path}", "people_most": PAGE}, map=WHO))
    await read_feed(made, count)


async def feed_from_rest(count: int, folder: Path) -> None:
    """Read an index feed from REST, page by page."""
    del folder

    async def pages(request: web.BaseRequest) -> web.StreamResponse:
        start = int(request.query.get("cursor", "0"))
        after = str(start + PAGE) if start + PAGE < count else None
        return answer({"items": [person(n) for n in following(start, count)], "next": after})

    async with serving(pages) as base:
        listed = {"path": "people", "people_param": "who", "items": "items"}
        paging = {"by": "cursor", "position_param": "cursor"}
        rest = {"transport": "rest", "base_url": base, "paging": paging, "resources": {"t": listed}}
        await read_feed(connect(source("plain", rest, map=WHO)), count)


async def feed_from_fhir(count: int, folder: Path) -> None:
    """Read an index feed from a FHIR server, page by page."""
    del folder

    async def pages(request: web.BaseRequest) -> web.StreamResponse:
        start = int(request.query.get("at", "0"))
        entries = [{"resource": as_patient(n), "search": {"mode": "match"}} for n in following(start, count)]
        url = f"http://{request.host}/Patient?at={start + PAGE}"
        link = [{"relation": "next", "url": url}] if start + PAGE < count else []
        return answer({"resourceType": "Bundle", "type": "searchset", "entry": entries, "link": link, "total": count})

    async with serving(pages) as base:
        await read_feed(connect(source("uk_core", {"base_url": base}, map=None)), count)


async def feed_from_graphql(count: int, folder: Path) -> None:
    """Read an index feed from a GraphQL API, page by page."""
    del folder

    async def pages(request: web.BaseRequest) -> web.StreamResponse:
        start = int(orjson.loads(await request.read())["variables"].get("after", "0"))
        after = str(start + PAGE) if start + PAGE < count else None
        return answer({"data": {"all": [person(n) for n in following(start, count)], "after": after}})

    listed = {"document": "query($people: [ID!]!) { t(ids: $people) { member } }", "items": "t"}
    everyone = {"everyone": "query($after: String) { all { member } }", "everyone_items": "all", "next_cursor": "after"}
    async with serving(pages) as base:
        graphql = {"base_url": base, "resources": {"t": {**listed, **everyone}}}
        await read_feed(connect(source("upstream_graphql", graphql, map=WHO)), count)


def following(start: int, count: int) -> range:
    """Give the numbers of the people on the page that begins here."""
    return range(start, min(start + PAGE, count))


def as_patient(n: int) -> dict[str, Any]:
    """Make a patient up."""
    return {"resourceType": "Patient", "id": f"P{n:06}", "name": [{"given": ["Jo"], "family": "Bloggs"}]}


async def feed_from_csv(count: int, folder: Path) -> None:
    """Read an index feed from a drop."""
    lines = (",".join(person(n).values()) for n in range(count))
    (folder / "t.csv").write_text("\n".join(("member,given,family", *lines)), "utf-8")
    files = {"transport": "files", "folder": str(folder), "files": {"t": {"name": "t.csv"}}}
    await read_feed(connect(source("plain", files, map=WHO)), count)


async def read_feed(made: Connector, count: int) -> None:
    """Read a feed to its end, keeping nobody."""
    found = 0
    async for _ in made.identities(None):
        found += 1
    assert found == count
    await made.close()


async def drop(count: int, folder: Path) -> None:
    """Read a CSV, to ask about one person."""
    write_csv(folder / "t.csv", (row(n, count // EACH) for n in range(count)))
    made = connect(source("plain", {"transport": "files", "folder": str(folder), "files": {"t": {"name": "t.csv"}}}))
    await made.fetch(Ask(ID[:1], made.capabilities.fields, TODAY))
    await made.close()


READS = {
    "feed-sql": feed_from_sql,
    "feed-rest": feed_from_rest,
    "feed-fhir": feed_from_fhir,
    "feed-graphql": feed_from_graphql,
    "feed-csv": feed_from_csv,
    "drop": drop,
}
SAID = {
    "feed-sql": "an index feed, streamed from SQL",
    "feed-rest": "an index feed over REST, 1 000 a page",
    "feed-fhir": "an index feed over FHIR, 1 000 a page",
    "feed-graphql": "an index feed over GraphQL, 1 000 a page",
    "feed-csv": "an index feed from a CSV drop",
    "drop": "a CSV drop, kept whole and indexed",
}


def memory(kind: str, count: int) -> None:
    """Read a few rows, then so many, in this process, and print how much more memory the many took, in KiB."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(READS[kind](EACH, Path(folder)))
    before = resident("VmRSS")
    forget_the_most()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(READS[kind](count, Path(folder)))
    print(resident("VmHWM") - before)


def grown() -> None:
    """Print how much memory 10 000 rows take and 100 000, each in a process of its own."""
    print("\nmemory grown by, over the same with a few rows\n\n| reading | 10 000 rows, MiB | 100 000 rows, MiB |")
    print("| --- | ---: | ---: |")
    for kind, said in SAID.items():
        grew = []
        for count in (10_000, 100_000):
            command = [sys.executable, __file__, kind, str(count)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            grew.append(f"{int(done.stdout) / 1024:.1f}")
        print(f"| {said} | {' | '.join(grew)} |")


def main(arguments: list[str]) -> None:
    """Print the tables, or be one of the processes that are measured."""
    if arguments:
        memory(arguments[0], int(arguments[1]))
        return
    print("The agency's HTTP server runs in this process too: what it spends is in these numbers.")
    for each in (EACH, 1):
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(compare(Path(folder), each))
    mapping()
    grown()


if __name__ == "__main__":
    main(sys.argv[1:])
