"""Hops: single statements to PostgreSQL over connections of their own; one that broke is never used again."""

import asyncio

import asyncpg
import pytest

from hub.store.database import Database
from hub.store.hops import MOST, Hops
from tests.rooms.audit.conftest import postgresql  # noqa: F401 -- a fixture is found by its name here
from tests.rooms.store.databases import own_database

OURS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


async def _own(server: str) -> Database:
    return Database(await own_database(server))


async def test_a_few_connections_serve_many_at_once(postgresql: str) -> None:  # noqa: F811 -- the fixture
    """No more are open than may be, each is used again, the one used last first, and none is left when it is closed."""
    database = await _own(postgresql)
    found = await asyncio.gather(*(database.hops.fetch("SELECT $1::int, pg_backend_pid()", n) for n in range(60)))
    assert [rows[0][0] for rows in found] == list(range(60))
    assert len({rows[0][1] for rows in found}) == MOST
    (one,), (other,) = [await database.hops.fetch("SELECT pg_backend_pid()") for _ in range(2)]
    assert one[0] == other[0]
    hops: Hops = database.hops
    late = asyncio.create_task(hops.fetch("SELECT pg_sleep(0.2)"))
    await asyncio.sleep(0)
    await database.close()
    await late
    assert not hops._free, "one still at work is closed when it comes back"


async def test_what_the_database_says_of_a_statement_breaks_nothing(postgresql: str) -> None:  # noqa: F811 -- the same
    """A statement that is wrong is the statement's; the connection goes on."""
    database = await _own(postgresql)
    (before,) = await database.hops.fetch("SELECT pg_backend_pid()")
    with pytest.raises(asyncpg.PostgresError):
        await database.hops.fetch("SELECT 1 / 0")
    assert (await database.hops.fetch("SELECT pg_backend_pid()"))[0][0] == before[0]
    await database.close()


async def test_whoever_stops_waiting_leaves_no_half_read_connection(postgresql: str) -> None:  # noqa: F811 -- the same
    """One that was given up is let go: the next statement has its own answer, from another connection."""
    database = await _own(postgresql)
    (before,) = await database.hops.fetch("SELECT pg_backend_pid()")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await database.hops.fetch("SELECT 1, pg_sleep(5)")
    (after,) = await database.hops.fetch("SELECT pg_backend_pid()")
    assert after[0] != before[0]
    await database.close()


async def test_a_connection_that_the_database_ended_is_not_used_again(postgresql: str) -> None:  # noqa: F811 -- the same
    """After a restart, say, at most one statement fails, and then there are new ones."""
    database = await _own(postgresql)
    await asyncio.gather(*(database.hops.fetch("SELECT pg_sleep(0.01)") for _ in range(3)))
    await database.hops.fetch(f"SELECT pg_terminate_backend(pid) FROM ({OURS}) AS others")  # noqa: S608 -- a constant
    await asyncio.sleep(0.05)
    answers = await asyncio.gather(*(database.hops.fetch("SELECT 7") for _ in range(3)), return_exceptions=True)
    assert [rows for rows in answers if isinstance(rows, list)] == [[(7,)]] * 3
    await database.close()


async def test_an_address_may_say_what_sqlalchemy_alone_takes(postgresql: str) -> None:  # noqa: F811 -- the same
    """Whatever the engine is opened with, the hops are opened with too."""
    address = await own_database(postgresql)
    sign = "&" if "?" in address else "?"
    database = Database(f"{address}{sign}prepared_statement_cache_size=0")
    async with database.read() as connection:
        assert (await connection.exec_driver_sql("SELECT 7")).scalar_one() == 7
    assert await database.hops.fetch("SELECT 7") == [(7,)]
    await database.close()
