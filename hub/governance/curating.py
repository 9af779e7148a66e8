"""Curating: a chronology somebody drew up of a child, kept under a name so that they can come back to it.

It is the hub's own and no part of any agency's record: it names events by their source and opaque id and keeps what
its writer added. Of what an event said there is a keyed digest for each field, so that a later opening can tell that
it changed; the key lies in the row, sealed with the rest. Only its writer opens it, until its time is over.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2s
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, delete, func, insert, not_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit.entries import new_record_id
from hub.governance.acting import Acting, By, CannotBeDone, Note
from hub.governance.lasting import DAY
from hub.governance.sealed_words import SealedWords
from hub.store.database import patience, table
from hub.store.seconds import Now
from hub.store.tables.users import CuratedRow

CURATED: Final = table(CuratedRow)

LONGEST_NAME: Final = 80
LONGEST_ABOUT: Final = 1_000
LONGEST_NOTE: Final = 500
MOST: Final = 20
"""Chronologies one worker keeps of one child."""
_SALT: Final = 16
_DIGEST: Final = 8

CHANGED_MEANWHILE: Final = CannotBeDone("changed-meanwhile", "it was changed in another window: open it again")


@dataclass(frozen=True, slots=True)
class Chosen:
    """One event of it: whether it is left out, what its writer notes, what was made of it, and how it read then.

    ``judged`` is the id of the judgement its writer was shown, or empty; ``read`` a digest of each field that was
    shown, by the field's name.
    """

    source: str
    event: str
    left_out: bool = False
    note: str = field(default="", repr=False)
    judged: str = ""
    read: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def key(self) -> tuple[str, str]:
        """Give what the event is known by."""
        return self.source, self.event


@dataclass(frozen=True, slots=True)
class Curated:
    """A chronology that somebody drew up. Times are in seconds by the database's clock."""

    id: str
    person_id: str
    by: By
    purpose: str
    newest_first: bool
    name: str = field(repr=False)
    about: str = field(repr=False)
    events: tuple[Chosen, ...] = ()
    saved: int = 0
    changed: int = 0
    edition: int = 0
    until: int = 0
    """The last second it is kept, unless it is changed before; 0 where it is not stored yet."""
    salt: str = field(default_factory=lambda: secrets.token_hex(_SALT), repr=False)

    def digests(self, said: Mapping[str, str]) -> Mapping[str, str]:
        """Give digests of what an event says, by field: those of another chronology tell nothing beside them."""
        key = bytes.fromhex(self.salt)
        return {
            name: blake2s(f"{name}\x1f{text}".encode(), key=key, digest_size=_DIGEST).hexdigest()
            for name, text in said.items()
        }

    def of(self, key: tuple[str, str]) -> Chosen | None:
        """Give what it says of an event."""
        return next((one for one in self.events if one.key == key), None)

    def with_event(self, chosen: Chosen) -> "Curated":
        """Give it with one event as it is now chosen."""
        left = tuple(one for one in self.events if one.key != chosen.key)
        return replace(self, events=(*left, chosen))


@dataclass(frozen=True, slots=True)
class Kept:
    """Whatever somebody keeps of a child: what could be opened, oldest first, and the ids of what could not."""

    found: tuple[Curated, ...] = ()
    damaged: tuple[str, ...] = ()


def faults(name: str, about: str) -> dict[str, str]:
    """Say what is wrong with a name and what it is for, by field; nothing where nothing is."""
    wrong = {}
    if not name.strip() or len(name) > LONGEST_NAME:
        wrong["name"] = f"Give it a name of at most {LONGEST_NAME} characters"
    if len(about) > LONGEST_ABOUT:
        wrong["about"] = f"Say what it is for in at most {LONGEST_ABOUT} characters"
    return wrong


async def save(acting: Acting, new: Curated) -> str:
    """Keep a new one; gives its id."""
    for says in faults(new.name, new.about).values():
        raise CannotBeDone("wrong-words", says)
    kept = replace(new, id=new_record_id(), edition=1)
    mine = _mine(acting, [new.person_id], new.by)

    async def change(connection: AsyncConnection) -> None:
        held = await connection.execute(select(func.count()).select_from(CURATED).where(*mine))
        if held.scalar_one() >= MOST:
            raise CannotBeDone("too-many", f"you keep {MOST} of this child: take one away first")
        await connection.execute(insert(CURATED).values(_values(acting, kept) | _whose(kept) | {"saved": Now()}))

    await acting.act(new.by, change, _note("chronology-saved", kept))
    return kept.id


