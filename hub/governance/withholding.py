"""Withholding: an agency records that something about a child is not to be shared, and ends that again."""

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit.entries import new_record_id
from hub.governance.acting import Acting, By, CannotBeDone, Note
from hub.governance.not_sharing import NotSharing
from hub.governance.rows import words
from hub.governance.sealed_words import SealedWords
from hub.governance.standing_read import NOT_SHARING
from hub.store.database import patience
from hub.store.seconds import Now


async def decide_not_to_share(acting: Acting, decision: NotSharing, text: str, by: By) -> str:
    """Record a decision of the agency whose data it is; gives its id. ``text`` is sealed."""
    if by.organisation != decision.provider:
        raise CannotBeDone("not-yours", "an agency decides on its own records")
    if decision.review < decision.start:
        raise CannotBeDone("review-before-start", "it must be reviewed after it begins")
    row_id = new_record_id()

    async def change(connection: AsyncConnection) -> None:
        await connection.execute(
            insert(NOT_SHARING).values(
                id=row_id,
                person_id=decision.person_id,
                provider=decision.provider,
                services=words(decision.services),
                kinds=words(decision.kinds),
                reason=decision.reason,
                start=decision.start,
                review=decision.review,
                decided_by=by.subject,
                **SealedWords(acting.sealer, NOT_SHARING.name, row_id).seal(text_ct=text),
            )
        )

    facts = {"reason": decision.reason.value}
    await acting.act(by, change, Note("not-shared", row_id, decision.person_id, facts))
    return row_id


async def share_again(acting: Acting, decision_id: str, by: By) -> None:
    """End a decision not to share."""
    standing = (NOT_SHARING.c.id == decision_id, NOT_SHARING.c.ended_at.is_(None))
    async with patience(), acting.database.read() as connection:
        row = (await connection.execute(select(NOT_SHARING).where(*standing))).first()
    if row is None:
        raise CannotBeDone("no-such-decision", "no decision of that id stands")
    if by.organisation != row.provider:
        raise CannotBeDone("not-yours", "an agency decides on its own records")

    async def change(connection: AsyncConnection) -> None:
        await connection.execute(update(NOT_SHARING).where(*standing).values(ended_at=Now(), ended_by=by.subject))

    await acting.act(by, change, Note("shared-again", decision_id, row.person_id))
