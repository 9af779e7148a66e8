"""Returning: an entry that its source dropped and names again, unchanged, is still whom a person said it was.

A feed that leaves somebody out for a night must not undo what a worker decided: what was recorded of the joined
person, a refusal among it, would no longer be found for what the source holds.
"""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.people.decisions import JOINED
from hub.people.reading import GONE, parts
from hub.store.tables.people import AGENCY_LINK, PERSON


class Said(NamedTuple):
    """Whose an entry was by a person's word, and who gave it."""

    person_id: str
    rule_version: str
    decided_by: str


async def said_before(connection: AsyncConnection, entry_ids: Collection[str]) -> dict[str, Said]:
    """Give whose entries were, by a person's word, when their sources dropped them; superseded persons are followed."""
    last: dict[str, tuple[str, Said]] = {}
    for part in parts(entry_ids):
        query = (
            select(*(AGENCY_LINK.c[n] for n in ("entry_id", "person_id", "rule", "rule_version", "decided_by")))
            .where(AGENCY_LINK.c.entry_id.in_(part), AGENCY_LINK.c.ended_because == GONE)
            .order_by(AGENCY_LINK.c.ended_at)
        )
        for row in await connection.execute(query):
            last[row.entry_id] = (row.rule, Said(row.person_id, row.rule_version, row.decided_by))
    said = {entry_id: one for entry_id, (rule, one) in last.items() if rule == JOINED}
    return {e: one._replace(person_id=await _now(connection, one.person_id)) for e, one in said.items()}


async def _now(connection: AsyncConnection, person_id: str) -> str:
    """Give who a person is by now; one in a circle stays where the circle was met."""
    passed = {person_id}
    while True:
        query = select(PERSON.c.superseded_by).where(PERSON.c.id == person_id)
        ahead: str | None = (await connection.execute(query)).scalar_one_or_none()
        if ahead is None or ahead in passed:
            return person_id
        passed.add(ahead)
        person_id = ahead
