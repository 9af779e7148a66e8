"""The checkpoint kept elsewhere: one small file that says how far the ledger had come when its database is put back.

The hub writes its latest signed checkpoint there every minute. A database that is older than the note, or tells another
history, was restored or tampered with: consent withdrawn since, and every look since, is not in it. Then nothing is
served until an officer has said that they know (``hub audit acknowledge-restore``), and that is written down.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import func, select

from hub.audit import ORIGIN
from hub.audit.checkpoint import Checkpoint, NoteRefused, read_note
from hub.audit.errors import LedgerDamaged
from hub.audit.export import CHECKPOINTS, latest_notes
from hub.audit.merkle import Tree
from hub.audit.verification import Damage
from hub.store.database import Database


class PutBack(LedgerDamaged):
    """Alarm: the database is not the one whose checkpoint was kept; nothing is served until that is acknowledged."""

    def __init__(self, state: "Standing", path: Path) -> None:
        """Say what was found, and what to do."""
        super().__init__(f"put-back-{state.damage}".lower().replace("_", "-"))
        says = (
            f"the database is not as far as the checkpoint kept in {path}: that is number {state.kept.size}, the "
            f"database's last is number {state.held}. If it was restored from a backup, consent withdrawn and looks "
            "taken since are missing from it: see `hub audit acknowledge-restore`"
        )
        self.args = (says,)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the database stands to the note: what was kept, how many checkpoints there are, and what is wrong."""

    kept: Checkpoint
    held: int
    damage: Damage | None


class Kept:
    """The note in its file. It should lie where a restore of the database does not reach it."""

    def __init__(self, path: Path, public: Ed25519PublicKey, origin: str = ORIGIN) -> None:
        """Take the file, the key that signs the hub's checkpoints, and the hub's name as a log."""
        self.path = path
        self._public = public
        self._origin = origin

    def note(self) -> str | None:
        """Give the note; none where none was ever kept. LedgerDamaged where the file cannot be read."""
        try:
            return self.path.read_text("utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError):
            raise LedgerDamaged("kept-checkpoint-unreadable") from None

    async def standing(self, database: Database) -> Standing | None:
        """Compare the database with the note; none where there is no note."""
        note = self.note()
        if note is None:
            return None
        kept = self._read(note)
        async with database.read() as connection:
            held: int = (await connection.execute(select(func.max(CHECKPOINTS.c.number)))).scalar_one() or 0
            query = select(CHECKPOINTS.c.hub_frontier).where(CHECKPOINTS.c.number == kept.size)
            frontier: bytes | None = (await connection.execute(query)).scalar_one_or_none()
        if frontier is None:
            return Standing(kept, held, Damage.ROLLED_BACK)
        return Standing(kept, held, None if _root(kept.size, frontier) == kept.root else Damage.FORKED)

    async def insist(self, database: Database) -> None:
        """Refuse a database that is not the one the note is of: PutBack."""
        found = await self.standing(database)
        if found is not None and found.damage is not None:
            raise PutBack(found, self.path)

    async def keep(self, database: Database) -> None:
        """Keep the latest checkpoint, after looking whether it follows on the one kept before."""
        await self.insist(database)
        for note in await latest_notes(database):
            try:
                write_whole(self.path, note)
            except OSError as error:
                raise LedgerDamaged(f"kept-checkpoint-{type(error).__name__}") from None

    def supersede(self, held: int) -> Path:
        """Put the note aside, where it stays as proof, so that the next one can be kept."""
        aside = self.path.with_name(f"{self.path.name}.superseded-at-{held}")
        while aside.exists():
            aside = aside.with_name(f"{aside.name}-again")
        return self.path.rename(aside)

    def _read(self, note: str) -> Checkpoint:
        try:
            kept = read_note(note, self._public)
        except NoteRefused:
            raise LedgerDamaged("kept-checkpoint-not-ours") from None
        if kept.origin != self._origin:
            raise LedgerDamaged("kept-checkpoint-not-ours")
        return kept


def write_whole(path: Path, text: str) -> None:
    """Write a small file whole or not at all, and durably."""
    beside = path.with_name(f"{path.name}.new")
    with beside.open("w", encoding="utf-8") as written:
        written.write(text)
        written.flush()
        os.fsync(written.fileno())
    beside.replace(path)


def _root(size: int, frontier: bytes) -> bytes:
    try:
        return Tree.restored(size, frontier).root
    except ValueError:
        return b""
