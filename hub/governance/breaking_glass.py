"""Breaking glass: a grant is asked for, ended and reviewed. Each is in the ledger first; without it nothing opens."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit.entries import new_record_id
from hub.governance.acting import Acting, By, CannotBeDone, Note
from hub.governance.authority import agencies_there_are, is_agency
from hub.governance.break_glass import (
    ENTITLED,
    IN_A_DAY,
    LONGEST,
    OVERDUE,
    REVIEW_WITHIN,
    GlassReason,
    Grant,
    ReviewOutcome,
)
from hub.governance.listing import Listed, Readers, columns_of, listed, one_of, seconds, text, text_or_none
from hub.governance.notices import Kept, Sender, deliver, leave
from hub.governance.rows import agencies, words
from hub.governance.sealed_words import SealedWords
from hub.governance.standing_read import GRANT
from hub.people.known import KnownPerson, followed
from hub.store.database import patience
from hub.store.seconds import Now
from policies.vocabulary import Role

GRANTED = "break-glass-granted"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a worker asks for: one person's records at some agencies, for some minutes, and why."""

    person_id: str
    owners: frozenset[str]
    reason: GlassReason
    text: str
    reference: str
    minutes: int = LONGEST


async def break_glass(acting: Acting, asked: Asked, by: By, sender: Sender | None = None) -> Grant:
    """Open one person's records to one worker; CannotBeDone says why not. Both agencies' leads are told at once.

    The grant is kept under the id the person goes by now, and looked for under every one.
    """
    _insist(asked, by, await agencies_there_are(acting))
    person = await _person(acting, asked.person_id)
    asked = replace(asked, person_id=person.id)
    grant_id = new_record_id()
    found: list[Row[Any]] = []

    async def change(connection: AsyncConnection) -> None:
        await _none_open(connection, person.aliases | {person.id}, by)
        await _looked_after(connection, by)
        await connection.execute(insert(GRANT).values(_values(acting, grant_id, asked, by)))
        await leave(connection, {by.organisation, *asked.owners}, GRANTED, grant_id)
        found.append((await connection.execute(select(GRANT.c.until).where(GRANT.c.id == grant_id))).one())

    facts = {"reason": asked.reason.value, "minutes": f"m-{asked.minutes}"}
    facts |= {f"owner-{n}": owner for n, owner in enumerate(sorted(asked.owners), 1)}
    await acting.act(by, change, Note(GRANTED, grant_id, asked.person_id, facts))
    await deliver(acting.database, sender or Kept())
    until = int(found[0].until)
    return Grant(grant_id, asked.person_id, by.subject, by.role, by.organisation, asked.owners, asked.reason, until)


def _insist(asked: Asked, by: By, agencies: frozenset[str]) -> None:
    wrong = {
        "role-not-entitled": by.role not in {role.value for role in ENTITLED},
        "no-person": not asked.person_id.strip(),
        "no-agency": not asked.owners or not all(is_agency(owner, agencies) for owner in asked.owners),
        "no-reason": not asked.text.strip(),
        "no-reference": not asked.reference.strip(),
        "too-long": not 1 <= asked.minutes <= LONGEST,
    }
    for code, is_wrong in wrong.items():
        if is_wrong:
            raise CannotBeDone(code, _WHY[code])


_WHY = {
    "role-not-entitled": "this role may not break glass",
    "no-person": "name the one person it is for",
    "no-such-person": "the hub knows no person of that id",
    "no-agency": "name the agencies whose records are to be opened, all of them agencies that there are",
    "no-reason": "say in words why",
    "no-reference": "give the case reference",
    "too-long": f"it lasts from 1 to {LONGEST} minutes",
    "already-open": "you have emergency access to this person already; it must end first",
    "reviews-overdue": f"{OVERDUE} of your emergency accesses are overdue for review: have them reviewed",
    "too-many": f"you had emergency access {IN_A_DAY} times in 24 hours: a colleague may ask for it",
    "no-such-grant": "there is no such grant",
    "not-open": "it is over already",
    "still-open": "it is still open; it is reviewed when it has ended",
    "reviewed": "it was reviewed already",
    "own-grant": "somebody else reviews it",
    "not-yours": "it concerns neither your agency's workers nor its records",
    "not-an-officer": "an information governance officer reviews it",
}


async def _person(acting: Acting, person_id: str) -> KnownPerson:
    """Give whom an id leads to now. A person who is sealed is somebody: nobody is told that they are."""
    found = (await followed(acting.database, acting.sealer, [person_id])).get(person_id)
    if found is None:
        raise CannotBeDone("no-such-person", _WHY["no-such-person"])
    return found


async def _none_open(connection: AsyncConnection, person_ids: frozenset[str], by: By) -> None:
    same = (GRANT.c.person_id.in_(sorted(person_ids)), GRANT.c.requester == by.subject, GRANT.c.until > Now())
    if (await connection.execute(select(GRANT.c.id).where(*same))).first():
        raise CannotBeDone("already-open", _WHY["already-open"])


async def _looked_after(connection: AsyncConnection, by: By) -> None:
    """Refuse another grant to a worker whose earlier ones nobody looked at in time, or who had too many of late."""
    late = (GRANT.c.reviewed_at.is_(None), GRANT.c.review_due < Now())
    recent = GRANT.c.began > Now() - 24 * 60 * 60
    for code, most, which in (("reviews-overdue", OVERDUE, late), ("too-many", IN_A_DAY, (recent,))):
        if await _count(connection, GRANT.c.requester == by.subject, *which) >= most:
            raise CannotBeDone(code, _WHY[code])


