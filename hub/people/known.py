"""Known people: what every question about a person starts from, read in one query."""

from collections import Counter, OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.contract import LocalId, Name, Traits
from hub.people import protection
from hub.people.entries import TABLE, Entry, unseal
from hub.people.hashing import Hashers
from hub.people.identifiers import Fault, checked
from hub.people.known_read import At, Mark, marks_in, marks_of, marks_read, people_read
from hub.people.linking import Status
from hub.people.normalise import name_words, postcode
from hub.people.reading import LIVE_LINK, parts
from hub.people.sealing import Place, Sealer
from hub.store.database import Database
from hub.store.tables.people import AGENCY_LINK, PERSON, PERSON_SOURCE
from schema.labels import Label
from schema.services import Service

MOST: Final = 4_096
"""People kept in memory as they were last read, of however many questions."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a person is known: the source, its service, and its own id for them."""

    source_id: str
    service: Service
    local_id: LocalId


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person in the index: their protections, the sources that know them, and whom to ask about instead."""

    id: str
    status: Status
    flags: frozenset[Label]
    links: tuple[Link, ...]
    superseded_by: str | None = None
    aliases: frozenset[str] = frozenset()
    """Every id that leads to this person, its own among them: what was decided under an older one still holds."""
    local_ids: Mapping[str, tuple[LocalId, ...]] = field(init=False, repr=False, compare=False)
    """By which ids each source knows them; made once, since a question looks at it several times."""
    at: frozenset[str] = field(init=False, repr=False, compare=False)
    """The sources that know them."""

    def __post_init__(self) -> None:
        """Put the links in order by their sources."""
        ids: dict[str, tuple[LocalId, ...]] = {}
        for link in self.links:
            ids[link.source_id] = (*ids.get(link.source_id, ()), link.local_id)
        object.__setattr__(self, "local_ids", MappingProxyType(ids))
        object.__setattr__(self, "at", frozenset(ids))

    @property
    def sealed(self) -> bool:
        """Say whether the person is protected: to everybody, as if they were not in the index."""
        return self.status is Status.SEALED


_ENTRIES = (
    select(PERSON_SOURCE)
    .join(AGENCY_LINK, LIVE_LINK)
    .join(PERSON, PERSON.c.id == AGENCY_LINK.c.person_id)
    .where(PERSON.c.id == bindparam("person_id"), PERSON.c.status != Status.SEALED.value)
    .order_by(PERSON_SOURCE.c.source_id, PERSON_SOURCE.c.id)
)


@dataclass(slots=True)
class Read:
    """People as they were read in full, with their marks then; ``again`` is how the marks were last written."""

    people: Mapping[str, KnownPerson]
    marks: frozenset[Mark]
    again: Sequence[Any] = ()

    def holds(self, rows: Sequence[Any]) -> bool:
        """Say whether the marks that were read now are those: then everything else is as it was too."""
        if rows != self.again:
            if marks_of(rows) != self.marks:
                return False
            self.again = rows
        return True


class Kept:
    """Whoever was last read in full, in memory, by the ids asked for together: they hold while their marks do."""

    def __init__(self) -> None:
        """Keep nobody yet."""
        self._read: OrderedDict[tuple[str, ...], Read] = OrderedDict()
        self._people = 0

    def of(self, ids: tuple[str, ...]) -> Read | None:
        """Give what was last read by these ids."""
        return self._read.get(ids)

    def keep(self, ids: tuple[str, ...], read: Read) -> None:
        """Keep it in the place of what was kept by these ids, letting go of what was read first."""
        if ids not in self._read:
            self._people += len(ids)
        self._read[ids] = read
        while self._people > MOST and len(self._read) > 1:
            self._people -= len(self._read.popitem(last=False)[0])


async def known_people(
    database: Database, sealer: Sealer, person_ids: Iterable[str], kept: Kept | None = None
) -> Mapping[str, KnownPerson]:
    """Read persons and where they are known, in one query; those the index does not have are left out.

    Of those in ``kept`` only the marks are read, unless they have changed.
    """
    ids = tuple(dict.fromkeys(person_ids))
    if not ids:
        return {}
    wanted = {f"p{n}": person_id for n, person_id in enumerate(ids)}
    before = kept.of(ids) if kept else None
    if before is not None and before.holds(await marks_read(database.words, len(ids)).rows(database, wanted)):
        return before.people
    rows = list(map(At._make, await people_read(database.words, len(ids)).rows(database, wanted)))
    people = _understood(sealer, rows)
    if kept is not None:
        kept.keep(ids, Read(people, marks_in(rows)))
    return people


def _understood(sealer: Sealer, rows: Iterable[At]) -> Mapping[str, KnownPerson]:
    """Say who the rows tell of."""
    people: dict[str, list[At]] = {}
    earlier: dict[str, set[str]] = {}
    for row in rows:
        if row.status is None:
            earlier.setdefault(row.person_id, set()).add(row.superseded_by or "")
        else:
            people.setdefault(row.person_id, []).append(row)
    return {i: _known(sealer, i, at, earlier.get(i, ())) for i, at in people.items()}


async def followed(
    database: Database, sealer: Sealer, person_ids: Iterable[str], kept: Kept | None = None
) -> dict[str, KnownPerson]:
    """Give, by the id asked about, who it leads to in the end; ids that lead to nobody or in a circle are left out."""
    asked = tuple(dict.fromkeys(person_ids))
    known = dict(await known_people(database, sealer, asked, kept))
    looked = {*asked}
    while ahead := {k.superseded_by for k in known.values() if k.superseded_by} - looked:
        known |= await known_people(database, sealer, ahead)
        looked |= ahead
    return {i: last for i in asked if (last := _last(known, i))}


def _last(known: Mapping[str, KnownPerson], person_id: str) -> KnownPerson | None:
    passed = {person_id}
    person = known.get(person_id)
    while person and person.superseded_by:
        if person.superseded_by in passed:
            return None
        passed.add(person.superseded_by)
        person = known.get(person.superseded_by)
    return person


def _known(
    sealer: Sealer,
    person_id: str,
    rows: Sequence[At],
    earlier: Iterable[str],
) -> KnownPerson:
    status = Status(rows[0].status or "")
    # Nobody is told of a sealed person: to open where they are known would only take time that tells of them.
    linked = [_link(sealer, row.id, row) for row in rows if row.id is not None and status is not Status.SEALED]
    labels = {row.labels for row in rows} | {row.entry_labels for row in rows if row.id is not None}
    return KnownPerson(
        id=person_id,
        status=status,
        flags=frozenset[Label]().union(*map(protection.read, labels)),
        links=tuple(sorted(linked, key=lambda link: (link.source_id, link.local_id))),
        superseded_by=rows[0].superseded_by,
        aliases=frozenset({person_id, *earlier}),
    )


def _link(sealer: Sealer, entry_id: str, row: At) -> Link:
    place = Place(TABLE, entry_id, row.version)
    local_id = sealer.unwrap(place, bytes(row.key_ct)).open("local_ct", bytes(row.local_ct)).decode()
    return Link(row.source_id, Service(row.service), LocalId(local_id))


async def known_traits(connection: AsyncConnection, sealer: Sealer, person_id: str) -> Traits:
    """Give what identifies a person, for tracing at a source with no feed; nothing of a sealed person's."""
    rows = (await connection.execute(_ENTRIES, {"person_id": person_id})).all()
    return together([unseal(sealer, row) for row in rows])


