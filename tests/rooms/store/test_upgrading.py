"""Upgrading a database with people in it: whoever was found before is found after, by the same ids and links."""

import asyncio
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import Connection, MetaData, insert, select
from sqlalchemy.engine import make_url

from hub.keys import read_keys
from hub.people import who_is_who
from hub.people.criteria import Criteria
from hub.people.index import PersonIndex
from hub.store.database import Database
from hub.store.tables.people import AGENCY_LINK, KNOWN_DIFFERENT, LINK_KEY, PERSON, PERSON_SOURCE, SOURCE_FEED
from tests.cast import CHILDREN, NOW, SERVICES
from tests.house import House, house

BEFORE = "0007"
"""The last tables before entries were numbered and keys were kept short."""

SAME = (PERSON, PERSON_SOURCE, AGENCY_LINK, KNOWN_DIFFERENT, SOURCE_FEED)
"""Tables of the index that only grew columns since."""


async def rows_of(home: House) -> dict[str, list[dict[str, Any]]]:
    """Give the rows of the index as they were before: a key had its kind and its entry's whole id."""
    async with home.database.read() as connection:
        rows = {t.name: [dict(r._mapping) for r in await connection.execute(select(t))] for t in SAME}
        keys = await connection.execute(
            select(LINK_KEY.c.h, LINK_KEY.c.key_version, PERSON_SOURCE.c.id.label("entry_id")).join(
                PERSON_SOURCE, PERSON_SOURCE.c.number == LINK_KEY.c.entry
            )
        )
        kinds = [[dict(r._mapping) | {"kind": kind} for kind in ("birth-name", "name")] for r in keys]
    return rows | {"link_key": [row for both in kinds for row in both]}


def put(connection: Connection, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Write rows into tables as they are in this database, in the columns it has."""
    tables = MetaData()
    tables.reflect(connection, only=list(rows))
    for name, each in rows.items():
        columns = tables.tables[name].c.keys()
        for row in each:
            connection.execute(insert(tables.tables[name]).values({c: row[c] for c in columns}))


async def told(index: PersonIndex, ids: dict[str, str]) -> list[object]:
    """Give all that is known of the cast: searched for, by id, by local id, and who was said to be different."""
    found: list[object] = [await index.people(ids.values()), await index.said_apart(ids.values())]
    for child in CHILDREN.values():
        name = child.traits.names[0]
        asked = Criteria(surname=name.family, given=name.given, date_of_birth=child.traits.date_of_birth)
        found.append(await index.search(asked, lambda _: True))
        places = [(source, child.local_id(source)) for source in SERVICES]
        found.append(dict(await index.by_locals(places)))
    return found


async def test_people_are_found_after_an_upgrade_as_before(url: str, tmp_path: Path) -> None:
    """A database of before short keys, brought up to date, answers as one that was built up to date."""
    async with house(tmp_path / "new") as home:
        async with home.database.begin() as connection:
            ids = home.ids["maya"], home.ids["rowan"]
            await who_is_who.reject(home.index.deciding(), connection, *ids, "worker", "met both")
        rows, before = await rows_of(home), await told(home.index, home.ids)
        database = Database(url)
        if database.dialect == "sqlite":
            Path(make_url(url).database or "").parent.mkdir(parents=True)
        await asyncio.to_thread(command.upgrade, database._alembic(), BEFORE)
        async with database.begin() as connection:
            await connection.run_sync(put, rows)
        await database.upgrade()
        after = await told(PersonIndex(database, read_keys(tmp_path / "new" / "keys"), lambda: NOW), home.ids)
        await database.close()
        assert after == before
        assert before[1] == {frozenset(ids)}
        assert [c.person_id for c in before[2].candidates] == [home.ids["maya"]]  # type: ignore[attr-defined] # an answer
