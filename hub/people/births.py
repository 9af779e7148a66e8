"""Births: a person says that an unborn child was born, or takes that back. No rule ever does.

Nobody's entries move: each link is ended and made again to the same person, with who decided, when and why, so that it
stands in the history like any other decision.
"""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.people.decisions import CannotDecide, Deciding
from hub.people.linking import Group, Population, Status
from hub.people.locking import alone
from hub.people.reading import load_persons
from hub.people.writing import Writes
from hub.store.tables.people import AGENCY_LINK

BORN = "birth confirmed by a person"
UNBORN = "birth taken back by a person"


async def confirm_birth(tools: Deciding, connection: AsyncConnection, person_id: str, by: str, reason: str) -> None:
    """Let an unborn child be searched for and linked as any other; refused while no source gives a date of birth."""
    group = await _person(tools, connection, person_id)
    if group.status is not Status.UNBORN:
        raise CannotDecide("not-unborn")
    if not group.profile().births:
        raise CannotDecide("no-date-of-birth")
    await _become(tools, connection, group, Status.ACTIVE, BORN, by, reason)


async def withdraw_birth(tools: Deciding, connection: AsyncConnection, person_id: str, by: str, reason: str) -> None:
    """Let a child be unborn again; refused where nobody confirmed the birth, or another entry came to them since."""
    group = await _person(tools, connection, person_id)
    rules = await _rules(connection, person_id)
    if group.status is not Status.ACTIVE or BORN not in rules:
        raise CannotDecide("birth-not-confirmed")
    if rules != {BORN}:
        raise CannotDecide("joined-since")
    await _become(tools, connection, group, Status.UNBORN, UNBORN, by, reason)


async def _person(tools: Deciding, connection: AsyncConnection, person_id: str) -> Group:
    await alone(connection)
    population = Population(tools.weights)
    await load_persons(connection, tools.sealer, population, {person_id})
    group = population.groups.get(person_id)
    if group is None or group.status not in {Status.UNBORN, Status.ACTIVE}:
        raise CannotDecide("no-such-person")
    return group


async def _rules(connection: AsyncConnection, person_id: str) -> set[str]:
    """Say by what each entry is the person's now."""
    link = AGENCY_LINK.c
    query = select(link.rule).where(link.person_id == person_id, link.ended_at.is_(None))
    return {row.rule for row in await connection.execute(query)}


async def _become(
    tools: Deciding, connection: AsyncConnection, group: Group, status: Status, rule: str, by: str, reason: str
) -> None:
    writes, decision = Writes(tools.sealer), tools.decision(rule, by, reason)
    for entry_id in group.entries:
        writes.unlink(entry_id, decision.decided_at, rule)
        writes.link(entry_id, group, decision)
    group.status = status
    writes.status(group)
    await writes.write(connection)