def together(entries: Collection[Entry]) -> Traits:
    """Put entries' traits together, the value most of them hold first; a protected address is left out."""
    held = [entry.traits for entry in entries]
    hidden = any(entry.labels & protection.HIDES_ADDRESS for entry in entries)
    places = [] if hidden else held
    return Traits(
        names=_names(held),
        date_of_birth=_most(t.date_of_birth for t in held),
        expected_date_of_birth=_most(t.expected_date_of_birth for t in held),
        sex=_most(t.sex for t in held),
        postcodes=_postcodes(places),
        address=_most(t.address for t in places),
        identifiers=_identifiers(held),
    )


def _names(held: Iterable[Traits]) -> tuple[Name, ...]:
    """Give current names, the commonest first, then former ones; spellings that normalise alike are one."""
    written: dict[tuple[object, ...], Name] = {}
    counted: Counter[tuple[object, ...]] = Counter()
    for traits in held:
        for place, name in enumerate(traits.names):
            form = (name_words(name.given), name_words(name.family))
            written.setdefault(form, name)
            counted[form] += 1000 if place == 0 else 1
    return tuple(written[form] for form, _ in counted.most_common())


def _postcodes(held: Iterable[Traits]) -> tuple[str, ...]:
    counted: Counter[str] = Counter()
    for traits in held:
        for place, text in enumerate(traits.postcodes):
            if code := postcode(text):
                counted[f"{code[:-3]} {code[-3:]}"] += 1000 if place == 0 else 1
    return tuple(code for code, _ in counted.most_common())


def _identifiers(held: Iterable[Traits]) -> tuple[Any, ...]:
    readable = (
        (system, value)
        for traits in held
        for system, text in traits.identifiers
        if not isinstance(value := checked(system, text), Fault)
    )
    return tuple(pair for pair, _ in Counter(readable).most_common())


def _most(values: Iterable[Any]) -> Any:
    counted: Counter[str | date] = Counter(v for v in values if v)
    return counted.most_common(1)[0][0] if counted else None


NOBODY = ("", LocalId(""))
"""A source and local id that nobody has: looked for where nobody is named, so that it takes as long."""


async def persons_by_local(
    connection: AsyncConnection, hasher: Hashers, places: Iterable[tuple[str, LocalId]]
) -> dict[tuple[str, LocalId], str]:
    """Give the persons whom local ids of sources stand for, in one query; those not in the index are left out."""
    wanted = {h: place for place in places for h in hasher.locals(*place)}
    found: dict[tuple[str, LocalId], str] = {}
    for part in parts(wanted):
        query = (
            select(PERSON_SOURCE.c.source_id, PERSON_SOURCE.c.local_hmac, AGENCY_LINK.c.person_id)
            .join(AGENCY_LINK, LIVE_LINK)
            .where(
                PERSON_SOURCE.c.source_id.in_({wanted[h][0] for h in part}),
                PERSON_SOURCE.c.local_hmac.in_(part),
            )
        )
        for row in await connection.execute(query):
            place = wanted[row.local_hmac]
            if place[0] == row.source_id:
                found[place] = row.person_id
    return found
