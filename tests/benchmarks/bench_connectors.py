"""What connecting costs: rows a second from each transport to typed records, one ask against a hundred, and memory.

Every source is real: HTTP over loopback, a database in a file, a folder of drops. Run this file.
"""

import asyncio
import csv
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import orjson
import pyarrow as pa
from aiohttp import web
from pyarrow import parquet

from connectors.contract import Ask, Connector, LocalId
from connectors.mapping import Mapper
from connectors.registry import connect
from connectors.source import LimitsConfig, SourceConfig
from tests.serving import answer, serving

PEOPLE = 100
EACH = 50
TODAY = date(2026, 11, 21)
COLUMNS = ("member", "ref", "team", "office", "area", "began", "ended", "seen", "tier", "why", "worker", "phone")
MAP: dict[str, Any] = {
    "record": "Involvement",
    "from": "t",
    "person": "member",
    "id": "ref",
    "fields": {
        "team": "team",
        "organisation": "office",
        "sub_service": "area",
        "start": {"path": "began", "date": "dd/mm/yyyy"},
        "end": {"path": "ended", "date": "dd/mm/yyyy"},
        "last_interaction": "seen",
        "status": {"start": "began", "end": "ended", "date": "dd/mm/yyyy"},
        "threshold": {"path": "tier", "codes": {"1": "UNIVERSAL", "2": "EARLY_HELP"}},
        "reason": {"path": "why", "codes": {"1": "Overcrowding"}},
    },
    "professionals": {"name": "worker", "phone": "phone"},
}
ID = tuple(LocalId(f"P{n:03}") for n in range(PEOPLE))


def row(n: int, people: int = PEOPLE) -> tuple[str, ...]:
    """Make one tenancy up."""
    ended = "" if n % 2 else "03/04/2021"
    said = (
        "North",
        "Anytown Homes",
        "Mill Row",
        "01/02/2020",
        ended,
        "2024-01-01",
        "1",
        "1",
        "Jo Bloggs",
        "01632 960001",
    )
    return (f"P{n % people:03}", f"T{n}", *said)


ROWS = [row(n) for n in range(PEOPLE * EACH)]
OBJECTS = [dict(zip(COLUMNS, r, strict=True)) for r in ROWS]

BY_MEMBER = {person: [o for o in OBJECTS if o["member"] == person] for person in ID}


def source(system: str, connection: dict[str, Any], **more: Any) -> SourceConfig:
    """Describe a source of the rows above."""
    return SourceConfig(
        id="homes",
        service="HOUSING",
        name="Homes",
        owner="Homes",
        agency="homes",
        system=system,
        connection=connection,
        map=tuple(m for m in (more.pop("map", MAP),) if m),
        path=Path("homes.toml"),
        limits=LimitsConfig(records=200_000, bytes=64 * 1024 * 1024, deadline=30.0, **more),
    )


def about(people: Iterable[str]) -> list[dict[str, str]]:
    """Give the rows about some people, as a system with an index would."""
    return [o for person in people for o in BY_MEMBER.get(person, ())]


def as_xml(rows: list[dict[str, str]]) -> bytes:
    """Write rows as XML."""
    items = "".join("<item>" + "".join(f"<{k}>{v}</{k}>" for k, v in r.items()) + "</item>" for r in rows)
    return f"<items>{items}</items>".encode()


async def agency(request: web.BaseRequest) -> web.Response:
    """Be every HTTP system at once."""
    if request.path == "/graphql":
        people = orjson.loads(await request.read())["variables"]["people"]
        return web.Response(body=orjson.dumps({"data": {"t": about(people)}}), content_type="application/json")
    if request.path.startswith("/fhir"):
        return answer(bundle(request.query["_id"].split(",")))
    rows = about(request.query["who"].split(","))
    if request.path == "/xml":
        return web.Response(body=as_xml(rows), content_type="application/xml")
    return web.Response(body=orjson.dumps({"items": rows}), content_type="application/json")


def bundle(people: list[str]) -> dict[str, Any]:
    """Give patients as FHIR does."""
    entries = [{"resource": patient(p), "search": {"mode": "match"}} for p in people]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries}


