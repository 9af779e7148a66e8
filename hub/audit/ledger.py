"""The ledger: one replica's log. ``append`` returns when the entries are durable, or refuses within DEADLINE.

Appends that meet share one transaction (group commit). The tree in memory grows only after a commit; after a failed
or uncertain one the log's tail is read again and checked before anything is added, so that what the database did
keep is counted and what it lost is noticed.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub.audit import ORIGIN
from hub.audit.checkpoints import Checkpoints
from hub.audit.entries import Entry
from hub.audit.errors import UNKNOWN, LedgerDamaged, LedgerUnavailable
from hub.audit.leaf import Draft, Row, drafts, holds, placed
from hub.audit.merkle import Tree
from hub.audit.writers import Writer, writer_for
from hub.keys import Keyring
from hub.store.database import Database

DEADLINE = 2.0
"""Seconds within which an append is durable or refused."""

REPLICA = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}")
BATCH = 256
PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof of writing: where the record is and its leaf hash."""

    record_id: str
    log_id: str
    seq: int
    leaf: bytes


@dataclass(frozen=True, slots=True)
class _Waiting:
    drafts: tuple[Draft, ...]
    place: asyncio.Future[tuple[Receipt, ...]]


class Ledger:
    """One replica's log, written by this process alone."""

    def __init__(self, writer: Writer, checkpoints: Checkpoints, log_id: str, clock: Callable[[], datetime]) -> None:
        """Join the parts; use ``open``."""
        self._writer = writer
        self._checkpoints = checkpoints
        self._log_id = log_id
        self._clock = clock
        self._tree = Tree()
        self._last: bytes | None = None
        self._known = False
        self._closed = False
        self._halted = ""
        self._waiting: list[_Waiting] = []
        self._owed: list[_Waiting] = []
        self._flushing: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls,
        database: Database,
        keyring: Keyring,
        *,
        replica: str,
        clock: Callable[[], datetime],
        origin: str = ORIGIN,
    ) -> "Ledger":
        """Take hold of the replica's log and resume it: from its latest checkpoint, then row by row, each checked."""
        if not REPLICA.fullmatch(replica):
            raise ValueError("a replica's name is lower-case letters, digits, dots and hyphens")
        checkpoints = Checkpoints(database, keyring.ledger, origin)
        ledger = cls(writer_for(database, replica), checkpoints, replica, clock)
        try:
            latest = await checkpoints.latest(replica)
            ledger._tree = latest.tree if latest else Tree()
            await ledger._resume()
        except LedgerUnavailable:
            await ledger._writer.close()
            raise
        return ledger

    @property
    def size(self) -> int:
        """How many records the log is known to hold."""
        return self._tree.size

    @property
    def public_key(self) -> Ed25519PublicKey:
        """Give the key by which anybody can prove what this ledger signs."""
        return self._checkpoints.public_key

    @property
    def writable(self) -> bool:
        """Whether the last thing done worked; the next append tries anyway."""
        return self._known and not self._closed and not self._halted

    def halt(self, code: str) -> None:
        """Take nothing more, whoever asks: somebody must look first. What cannot be audited is not served."""
        self._halted = code

    async def append(self, *entries: Entry) -> tuple[Receipt, ...]:
        """Write the entries, all or none, and return when they are durable; LedgerUnavailable within DEADLINE."""
        return await self._append(self._waiting, entries)

    async def carry(self, *entries: Entry) -> tuple[Receipt, ...]:
        """Write entries that the ledger is owed; that it is owed them is taken away with it, or neither is done."""
        return await self._append(self._owed, entries)

    async def _append(self, line: list[_Waiting], entries: tuple[Entry, ...]) -> tuple[Receipt, ...]:
        if self._closed:
            raise LedgerUnavailable("closed")
        if self._halted:
            raise LedgerDamaged(self._halted)
        loop = asyncio.get_running_loop()
        waiting = _Waiting(drafts(entries), loop.create_future())
        line.append(waiting)
        if self._flushing is None:
            self._flushing = asyncio.create_task(self._flush())
        late = loop.call_later(DEADLINE, _refuse, (waiting,), UNKNOWN)
        try:
            return await waiting.place
        finally:
            late.cancel()

    async def checkpoint(self) -> str:
        """Sign and store this replica's head, and the hub's over all replicas'; give the replica's signed note."""
        tree = self._tree
        latest = await self._checkpoints.latest(self._log_id)
        if latest is not None and latest.tree.size == tree.size:
            return latest.note
        return await self._checkpoints.store(self._log_id, tree, self._clock())

    async def close(self) -> None:
        """Finish what was begun, sign the head, let go of the log."""
        self._closed = True
        if self._flushing is not None:
            await self._flushing
        with suppress(LedgerUnavailable):
            await self.checkpoint()
        await self._writer.close()

    async def _flush(self) -> None:
        while self._waiting or self._owed:
            line, most = (self._waiting, BATCH) if self._waiting else (self._owed, 1)
            batch = [w for w in line[:most] if not w.place.done()]
            del line[:most]
            write = self._writer.write if most == BATCH else self._writer.carry
            try:
                rows = await self._commit([made for w in batch for made in w.drafts], write)
            except LedgerUnavailable as error:
                _refuse(batch, error.code)
            except Exception as error:  # noqa: BLE001 -- whatever it is, the waiting must be refused, not left hanging
                self._known = False
                _refuse(batch, type(error).__name__)
            else:
                _acknowledge(batch, rows)
        self._flushing = None

    async def _commit(self, drafts: list[Draft], write: Callable[[Sequence[Row]], Awaitable[None]]) -> list[Row]:
        if not drafts:
            return []
        if not (self._known and self._writer.ready):
            await self._resume()
        tree = self._tree
        rows = [placed(made, self._log_id, seq) for seq, made in enumerate(drafts, tree.size)]
        self._known = False  # until the commit is known to have worked
        await write(rows)
        self._tree, self._last, self._known = tree.grown(row.leaf_hash for row in rows), rows[-1].leaf_hash, True
        return rows

    async def _resume(self) -> None:
        """Read the tail: what is known must be there, what was added since must hold."""
        while True:
            known = self._tree.size
            rows = await self._writer.tail(max(known - 1, 0), PAGE)
            added = self._checked(rows, known)
            self._tree = self._tree.grown(row.leaf_hash for row in added)
            if added:
                self._last = added[-1].leaf_hash
            if len(rows) < PAGE:
                self._known = True
                return

    def _checked(self, rows: list[Row], known: int) -> list[Row]:
        if known:
            if not rows or rows[0].seq != known - 1 or self._last not in (None, rows[0].leaf_hash):
                raise LedgerDamaged("tail-lost")
            rows = rows[1:]
        if any(row.seq != seq or not holds(row) for seq, row in enumerate(rows, known)):
            raise LedgerDamaged("tail-damaged")
        return rows


def _refuse(batch: Iterable[_Waiting], code: str) -> None:
    for waiting in batch:
        if not waiting.place.done():
            waiting.place.set_exception(LedgerUnavailable(code))


def _acknowledge(batch: list[_Waiting], rows: list[Row]) -> None:
    receipts = iter([Receipt(row.record_id, row.log_id, row.seq, row.leaf_hash) for row in rows])
    for waiting in batch:
        mine = tuple(next(receipts) for _ in waiting.drafts)
        if not waiting.place.done():
            waiting.place.set_result(mine)
