"""Rewrapping: rows' data keys are sealed again under a new key-encryption key, while everybody goes on.

What lies under a data key stays as it is. Whoever holds both versions reads rows of either; new rows are sealed under
the newest. Each step is a transaction, and rows done are not done again: it may be stopped anywhere and begun again.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import Row, Table, and_, bindparam, delete, func, insert, select, tuple_, update
from sqlmodel import SQLModel

import hub.store.tables  # noqa: F401 -- registers every table
from hub.keys import Keyring
from hub.people.locking import writing_alone
from hub.people.proving_keys import KEK, State, proof
from hub.people.sealing import Place, Sealer
from hub.store.database import Database
from hub.store.tables.people import KEY_VERSION, KNOWN_DIFFERENT, PERSON_SOURCE

STEP = 1_000
"""Rows in one transaction."""

_NAMED: Final = {"judgement": "id", "session": "reference"}
"""Tables whose rows are sealed under another column of theirs than the primary key."""

Told = Callable[[str, int], None]
"""Is told how many rows of a table were sealed again."""


def sealed_tables() -> tuple[Table, ...]:
    """Give every table whose rows have a data key of their own."""
    return tuple(table for table in SQLModel.metadata.sorted_tables if "key_ct" in table.c)


async def rewrap(database: Database, keyring: Keyring, told: Told) -> int:
    """Seal every row's data key under the newest key-encryption key; give its version."""
    keys = keyring.versions(KEK)
    version, sealer = keys.newest, Sealer(keys)
    ours = KEY_VERSION.c.name == KEK
    async with writing_alone(database) as connection:
        known = select(KEY_VERSION.c.version).where(ours, KEY_VERSION.c.version == version)
        if (await connection.execute(known)).one_or_none() is None:
            leaving = update(KEY_VERSION).where(ours).values(state=State.LEAVING.value)
            await connection.execute(leaving)
            row = {"name": KEK, "version": version, "state": State.CURRENT.value, "filled": 0}
            await connection.execute(insert(KEY_VERSION).values(**row, proof=proof(KEK, keys, version)))
    while any([await _table(database, sealer, table, version, told) for table in sealed_tables()]):
        pass  # whoever did not know of the new key yet may have sealed a row under the old one meanwhile
    async with writing_alone(database) as connection:
        await connection.execute(delete(KEY_VERSION).where(ours, KEY_VERSION.c.version != version))
    return version


async def by_version(database: Database) -> Mapping[int, int]:
    """Count the rows sealed under each version of the key-encryption key."""
    counted: dict[int, int] = {}
    async with database.read() as connection:
        for table in sealed_tables():
            first = func.substr(table.c.key_ct, 1, 1)
            query = select(first.label("first"), func.count().label("rows")).group_by(first)
            for row in await connection.execute(query):
                if row.first:
                    version = bytes(row.first)[0]
                    counted[version] = counted.get(version, 0) + row.rows
    return counted


async def _table(database: Database, sealer: Sealer, table: Table, version: int, told: Told) -> int:
    """Seal the data keys of one table again; give how many were not under the newest key."""
    key = tuple(table.primary_key.columns)
    last: tuple[Any, ...] | None = None
    done = 0
    while True:
        async with writing_alone(database) as connection:
            query = select(table).order_by(*key).limit(STEP)
            if last is not None:
                query = query.where(tuple_(*key) > tuple_(*last))
            rows = (await connection.execute(query)).all()
            old = [row for row in rows if row.key_ct and bytes(row.key_ct)[0] != version]
            if old:
                same = and_(*(column == bindparam(f"at_{column.name}") for column in key))
                moved = update(table).where(same).values(key_ct=bindparam("wrapped"))
                await connection.execute(moved, [_moved(sealer, table, row, version) for row in old])
        if not rows:
            return done
        done += len(old)
        last = tuple(getattr(rows[-1], column.name) for column in key)
        if old:
            told(table.name, done)


def _moved(sealer: Sealer, table: Table, row: Row[Any], version: int) -> dict[str, Any]:
    key = {f"at_{column.name}": getattr(row, column.name) for column in table.primary_key.columns}
    return {**key, "wrapped": sealer.rewrap(_place(table, row), bytes(row.key_ct), version)}


def _place(table: Table, row: Row[Any]) -> Place:
    """Say where a row's data key belongs, as whoever sealed it did."""
    if table is PERSON_SOURCE:
        return Place(table.name, row.id, row.version)
    if table is KNOWN_DIFFERENT:
        return Place(table.name, f"{row.entry_id}|{row.other_id}", 1)
    (column,) = table.primary_key.columns
    return Place(table.name, getattr(row, _NAMED.get(table.name, column.name)), 1)
