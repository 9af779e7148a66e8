"""Several replicas write the index at once, and each decides on what the others have written (L9)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from connectors.contract import Identity, LocalId
from hub.keys import Keyring
from hub.people.criteria import Criteria
from hub.people.decisions import CannotDecide
from hub.people.found import Found, Result
from hub.people.index import PersonIndex
from hub.people.linking import Status
from hub.store.database import Database
from schema.labels import Label
from tests.rooms.people.conftest import NOW, TABLES
from tests.rooms.people.making import BORN, HEALTH, SOCIAL_CARE, everybody, made, take, who
from tests.rooms.store.databases import upgraded_database

CHILDREN = 60
ADOPTION = frozenset({Label.ADOPTION})


@pytest.fixture(params=["sqlite", "postgresql"])
async def replicas(
    request: pytest.FixtureRequest, tmp_path: Path, keyring: Keyring
) -> AsyncIterator[tuple[PersonIndex, PersonIndex]]:
    """Make two indexes over one database, each with connections of its own."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'hub.db'}"
    else:
        url = await upgraded_database(request.getfixturevalue("postgresql"))
    databases = Database(url), Database(url)
    async with databases[0].begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all, TABLES)
    one, other = (PersonIndex(database, keyring, lambda: NOW) for database in databases)
    yield one, other
    for database in databases:
        await database.close()


def child(n: int, labels: frozenset[Label] = frozenset()) -> Identity:
    """Make one of the children, the same in every feed."""
    letters = f"{chr(97 + n % 26)}{chr(97 + n // 26)}"
    return made(str(n), f"Given{letters}", f"Family{letters[::-1]}", born=BORN + timedelta(days=3 * n), labels=labels)


async def at_once(replicas: tuple[PersonIndex, PersonIndex], labels: frozenset[Label] = frozenset()) -> None:
    """Let each replica read a feed of the same children at the same time."""

    def feed(labels: frozenset[Label]) -> AsyncIterator[Identity]:
        async def each() -> AsyncIterator[Identity]:
            for n in range(CHILDREN):
                yield child(n, labels)

        return each()

    one, other = replicas
    async with asyncio.TaskGroup() as both:
        both.create_task(one.refresh("sc", SOCIAL_CARE, feed(labels)))
        both.create_task(other.refresh("health", HEALTH, feed(frozenset())))


async def persons(index: PersonIndex, source_id: str) -> list[str | None]:
    """Give whom a source's entries are."""
    found = await index.by_local(source_id, [LocalId(str(n)) for n in range(CHILDREN)])
    return [found.get(LocalId(str(n))) for n in range(CHILDREN)]


# A child known to two sources that are read at the same time is one person.
async def test_two_feeds_read_at_once_do_not_split_children(replicas: tuple[PersonIndex, PersonIndex]) -> None:
    await at_once(replicas)
    assert await persons(replicas[0], "sc") == await persons(replicas[1], "health")


# A protected child stays protected though two replicas read both sources at the same time.
async def test_two_feeds_read_at_once_seal_who_is_protected(replicas: tuple[PersonIndex, PersonIndex]) -> None:
    await at_once(replicas, ADOPTION)
    found = await replicas[0].people(p for p in await persons(replicas[0], "health") if p)
    assert len(found) == CHILDREN
    assert all(known.sealed for known in found.values())
    traits = child(7).traits
    name = traits.names[0]
    asked = Criteria(name.family, name.given, BORN + timedelta(days=21), postcode="BK3 4AB")
    answer = await replicas[1].search(asked, everybody)
    assert isinstance(answer, Found)
    assert answer.result is Result.NO_MATCH


# Two workers who join two people to each other at the same time make one person, and no circle.
async def test_two_joins_at_once_make_no_circle(replicas: tuple[PersonIndex, PersonIndex]) -> None:
    one, other = replicas
    for n in range(8):
        days = BORN + timedelta(days=3 * n)
        await take(one, "health", made(str(n), born=days))
        await take(one, "sc", made(str(n), born=days, postcodes=("BK9 9ZZ",)), service=SOCIAL_CARE)
        first, second = await who(one, "health", str(n)) or "", await who(one, "sc", str(n)) or ""
        done = await asyncio.gather(
            one.join("health", LocalId(str(n)), second, by="x", reason="the same"),
            other.join("sc", LocalId(str(n)), first, by="y", reason="the same"),
            return_exceptions=True,
        )
        assert [type(d) for d in done if d is not None] == [CannotDecide]
        known = await one.people((first, second))
        assert sorted(k.status for k in known.values()) == [Status.ACTIVE, Status.SUPERSEDED]
        assert await who(one, "health", str(n)) == await who(one, "sc", str(n))
