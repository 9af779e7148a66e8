"""Objecting: an objection is received, read by whoever assesses it, and upheld, or overruled with the reason."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit.entries import new_record_id
from hub.governance.acting import Acting, By, CannotBeDone, Note
from hub.governance.authority import agencies_there_are, as_officer, is_agency
from hub.governance.givers import GiverRelationship
from hub.governance.listing import Listed, Readers, columns_of, listed, one_of, text, whole_day
from hub.governance.objections import Objection, ObjectionReason
from hub.governance.rows import day, services, words
from hub.governance.sealed_words import SealedWords
from hub.governance.standing_read import OBJECTION
from hub.store.database import patience
from policies.facts import ObjectionState

_ASSESSED = frozenset({ObjectionState.UPHELD, ObjectionState.OVERRULED})


async def receive(acting: Acting, objection: Objection, said: str, by: By) -> str:
    """Record an objection to what an agency does; gives its id. ``said`` is what the person said, sealed."""
    as_officer(by)
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
                **SealedWords(acting.sealer, OBJECTION.name, row_id).seal(text_ct=said),
            )
        )

    await acting.act(by, change, Note("objection-received", row_id, objection.person_id))
    return row_id


async def assess(
    acting: Acting, objection_id: str, state: ObjectionState, reason: ObjectionReason, on: date, by: By
) -> None:
    """Say what an objection came to; once, and by the agency whose processing it is about."""
    as_officer(by)
    waiting = (OBJECTION.c.id == objection_id, OBJECTION.c.state == ObjectionState.RAISED)
    async with patience(), acting.database.read() as connection:
        row = (await connection.execute(select(OBJECTION).where(*waiting))).first()
    if row is None or by.organisation != row.provider:  # another agency's is told of no more than one there is not
        raise CannotBeDone("no-such-objection", "no objection of that id to your agency waits to be assessed")
    if state not in _ASSESSED:
        raise CannotBeDone("not-assessed", "an objection is upheld or overruled")

    async def change(connection: AsyncConnection) -> None:
        values = {"state": state, "reason": reason, "assessed": on, "assessed_by": by.subject}
        await connection.execute(update(OBJECTION).where(*waiting).values(values))

    facts = {"state": state.value, "reason": reason.value}
    await acting.act(by, change, Note("objection-assessed", objection_id, row.person_id, facts))


_READERS: Readers = {
    **dict.fromkeys(("id", "person_id", "provider"), text),
    "services": services,
    "objector": one_of(GiverRelationship),
    "received": whole_day,
    "state": one_of(ObjectionState),
    "assessed": day,
    "reason": lambda written: ObjectionReason[written] if written is not None else None,
}


async def objections(
    acting: Acting, person_ids: Iterable[str] | None = None, provider: str | None = None
) -> Listed[Objection]:
    """Give objections, those that wait to be assessed first: all, or some people's, or one agency's."""
    query = select(*columns_of(OBJECTION, _READERS)).order_by(
        OBJECTION.c.state != ObjectionState.RAISED, OBJECTION.c.received.desc(), OBJECTION.c.id
    )
    if person_ids is not None:
        query = query.where(OBJECTION.c.person_id.in_(sorted(person_ids)))
    if provider is not None:
        query = query.where(OBJECTION.c.provider == provider)
    async with patience(), acting.database.read() as connection:
        rows = (await connection.execute(query)).all()
    return listed("objection", rows, _READERS, Objection, ("provider",))


async def read_objection_words(acting: Acting, objection_id: str, by: By) -> str:
    """Open what somebody said for an officer of the agency it is about; that it was read is written down."""
    as_officer(by)
    async with patience(), acting.database.read() as connection:
        row = (await connection.execute(select(*_WORDS).where(OBJECTION.c.id == objection_id))).first()
    if row is None or by.organisation != row.provider:
        raise CannotBeDone("no-such-objection", "no objection of that id is about your agency")
    await acting.note(by, Note("objection-read", objection_id, row.person_id))
    return SealedWords(acting.sealer, OBJECTION.name, objection_id).open(row, "text_ct")[0]


_WORDS = [OBJECTION.c[name] for name in ("person_id", "provider", "key_ct", "text_ct")]
