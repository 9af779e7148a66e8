"""Objecting: an objection is received, and later assessed: upheld, or overruled with the reason."""

from datetime import date

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit.entries import new_record_id
from hub.governance.acting import Acting, By, CannotBeDone, Note
from hub.governance.authority import agencies_there_are, is_agency
from hub.governance.objections import Objection, ObjectionReason
from hub.governance.rows import words
from hub.governance.sealed_words import SealedWords
from hub.governance.standing_read import OBJECTION
from hub.store.database import patience
from policies.facts import ObjectionState

_ASSESSED = frozenset({ObjectionState.UPHELD, ObjectionState.OVERRULED})


async def receive(acting: Acting, objection: Objection, text: str, by: By) -> str:
    """Record an objection to what an agency does; gives its id. ``text`` is what the person said, sealed."""
    if not is_agency(objection.provider, await agencies_there_are(acting) or frozenset({objection.provider})):
        raise CannotBeDone(
            "no-agency", "it is to what an agency does that there is: to no other would it restrict a thing"
        )
    row_id = new_record_id()

    async def change(connection: AsyncConnection) -> None:
        await connection.execute(
            insert(OBJECTION).values(
                id=row_id,
                person_id=objection.person_id,
                provider=objection.provider,
                services=words(objection.services),
                objector=objection.objector,
                received=objection.received,
                state=ObjectionState.RAISED,
                recorded_by=by.subject,
                **SealedWords(acting.sealer, OBJECTION.name, row_id).seal(text_ct=text),
            )
        )

    await acting.act(by, change, Note("objection-received", row_id, objection.person_id))
    return row_id


async def assess(
    acting: Acting, objection_id: str, state: ObjectionState, reason: ObjectionReason, on: date, by: By
) -> None:
    """Say what an objection came to; once, and by the agency whose processing it is about."""
    waiting = (OBJECTION.c.id == objection_id, OBJECTION.c.state == ObjectionState.RAISED)
    async with patience(), acting.database.read() as connection:
        row = (await connection.execute(select(OBJECTION).where(*waiting))).first()
    if row is None:
        raise CannotBeDone("no-such-objection", "no objection of that id waits to be assessed")
    if by.organisation != row.provider:
        raise CannotBeDone("not-yours", "an agency assesses the objections to what it does itself")
    if state not in _ASSESSED:
        raise CannotBeDone("not-assessed", "an objection is upheld or overruled")

    async def change(connection: AsyncConnection) -> None:
        values = {"state": state, "reason": reason, "assessed": on, "assessed_by": by.subject}
        await connection.execute(update(OBJECTION).where(*waiting).values(values))

    facts = {"state": state.value, "reason": reason.value}
    await acting.act(by, change, Note("objection-assessed", objection_id, row.person_id, facts))
