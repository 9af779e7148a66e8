"""Link history: whose a person's entries were and are, who said so, when and why, for whoever reviews it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.people.entries import utc
from hub.people.sealing import Place, Sealer
from hub.store.tables.people import AGENCY_LINK, KNOWN_DIFFERENT, PERSON_SOURCE


@dataclass(frozen=True, slots=True)
class Linked:
    """That an entry of a source is, or was, the person's."""

    source_id: str
    rule: str
    rule_version: str
    decided_by: str
    decided_at: datetime
    reason: str | None
    ended_at: datetime | None
    ended_because: str | None


@dataclass(frozen=True, slots=True)
class SaidDifferent:
    """That somebody said of an entry of a source that it is not this person's, or the other way about."""

    source_id: str
    other_id: str
    decided_by: str
    decided_at: datetime
    reason: str
    withdrawn_at: datetime | None
    withdrawn_by: str | None


async def links(connection: AsyncConnection, sealer: Sealer, person_id: str) -> list[Linked]:
    """Give every link a person has or had, the oldest first."""
    query = (
        select(AGENCY_LINK, PERSON_SOURCE.c.source_id)
        .join(PERSON_SOURCE, PERSON_SOURCE.c.id == AGENCY_LINK.c.entry_id)
        .where(AGENCY_LINK.c.person_id == person_id)
        .order_by(AGENCY_LINK.c.decided_at, AGENCY_LINK.c.id)
    )
    found: list[Linked] = []
    for row in await connection.execute(query):
        reason = None
        if row.reason_ct is not None:
            key = sealer.unwrap(Place(AGENCY_LINK.name, row.id, 1), bytes(row.key_ct))
            reason = key.open("reason_ct", bytes(row.reason_ct)).decode()
        when, ended = utc(row.decided_at), utc(row.ended_at)
        assert when is not None  # noqa: S101 -- the column takes no null
        found.append(
            Linked(row.source_id, row.rule, row.rule_version, row.decided_by, when, reason, ended, row.ended_because)
        )
    return found


async def said_different(connection: AsyncConnection, sealer: Sealer, person_id: str) -> list[SaidDifferent]:
    """Give what was said not to be this person's, and of whom this person's entries were said not to be."""
    own = select(AGENCY_LINK.c.entry_id).where(AGENCY_LINK.c.person_id == person_id, AGENCY_LINK.c.ended_at.is_(None))
    query = (
        select(KNOWN_DIFFERENT, PERSON_SOURCE.c.source_id)
        .join(PERSON_SOURCE, PERSON_SOURCE.c.id == KNOWN_DIFFERENT.c.entry_id)
        .where(or_(KNOWN_DIFFERENT.c.other_id == person_id, KNOWN_DIFFERENT.c.entry_id.in_(own)))
        .order_by(KNOWN_DIFFERENT.c.decided_at, KNOWN_DIFFERENT.c.entry_id, KNOWN_DIFFERENT.c.other_id)
    )
    found: list[SaidDifferent] = []
    for row in await connection.execute(query):
        place = Place(KNOWN_DIFFERENT.name, f"{row.entry_id}|{row.other_id}", 1)
        reason = sealer.unwrap(place, bytes(row.key_ct)).open("reason_ct", bytes(row.reason_ct)).decode()
        when = utc(row.decided_at)
        assert when is not None  # noqa: S101 -- the column takes no null
        said = (row.source_id, row.other_id, row.decided_by, when, reason)
        found.append(SaidDifferent(*said, utc(row.withdrawn_at), row.withdrawn_by))
    return found
