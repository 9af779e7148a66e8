"""Judging: what people make of an event: that it was significant for the child, or was not, with a note of why.

It is the hub's own, and no part of any agency's record. The note is sealed; who may read it is decided as of the
event it is about, by whoever shows it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit.entries import new_record_id
from hub.governance.acting import Acting, By, CannotBeDone, Note
from hub.governance.listing import Listed, Readers, columns_of, listed, one_of, seconds, text, whole
from hub.governance.sealed_words import SealedWords
from hub.store.database import patience, table
from hub.store.seconds import Now
from hub.store.tables.users import JudgementRow

JUDGEMENT: Final = table(JudgementRow)

LONGEST: Final = 500
"""Characters of a note."""


class Significance(Enum):
    """What an event may have been for the child."""

    TRAUMATIC = "May have been traumatic"
    SIGNIFICANT = "Significant"
    NEED = "Shows a need"
    STRENGTH = "Shows a strength"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What somebody made of one event; ``at`` is in seconds by the database's clock. The note stands nowhere here."""

    id: str
    person_id: str
    source: str
    event: str
    significance: Significance
    confirmed: bool
    recorded_by: str = field(repr=False)
    role: str
    organisation: str
    at: int
    sequence: int


async def judge(acting: Acting, judged: Judgement, note: str, by: By) -> str:
    """Keep what somebody made of an event that they were shown; gives its id."""
    if not note.strip():
        raise CannotBeDone("no-words", "say in a sentence why")
    if len(note) > LONGEST:
        raise CannotBeDone("too-many-words", f"use at most {LONGEST} characters")
    row_id = new_record_id()
    values = {
        "id": row_id,
        "person_id": judged.person_id,
        "source": judged.source,
        "event": judged.event,
        "significance": judged.significance.name,
        "confirmed": judged.confirmed,
        "recorded_by": by.subject,
        "role": by.role,
        "organisation": by.organisation,
        "at": Now(),
        **SealedWords(acting.sealer, JUDGEMENT.name, row_id).seal(text_ct=note),
    }

    async def change(connection: AsyncConnection) -> None:
        await connection.execute(insert(JUDGEMENT).values(values))

    facts = {"source": judged.source, "significance": judged.significance.name.lower()}
    name = "event-confirmed" if judged.confirmed else "event-dismissed"
    await acting.act(by, change, Note(name, row_id, judged.person_id, facts))
    return row_id


_READERS: Readers = {
    **dict.fromkeys(("id", "person_id", "source", "event", "recorded_by", "role", "organisation"), text),
    "significance": one_of(Significance),
    "confirmed": bool,
    "at": seconds,
    "sequence": whole,
}


async def judgements(acting: Acting, person_ids: Iterable[str]) -> Listed[Judgement]:
    """Give what people made of one person's events, oldest first; those that cannot be read are named beside."""
    query = select(*columns_of(JUDGEMENT, _READERS)).where(JUDGEMENT.c.person_id.in_(list(person_ids)))
    async with patience(), acting.database.read() as connection:
        rows = (await connection.execute(query.order_by(JUDGEMENT.c.sequence))).all()
    return listed("judgement of an event", rows, _READERS, Judgement, ("organisation",))


async def note_of(acting: Acting, judgement_id: str) -> str:
    """Open a judgement's note, for whoever may see the event it is about."""
    async with patience(), acting.database.read() as connection:
        row = (await connection.execute(select(JUDGEMENT).where(JUDGEMENT.c.id == judgement_id))).one()
    return SealedWords(acting.sealer, JUDGEMENT.name, judgement_id).open(row, "text_ct")[0]