async def _count(connection: AsyncConnection, *which: ColumnElement[bool]) -> int:
    return int((await connection.execute(select(func.count()).select_from(GRANT).where(*which))).scalar_one())


def _values(acting: Acting, grant_id: str, asked: Asked, by: By) -> dict[str, Any]:
    sealed = SealedWords(acting.sealer, GRANT.name, grant_id)
    until = Now() + asked.minutes * 60
    return {
        "id": grant_id,
        "person_id": asked.person_id,
        "requester": by.subject,
        "role": by.role,
        "organisation": by.organisation,
        "owners": words(asked.owners),
        "reason": asked.reason,
        "began": Now(),
        "until": until,
        "review_due": until + REVIEW_WITHIN,
        **sealed.seal(text_ct=asked.text, reference_ct=asked.reference),
    }


@dataclass(frozen=True, slots=True)
class Task:
    """A grant as whoever reviews it sees it in a list; moments are seconds by the database's clock."""

    id: str
    person_id: str
    requester: str
    role: str
    organisation: str
    owners: frozenset[str]
    reason: GlassReason
    began: int
    until: int
    ended_by: str | None
    review_due: int
    reviewed_by: str | None
    outcome: ReviewOutcome | None
    now: int

    @property
    def state(self) -> str:
        """``open``, ``to review``, ``overdue`` or ``reviewed``."""
        if self.outcome is not None:
            return "reviewed"
        if self.until > self.now:
            return "open"
        return "overdue" if self.review_due < self.now else "to review"


_READERS: Readers = {
    **dict.fromkeys(("id", "person_id", "requester", "role", "organisation"), text),
    "owners": agencies,
    "reason": one_of(GlassReason),
    **dict.fromkeys(("began", "until", "review_due"), seconds),
    **dict.fromkeys(("ended_by", "reviewed_by"), text_or_none),
    "outcome": lambda written: ReviewOutcome[written] if written is not None else None,
}


async def tasks(acting: Acting, grant_id: str | None = None) -> Listed[Task]:
    """Give every grant, newest first, or one; those that cannot be read are named beside."""
    query = select(*columns_of(GRANT, _READERS), Now().label("now")).order_by(GRANT.c.began.desc(), GRANT.c.id)
    if grant_id is not None:
        query = query.where(GRANT.c.id == grant_id)
    async with patience(), acting.database.read() as connection:
        rows = (await connection.execute(query)).all()
    build = partial(Task, now=rows[0].now if rows else 0)
    return listed("emergency access", rows, _READERS, build, ("organisation", "owners"))


async def _one(acting: Acting, grant_id: str) -> Task:
    found = (await tasks(acting, grant_id)).only()
    if found is None:
        raise CannotBeDone("no-such-grant", _WHY["no-such-grant"])
    return found


async def end(acting: Acting, grant_id: str, by: By) -> None:
    """End a grant now: by the worker whose it is, or by an officer of an agency it concerns."""
    task = await _one(acting, grant_id)
    if task.state != "open":
        raise CannotBeDone("not-open", _WHY["not-open"])
    if by.subject != task.requester:
        _officer(task, by)

    async def change(connection: AsyncConnection) -> None:
        sooner = update(GRANT).where(GRANT.c.id == grant_id, GRANT.c.until > Now())
        await connection.execute(sooner.values(until=Now(), review_due=Now() + REVIEW_WITHIN, ended_by=by.subject))

    await acting.act(by, change, Note("break-glass-ended", grant_id, task.person_id))


async def review(acting: Acting, grant_id: str, outcome: ReviewOutcome, by: By) -> None:
    """Say what the review found: once, after it ended, by an officer of an agency it concerns."""
    task = await _one(acting, grant_id)
    _officer(task, by)
    if task.state in {"open", "reviewed"}:
        code = "still-open" if task.state == "open" else "reviewed"
        raise CannotBeDone(code, _WHY[code])

    async def change(connection: AsyncConnection) -> None:
        once = update(GRANT).where(GRANT.c.id == grant_id, GRANT.c.reviewed_at.is_(None))
        values = {"reviewed_at": Now(), "reviewed_by": by.subject, "outcome": outcome}
        if (await connection.execute(once.values(values))).rowcount == 0:
            raise CannotBeDone("reviewed", _WHY["reviewed"])

    facts = {"outcome": outcome.value}
    await acting.act(by, change, Note("break-glass-reviewed", grant_id, task.person_id, facts))


async def read_words(acting: Acting, grant_id: str, by: By) -> tuple[str, str]:
    """Open the words and the case reference of a grant for whoever reviews it; that they were read is written down."""
    task = await _one(acting, grant_id)
    _officer(task, by)
    await acting.note(by, Note("break-glass-read", grant_id, task.person_id))
    async with patience(), acting.database.read() as connection:
        row = (await connection.execute(select(GRANT).where(GRANT.c.id == grant_id))).one()
    text, reference = SealedWords(acting.sealer, GRANT.name, grant_id).open(row, "text_ct", "reference_ct")
    return text, reference


def _officer(task: Task, by: By) -> None:
    if by.subject == task.requester:
        raise CannotBeDone("own-grant", _WHY["own-grant"])
    if by.role != Role.IG_OFFICER.value:
        raise CannotBeDone("not-an-officer", _WHY["not-an-officer"])
    if by.organisation not in {task.organisation, *task.owners}:
        raise CannotBeDone("not-yours", _WHY["not-yours"])