def patient(key: str) -> dict[str, Any]:
    """Make a patient with as many addresses as the others have tenancies."""
    lines = [{"line": [f"{n} Mill Row"], "postalCode": "BK3 4AB", "use": "old"} for n in range(EACH)]
    return {"resourceType": "Patient", "id": key, "address": lines}


def database(folder: Path) -> str:
    """Make a database of the rows."""
    path = folder / "homes.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(f"CREATE TABLE t ({', '.join(COLUMNS)})")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", ROWS)
        connection.execute("CREATE INDEX by_member ON t (member)")
    connection.close()
    return str(path)


def write_csv(path: Path, rows: Iterable[tuple[str, ...]]) -> None:
    """Write a drop."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows)


@asynccontextmanager
async def every_source(folder: Path) -> AsyncIterator[dict[str, Connector]]:
    """Connect the same rows over every transport."""
    write_csv(folder / "t.csv", ROWS)
    parquet.write_table(pa.table({c: [r[n] for r in ROWS] for n, c in enumerate(COLUMNS)}), folder / "t.parquet")
    (folder / "t.xml").write_bytes(as_xml(OBJECTS))
    path = database(folder)
    listed = {"path": "json", "people_param": "who", "items": "items"}
    files = {"transport": "files", "folder": str(folder)}
    async with serving(agency) as base:
        listed_in_xml = {**listed, "path": "xml", "items": "items.item"}
        rest = {"transport": "rest", "base_url": base}
        document = {"document": "query($people: [ID!]!) { t(ids: $people) { ref } }", "items": "t"}
        made = {
            "rest, JSON": connect(source("plain", {**rest, "resources": {"t": listed}})),
            "rest, XML": connect(source("plain", {**rest, "format": "xml", "resources": {"t": listed_in_xml}})),
            "fhir, JSON": connect(source("uk_core", {"base_url": f"{base}/fhir"}, map=None)),
            "graphql": connect(
                source("upstream_graphql", {"base_url": f"{base}/graphql", "resources": {"t": document}})
            ),
            "sql, SQLite": connect(source("plain", {"transport": "sql", "url": f"sqlite:///{path}"})),
            "sql, in threads": connect(source("plain", {"transport": "sql", "url": f"sqlite+pysqlite:///{path}"})),
            "files, CSV": connect(source("plain", {**files, "files": {"t": {"name": "t.csv"}}})),
            "files, Parquet": connect(source("plain", {**files, "files": {"t": {"name": "t.parquet"}}})),
            "files, XML": connect(
                source("plain", {**files, "files": {"t": {"name": "t.xml", "records": "items.item"}}})
            ),
        }
        try:
            yield made
        finally:
            for connector in made.values():
                await connector.close()


async def timed(action: Callable[[], Awaitable[object]], times: int = 3) -> float:
    """Give the best time of an action, in seconds."""
    best = 1e9
    for _ in range(times):
        began = perf_counter()
        await action()
        best = min(best, perf_counter() - began)
    return best


async def compare(folder: Path) -> None:
    """Print the first two tables."""
    rows = PEOPLE * EACH
    print(f"{PEOPLE} people, {rows} rows of {len(COLUMNS)} columns to typed records; the best of three.")
    print("The agency's HTTP server runs in this process too: what it spends is in these numbers.\n")
    print(f"{'':18}{'first ask, rows/s':>20}{'again, rows/s':>16}{'one ask':>12}{'100 asks':>12}{'':>8}")
    async with every_source(folder) as connectors:
        for name, connector in connectors.items():
            held = ("Address.",) if name.startswith("fhir") else ("Involvement.", "Professional.")
            fields = frozenset(f for f in connector.capabilities.fields if f.startswith(held))

            async def whole(connector: Connector = connector, fields: Any = fields) -> None:
                reply = await connector.fetch(Ask(ID, fields, TODAY))
                assert sum(map(len, reply.records.values())) == rows, name  # noqa: B023 -- awaited at once

            async def singly(connector: Connector = connector, fields: Any = fields) -> None:
                for person in ID:
                    await connector.fetch(Ask((person,), fields, TODAY))

            first = await timed(whole, 1)
            again, apart = await timed(whole), await timed(singly, 2)
            times = f"{again * 1000:>9.1f} ms{apart * 1000:>9.1f} ms{apart / again:>6.1f} x"
            print(f"{name:18}{rows / first:>20,.0f}{rows / again:>16,.0f}{times}")


async def light(folder: Path) -> None:
    """Print the table of a batch that brings one row a person: what asking costs, rather than what mapping does."""
    global ROWS, OBJECTS, BY_MEMBER  # noqa: PLW0603 -- the agency's rows, cut short for this table
    ROWS, OBJECTS = ROWS[:PEOPLE], OBJECTS[:PEOPLE]
    BY_MEMBER = {person: listed[:1] for person, listed in BY_MEMBER.items()}
    print(f"\n{PEOPLE} people of one row each\n")
    print(f"{'':18}{'one ask':>12}{'100 asks':>12}")
    async with every_source(folder) as connectors:
        for name, connector in connectors.items():
            fields = frozenset(f for f in connector.capabilities.fields if f.startswith("Involvement."))
            if name.startswith("fhir"):
                continue

            async def whole(connector: Connector = connector, fields: Any = fields) -> None:
                await connector.fetch(Ask(ID, fields, TODAY))

            async def singly(connector: Connector = connector, fields: Any = fields) -> None:
                for person in ID:
                    await connector.fetch(Ask((person,), fields, TODAY))

            await whole()
            again, apart = await timed(whole), await timed(singly, 2)
            print(f"{name:18}{again * 1000:>9.1f} ms{apart * 1000:>9.1f} ms{apart / again:>6.1f} x")


def mapping() -> None:
    """Print what the mapping alone costs."""
    mapper = Mapper(source("plain", {}), tabular=True)
    thousand = {"t": OBJECTS[:1000]}
    best = 1e9
    for _ in range(30):
        began = perf_counter()
        mapper.records(thousand, mapper.fields, TODAY)
        best = min(best, perf_counter() - began)
    print(f"\nmapping alone: 1,000 rows, {len(mapper.fields)} fields: {best * 1000:.1f} ms")


def resident() -> int:
    """Give the most memory this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


