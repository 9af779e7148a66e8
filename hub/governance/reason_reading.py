"""Reading reasons: why somebody asked, in their own words, opened for the officer who looks at it afterwards.

Who may: an officer of the asker's own organisation, of an agency whose system was asked, or of one that was told
that its records were seen; and never the asker. That a reason was read is in the ledger before it is opened.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import Select, select

from hub.audit.entries import Kind
from hub.audit.export import RECORDS, rows
from hub.governance.acting import Acting, By, CannotBeDone, Note
from hub.governance.authority import as_officer
from hub.governance.listing import WRONG, Faulty, Listed
from hub.governance.notices import NOTICE
from hub.governance.reasons import REASON, Reasons
from hub.governance.telling import SEEN
from hub.store.database import patience
from policies.facts import RelationshipState
from schema.purposes import Purpose

MOST: Final = 500
"""Reasons in one list: the newest."""

NO_SUCH: Final = "no question of that id, with a reason, was asked by your agency's workers or of its records"


@dataclass(frozen=True, slots=True)
class Given:
    """A question of which a reason is kept; what was said stands nowhere here."""

    record_id: str
    at: str
    search: bool
    role: str
    organisation: str
    purpose: Purpose
    self_declared: bool


async def reasons_given(acting: Acting, agency_sources: frozenset[str], by: By) -> Listed[Given]:
    """Give the questions with a reason that the officer may read, the newest first, MOST of them.

    ``agency_sources`` are the ids of the officer's own agency's sources.
    """
    as_officer(by)
    told = await _told(acting, by.organisation)
    found: list[Given] = []
    faulty: list[Faulty] = []
    async with aclosing(_asked(acting, _QUESTIONS.order_by(RECORDS.c.at.desc()))) as questions:
        async for record_id, body in questions:
            try:
                if _concerns(body, agency_sources, by, told):
                    found.append(_given(body))
            except WRONG:
                faulty.append(Faulty("question in the ledger", record_id, ("body",)))
            if len(found) == MOST:
                break
    return Listed(tuple(found), tuple(faulty))


async def read_reason(acting: Acting, record_id: str, agency_sources: frozenset[str], by: By) -> str:
    """Open one question's reason; CannotBeDone says why not, in the same words whatever the cause."""
    as_officer(by)
    told = await _told(acting, by.organisation)
    asked = [body async for _, body in _asked(acting, _QUESTIONS.where(RECORDS.c.record_id == record_id))]
    try:
        concerned = any(_concerns(body, agency_sources, by, told) for body in asked)
        own = any(body["actor"] == acting.pseudonyms.actor(by.subject) for body in asked)
    except WRONG:
        raise CannotBeDone(
            "unreadable", "what the ledger has of that question cannot be read: verify the ledger"
        ) from None
    if not concerned:
        raise CannotBeDone("no-such-reason", NO_SUCH)
    if own:
        raise CannotBeDone("own-question", "somebody else reads why you asked")
    await acting.note(by, Note("reason-read", record_id))
    return str(await Reasons(acting.database, acting.sealer).read(record_id))


_QUESTIONS: Final = (
    select(RECORDS.c.record_id, RECORDS.c.kind, RECORDS.c.body)
    .join(REASON, REASON.c.record_id == RECORDS.c.record_id)
    .where(RECORDS.c.kind.in_((Kind.INTENT.value, Kind.SEARCH.value)), RECORDS.c.body.is_not(None))
)


async def _asked(acting: Acting, query: Select[Any]) -> AsyncGenerator[tuple[str, Any]]:
    """Give the id of each question and what the ledger says of it; none of a body that is no JSON object."""
    async with acting.database.snapshot() as connection:
        async for row in rows(connection, query):
            try:
                yield row["record_id"], {**orjson.loads(row["body"]), "kind": row["kind"]}
            except WRONG:
                yield row["record_id"], None


async def _told(acting: Acting, agency: str) -> frozenset[str]:
    """Give the questions an agency was told of, because records of its own were seen."""
    query = select(NOTICE.c.reference).where(NOTICE.c.agency == agency, NOTICE.c.about == SEEN)
    async with patience(), acting.database.read() as connection:
        return frozenset((await connection.scalars(query)).all())


def _concerns(body: Any, agency_sources: frozenset[str], by: By, told: frozenset[str]) -> bool:
    called = {source["source"] for source in body.get("sources", ()) if source["called"]}
    mine = body["organisation"] == by.organisation or body["record_id"] in told
    return mine or not agency_sources.isdisjoint(called)


def _given(body: Any) -> Given:
    facts = [source["facts"] for source in body.get("sources", ())]
    return Given(
        body["record_id"],
        body["at"],
        body["kind"] == Kind.SEARCH.value,
        body["role"],
        body["organisation"],
        Purpose[body["purpose"]],
        any(one.get("relationship") == RelationshipState.SELF_DECLARED.value for one in facts),
    )
