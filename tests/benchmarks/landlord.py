"""One made-up landlord's rows, served over every transport: real HTTP, a database in a file, a folder of drops."""

import csv
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
from aiohttp import web
from pyarrow import parquet

from connectors.contract import Connector, LocalId
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
    """Make one tenancy up; hardly two begin, end or are seen on one day."""
    day, month = 1 + n % 28, 1 + n % 12
    ended = "" if n % 2 else f"{day:02}/{month:02}/{2019 + n % 7}"
    said = (
        "North",
        "Anytown Homes",
        "Mill Row",
        f"{day:02}/{month:02}/{2010 + n % 9}",
        ended,
        f"{2020 + n % 6}-{month:02}-{day:02}",
        "1",
        "1",
        "Jo Bloggs",
        "01632 960001",
    )
    return (f"P{n % people:03}", f"T{n}", *said)


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


def as_object(row: tuple[str, ...]) -> dict[str, str]:
    """Write a row as an object."""
    return dict(zip(COLUMNS, row, strict=True))


def as_xml(rows: Iterable[dict[str, str]]) -> bytes:
    """Write rows as XML."""
    items = "".join("<item>" + "".join(f"<{k}>{v}</{k}>" for k, v in r.items()) + "</item>" for r in rows)
    return f"<items>{items}</items>".encode()


def write_csv(path: Path, rows: Iterable[tuple[str, ...]]) -> None:
    """Write a drop."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def patient(key: str, each: int) -> dict[str, Any]:
    """Make a patient with as many addresses as the others have tenancies."""
    lines = [{"line": [f"{n} Mill Row"], "postalCode": "BK3 4AB", "use": "old"} for n in range(each)]
    return {"resourceType": "Patient", "id": key, "address": lines}


class Landlord:
    """An agency that holds so many rows of each person, and answers as every kind of system at once."""

    def __init__(self, each: int) -> None:
        """Make the rows up."""
        self.each = each
        self.rows = [row(n) for n in range(PEOPLE * each)]
        objects = [as_object(r) for r in self.rows]
        self._of = {person: [o for o in objects if o["member"] == person] for person in ID}

    def about(self, people: Iterable[str]) -> list[dict[str, str]]:
        """Give the rows about some people, as a system with an index would."""
        return [o for person in people for o in self._of.get(LocalId(person), ())]

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer as REST in JSON and XML, as FHIR and as GraphQL."""
        if request.path == "/graphql":
            people = orjson.loads(await request.read())["variables"]["people"]
            body = orjson.dumps({"data": {"t": self.about(people)}})
            return web.Response(body=body, content_type="application/json")
        if request.path.startswith("/fhir"):
            found = [patient(p, self.each) for p in request.query["_id"].split(",")]
            entries = [{"resource": p, "search": {"mode": "match"}} for p in found]
            return answer({"resourceType": "Bundle", "type": "searchset", "entry": entries})
        rows = self.about(request.query["who"].split(","))
        if request.path == "/xml":
            return web.Response(body=as_xml(rows), content_type="application/xml")
        return web.Response(body=orjson.dumps({"items": rows}), content_type="application/json")

    def write(self, folder: Path) -> None:
        """Write the rows as a database and as drops."""
        write_csv(folder / "t.csv", self.rows)
        columns = {c: [r[n] for r in self.rows] for n, c in enumerate(COLUMNS)}
        parquet.write_table(pa.table(columns), folder / "t.parquet")
        (folder / "t.xml").write_bytes(as_xml(map(as_object, self.rows)))
        with sqlite3.connect(folder / "homes.sqlite") as connection:
            connection.execute(f"CREATE TABLE t ({', '.join(COLUMNS)})")
            connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", self.rows)
            connection.execute("CREATE INDEX by_member ON t (member)")
        connection.close()


@asynccontextmanager
async def every_source(folder: Path, each: int) -> AsyncIterator[dict[str, Connector]]:
    """Connect the same rows over every transport."""
    landlord = Landlord(each)
    landlord.write(folder)
    path = folder / "homes.sqlite"
    listed = {"path": "json", "people_param": "who", "items": "items"}
    files = {"transport": "files", "folder": str(folder)}
    async with serving(landlord.serve) as base:
        rest = {"transport": "rest", "base_url": base}
        in_xml = {**rest, "format": "xml", "resources": {"t": {**listed, "path": "xml", "items": "items.item"}}}
        document = {"document": "query($people: [ID!]!) { t(ids: $people) { ref } }", "items": "t"}
        graphql = {"base_url": f"{base}/graphql", "resources": {"t": document}}
        made = {
            "rest, JSON": connect(source("plain", {**rest, "resources": {"t": listed}})),
            "rest, XML": connect(source("plain", in_xml)),
            "fhir, JSON": connect(source("uk_core", {"base_url": f"{base}/fhir"}, map=None)),
            "graphql": connect(source("upstream_graphql", graphql)),
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
