"""Both kinds of database, real ones, each test with one of its own."""

import secrets

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine


async def own_database(server: str) -> str:
    """Make an empty database on a PostgreSQL server and give its address."""
    name = f"t_{secrets.token_hex(6)}"
    engine = create_async_engine(make_url(server).set(drivername="postgresql+asyncpg"), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    await engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)
