"""Keys are moved to the next while everybody goes on: nothing is unreadable, nobody is lost, on any replica (E7)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from connectors.contract import LocalId
from hub.keys import KeysError, create_keys, create_next, read_keys
from hub.people import rehashing, rewrapping
from hub.people.criteria import Criteria
from hub.people.feed_read import Refresh
from hub.people.found import Found
from hub.people.index import PersonIndex
from hub.people.preparing import prepare
from hub.people.proving_keys import prove
from hub.people.refresh import Reading
from hub.people.rehashing import rehash
from hub.people.rewrapping import by_version, rewrap
from hub.people.sealing import Tampered
from hub.store.database import Database, StoreUnavailable
from hub.store.tables.people import KEY_VERSION, LINK_KEY, PERSON_SOURCE
from tests.rooms.people.conftest import NOW, reading_tools
from tests.rooms.people.making import BORN, HEALTH, everybody, made, take, who

PEOPLE = 12
GIVEN = ["Amelia", "Zofia", "Rhys", "Omar", "Priya", "Declan", "Maja", "Theo", "Nia", "Kiran", "Saoirse", "Oskar"]
BY_NAME = [Criteria("Okonkwo", given, BORN) for given in GIVEN]


class Stopped(Exception):
    """Where a test stops what is going on."""


@pytest.fixture
async def folder(tmp_path: Path, database: Database) -> Path:
    """Make keys, and prove them to the database."""
    create_keys(tmp_path / "keys")
    await prove(database, read_keys(tmp_path / "keys"))
    return tmp_path / "keys"


@pytest.fixture
async def replicas(folder: Path, database: Database) -> tuple[PersonIndex, PersonIndex]:
    """Open two indexes over one database, each with keys of its own reading, and twelve people of two sources."""
    one, other = (PersonIndex(database, read_keys(folder), lambda: NOW) for _ in range(2))
    people = [made(str(n), given, postcodes=(f"BK{n % 9 + 1} 1AA",)) for n, given in enumerate(GIVEN)]
    await take(one, "health", *people)
    await take(one, "sc", *people[:4], made("gone"))
    await take(one, "sc", made("gone", ended=True))
    await other.join("sc", LocalId("0"), await who(one, "health", "1") or "", by="w", reason="said so")
    return one, other


async def found(index: PersonIndex) -> list[object]:
    """Give what every search comes to, and where everybody is known."""
    answers = [await index.search(criteria, everybody) for criteria in BY_NAME]
    ids = sorted({c.person_id for answer in answers if isinstance(answer, Found) for c in answer.candidates})
    locals_ = await index.by_local("sc", [LocalId(str(n)) for n in range(4)])
    return [answers, await index.people(ids), locals_]


async def versions(database: Database) -> list[tuple[int, str]]:
    async with database.read() as connection:
        rows = await connection.execute(select(KEY_VERSION.c.version, KEY_VERSION.c.state).order_by(KEY_VERSION.c.name))
        return [(row.version, row.state) for row in rows]


def stopping(at: int) -> Callable[[object, object], None]:
    """Stop at a step, as if the process had been killed there."""
    left = [at]

    def told(_: object, __: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Stopped

    return told


# Searches give the same before, during and after, on a replica that was opened before there was a new key.
async def test_the_index_key_is_rotated_while_everybody_is_found(
    replicas: tuple[PersonIndex, PersonIndex], database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehashing, "STEP", 5)
    one, other = replicas
    before = await found(one)
    create_next(folder, "index")
    for at in range(2):
        with pytest.raises(Stopped):
            await rehash(database, read_keys(folder), stopping(at), grace=0)
        assert await found(other) == await found(one) == before
    await take(other, "health", made("new", "Wren", "Wharton"))
    assert await rehash(database, read_keys(folder), stopping(99), grace=0) == 2
    assert await found(other) == await found(one) == before
    for index in replicas:
        late = await index.search(Criteria("Wharton", "Wren", BORN), everybody)
        assert isinstance(late, Found)
        assert [c.person_id for c in late.candidates] == [await who(index, "health", "new")]
    assert await versions(database) == [(2, "current"), (1, "current")]
    async with database.read() as connection:
        kept = (await connection.execute(select(LINK_KEY.c.key_version).distinct())).scalars().all()
    assert kept == [2]
    (folder / "index.key").unlink()
    assert await found(PersonIndex(database, read_keys(folder), lambda: NOW)) == before


# A source that takes back what it dropped, and one whose entry is hashed anew already, makes nobody twice.
async def test_a_feed_read_while_the_index_key_is_rotated_makes_nobody_twice(
    replicas: tuple[PersonIndex, PersonIndex], database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehashing, "STEP", 5)
    one, _ = replicas
    create_next(folder, "index")
    with pytest.raises(Stopped):
        await rehash(database, read_keys(folder), stopping(1), grace=0)
    done = await take(one, "health", *(made(str(n), given, nhs=("9990000018",)) for n, given in enumerate(GIVEN)))
    assert (done.added, done.changed) == (0, PEOPLE)
    await rehash(database, read_keys(folder), stopping(99), grace=0)
    done = await take(one, "sc", made("gone"))
    async with database.read() as connection:
        entries = (await connection.execute(select(func.count()).select_from(PERSON_SOURCE))).scalar_one()
    assert entries == PEOPLE + 5


# A batch that was prepared before a new key came into use is hashed under both when it is written, and lost by neither.
async def test_a_batch_prepared_before_the_rotation_is_written_under_both(
    replicas: tuple[PersonIndex, PersonIndex], database: Database, folder: Path
) -> None:
    tools = reading_tools(database, read_keys(folder))
    early = await prepare(await tools.keys.read(database), "housing", [made(name) for name in ("late", "later")])
    create_next(folder, "index")
    with pytest.raises(Stopped):
        await rehash(database, read_keys(folder), stopping(0), grace=0)
    await Reading(tools, "housing", HEALTH, None, None, Refresh("housing")).write(early, lambda: None)
    theirs = select(PERSON_SOURCE.c.number).where(PERSON_SOURCE.c.source_id == "housing")
    query = select(LINK_KEY.c.key_version, func.count()).where(LINK_KEY.c.entry.in_(theirs))
    async with database.read() as connection:
        counted = dict((await connection.execute(query.group_by(LINK_KEY.c.key_version))).tuples().all())
    assert counted[1] == counted[2] == sum(len(each.versions) for each in early.keyed.values())
    await rehash(database, read_keys(folder), stopping(99), grace=0)
    assert await who(replicas[0], "housing", "later") is not None


# A replica without the new key says that it cannot look; it does not say that nobody is there.
async def test_a_replica_without_the_key_does_not_answer(
    replicas: tuple[PersonIndex, PersonIndex], database: Database, folder: Path, tmp_path: Path
) -> None:
    create_keys(tmp_path / "elsewhere")
    for name in ("kek", "index"):
        (tmp_path / "elsewhere" / f"{name}.key").write_text((folder / f"{name}.key").read_text())
    without = PersonIndex(database, read_keys(tmp_path / "elsewhere"), lambda: NOW)
    assert await found(without) == await found(replicas[0])
    create_next(folder, "index")
    await rehash(database, read_keys(folder), stopping(99), grace=0)
    with pytest.raises(StoreUnavailable):
        await found(without)


# Data keys are sealed again, however often it is stopped; rows under either key are read meanwhile.
async def test_the_kek_is_rotated_while_everything_is_read(
    replicas: tuple[PersonIndex, PersonIndex], database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewrapping, "STEP", 5)
    one, other = replicas
    before = await found(one)
    sealed = (await by_version(database))[1]
    create_next(folder, "kek")
    for at in range(2):
        with pytest.raises(Stopped):
            await rewrap(database, read_keys(folder), stopping(at))
        again = PersonIndex(database, read_keys(folder), lambda: NOW)
        assert await found(again) == await found(other) == before
    assert set(await by_version(database)) == {1, 2}
    assert await rewrap(database, read_keys(folder), stopping(99)) == 2
    assert await by_version(database) == {2: sealed}
    await one.learn_keys()
    await take(one, "sc", made("new"))
    assert set(await by_version(database)) == {2}
    (folder / "kek.key").unlink()
    last = PersonIndex(database, read_keys(folder), lambda: NOW)
    assert await found(last) == await found(other) == before


# What is moved to another row, or put back from before a change, does not open (E7), under a new key as under the old.
async def test_what_is_swapped_or_put_back_does_not_open(
    replicas: tuple[PersonIndex, PersonIndex], database: Database, folder: Path
) -> None:
    one, _ = replicas
    columns = ("payload_ct", "local_ct", "key_ct")
    create_next(folder, "kek")
    await rewrap(database, read_keys(folder), stopping(99))
    earlier = {column: await _column(database, column) for column in columns}
    await take(one, "health", *(made(str(n), given, sex="MALE") for n, given in enumerate(GIVEN)))
    for column in columns:
        now = await _column(database, column)
        swapped = dict(zip(now, [*list(now.values())[1:], next(iter(now.values()))], strict=True))
        for damaged in (swapped, earlier[column]):
            await _put(database, column, damaged)
            with pytest.raises(Tampered):
                await PersonIndex(database, read_keys(folder), lambda: NOW).search(BY_NAME[5], everybody)
            await _put(database, column, now)
    for column in columns:  # all of them but the row's version
        await _put(database, column, earlier[column])
    with pytest.raises(Tampered):
        await PersonIndex(database, read_keys(folder), lambda: NOW).search(BY_NAME[5], everybody)


async def _put(database: Database, column: str, values: dict[str, bytes]) -> None:
    async with database.begin() as connection:
        for row, value in values.items():
            at = update(PERSON_SOURCE).where(PERSON_SOURCE.c.id == row)
            await connection.execute(at.values({column: value}))


async def _column(database: Database, column: str) -> dict[str, bytes]:
    async with database.read() as connection:
        query = select(PERSON_SOURCE.c.id, PERSON_SOURCE.c[column]).where(PERSON_SOURCE.c.source_id == "health")
        return {row[0]: bytes(row[1]) for row in await connection.execute(query)}


# A hub whose keys are missing, or others than its database was made with, does not begin (F8); the right ones do.
@pytest.mark.usefixtures("replicas")
@pytest.mark.parametrize("name", ["kek", "index"])
async def test_other_keys_are_refused_and_the_right_ones_are_not(database: Database, folder: Path, name: str) -> None:
    right = (folder / f"{name}.key").read_text()
    (folder / f"{name}.key").write_text("0" * 64)
    with pytest.raises(KeysError, match=rf"{name}.key is not the key"):
        await prove(database, read_keys(folder))
    async with database.begin() as connection:
        await connection.execute(KEY_VERSION.delete())  # as before proofs were kept: the people are the proof
    with pytest.raises(KeysError, match=rf"{name}.key is not the key"):
        await prove(database, read_keys(folder))
    (folder / f"{name}.key").write_text(right)
    await prove(database, read_keys(folder))
    assert await versions(database) == [(1, "current"), (1, "current")]
    create_next(folder, name)
    (folder / f"{name}.key").unlink()
    with pytest.raises(KeysError, match=rf"{name}.key is missing"):
        await prove(database, read_keys(folder))
