"""Many rows are written at once, and are what they would be if they were written one by one."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.store.database import Database
from hub.store.many import MANY, write_many
from hub.store.tables.people import LINK_KEY, SOURCE_FEED
from tests.rooms.store.databases import upgraded_database, upgraded_file

SUMMER = timezone(timedelta(hours=1))


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """Make an empty database of either kind, with its tables."""
    if request.param == "sqlite":
        url = await upgraded_file(tmp_path / "hub.db")
    else:
        url = await upgraded_database(request.getfixturevalue("postgresql"))
    made = Database(url)
    yield made
    await made.close()


# However many rows there are, each is written once, and none between two statements is left out.
async def test_every_row_is_written(database: Database) -> None:
    rows: list[tuple[int, int, int]] = []
    for count in (0, 1, MANY, 99, 2_000, 4_217):
        some = [(h * (-1) ** h, h, 1) for h in range(len(rows), len(rows) + count)]
        rows += some
        async with database.begin() as connection:
            await write_many(connection, LINK_KEY, ("h", "entry", "key_version"), some)
    async with database.read() as connection:
        found = (await connection.execute(select(LINK_KEY).order_by(LINK_KEY.c.entry))).all()
    assert [tuple(row) for row in found] == rows


# A moment is read as it was written, whatever its zone; none stays none.
async def test_moments_stay_moments(database: Database) -> None:
    at = datetime(2026, 7, 1, 0, 30, 0, 5, tzinfo=SUMMER)
    rows = [(f"s{n}", "HEALTH", at, None) for n in range(MANY + 1)]
    async with database.begin() as connection:
        for some in (rows[:1], rows[1:]):
            await write_many(connection, SOURCE_FEED, ("source_id", "service", "watermark", "last_sync"), some)
    async with database.read() as connection:
        found = (await connection.execute(select(SOURCE_FEED))).all()
    assert {row.watermark.replace(tzinfo=row.watermark.tzinfo or UTC) for row in found} == {at}
    assert {row.last_sync for row in found} == {None}
    assert len(found) == len(rows)
