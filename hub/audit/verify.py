"""Verify: is the ledger as it was written? Offline from an export, or on the database, with the public key alone.

Nothing here can sign, and nothing the ledger computed is believed. ``witnessed`` are signed notes kept outside the
hub: only they can tell that a whole ledger was put back to an earlier state.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from hub.audit import ORIGIN
from hub.audit.checker import Checker
from hub.audit.export import CHECKPOINTS, FORM, exported, log_query, log_sizes, rows
from hub.audit.verification import Damage, Verification
from hub.store.database import Database


def verify(
    export: Path, public_key: Ed25519PublicKey, *, witnessed: Sequence[str] = (), origin: str = ORIGIN
) -> Verification:
    """Verify an exported ledger."""
    checker = Checker(public_key, origin, witnessed)
    counted = {"checkpoints": 0, "records": 0}
    settled = False
    with export.open("rb") as file:
        header = _parsed(checker, file.readline(), 1)
        for place, line in enumerate(file, 2):
            content = _parsed(checker, line, place)
            if content is None:
                continue
            if "seq" in content:
                if not settled:
                    checker.settle()
                    settled = True
                counted["records"] += 1
                checker.record(content)
            elif "number" in content:
                counted["checkpoints"] += 1
                if settled:
                    checker.found(f"line {place}", Damage.OUT_OF_PLACE)
                else:
                    checker.checkpoint(content)
            else:
                checker.found(f"line {place}", Damage.UNREADABLE)
    if not settled:
        checker.settle()
    promised = {"form": FORM, "origin": origin, **counted}
    if orjson.dumps(header, option=orjson.OPT_SORT_KEYS) != orjson.dumps(promised, option=orjson.OPT_SORT_KEYS):
        checker.found("line 1", Damage.COUNT)
    return checker.finish()


async def verify_database(
    database: Database, public_key: Ed25519PublicKey, *, witnessed: Sequence[str] = (), origin: str = ORIGIN
) -> Verification:
    """Verify the ledger where it lies, a page at a time; what is appended meanwhile is checked as far as it is read."""
    checker = Checker(public_key, origin, witnessed)
    try:
        async with database.snapshot() as connection:
            async for row in rows(connection, select(CHECKPOINTS).order_by(CHECKPOINTS.c.number)):
                checker.checkpoint(exported(row))
            checker.settle()
            for log_id, size in (await log_sizes(connection)).items():
                async for row in rows(connection, log_query(log_id, size)):
                    checker.record(exported(row))
    except SQLAlchemyError:
        checker.found("database", Damage.UNREADABLE)
    return checker.finish()


def _parsed(checker: Checker, line: bytes, place: int) -> dict[str, Any] | None:
    try:
        content = orjson.loads(line)
    except orjson.JSONDecodeError:
        content = None
    if not isinstance(content, dict):
        checker.found(f"line {place}", Damage.UNREADABLE)
        return None
    if orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE) != line:
        checker.found(f"line {place}", Damage.NOT_CANONICAL)
    return content
