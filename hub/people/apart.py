"""Apart: whom somebody said to be different people, so that nobody is told again that they may be one."""

from collections.abc import Collection

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.people.reading import parts
from hub.store.tables.people import AGENCY_LINK, KNOWN_DIFFERENT


async def said_apart(connection: AsyncConnection, person_ids: Collection[str]) -> frozenset[frozenset[str]]:
    """Give the pairs among these persons of which somebody said that they are different and nobody took it back."""
    wanted = set(person_ids)
    one, other = AGENCY_LINK.alias(), AGENCY_LINK.alias()
    found: set[frozenset[str]] = set()
    for part in parts(wanted):
        query = (
            select(one.c.person_id, func.coalesce(other.c.person_id, KNOWN_DIFFERENT.c.other_id).label("other"))
            .select_from(KNOWN_DIFFERENT)
            .join(one, and_(one.c.entry_id == KNOWN_DIFFERENT.c.entry_id, one.c.ended_at.is_(None)))
            .join(
                other,
                and_(other.c.entry_id == KNOWN_DIFFERENT.c.other_id, other.c.ended_at.is_(None)),
                isouter=True,
            )
            .where(one.c.person_id.in_(part), KNOWN_DIFFERENT.c.withdrawn_at.is_(None))
        )
        pairs = (frozenset((row.person_id, row.other)) for row in await connection.execute(query))
        found |= {pair for pair in pairs if pair <= wanted}
    return frozenset(found)
