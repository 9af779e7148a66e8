"""Rehashing: a new index key is filled in beside the old while everybody goes on, and then the old is let go.

From its first moment whatever is written is hashed under both, and whatever is looked for is looked for by both, on
every replica. Each step is a transaction that says how far it came, so it may be stopped anywhere and begun again.
"""

import asyncio
import time
from collections.abc import Callable

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.keys import Keyring
from hub.people.entries import Entry, unseal
from hub.people.hashing import Hasher, Hashers
from hub.people.keyed import entry_keys
from hub.people.locking import writing_alone
from hub.people.proving_keys import INDEX, State, proof
from hub.people.sealing import Sealer
from hub.people.writing import FOUND_BY
from hub.store.database import PATIENCE, Database
from hub.store.many import write_many
from hub.store.tables.people import KEY_VERSION, LINK_KEY, PERSON_SOURCE

STEP = 1_000
"""Entries in one transaction."""

Told = Callable[[int, int], None]
"""Is told how many entries were hashed anew, of how many."""

_OURS = KEY_VERSION.c.name == INDEX


async def rehash(database: Database, keyring: Keyring, told: Told, grace: float = PATIENCE) -> int:
    """Move the index to the newest index key; give its version. What is done already is not done again.

    ``grace`` is how long a search may go on that began before the new key was known of.
    """
    keys = keyring.versions(INDEX)
    version, sealer = keys.newest, Sealer(keyring.versions("kek"))
    key = keys.get(version)
    assert key is not None  # noqa: S101 -- it is the newest held
    began = time.monotonic()
    async with writing_alone(database) as connection:
        known = select(KEY_VERSION.c.version).where(_OURS, KEY_VERSION.c.version == version)
        if (await connection.execute(known)).one_or_none() is None:
            row = {"name": INDEX, "version": version, "state": State.FILLING.value, "filled": 0}
            await connection.execute(insert(KEY_VERSION).values(**row, proof=proof(INDEX, keys, version)))
    while await _step(database, sealer, Hashers([Hasher(key, version)]), told):
        pass
    await asyncio.sleep(max(0.0, grace - (time.monotonic() - began)))
    async with writing_alone(database) as connection:
        await connection.execute(delete(KEY_VERSION).where(_OURS, KEY_VERSION.c.version != version))
    while await _sweep(database, version):
        pass
    return version


async def _step(database: Database, sealer: Sealer, hashers: Hashers, told: Told) -> bool:
    """Hash the next entries; say whether there were any."""
    version = hashers.live[0].version
    at = (_OURS, KEY_VERSION.c.version == version)
    async with writing_alone(database) as connection:
        state = (await connection.execute(select(KEY_VERSION).where(*at))).one()
        if state.state == State.CURRENT:
            return False
        query = select(PERSON_SOURCE).where(PERSON_SOURCE.c.number > state.filled)
        rows = (await connection.execute(query.order_by(PERSON_SOURCE.c.number).limit(STEP))).all()
        if rows:
            await _hash(connection, hashers, [(unseal(sealer, row), row.ended_at is not None) for row in rows])
        last: int = (await connection.execute(select(func.max(PERSON_SOURCE.c.number)))).scalar_one() or 0
        filled: int = rows[-1].number if rows else last
        now = State.FILLING if rows else State.CURRENT
        await connection.execute(update(KEY_VERSION).where(*at).values(filled=filled, state=now.value))
    told(filled, last)
    return bool(rows)


async def _hash(connection: AsyncConnection, hashers: Hashers, entries: list[tuple[Entry, bool]]) -> None:
    """Let entries be found under the new key, those that ended by their local id alone."""
    version = hashers.live[0].version
    numbers = [entry.number for entry, _ in entries]
    already = LINK_KEY.c.entry.in_(numbers), LINK_KEY.c.key_version == version
    await connection.execute(delete(LINK_KEY).where(*already))
    await write_many(
        connection,
        LINK_KEY,
        FOUND_BY,
        [
            (h, entry.number, version)
            for entry, ended in entries
            if not ended
            for h in hashers.hashes(entry_keys(entry.source_id, entry.local_id, entry.traits))
        ],
    )
    moved = update(PERSON_SOURCE).where(PERSON_SOURCE.c.number == bindparam("at"))
    hmacs = [{"at": e.number, "hmac": hashers.local(e.source_id, e.local_id)} for e, _ in entries]
    await connection.execute(moved.values(local_hmac=bindparam("hmac")), hmacs)


async def _sweep(database: Database, version: int) -> bool:
    """Take away hashes of keys that were let go, some at a time; say whether there were any."""
    async with writing_alone(database) as connection:
        old = select(LINK_KEY.c.entry).where(LINK_KEY.c.key_version != version).distinct().limit(STEP)
        entries = [row.entry for row in await connection.execute(old)]
        gone = delete(LINK_KEY).where(LINK_KEY.c.entry.in_(entries), LINK_KEY.c.key_version != version)
        await connection.execute(gone)
    return bool(entries)
