"""A second person: a colleague agrees to one worker's looking at one child's records, for a while."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit.entries import new_record_id
from hub.governance.acting import Acting, By, CannotBeDone, Note
from hub.governance.break_glass import ENTITLED
from hub.governance.listing import Listed, Readers, columns_of, listed, seconds, text
from hub.store.database import patience, table
from hub.store.seconds import Now
from hub.store.tables.business import SecondPersonRow

SECOND_PERSON = table(SecondPersonRow)

WORKER: Final = re.compile(r"[!-~]{1,255}")
"""A worker's id as a credential has it (OpenID Connect Core 1.0, section 2: 255 ASCII characters at most)."""

LONGEST: Final = 60
"""Minutes an agreement may last."""


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """An agreement that has not run out."""

    person_id: str
    requester: str = field(repr=False)
    organisation: str


def somebody_agreed(
    agreed: Iterable[SecondPerson], person_ids: frozenset[str], requester: str, organisation: str
) -> bool:
    """Say whether a colleague agreed to this worker's looking at this person's records."""
    return any(a.person_id in person_ids and (a.requester, a.organisation) == (requester, organisation) for a in agreed)


async def agree(acting: Acting, person_id: str, requester: str, minutes: int, by: By) -> str:
    """Agree, as somebody of the same organisation whose role meets children in danger; gives the agreement's id."""
    if WORKER.fullmatch(requester) is None:
        raise CannotBeDone("no-worker", "name the worker by their id at the identity provider, as sign-in has it")
    if by.subject.strip() == requester:
        raise CannotBeDone("oneself", "somebody else must agree")
    if by.role not in {role.value for role in ENTITLED}:
        raise CannotBeDone("role-not-entitled", "this role may not agree to it")
    if not 1 <= minutes <= LONGEST:
        raise CannotBeDone("too-long", f"it lasts from 1 to {LONGEST} minutes")
    row_id = new_record_id()

    async def change(connection: AsyncConnection) -> None:
        await connection.execute(
            insert(SECOND_PERSON).values(
                id=row_id,
                person_id=person_id,
                requester=requester,
                organisation=by.organisation,
                agreed_by=by.subject,
                began=Now(),
                until=Now() + minutes * 60,
            )
        )

    await acting.act(by, change, Note("second-person-agreed", row_id, person_id))
    return row_id


@dataclass(frozen=True, slots=True)
class Agreed:
    """An agreement as an officer sees it in a list; moments are seconds by the database's clock."""

    id: str
    person_id: str
    requester: str = field(repr=False)
    organisation: str
    agreed_by: str = field(repr=False)
    began: int
    until: int
    now: int

    @property
    def state(self) -> str:
        """``lasts`` or ``over``."""
        return "lasts" if self.until > self.now else "over"


_READERS: Readers = {
    **dict.fromkeys(("id", "person_id", "requester", "organisation", "agreed_by"), text),
    **dict.fromkeys(("began", "until"), seconds),
}


async def agreements_of_second_persons(acting: Acting, organisation: str | None = None) -> Listed[Agreed]:
    """Give every agreement, or one organisation's, over or not, the newest first."""
    query = select(*columns_of(SECOND_PERSON, _READERS), Now().label("now"))
    if organisation is not None:
        query = query.where(SECOND_PERSON.c.organisation == organisation)
    async with patience(), acting.database.read() as connection:
        rows = (await connection.execute(query.order_by(SECOND_PERSON.c.began.desc(), SECOND_PERSON.c.id))).all()
    build = partial(Agreed, now=rows[0].now if rows else 0)
    return listed("second person's agreement", rows, _READERS, build, ("organisation",))
