"""Export: the whole ledger as one file of canonical JSON lines, to be verified anywhere with the public key.

The first line says what follows and how much; then the checkpoints by number; then the records by log and place.
Hashes and salts are lower-case hexadecimal. Beside the file goes the public key as signed-note tools take it.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Select, desc, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit import ORIGIN
from hub.audit.checkpoint import verifier_key
from hub.store.database import Database
from hub.store.tables.audit import AuditCheckpoint, AuditRecord

FORM = "hub-audit-export-1"
PAGE = 2_000

RECORDS = AuditRecord.__table__  # type: ignore[attr-defined] # set by SQLModel
CHECKPOINTS = AuditCheckpoint.__table__  # type: ignore[attr-defined] # set by SQLModel


async def export_ledger(database: Database, public: Ed25519PublicKey, path: Path, *, origin: str = ORIGIN) -> int:
    """Write the ledger to a new file, and the key beside it as ``.pub``; give how many records there were."""
    async with database.snapshot() as connection:
        if database.dialect == "postgresql":  # one view of both tables; in SQLite the counts bound what is read
            await connection.execution_options(isolation_level="REPEATABLE READ")
        checkpoints = await _count(connection, select(func.max(CHECKPOINTS.c.number))) or 0
        sizes = await log_sizes(connection)
        with path.open("xb") as file:
            _line(file, {"form": FORM, "origin": origin, "checkpoints": checkpoints, "records": sum(sizes.values())})
            query = select(CHECKPOINTS).where(CHECKPOINTS.c.number <= checkpoints).order_by(CHECKPOINTS.c.number)
            async for row in rows(connection, query):
                _line(file, exported(row))
            for log_id, size in sizes.items():
                async for row in rows(connection, log_query(log_id, size)):
                    _line(file, exported(row, errors="replace"))
    path.with_suffix(".pub").write_text(verifier_key(origin, public) + "\n", "utf-8")
    return sum(sizes.values())


async def latest_notes(database: Database) -> tuple[str, ...]:
    """Give the hub's latest signed note, to be kept outside the hub; nothing before the first checkpoint."""
    async with database.snapshot() as connection:
        query = select(CHECKPOINTS.c.hub_note).order_by(desc(CHECKPOINTS.c.number)).limit(1)
        return tuple((await connection.execute(query)).scalars())


async def rows(connection: AsyncConnection, query: Select[Any]) -> AsyncIterator[dict[str, Any]]:
    """Stream a query's rows."""
    async with connection.stream(query.execution_options(yield_per=PAGE)) as found:
        async for page in found.partitions():
            for row in page:
                yield dict(row._mapping)  # noqa: SLF001 -- SQLAlchemy's public name for it


def exported(row: dict[str, Any], *, errors: str = "surrogateescape") -> dict[str, Any]:
    """Give a row as it stands in an export: bytes as hexadecimal, a body as its text.

    A body that is not UTF-8 is damage: kept unlike any text, or replaced where it must be written to a file.
    """
    return {name: _text(name, value, errors) if isinstance(value, bytes) else value for name, value in row.items()}


def _text(name: str, value: bytes, errors: str) -> str:
    return value.decode("utf-8", errors) if name == "body" else value.hex()


def log_query(log_id: str, size: int) -> Select[Any]:
    """Ask for a log's first so many records, in order."""
    return select(RECORDS).where(RECORDS.c.log_id == log_id, RECORDS.c.seq < size).order_by(RECORDS.c.seq)


async def log_sizes(connection: AsyncConnection) -> dict[str, int]:
    """Give each log's length as its last place tells it, the logs by name (as Python orders text)."""
    query = select(RECORDS.c.log_id, func.max(RECORDS.c.seq) + 1).group_by(RECORDS.c.log_id)
    return dict(sorted((await connection.execute(query)).tuples()))


async def _count(connection: AsyncConnection, query: Select[Any]) -> int | None:
    found: int | None = (await connection.execute(query)).scalar_one()
    return found


def _line(file: BinaryIO, content: dict[str, Any]) -> None:
    file.write(orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))