async def alter(acting: Acting, altered: Curated) -> None:
    """Keep it as it is now, unless somebody changed it since it was opened."""
    for says in faults(altered.name, altered.about).values():
        raise CannotBeDone("wrong-words", says)
    if any(len(one.note) > LONGEST_NOTE for one in altered.events):
        raise CannotBeDone("too-many-words", f"Use at most {LONGEST_NOTE} characters")
    kept = replace(altered, edition=altered.edition + 1)
    same = (CURATED.c.id == kept.id, CURATED.c.edition == altered.edition)

    async def change(connection: AsyncConnection) -> None:
        done = await connection.execute(update(CURATED).where(*same).values(_values(acting, kept)))
        if not done.rowcount:
            raise CHANGED_MEANWHILE

    await acting.act(kept.by, change, _note("chronology-changed", kept))


async def take_away(acting: Acting, curated: Curated) -> None:
    """Take it away for good: nothing of it stays but that it was, in the ledger."""

    async def change(connection: AsyncConnection) -> None:
        await connection.execute(delete(CURATED).where(CURATED.c.id == curated.id))

    await acting.act(curated.by, change, _note("chronology-taken-away", curated))


async def kept_of(acting: Acting, person_ids: Iterable[str], by: By) -> Kept:
    """Give what somebody keeps of a child: what is another's, or of another organisation they worked for, is not."""
    query = select(CURATED).where(*_mine(acting, person_ids, by)).order_by(CURATED.c.saved, CURATED.c.id)
    async with patience(), acting.database.read() as connection:
        rows = (await connection.execute(query)).all()
    found, damaged = [], []
    for row in rows:
        try:
            found.append(_opened(acting, row, by))
        except (CannotBeDone, KeyError, ValueError, TypeError):
            damaged.append(str(row.id))
    return Kept(tuple(found), tuple(damaged))


def over(days: int) -> ColumnElement[bool]:
    """Say whose time is over: so many days since its last change, by the database's clock."""
    return CURATED.c.changed < Now() - days * DAY


def _mine(acting: Acting, person_ids: Iterable[str], by: By) -> tuple[ColumnElement[bool], ...]:
    return (
        not_(over(acting.saved_days)),
        CURATED.c.person_id.in_(list(person_ids)),
        CURATED.c.saved_by == by.subject,
        CURATED.c.organisation == by.organisation,
    )


def _whose(kept: Curated) -> dict[str, Any]:
    return {
        "id": kept.id,
        "person_id": kept.person_id,
        "saved_by": kept.by.subject,
        "role": kept.by.role,
        "organisation": kept.by.organisation,
        "purpose": kept.purpose,
    }


def _values(acting: Acting, kept: Curated) -> dict[str, Any]:
    """Give what changes with every change; the words and the choice of events sealed."""
    events = [[e.source, e.event, e.left_out, e.note, e.judged, dict(e.read)] for e in kept.events]
    text = orjson.dumps({"name": kept.name, "about": kept.about, "salt": kept.salt, "events": events}).decode()
    sealed = SealedWords(acting.sealer, CURATED.name, kept.id).seal(text_ct=text)
    return {"newest_first": kept.newest_first, "changed": Now(), "edition": kept.edition, **sealed}


def _opened(acting: Acting, row: Any, by: By) -> Curated:
    said = orjson.loads(SealedWords(acting.sealer, CURATED.name, row.id).open(row, "text_ct")[0])
    whose = (row.id, row.person_id, By(by.subject, by.role, by.organisation), row.purpose, bool(row.newest_first))
    events = tuple(Chosen(*one) for one in said["events"])
    when = (row.saved, row.changed, row.edition, row.changed + acting.saved_days * DAY)
    return Curated(*whose, said["name"], said["about"], events, *when, said["salt"])


def _note(name: str, kept: Curated) -> Note:
    out = sum(one.left_out for one in kept.events)
    return Note(name, kept.id, kept.person_id, {"events": f"n-{len(kept.events)}", "left-out": f"n-{out}"})
