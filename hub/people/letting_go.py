"""Letting a key go: whether anything in the database still needs an old version of it."""

from sqlalchemy import func, select

from hub.people.proving_keys import INDEX, KEK
from hub.people.rewrapping import by_version
from hub.store.database import Database
from hub.store.tables.people import KEY_VERSION, LINK_KEY


async def still_needed(database: Database, name: str, version: int) -> str | None:
    """Say, for an operator, what still needs a version of ``kek`` or ``index``; none where nothing does."""
    async with database.read() as connection:
        known = select(KEY_VERSION.c.state).where(KEY_VERSION.c.name == name, KEY_VERSION.c.version == version)
        if state := (await connection.execute(known)).scalar_one_or_none():
            return f"the database holds it as {state}"
        hashed = select(func.count()).select_from(LINK_KEY).where(LINK_KEY.c.key_version == version)
        rows: int = (await connection.execute(hashed)).scalar_one() if name == INDEX else 0
    if name == KEK:
        rows = (await by_version(database)).get(version, 0)
    return f"{rows:,} rows are under it" if rows else None
