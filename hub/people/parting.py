"""Parting: an entry leaves its person. What protects the one must not silently stop protecting the other.

Refusals, objections, decisions not to share and flags that protect are carried to both, as rows of their own, in the
transaction of the parting itself; consent that was given is carried to nobody. Each is left to be looked at: an
officer says whether it stays (``hub/governance/partings.py``). Sealed identities are no part of it: they seal.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Insert, Row, Table, insert, literal, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit.entries import new_record_id
from hub.people import protection
from hub.people.linking import Group
from hub.people.sealing import Place, Sealer, Tampered
from hub.store.database import table
from hub.store.seconds import Now
from hub.store.tables.governance import ConsentRow, NotSharingRow, ObjectionRow
from hub.store.tables.parting import PartingRow
from hub.store.tables.people import PERSON
from policies.facts import ConsentState, ObjectionState
from schema.labels import Label

PARTING = table(PartingRow)
CONSENT, OBJECTION, NOT_SHARING = table(ConsentRow), table(ObjectionRow), table(NotSharingRow)

_Said = tuple["What", tuple[object, ...], Row[Any]]
"""A row that is recorded: of what, what it says in the columns by which two say the same, and the row."""


class Because(StrEnum):
    """Why an entry left its person."""

    SPLIT = "SPLIT"
    CONTRADICTED = "CONTRADICTED"
    RETURNED = "RETURNED"


class What(StrEnum):
    """What is to be looked at."""

    CONSENT = "CONSENT"
    OBJECTION = "OBJECTION"
    NOT_SHARING = "NOT_SHARING"
    FLAG = "FLAG"
    NOTHING = "NOTHING"


TABLES: Final[Mapping[What, Table]] = {
    What.CONSENT: CONSENT,
    What.OBJECTION: OBJECTION,
    What.NOT_SHARING: NOT_SHARING,
}
"""Where carried rows are."""

_READ: Final[Mapping[What, tuple[Table, ColumnElement[bool], tuple[str, ...]]]] = {
    What.CONSENT: (CONSENT, true(), ("giver", "services", "kinds", "purposes", "recipients", "state")),
    What.OBJECTION: (OBJECTION, OBJECTION.c.state != ObjectionState.OVERRULED.value, ("provider", "services", "state")),
    What.NOT_SHARING: (NOT_SHARING, NOT_SHARING.c.ended_at.is_(None), ("provider", "services", "kinds")),
}
"""Which rows stand, and the columns by which two of them say the same."""


@dataclass(frozen=True, slots=True)
class Parting:
    """One source's entry that left a person: who they were, who they are, and the flags on either side.

    ``said`` are, of who stayed and of who is gone, the flags their own entries have: whatever other they have was
    carried to them, and may be lifted again.
    ``both`` says that the one who is left is protected by what was the other's too; it is not where the entry had
    ended before: then the source said so. ``told`` that it is to be looked at though nothing protected anybody.
    """

    person_id: str
    other_id: str
    source_id: str
    because: Because
    stayed: frozenset[Label] = frozenset()
    gone: frozenset[Label] = frozenset()
    said: tuple[frozenset[Label], frozenset[Label]] = (frozenset(), frozenset())
    both: bool = True
    told: bool = False


def parting_of(
    was: Group, now: Group, source_id: str, because: Because, *, both: bool = True, told: bool = False
) -> Parting:
    """Give what was parted, once the entries of both stand as they do now; a sealed flag is no part of it."""
    said = (_said(was), _said(now))
    stayed, gone = (group.labels - protection.SEALING | its for group, its in zip((was, now), said, strict=True))
    return Parting(was.id, now.id, source_id, because, stayed, gone, said, both, told)


def _said(group: Group) -> frozenset[Label]:
    """Give the flags a person's own entries have."""
    return frozenset[Label]().union(*(entry.labels for entry in group.entries.values())) - protection.SEALING


async def part_ways(connection: AsyncConnection, sealer: Sealer, parting: Parting) -> None:
    """Carry what protects, after the links were written."""
    one, other = [await _ids(connection, i) for i in (parting.person_id, parting.other_id)]
    recorded = await _recorded(connection, one | other)
    carried = await _carry(connection, sealer, parting, parting.other_id, other, recorded)
    stayed = parting.stayed | await _held(connection, parting.person_id)
    said_of_stayed, said_of_gone = parting.said
    carried += await _flag(connection, parting, parting.other_id, stayed - said_of_gone)
    if parting.both:
        carried += await _carry(connection, sealer, parting, parting.person_id, one, recorded)
        carried += await _flag(connection, parting, parting.person_id, parting.gone - said_of_stayed)
    if not carried and parting.told:
        await _leave(connection, parting, parting.other_id, What.NOTHING)


async def _ids(connection: AsyncConnection, person_id: str) -> frozenset[str]:
    """Give every id that leads to a person, their own among them."""
    found, new = {person_id}, {person_id}
    while new:
        query = select(PERSON.c.id).where(PERSON.c.superseded_by.in_(new))
        new = {row.id for row in await connection.execute(query)} - found
        found |= new
    return frozenset(found)


