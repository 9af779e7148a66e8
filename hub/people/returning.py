"""Returning: an entry that its source dropped and names again, unchanged, is still whom a person said it was.

A feed that leaves somebody out for a night must not undo what a worker decided: what was recorded of the joined
person, a refusal among it, would no longer be found for what the source holds. What returns otherwise is decided on
afresh; whom it was is known all the same, so that what protected them goes with it (``parting.py``).
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.people.decisions import JOINED
from hub.people.linking import Status
from hub.people.reading import GONE, parts
from hub.store.tables.people import AGENCY_LINK, PERSON


class Last(NamedTuple):
    """Whose an entry was when its source dropped it, by now; their state; by what rule, and who decided."""

    person_id: str
    status: str
    rule: str
    rule_version: str
    decided_by: str

    @property
    def said(self) -> bool:
        """Say whether a person had said so."""
        return self.rule == JOINED

    @property
    def unborn(self) -> bool:
        """Say whether they were not born yet: a birth waits for a person's word."""
        return self.status == Status.UNBORN


async def last_persons(connection: AsyncConnection, entry_ids: Collection[str]) -> dict[str, Last]:
    """Give whose entries were when their sources dropped them; superseded persons are followed."""
    last: dict[str, Last] = {}
    for part in parts(entry_ids):
        query = (
            select(
                *(AGENCY_LINK.c[name] for name in ("entry_id", "person_id", "rule", "rule_version", "decided_by")),
                PERSON.c.status,
            )
            .join(PERSON, PERSON.c.id == AGENCY_LINK.c.person_id)
            .where(AGENCY_LINK.c.entry_id.in_(part), AGENCY_LINK.c.ended_because == GONE)
            .order_by(AGENCY_LINK.c.ended_at)
        )
        for row in await connection.execute(query):
            last[row.entry_id] = Last(row.person_id, row.status, row.rule, row.rule_version, row.decided_by)
    now = await _now(connection, {one.person_id for one in last.values()})
    return {entry_id: one._replace(person_id=now[one.person_id]) for entry_id, one in last.items()}


async def _now(connection: AsyncConnection, person_ids: Iterable[str]) -> dict[str, str]:
    """Give who persons are by now; whoever is in a circle stays where they were."""
    asked = frozenset(person_ids)
    ahead: dict[str, str | None] = {}
    new = set(asked)
    while new:
        found: dict[str, str | None] = {}
        for part in parts(new):
            query = select(PERSON.c.id, PERSON.c.superseded_by).where(PERSON.c.id.in_(part))
            found |= {row.id: row.superseded_by for row in await connection.execute(query)}
        ahead |= found
        new = {after for after in found.values() if after is not None} - ahead.keys()
    return {person_id: _end(ahead, person_id) for person_id in asked}


def _end(ahead: dict[str, str | None], person_id: str) -> str:
    passed, here = {person_id}, person_id
    while (after := ahead.get(here)) is not None:
        if after in passed:
            return person_id
        passed.add(after)
        here = after
    return here