async def memory(kind: str, count: int, folder: Path) -> None:
    """Read so many rows in this process and print the most memory it had."""
    if kind == "feed":
        with sqlite3.connect(folder / "people.sqlite") as connection:
            connection.execute("CREATE TABLE t (member PRIMARY KEY, given, family, dob)")
            names = ((f"P{n:06}", "Jo", "Bloggs", "2012-03-09") for n in range(count))
            connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", names)
        connection.close()
        who = {"record": "Identity", "from": "t", "person": "member", "names": [{"given": "given", "family": "family"}]}
        url = f"sqlite:///{folder / 'people.sqlite'}"
        made = connect(source("plain", {"transport": "sql", "url": url, "people_most": 1000}, map=who))
        found = 0
        async for _ in made.identities(None):
            found += 1
        assert found == count
    else:
        write_csv(folder / "t.csv", (row(n, count // EACH) for n in range(count)))
        made = connect(
            source("plain", {"transport": "files", "folder": str(folder), "files": {"t": {"name": "t.csv"}}})
        )
        await made.fetch(Ask(ID[:1], made.capabilities.fields, TODAY))
    await made.close()
    print(resident())


def grown(kind: str) -> None:
    """Print memory at 1 000 rows and at 100 000, each in a process of its own."""
    most = []
    for count in (1_000, 100_000):
        command = [sys.executable, __file__, kind, str(count)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        most.append(int(done.stdout))
    print(f"{kind:18}{most[0]:>10} MiB{most[1]:>10} MiB{most[1] - most[0]:>+10} MiB")


def main(arguments: list[str]) -> None:
    """Print the tables, or be one of the processes that are measured."""
    with tempfile.TemporaryDirectory() as folder:
        if arguments:
            asyncio.run(memory(arguments[0], int(arguments[1]), Path(folder)))
            return
        asyncio.run(compare(Path(folder)))
    mapping()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(light(Path(folder)))
    print(f"\nmost memory{'1,000 rows':>21}{'100,000 rows':>14}")
    for kind in ("feed", "drop"):
        grown(kind)
    print("\nfeed: an index feed of that many people, streamed from SQL; drop: a CSV of that many rows, kept whole")


if __name__ == "__main__":
    main(sys.argv[1:])
