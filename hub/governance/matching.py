"""Matching: a worker says who is who. Written down in the ledger first, then done, and true everywhere at once.

The words of why are sealed beside the links; the ledger has what was done, by whom, and of which person.
"""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.governance.acting import Acting, By, CannotBeDone, Note
from hub.people import births, who_is_who
from hub.people.decisions import CannotDecide
from hub.people.index import PersonIndex

LONGEST = 2_000
"""Characters of the words that are sealed beside a decision."""

_WHY = {
    "no-such-person": "the hub knows no person of that id",
    "no-such-entry": "that source holds nothing of this person",
    "nothing-to-part": "nobody else holds anything of this person: there is nothing to split",
    "said-to-be-different": "somebody said that these are different people; that must be taken back first",
    "not-said-to-be-different": "nobody said that these are different people",
    "not-unborn": "this person is no unborn child",
    "no-date-of-birth": "no source gives this child a date of birth yet: the birth is confirmed once one does",
    "birth-not-confirmed": "nobody confirmed this child's birth",
    "joined-since": "something else was linked to this child since; split it off first",
    "the-same-person": "these are one person already",
}


async def confirm(acting: Acting, index: PersonIndex, person_id: str, other_id: str, reason: str, by: By) -> str:
    """Say that two are one; gives the id that both have now."""
    tools = index.deciding()

    async def change(connection: AsyncConnection) -> None:
        await who_is_who.confirm(tools, connection, person_id, other_id, by.subject, reason)

    await _act(acting, by, change, Note("same-person-confirmed", other_id, person_id))
    return person_id


async def reject(acting: Acting, index: PersonIndex, person_id: str, other_id: str, reason: str, by: By) -> str:
    """Say that two are not one."""
    tools = index.deciding()

    async def change(connection: AsyncConnection) -> None:
        await who_is_who.reject(tools, connection, person_id, other_id, by.subject, reason)

    await _act(acting, by, change, Note("same-person-rejected", other_id, person_id))
    return other_id


async def split(acting: Acting, index: PersonIndex, person_id: str, source_id: str, reason: str, by: By) -> str:
    """Say that what a source holds is not this person's; gives whose it is now."""
    tools, now = index.deciding(), list[str]()

    async def change(connection: AsyncConnection) -> None:
        now.append(await who_is_who.split(tools, connection, person_id, source_id, by.subject, reason))

    await _act(acting, by, change, Note("person-split", source_id, person_id))
    return now[0]


async def withdraw(acting: Acting, index: PersonIndex, person_id: str, other_id: str, by: By) -> str:
    """Take back that two are not one."""
    tools = index.deciding()

    async def change(connection: AsyncConnection) -> None:
        await who_is_who.withdraw(tools, connection, person_id, other_id, by.subject)

    await _act(acting, by, change, Note("same-person-rejection-withdrawn", other_id, person_id))
    return other_id


async def confirm_birth(acting: Acting, index: PersonIndex, person_id: str, reason: str, by: By) -> str:
    """Say that an unborn child was born; gives their id, which stays."""
    tools = index.deciding()

    async def change(connection: AsyncConnection) -> None:
        await births.confirm_birth(tools, connection, person_id, by.subject, reason)

    await _act(acting, by, change, Note("birth-confirmed", "one-person", person_id))
    return person_id


async def withdraw_birth(acting: Acting, index: PersonIndex, person_id: str, reason: str, by: By) -> str:
    """Take back that an unborn child was born."""
    tools = index.deciding()

    async def change(connection: AsyncConnection) -> None:
        await births.withdraw_birth(tools, connection, person_id, by.subject, reason)

    await _act(acting, by, change, Note("birth-withdrawn", "one-person", person_id))
    return person_id


async def _act(acting: Acting, by: By, change: Callable[[AsyncConnection], Awaitable[None]], note: Note) -> None:
    try:
        await acting.act(by, change, note)
    except CannotDecide as refused:
        raise CannotBeDone(refused.code, _WHY[refused.code]) from None
