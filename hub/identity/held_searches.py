"""Held searches: what somebody typed to find a child, kept sealed for their session, so that they can come back to it.

A search is sent and never written in an address. What was typed is held for a short while under a random name that is
in no other session; what was found is not held at all: whoever comes back searches anew.
"""

import secrets
from collections.abc import Mapping
from typing import Final

import orjson
from sqlalchemy import delete, insert, select

from hub.identity.sessions import hashed
from hub.people.sealing import Place, Sealer, Tampered
from hub.store.database import Database, patience, table
from hub.store.seconds import Now
from hub.store.tables.sessions import HeldSearchRow

HELD: Final = table(HeldSearchRow)

LASTS: Final = 30 * 60
"""Seconds a search is held: as long as an idle session."""
MOST: Final = 5
"""Searches held of one session: the newest."""
_BYTES: Final = 16


async def hold(database: Database, sealer: Sealer, session: str, typed: Mapping[str, str]) -> str:
    """Hold what was typed for a session, by its reference; give the name to come back by."""
    name = secrets.token_urlsafe(_BYTES)
    key = sealer.fresh(_place(hashed(name)))
    values = {"id": hashed(name), "session": session, "at": Now(), "key_ct": key.wrapped}
    older = select(HELD.c.id).where(HELD.c.session == session).order_by(HELD.c.at.desc(), HELD.c.id).offset(MOST - 1)
    async with patience(), database.begin() as connection:
        await connection.execute(delete(HELD).where(HELD.c.at < Now() - LASTS))
        too_many = [row.id for row in await connection.execute(older)]
        await connection.execute(delete(HELD).where(HELD.c.id.in_(too_many)))
        await connection.execute(
            insert(HELD).values(**values, typed_ct=key.seal("typed_ct", orjson.dumps(dict(typed))))
        )
    return name


async def held(database: Database, sealer: Sealer, session: str, name: str) -> Mapping[str, str] | None:
    """Give what was typed; none for what another session typed, and for what is held no longer."""
    mine = (HELD.c.id == hashed(name), HELD.c.session == session, HELD.c.at >= Now() - LASTS)
    async with patience(), database.read() as connection:
        row = (await connection.execute(select(HELD).where(*mine))).one_or_none()
    if row is None:
        return None
    try:
        typed = orjson.loads(sealer.unwrap(_place(row.id), bytes(row.key_ct)).open("typed_ct", bytes(row.typed_ct)))
    except Tampered:
        return None
    return {str(field): str(value) for field, value in typed.items()}


def _place(row: str) -> Place:
    return Place(HELD.name, row, 1)
