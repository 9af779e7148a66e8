"""A feed is prepared ahead of what is being written, and gives what it would give if one waited for the other."""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from connectors.contract import Identity
from hub.keys import Keyring
from hub.people import refresh as refreshing
from hub.people import turns
from hub.people.feed_read import Refresh, Tools
from hub.people.hashing import Hasher, Hashers
from hub.people.index import PersonIndex
from hub.people.keys import Key
from hub.people.ordered import ordered_id
from hub.people.preparing import prepare
from hub.people.refresh import Reading
from hub.people.turns import Beside
from hub.store.database import Database
from hub.store.tables.people import AGENCY_LINK, LINK_KEY, PERSON, PERSON_SOURCE
from schema.labels import Label
from tests.rooms.people.conftest import NOW, reading_tools
from tests.rooms.people.making import BORN, HEALTH, NHS, made
from tests.rooms.store.databases import upgraded_file

FEW = 7


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a batch be few, so that a short feed is many."""
    monkeypatch.setattr(refreshing, "BATCH", FEW)


def child(
    n: int, *, days: int = 0, nhs: tuple[str, ...] = (), labels: frozenset[Label] = frozenset(), ended: bool = False
) -> Identity:
    """Make one of many children, no two of them alike; ``days`` later born than another source says."""
    letters = f"{chr(97 + n % 26)}{chr(97 + n // 26)}"
    born = BORN + timedelta(days=40 * n + days)
    return made(str(n), f"Given{letters}", f"Family{letters}", born=born, nhs=nhs, labels=labels, ended=ended)


def first() -> Iterator[Identity]:
    """Give what one source holds, some of it said twice."""
    yield from (child(n) for n in range(3 * FEW))
    yield child(2, nhs=(NHS,))


def second() -> Iterator[Identity]:
    """Give what another holds of the same children: some differ, some are protected, some left, some are said again."""
    yield from (child(n) for n in range(FEW))
    yield from (child(n, labels=frozenset({Label.ADOPTION})) for n in range(FEW, FEW + 3))
    yield from (child(n, nhs=(NHS,)) for n in range(FEW + 3, 2 * FEW))
    yield from (child(n, ended=True) for n in (1, 4, 99))
    yield child(1)
    yield child(3, days=200)
    yield from (child(n) for n in range(2 * FEW, 3 * FEW + 2))


async def given(identities: Iterator[Identity]) -> AsyncIterator[Identity]:
    """Give entries as a feed does."""
    for identity in identities:
        yield identity


async def read_plainly(using: Tools, source_id: str, identities: Iterator[Identity]) -> Refresh:
    """Read a feed one batch after another, nothing beside anything."""
    reading, left = Reading(using, source_id, HEALTH, None, None, Refresh(source_id)), list(identities)
    for at in range(0, len(left), FEW):
        hashers = await using.keys.read(using.database)
        await reading.write(await prepare(hashers, source_id, left[at : at + FEW]), lambda: None)
    return reading.done


async def written(database: Database) -> list[object]:
    """Give what an index says, without the names that are made afresh each time."""
    async with database.read() as connection:
        entries = {row.id: row for row in await connection.execute(select(PERSON_SOURCE))}
        keys = list(await connection.execute(select(LINK_KEY)))
        links = list(
            await connection.execute(
                select(AGENCY_LINK, PERSON.c.status, PERSON.c.labels).join(
                    PERSON, PERSON.c.id == AGENCY_LINK.c.person_id
                )
            )
        )
    numbered = {row.number: row.local_hmac + row.source_id for row in entries.values()}
    whose: dict[str, list[object]] = {}
    for row in links:
        at = (numbered[entries[row.entry_id].number], row.rule, row.ended_because, row.status, row.labels)
        whose.setdefault(row.person_id, []).append(at)
    return [
        sorted((row.number, row.local_hmac, row.labels, row.version, row.ended_at is None) for row in entries.values()),
        sorted((row.h, numbered[row.entry], row.key_version) for row in keys),
        sorted(sorted(map(str, each)) for each in whose.values()),
    ]


# Preparing ahead changes nothing of what is held, linked, sealed and ended, nor of how each is found.
async def test_ahead_gives_what_plainly_gives(database: Database, keyring: Keyring, tmp_path: Path) -> None:
    plain = Database(await upgraded_file(tmp_path / "plain.db"))
    index = PersonIndex(database, keyring, lambda: NOW)
    for source_id, feed in (("health", first), ("sc", second), ("sc", second)):
        done = await index.refresh(source_id, HEALTH, given(feed()))
        assert done == await read_plainly(reading_tools(plain, keyring), source_id, feed())
    assert await written(database) == await written(plain)
    await plain.close()


# PostgreSQL has counted what a first reading brought before anybody searches: uncounted, it reads whole tables.
async def test_a_first_reading_is_counted(index: PersonIndex, database: Database) -> None:
    if database.dialect != "postgresql":
        pytest.skip("SQLite plans without counts")
    await index.refresh("health", HEALTH, given(child(n) for n in range(FEW)))
    async with database.read() as connection:
        counted = (
            "SELECT count(*) FROM pg_stats WHERE tablename IN ('link_key', 'person_source') AND attname = 'number'"
        )
        assert (await connection.execute(text(counted))).scalar_one() == 1


# Where the database refuses a batch, those before it are there whole, it and those after it are not, and it is said.
async def test_a_batch_that_cannot_be_written_leaves_whole_ones(index: PersonIndex, database: Database) -> None:
    async with database.begin() as connection:
        once = f"CREATE UNIQUE INDEX once ON person_source ((CASE WHEN number > {2 * FEW + 1} THEN 1 END))"
        await connection.execute(text(once))
    told: list[int] = []
    with pytest.raises(IntegrityError):
        await index.refresh("health", HEALTH, given(child(n) for n in range(6 * FEW)), told.append)
    assert told == [FEW, 2 * FEW]
    assert await _entries(database) == 2 * FEW
    assert await index.watermark("health") is None
    assert asyncio.all_tasks() == {asyncio.current_task()}


# Where deciding fails nobody waits for what never comes: the failure is the reader's, and nothing goes on.
async def test_a_failure_in_deciding_is_told(database: Database, keyring: Keyring) -> None:
    left = iter([NOW, *[NOW] * FEW])

    def clock() -> datetime:
        return next(left)

    with pytest.raises((RuntimeError, StopIteration)):
        await PersonIndex(database, keyring, clock).refresh("health", HEALTH, given(child(n) for n in range(3 * FEW)))
    assert await _entries(database) == FEW
    assert asyncio.all_tasks() == {asyncio.current_task()}


# A reading that is cancelled while it waits for its source, or writes, leaves whole batches and nothing going on.
async def test_cancelled_leaves_nothing_going_on(index: PersonIndex, database: Database) -> None:
    waiting = asyncio.Event()

    async def feed() -> AsyncIterator[Identity]:
        for n in range(2 * FEW + 1):
            yield child(n)
        waiting.set()
        await asyncio.Event().wait()

    reading = asyncio.create_task(index.refresh("health", HEALTH, feed()))
    await waiting.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert await _entries(database) in {FEW, 2 * FEW}
    await index.refresh("health", HEALTH, given(child(n) for n in range(2 * FEW)))
    assert await _entries(database) == 2 * FEW


# Cancelled while only its last batch is left to be written, a reading leaves nothing going on either.
async def test_cancelled_at_the_end_leaves_nothing_going_on() -> None:
    began, written, ended = asyncio.Event(), asyncio.Event(), list[str]()

    async def work(_: None, alone: Callable[[], None]) -> None:
        alone()
        began.set()
        await written.wait()
        ended.append("whole")

    async def read() -> None:
        async with Beside() as writing:
            await writing.begin(work, None)

    reading = asyncio.create_task(read())
    await began.wait()
    for _ in range(3):
        await asyncio.sleep(0)
    reading.cancel()
    await asyncio.sleep(0)
    written.set()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert ended == ["whole"]
    assert asyncio.all_tasks() == {asyncio.current_task()}


# Whoever asks questions has a turn between any two people, while they are read and while they are hashed.
async def test_everybody_has_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "TURN", -1)
    people, had = [child(n) for n in range(4 * FEW)], [0]

    async def asking() -> None:
        while True:
            had[0] += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(asking())
    await prepare(Hashers([Hasher(secrets.token_bytes(32))]), "health", people)
    assert had[0] >= 2 * len(people)
    other.cancel()


# A blocking key's hash is the first 64 bits of its HMAC-SHA-256.
def test_hashes_are_hmacs() -> None:
    key = hashlib.sha256(b"made up").digest()
    expected = hmac.digest(key, b"1\x1fid\x1f9990000018", "sha256")[:8]
    assert Hasher(key).hash(Key("id", "9990000018")) == int.from_bytes(expected, "big", signed=True)


# Ids of what comes later sort later, and none comes twice.
def test_ordered_ids() -> None:
    before = round((datetime.now(UTC)).timestamp() * 1000)
    ids = [ordered_id() for _ in range(2_000)]
    assert len(set(ids)) == len(ids)
    assert [i[:13] for i in ids] == sorted(i[:13] for i in ids)
    assert int(ids[0].replace("-", "")[:12], 16) >= before - 1
    assert {(i[14], i[19] in "89ab") for i in ids} == {("7", True)}


async def _entries(database: Database) -> int:
    async with database.read() as connection:
        return (await connection.execute(select(func.count()).select_from(PERSON_SOURCE))).scalar_one()