async def _recorded(connection: AsyncConnection, ids: Iterable[str]) -> list[_Said]:
    """Give what is recorded of whoever goes by these ids, now, while they are still taken for one, in its order.

    Only what names a row is read of it: one that nobody can understand closes what it is about, and is carried too.
    """
    found, named = list[_Said](), list(ids)
    for what, (kept, standing, names) in _READ.items():
        more = () if what is What.CONSENT else ("provider", "key_ct", "text_ct")
        order = kept.c.sequence if what is What.CONSENT else kept.c.id
        columns = [kept.c[name] for name in dict.fromkeys(("id", "person_id", *names, *more))]
        query = select(order.label("place"), *columns).where(kept.c.person_id.in_(named), standing).order_by(order)
        found += [(what, tuple(row._mapping[name] for name in names), row) for row in await connection.execute(query)]  # noqa: SLF001 -- SQLAlchemy's public name
    return found


def _protecting(recorded: Iterable[_Said]) -> dict[tuple[object, ...], _Said]:
    """Give what protects, each once: of consent the newest word of each giver on the same, where it is no yes."""
    newest = {(one[0], *(one[1][:-1] if one[0] is What.CONSENT else one[1])): one for one in recorded}
    given = ConsentState.GIVEN.value
    return {(w, *key): (w, key, row) for w, key, row in newest.values() if w is not What.CONSENT or key[-1] != given}


async def _carry(
    connection: AsyncConnection,
    sealer: Sealer,
    parting: Parting,
    to: str,
    own: frozenset[str],
    recorded: Sequence[_Said],
) -> int:
    """Give a person what protects the other; what protects themselves already is theirs."""
    theirs = _protecting(one for one in recorded if one[2].person_id in own)
    carried = [(what, row) for key, (what, _, row) in _protecting(recorded).items() if key not in theirs]
    for what, row in carried:
        row_id = new_record_id()
        given: dict[str, object] = {"id": row_id, "person_id": to}
        if what is not What.CONSENT:
            given |= _resealed(sealer, TABLES[what].name, row, row_id)
        await connection.execute(_copy(TABLES[what], row, given))
        await _leave(connection, parting, to, what, row_id, getattr(row, "provider", ""))
    return len(carried)


def _copy(kept: Table, row: Row[Any], given: Mapping[str, object]) -> Insert:
    """Copy a row as it stands in the database, but for what is given; its count is the database's to give."""
    names = [c.name for c in kept.c if c.name != "sequence"]
    values = [literal(given[name], kept.c[name].type).label(name) if name in given else kept.c[name] for name in names]
    which = kept.c.sequence == row.place if "sequence" in kept.c else kept.c.id == row.place
    return insert(kept).from_select(names, select(*values).where(which))


def _resealed(sealer: Sealer, name: str, row: Row[Any], row_id: str) -> dict[str, object]:
    """Seal a row's words to the row they are copied into; words that do not open are nobody's to read there either."""
    now = sealer.fresh(Place(name, row_id, 1))
    try:
        text = sealer.unwrap(Place(name, row.id, 1), bytes(row.key_ct)).open("text_ct", bytes(row.text_ct))
    except Tampered:
        text = b""
    return {"key_ct": now.wrapped, "text_ct": now.seal("text_ct", text)}


async def _held(connection: AsyncConnection, person_id: str) -> frozenset[Label]:
    """Give the flags a person has of their own: also of one who has no entry left, to whom they were carried."""
    row = (await connection.execute(select(PERSON.c.labels).where(PERSON.c.id == person_id))).one()
    return protection.read(row.labels) - protection.SEALING


async def _flag(connection: AsyncConnection, parting: Parting, to: str, flags: frozenset[Label]) -> int:
    """Let a person be protected by flags that were the other's; give how many are left to be looked at.

    One they were carried at another parting is left once more: lifted of that, it still protects them by this.
    """
    row = (await connection.execute(select(PERSON.c.labels).where(PERSON.c.id == to))).one()
    held = protection.read(row.labels)
    if flags - held:
        labels = protection.written(held | flags)
        await connection.execute(update(PERSON).where(PERSON.c.id == to).values(labels=labels))
    new = [label for label in sorted(flags) if not await _left(connection, parting, to, label)]
    for label in new:
        await _leave(connection, parting, to, What.FLAG, label.value)
    return len(new)


async def _left(connection: AsyncConnection, parting: Parting, to: str, label: Label) -> bool:
    """Say whether the same flag of the same other, parted by the same source, is left and was not lifted."""
    query = select(PARTING.c.id).where(
        PARTING.c.person_id == to,
        PARTING.c.other_id == _other(parting, to),
        PARTING.c.source_id == parting.source_id,
        PARTING.c.what == What.FLAG.value,
        PARTING.c.reference == label.value,
        PARTING.c.stays.is_distinct_from(0),
    )
    return (await connection.execute(query.limit(1))).first() is not None


def _other(parting: Parting, to: str) -> str:
    return parting.person_id if to == parting.other_id else parting.other_id


async def _leave(
    connection: AsyncConnection, parting: Parting, to: str, what: What, reference: str = "", provider: str = ""
) -> None:
    """Leave something to be looked at."""
    values = {
        "id": new_record_id(),
        "person_id": to,
        "other_id": _other(parting, to),
        "source_id": parting.source_id,
        "because": parting.because.value,
        "what": what.value,
        "reference": reference,
        "provider": provider,
        "at": Now(),
    }
    await connection.execute(insert(PARTING).values(values))
