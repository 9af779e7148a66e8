"""Withholding: an agency records that something about a child is not to be shared, looks at it again, and ends it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit.entries import new_record_id
from hub.governance.acting import Acting, By, CannotBeDone, Note
from hub.governance.authority import as_officer
from hub.governance.listing import Listed, Readers, columns_of, listed, one_of, text, text_or_none, whole_day
from hub.governance.not_sharing import NotSharing, NotSharingReason
from hub.governance.rows import kinds, services, words
from hub.governance.sealed_words import SealedWords
from hub.governance.standing_read import NOT_SHARING
from hub.store.database import patience
from hub.store.seconds import Now


async def decide_not_to_share(acting: Acting, decision: NotSharing, said: str, by: By) -> str:
    """Record a decision of the agency whose data it is, by its officer; gives its id. ``said`` is sealed."""
    as_officer(by)
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
                **SealedWords(acting.sealer, NOT_SHARING.name, row_id).seal(text_ct=said),
            )
        )

    facts = {"reason": decision.reason.value}
    await acting.act(by, change, Note("not-shared", row_id, decision.person_id, facts))
    return row_id


async def share_again(acting: Acting, decision_id: str, by: By) -> None:
    """End a decision not to share, as an officer of the agency that took it."""
    as_officer(by)
    standing = (NOT_SHARING.c.id == decision_id, NOT_SHARING.c.ended_at.is_(None))
    async with patience(), acting.database.read() as connection:
        row = (await connection.execute(select(NOT_SHARING).where(*standing))).first()
    if row is None or by.organisation != row.provider:  # another agency's is told of no more than one there is not
        raise CannotBeDone("no-such-decision", "no decision of your agency's of that id stands")

    async def change(connection: AsyncConnection) -> None:
        await connection.execute(update(NOT_SHARING).where(*standing).values(ended_at=Now(), ended_by=by.subject))

    await acting.act(by, change, Note("shared-again", decision_id, row.person_id))


@dataclass(frozen=True, slots=True)
class Kept:
    """A decision as a list shows it; ``ended_by`` is none while it stands."""

    decision: NotSharing
    ended_by: str | None

    def state(self, today: date) -> str:
        """Say ``ended``, ``to come``, ``overdue`` for review, or ``stands``."""
        if self.ended_by is not None:
            return "ended"
        if today < self.decision.start:
            return "to come"
        return "overdue" if self.decision.review < today else "stands"


_READERS: Readers = {
    **dict.fromkeys(("id", "person_id", "provider", "decided_by"), text),
    "services": services,
    "kinds": kinds,
    "reason": one_of(NotSharingReason),
    "start": whole_day,
    "review": whole_day,
    "ended_by": text_or_none,
}


def _kept(*, ended_by: str | None, **decided: object) -> Kept:
    return Kept(NotSharing(**decided), ended_by)  # type: ignore[arg-type] # the readers read each by its name


async def decisions(
    acting: Acting, person_ids: Iterable[str] | None = None, provider: str | None = None
) -> Listed[Kept]:
    """Give decisions not to share, ended ones too, the newest first: all, or some people's, or one agency's."""
    query = select(*columns_of(NOT_SHARING, _READERS)).order_by(NOT_SHARING.c.start.desc(), NOT_SHARING.c.id)
    if person_ids is not None:
        query = query.where(NOT_SHARING.c.person_id.in_(sorted(person_ids)))
    if provider is not None:
        query = query.where(NOT_SHARING.c.provider == provider)
    async with patience(), acting.database.read() as connection:
        rows = (await connection.execute(query)).all()
    return listed("decision not to share", rows, _READERS, _kept, ("provider",))


async def read_decision_words(acting: Acting, decision_id: str, by: By) -> str:
    """Open the words of a decision for an officer of the agency that took it; that they were read is written down."""
    as_officer(by)
    async with patience(), acting.database.read() as connection:
        row = (await connection.execute(select(*_WORDS).where(NOT_SHARING.c.id == decision_id))).first()
    if row is None or by.organisation != row.provider:
        raise CannotBeDone("no-such-decision", "your agency took no decision of that id")
    await acting.note(by, Note("not-sharing-read", decision_id, row.person_id))
    return SealedWords(acting.sealer, NOT_SHARING.name, decision_id).open(row, "text_ct")[0]


_WORDS = [NOT_SHARING.c[name] for name in ("person_id", "provider", "key_ct", "text_ct")]
