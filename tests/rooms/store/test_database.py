"""The hub's own database: the tables of the models on both kinds, durable, and patient only for so long."""

import asyncio
import sqlite3
from pathlib import Path

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel

import hub.store.tables
from hub.store.database import Database, StoreUnavailable, patience
from hub.store.database import table as table_of
from hub.store.tables.governance import ConsentRow

assert hub.store.tables  # importing it registers every table


def differences(connection: Connection) -> list[object]:
    """Compare the tables there are with those the models declare, types and defaults included."""
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), SQLModel.metadata))


async def test_migrations_make_exactly_the_tables_of_the_models(url: str) -> None:
    """Nothing is missing, nothing is left over, no type differs, on either database."""
    database = Database(url)
    await database.upgrade()
    async with database.read() as connection:
        assert await connection.run_sync(differences) == []
    await database.close()


async def test_a_difference_would_be_found(url: str) -> None:
    """The comparison above is able to fail: a column, an index and a table changed by hand are all seen."""
    database = Database(url)
    await database.upgrade()
    async with database.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE agreement ADD COLUMN extra INTEGER")
        await connection.exec_driver_sql("DROP INDEX ix_consent_person_id")
        await connection.exec_driver_sql("DROP TABLE known_different")
    async with database.read() as connection:
        found = str(await connection.run_sync(differences))
    await database.close()
    assert all(word in found for word in ("extra", "ix_consent_person_id", "known_different"))


async def test_upgrading_twice_changes_nothing_and_keeps_what_is_there(url: str) -> None:
    """A replica that starts again upgrades again: harmless."""
    database = Database(url)
    await database.upgrade()
    async with database.begin() as connection:
        await connection.exec_driver_sql("UPDATE governance_epoch SET value = 41")
    await database.upgrade()
    async with database.read() as connection:
        assert (await connection.exec_driver_sql("SELECT value FROM governance_epoch")).scalar_one() == 41
        assert await connection.run_sync(differences) == []
    await database.close()


async def test_the_first_tables_can_be_taken_away_again(tmp_path: Path) -> None:
    """The way back leaves none of the hub's tables."""
    from alembic import command

    database = Database(f"sqlite:///{tmp_path / 'hub.db'}")
    await database.upgrade()
    await asyncio.to_thread(command.downgrade, database._alembic(), "base")
    async with database.read() as connection:
        left = await connection.run_sync(lambda c: inspect(c).get_table_names())
    await database.close()
    assert left == ["alembic_version"]


async def test_sqlite_is_durable_before_it_answers(tmp_path: Path) -> None:
    """A write-ahead log, synced in full at each commit: what was written down survives a power cut."""
    database = Database(f"sqlite:///{tmp_path / 'hub.db'}")
    async with database.read() as connection:
        for pragma, value in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
            assert (await connection.exec_driver_sql(f"PRAGMA {pragma}")).scalar_one() == value
    await database.close()


async def test_a_transaction_that_fails_leaves_nothing(url: str) -> None:
    """All of it or none of it."""
    database = Database(url)
    await database.upgrade()

    async def half() -> None:
        async with database.begin() as connection:
            await connection.exec_driver_sql("UPDATE governance_epoch SET value = 1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await half()
    async with database.read() as connection:
        assert (await connection.exec_driver_sql("SELECT value FROM governance_epoch")).scalar_one() == 0
    await database.close()


def test_a_model_gives_its_table_and_an_address_its_driver() -> None:
    """Statements are written on tables; operators give plain addresses and need know no driver."""
    assert table_of(ConsentRow).name == "consent"
    assert Database("sqlite:///x.db").url == "sqlite+aiosqlite:///x.db"
    for scheme in ("postgresql", "postgres"):
        database = Database(f"{scheme}://u:p@127.0.0.1/x")
        assert database.url == "postgresql+asyncpg://u:p@127.0.0.1/x"
        assert database.dialect == "postgresql"


async def test_a_database_in_memory_needs_no_folder() -> None:
    """An address without a file is upgraded like any other."""
    database = Database("sqlite://")
    await database.upgrade()
    await database.close()


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("SELECT 'Maya'", {"n": "9990000018"}, Exception("Maya")),
        OSError("Maya"),
        TimeoutError("Maya"),
        sqlite3.OperationalError("Maya"),
        asyncpg.PostgresError("Maya"),
    ],
)
async def test_whatever_the_store_does_wrong_is_one_error_without_a_value(error: Exception) -> None:
    """The kind of error is said; statement, parameters and message are not."""
    with pytest.raises(StoreUnavailable) as refused:
        async with patience():
            raise error
    assert str(refused.value) == type(error).__name__
    assert refused.value.__suppress_context__


async def test_a_store_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience ends; the question is refused rather than kept waiting."""
    monkeypatch.setattr("hub.store.database.PATIENCE", 0.01)
    with pytest.raises(StoreUnavailable, match="TimeoutError"):
        async with patience():
            await asyncio.Event().wait()


async def test_a_mistake_of_ours_is_not_blamed_on_the_store() -> None:
    """Only what the database does is the database's."""
    with pytest.raises(ZeroDivisionError):
        async with patience():
            raise ZeroDivisionError
