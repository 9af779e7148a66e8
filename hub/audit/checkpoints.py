"""Stored checkpoints: each replica's signed head, and the hub's signed head over all of them.

The hub's own tree has one leaf for every checkpoint of any replica, in the order of their numbers: whoever keeps
its latest note outside can tell later whether any checkpoint, and so any log, was cut back or written anew.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Select, desc, insert, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlmodel import col

from hub.audit.canonical import canonical, instant
from hub.audit.checkpoint import Checkpoint, NoteRefused, read_note, sign
from hub.audit.errors import LedgerDamaged, LedgerUnavailable
from hub.audit.merkle import Tree, leaf_hash
from hub.store.database import Database
from hub.store.tables.audit import AuditCheckpoint

HUB_FORM = "hub-checkpoint-1"
TRIES = 8
PATIENCE = 5.0
"""Seconds a checkpoint may wait for the database; nobody's question waits for it."""
FAILURES = (SQLAlchemyError, OSError, TimeoutError)

_TABLE = AuditCheckpoint.__table__  # type: ignore[attr-defined] # set by SQLModel
_NUMBER = col(AuditCheckpoint.number)


@dataclass(frozen=True, slots=True)
class Stored:
    """What the latest checkpoint says: its number, the tree it stands for, the signed note."""

    number: int
    tree: Tree
    note: str


class Checkpoints:
    """Signs, stores and reads checkpoints for one hub."""

    def __init__(self, database: Database, key: Ed25519PrivateKey, origin: str) -> None:
        """Take the database, the signing key and the hub's name as a log."""
        self._database = database
        self._key = key
        self._origin = origin

    @property
    def public_key(self) -> Ed25519PublicKey:
        """Give the key that proves what is signed here."""
        return self._key.public_key()

    async def latest(self, log_id: str) -> Stored | None:
        """Give a replica's latest checkpoint, checked; none where there is none."""
        query = select(_NUMBER, _TABLE.c.size, _TABLE.c.frontier, _TABLE.c.note)
        query = query.where(_TABLE.c.log_id == log_id).order_by(desc(_TABLE.c.size)).limit(1)
        return await self._read(query, f"{self._origin}/{log_id}")

    async def store(self, log_id: str, tree: Tree, at: datetime) -> str:
        """Sign and store a replica's head; give the note."""
        note = sign(Checkpoint(f"{self._origin}/{log_id}", tree.size, tree.root), self._key)
        for _ in range(TRIES):
            hub = await self._hub_latest()
            number = hub.number + 1
            grown = hub.tree.grown([hub_leaf(number, log_id, instant(at), note)])
            row = AuditCheckpoint(
                number=number,
                log_id=log_id,
                size=tree.size,
                root=tree.root,
                frontier=tree.frontier,
                note=note,
                at=instant(at),
                hub_frontier=grown.frontier,
                hub_note=sign(Checkpoint(self._origin, number, grown.root), self._key),
            )
            if await self._insert(row):
                return note
        raise LedgerUnavailable("checkpoints-contended")

    async def _hub_latest(self) -> Stored:
        query = select(_NUMBER, _NUMBER, _TABLE.c.hub_frontier, _TABLE.c.hub_note).order_by(desc(_NUMBER)).limit(1)
        return await self._read(query, self._origin) or Stored(0, Tree(), "")

    async def _read(self, query: Select[Any], origin: str) -> Stored | None:
        try:
            async with asyncio.timeout(PATIENCE), self._database.read() as connection:
                found = (await connection.execute(query)).one_or_none()
        except FAILURES as error:
            raise LedgerUnavailable(type(error).__name__) from None
        if found is None:
            return None
        number, size, frontier, note = found
        return Stored(number, _restored(size, frontier, note, origin, self._key.public_key()), note)

    async def _insert(self, row: AuditCheckpoint) -> bool:
        try:
            async with asyncio.timeout(PATIENCE), self._database.begin() as connection:
                await connection.execute(insert(_TABLE).values(row.model_dump()))
        except IntegrityError:
            return False  # another replica took the number: try the next
        except FAILURES as error:
            raise LedgerUnavailable(type(error).__name__) from None
        return True


def hub_leaf(number: int, log_id: str, at: str, note: str) -> bytes:
    """Give the hub tree's leaf hash for one checkpoint."""
    return leaf_hash(canonical([HUB_FORM, number, log_id, at, note]))


def _restored(size: int, frontier: bytes, note: str, origin: str, public: Ed25519PublicKey) -> Tree:
    try:
        tree = Tree.restored(size, frontier)
        signed = read_note(note, public)
    except (NoteRefused, ValueError):
        raise LedgerDamaged("checkpoint-damaged") from None
    if signed != Checkpoint(origin, tree.size, tree.root):
        raise LedgerDamaged("checkpoint-damaged")
    return tree
