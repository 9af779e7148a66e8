"""Both kinds of database, real ones, each test with one of its own."""

import secrets
import shutil
import tempfile
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from hub.store.database import Database

_UPGRADED: dict[str, str] = {}
"""Databases brought up to date once in this process, by the server they are on: a test's own begins as a copy."""

_KEPT = tempfile.TemporaryDirectory(prefix="databases-")


async def own_database(server: str, template: str = "template1") -> str:
    """Make a database on a PostgreSQL server, empty or as a template is, and give its address."""
    name = f"t_{secrets.token_hex(6)}"
    engine = create_async_engine(make_url(server).set(drivername="postgresql+asyncpg"), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    await engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


async def upgraded_database(server: str) -> str:
    """Make a database on a PostgreSQL server with the hub's tables in it."""
    if server not in _UPGRADED:
        _UPGRADED[server] = await _upgraded(await own_database(server))
    return await own_database(server, make_url(_UPGRADED[server]).database or "")


async def upgraded_file(path: Path) -> str:
    """Make an SQLite database with the hub's tables in it."""
    if "" not in _UPGRADED:
        _UPGRADED[""] = await _upgraded(f"sqlite:///{_KEPT.name}/hub.db")
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(make_url(_UPGRADED[""]).database or "", path)
    return f"sqlite:///{path}"


async def _upgraded(url: str) -> str:
    database = Database(url)
    await database.upgrade()
    await database.close()
    return url
