"""Storing: SQLite is written to where it stands, and by a thread that waits where somebody else is writing."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from hub.budgets import storing
from hub.budgets.storing import NO_MORE, Storing, Sums
from hub.store.database import Database, StoreUnavailable
from tests.rooms.audit.conftest import postgresql  # noqa: F401 -- a fixture is found by its name here
from tests.rooms.store.databases import upgraded_database, upgraded_file


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_nobody_else_writing_it_is_written_at_once(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """What is written against the version it was read at is written; against another it is not, and sums nothing."""
    server = str(request.getfixturevalue("postgresql")) if kind == "postgresql" else ""
    database = Database(await (upgraded_database(server) if server else upgraded_file(tmp_path / "hub.db")))
    kept = Storing(database)
    first = await kept.put("a", 0, b"{}", ["g", "h"], 300, 1, 0)
    assert (first.done, first.sums) == (True, (Sums(0, 0, 0),) * 2)
    assert first.now > 0
    assert (await kept.put("b", 0, b"{}", ["g"], 300, 2, 1)).sums == (Sums(1, 1, 0),)
    assert (await kept.put("a", 1, b"[]", ["g"], 300, 0, 0)) == (True, pytest.approx(first.now, abs=60), (NO_MORE,))
    assert not (await kept.put("a", 1, b"??", ["g"], 300, 0, 0)).done
    assert not (await kept.put("a", 1, b"??", ["g"], 300, 5, 0)).done
    assert (await kept.put("c", 0, b"{}", ["g"], 300, 1, 0)).sums == (Sums(3, 3, 1),)
    assert (await kept.read("a")).state == b"[]"
    assert kept._there._connection is None, "no thread had to wait for anybody"
    await kept.close()
    await database.close()


async def test_of_many_who_count_at_once_each_is_told_of_all_before_them(request: pytest.FixtureRequest) -> None:
    """However many statements run at once, in one slot or around its turn, a group's stop lets no more through."""
    server = await upgraded_database(str(request.getfixturevalue("postgresql")))
    databases = [Database(server) for _ in range(3)]
    kept = [Storing(database) for database in databases]
    now = (await kept[0].read("")).now
    for slots in ((now, now), (now - 295, now + 5)):
        groups = [f"g {slots}", f"a {slots}"]

        async def put(n: int, slots: tuple[int, int] = slots, groups: list[str] = groups) -> dict[str, Sums]:
            ordered = groups if n % 3 else groups[::-1]
            put = await kept[n % 3].put(f"{n} {slots}", 0, b"{}", ordered, slots[n % 2], 2, 1)
            return dict(zip(ordered, put.sums, strict=True))

        told = await asyncio.gather(*map(put, range(60)))
        for group in groups:
            assert sorted(sums[group] for sums in told) == [Sums(2 * n, 2 * n, n) for n in range(60)]
    for database in databases:
        await database.close()


async def test_whoever_else_is_writing_is_waited_for(tmp_path: Path) -> None:
    """While another connection holds the file the loop goes on; then it is written, once."""
    database = Database(await upgraded_file(tmp_path / "hub.db"))
    kept = Storing(database)
    await kept.put("a", 0, b"1", ["g"], 300, 1, 0)
    here = kept._here._connection
    other = sqlite3.connect(tmp_path / "hub.db", isolation_level=None)
    for version, people in ((1, 1), (2, 0)):  # within a transaction, and by itself
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(kept.put("a", version, b"2", ["g"], 300, people, 0))
        await asyncio.sleep(0)
        assert not waiting.done()
        other.execute("COMMIT")
        assert (await waiting).done
    assert (await kept.read("a")).version == 3
    assert kept._here._connection is here, "to be turned away is no reason to open the file anew"
    other.close()
    await kept.close()
    await database.close()


async def test_what_is_wrong_with_the_file_is_said_and_it_is_opened_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error is the store's, leaves no transaction begun behind it, and the next write works."""
    database = Database(await upgraded_file(tmp_path / "hub.db"))
    kept = Storing(database)
    monkeypatch.setattr(storing, "_LITE_ADD", "INSERT INTO nowhere VALUES (?1, ?2, ?3, ?4)")
    with pytest.raises(StoreUnavailable, match="OperationalError"):
        await kept.put("a", 0, b"1", ["g"], 300, 1, 0)
    monkeypatch.undo()
    assert (await kept.put("a", 0, b"1", ["g"], 300, 1, 0)).done
    await kept.close()
    await database.close()
