"""Acting: how everything here is changed. Written down in the ledger first, then done in one transaction, then said.

If it cannot be written down it is not done. The entry names the row that the change makes (``about``): one without
its row was begun and never happened, because the process was killed or the store refused. Where it can still be
said, ``…-not-acknowledged`` follows: nobody was told that it was done, and the row says whether it was.
"""

import contextlib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit.entries import Event, new_record_id
from hub.audit.errors import LedgerUnavailable
from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonyms
from hub.governance.epoch import move
from hub.governance.lasting import SAVED_DAYS
from hub.people.sealing import Sealer
from hub.store.database import BROKEN, Database, StoreUnavailable

Change = Callable[[AsyncConnection], Awaitable[None]]

REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}")
"""What stands for a row or a thing in the ledger: an id or a code, too short and too plain to hold a sentence."""


class CannotBeDone(Exception):
    """Show whoever asked why: it cannot be done. ``code`` is stable; no value of a record is in the message."""

    def __init__(self, code: str, why: str) -> None:
        """Keep the code beside the words."""
        super().__init__(why)
        self.code = code


@dataclass(frozen=True, slots=True)
class By:
    """Who acts: their credential's id, role and organisation."""

    subject: str = field(repr=False)
    role: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Note:
    """What the ledger is told of a change: a code, the id of the row it is about, and codes by name."""

    name: str
    about: str
    person_id: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse words in the place of an id: the ledger keeps what it is told for ever, and in the clear."""
        if REFERENCE.fullmatch(self.about) is None:
            raise CannotBeDone("no-code", "what the ledger is told of is named by an id, never in words")


@dataclass(frozen=True, slots=True)
class Acting:
    """What acting needs. ``agencies`` are those that there are; none where nobody said.

    ``saved_days`` are the days for which a chronology that a worker saved is kept after its last change.
    """

    database: Database
    ledger: Ledger
    pseudonyms: Pseudonyms
    sealer: Sealer
    clock: Callable[[], datetime]
    agencies: frozenset[str] = frozenset()
    saved_days: int = SAVED_DAYS

    async def act(self, by: By, change: Change, *notes: Note) -> None:
        """Write down and do one change; LedgerUnavailable or StoreUnavailable where it was not done."""
        await self.note(by, *notes)
        try:
            async with self.database.begin() as connection:
                await move(connection)
                await change(connection)
        except BaseException as error:
            with contextlib.suppress(LedgerUnavailable):
                await self.note(by, *(replace(n, name=f"{n.name}-not-acknowledged") for n in notes))
            if isinstance(error, BROKEN):
                raise StoreUnavailable(type(error).__name__) from None
            raise

    async def note(self, by: By, *notes: Note) -> None:
        """Write down that something was done which changes nothing, all of it or none."""
        await self.ledger.append(*(self._event(by, note) for note in notes))

    def _event(self, by: By, note: Note) -> Event:
        record = new_record_id()
        return Event(
            record,
            record,
            self.clock(),
            note.name,
            actor=self.pseudonyms.actor(by.subject),
            role=by.role,
            organisation=by.organisation,
            subject=self.pseudonyms.subject(note.person_id) if note.person_id else None,
            about=note.about,
            facts=note.facts,
        )
