"""The stream for a security team: every entry as one JSON object on one line, log by log, from a position on.

A position is the next place of each log, such as ``hub-1:120,officer-desk:4``; whoever keeps it misses nothing and
gets nothing twice, but what was sent and not yet kept when they stopped. Codes and pseudonyms only.
"""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import orjson
from sqlalchemy import Row, select

from hub.audit.export import PAGE, RECORDS, log_sizes
from hub.store.database import Database

_PART: Final = re.compile(r"([a-z0-9][a-z0-9.-]{0,62}):(0|[1-9][0-9]{0,17})")
_COLUMNS: Final = ("log_id", "seq", "record_id", "at", "kind", "request_id", "subject", "actor", "body", "leaf_hash")

Position = dict[str, int]
"""The next place of each log."""


def read_position(text: str) -> Position:
    """Read a position; ValueError for what is none."""
    parts = [_PART.fullmatch(part) for part in text.strip().split(",")] if text.strip() else []
    if not all(parts):
        raise ValueError("a position is the next place of each log, such as hub-1:120,officer-desk:4")
    return {part[1]: int(part[2]) for part in parts if part}


def write_position(position: Mapping[str, int]) -> str:
    """Write a position."""
    return ",".join(f"{log_id}:{seq}" for log_id, seq in sorted(position.items()))


async def lines(database: Database, position: Position) -> AsyncIterator[bytes]:
    """Give what there is from a position on, and move the position with each line that is taken."""
    async with database.snapshot() as connection:
        sizes = await log_sizes(connection)
    for log_id, size in sizes.items():
        while (first := position.get(log_id, 0)) < size:
            where = (RECORDS.c.log_id == log_id, RECORDS.c.seq >= first, RECORDS.c.seq < min(first + PAGE, size))
            query = select(*(RECORDS.c[name] for name in _COLUMNS)).where(*where).order_by(RECORDS.c.seq)
            async with database.snapshot() as connection:
                found = (await connection.execute(query)).all()
            for row in found:
                position[log_id] = row.seq + 1
                yield _line(row)
            position[log_id] = max(position.get(log_id, 0), min(first + PAGE, size))


def _line(row: Row[Any]) -> bytes:
    told = {name: getattr(row, name) for name in _COLUMNS if name not in {"body", "leaf_hash"}}
    body = orjson.loads(row.body) if row.body is not None else None
    return orjson.dumps({**told, "leaf_hash": row.leaf_hash.hex(), "body": body}, option=orjson.OPT_APPEND_NEWLINE)
