"""The mapper of one source: which resources and columns an ask needs, and rows made into records."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from connectors.contract import Held, Identity, LocalId, Rejected
from connectors.mapping.block import TOP, Block, BlockPlan, compile_block
from connectors.mapping.columns import MANY
from connectors.mapping.people import People, compile_people, joined
from connectors.mapping.reading import Reader, Reading, Row
from connectors.mapping.scalars import NULLS
from connectors.mapping.tracing import TRACE
from connectors.mapping.wrong import Where
from connectors.source import SourceConfig
from schema.fields import FieldId
from schema.records import IdentifierSystem
from schema.rows import Rows, together

_PLANS_KEPT = 256

_Parts: TypeAlias = dict[LocalId, list[Sequence[Held]]]


@dataclass(frozen=True, slots=True)
class Mapped:
    """What rows became: records by person, and what could not be read."""

    records: Mapping[LocalId, Sequence[Held]]
    rejected: tuple[Rejected, ...]


class _Plan(NamedTuple):
    """What one set of asked fields needs: worked out when it is first asked for."""

    blocks: tuple[BlockPlan, ...]
    needed: Mapping[str, frozenset[str]]


class Mapper:
    """One source's mapping, compiled when the source is connected."""

    def __init__(self, source: SourceConfig, *, tabular: bool) -> None:
        """Compile; SourceMisconfigured when any block is wrong. ``tabular``: paths are column names."""
        wheres = [_where(source, tabular, n, dict(t)) for n, t in enumerate(source.map, 1)]
        tables = list(zip(source.map, wheres, strict=True))
        self.blocks: tuple[Block, ...] = tuple(
            compile_block(t, w, source.service) for t, w in tables if t["record"] != "Identity"
        )
        self.people: tuple[People, ...] = tuple(compile_people(t, w) for t, w in tables if t["record"] == "Identity")
        self._plans: dict[frozenset[FieldId], _Plan] = {}
        self._persons = self._ways(wheres, source.map)
        self._unreported = Reading(date.min)
        """Whom a row is about is read to check it: what cannot be read then is reported when records are made of it."""

    @property
    def fields(self) -> frozenset[FieldId]:
        """Every field the source can answer."""
        return frozenset[FieldId]().union(*(b.answers for b in self.blocks))

    @property
    def locates_by(self) -> frozenset[IdentifierSystem]:
        """Which identifiers a person can be found by."""
        return frozenset[IdentifierSystem]().union(*(p.systems for p in self.people))

    @property
    def resources(self) -> frozenset[str]:
        """Every resource named."""
        return frozenset({b.resource for b in self.blocks} | {p.resource for p in self.people})

    def needed(self, asked: frozenset[FieldId]) -> Mapping[str, frozenset[str]]:
        """Say which resources an ask needs, and which of their paths."""
        return self._plan(asked).needed

    def needed_for_people(self) -> Mapping[str, frozenset[str]]:
        """Say which resources and paths the identities need."""
        return _united((p.resource, p.paths) for p in self.people)

    def every_path(self) -> Mapping[str, frozenset[str]]:
        """Say every resource and path the mapping names."""
        return _united([*self.needed(self.fields).items(), *self.needed_for_people().items()])

    def records(self, rows: Mapping[str, Iterable[Row]], asked: frozenset[FieldId], today: date) -> Mapped:
        """Make the asked records of rows by resource; each person in the rows has an entry, maybe empty."""
        reading, trace = Reading(today), TRACE.get()
        found: _Parts = {}
        for plan in self._plan(asked).blocks:
            listed = rows.get(plan.block.resource, ())
            if trace is not None:
                trace.of(plan.block, listed, asked, today)
            every = listed if isinstance(listed, list) else list(listed)
            (_by_columns if len(every) >= MANY else _one_by_one)(plan, every, reading, found)
        return Mapped({person: _as_one(parts) for person, parts in found.items()}, _sorted(reading))

    def identities(
        self, rows: Mapping[str, Iterable[Row]], today: date
    ) -> tuple[tuple[Identity, ...], tuple[Rejected, ...]]:
        """Make the identities of rows by resource, one for each local id."""
        reading, trace = Reading(today), TRACE.get()
        found: dict[LocalId, Identity] = {}
        for people in self.people:
            if trace is not None:
                trace.who(people, rows.get(people.resource, ()))
            for row in rows.get(people.resource, ()):
                identity = people.read(row, reading)
                if identity is not None:
                    known = found.get(identity.local_id)
                    found[identity.local_id] = joined(known, identity) if known else identity
        return tuple(found.values()), _sorted(reading)

    def person_of(self, resource: str, row: Row) -> frozenset[LocalId]:
        """Say whom a row of a resource is about, as every block on it reads it."""
        return frozenset(self.people_of(resource, row))

    def people_of(self, resource: str, row: Row) -> list[LocalId]:
        """Say whom a row is about once for each way its blocks read it: mostly one, and one way."""
        reading = self._unreported
        return [found for way in self._persons.get(resource, ()) if (found := way.read(row, reading))]

    def everybody(self, resource: str, rows: Sequence[Row]) -> set[LocalId | None]:
        """Say whom rows are about, all of them together; none is among them where a row is about nobody."""
        columns = [way.every(rows, self._unreported) for way in self._persons.get(resource, ())]
        if len(columns) == 1:
            told = set(columns[0])
            return {found or None for found in told}
        if not columns:
            return {None for _ in rows[:1]}
        return {who for ways in zip(*columns, strict=True) for who in (tuple(filter(None, ways)) or (None,))}

    def person_paths(self, resource: str) -> frozenset[str]:
        """Say which paths of a resource name the person, over every block on it."""
        records = (b.person.paths for b in self.blocks if b.resource == resource)
        people = (p.person.paths for p in self.people if p.resource == resource)
        return frozenset[str]().union(*records, *people)

    def _ways(self, wheres: list[Where], tables: Iterable[Mapping[str, Any]]) -> dict[str, tuple[Reader, ...]]:
        """Give the ways each resource's rows say whom they are about: one, unless blocks read it differently."""
        blocks, people = iter(self.blocks), iter(self.people)
        found: dict[str, dict[Any, Reader]] = {}
        for table, where in zip(tables, wheres, strict=True):
            compiled = next(people) if table["record"] == "Identity" else next(blocks)
            found.setdefault(where.resource, {})[repr(table["person"]), where.nulls] = compiled.person
        return {resource: tuple(ways.values()) for resource, ways in found.items()}

    def _plan(self, asked: frozenset[FieldId]) -> "_Plan":
        plan = self._plans.get(asked)
        if plan is None:
            if len(self._plans) >= _PLANS_KEPT:
                self._plans.clear()
            blocks = tuple(p for p in (b.plan(asked) for b in self.blocks) if p is not None)
            plan = self._plans[asked] = _Plan(blocks, _united((p.block.resource, p.paths) for p in blocks))
        return plan


def _one_by_one(plan: BlockPlan, rows: Sequence[Row], reading: Reading, found: _Parts) -> None:
    person, read = plan.block.person.read, plan.read
    made: dict[LocalId, list[Held]] = {}
    for row in rows:
        local_id = person(row, reading)
        if local_id is not None:
            read(row, reading, made.setdefault(local_id, []))
    for local_id, records in made.items():
        found.setdefault(local_id, []).append(records)


def _by_columns(plan: BlockPlan, rows: Sequence[Row], reading: Reading, found: _Parts) -> None:
    people = plan.block.person.every(rows, reading)
    if None in people:
        rows = [row for row, person in zip(rows, people, strict=True) if person is not None]
        people = [person for person in people if person is not None]
    table, whose = plan.table(rows, people, reading)
    places: dict[LocalId, list[int]] = {person: [] for person in dict.fromkeys(people)}
    if len(places) == 1:
        found.setdefault(people[0], []).append(Rows(table, range(table.size)))
        return
    for place, person in enumerate(whose):
        places[person].append(place)
    for person, its in places.items():
        found.setdefault(person, []).append(Rows(table, its))


def _as_one(parts: Sequence[Sequence[Held]]) -> Sequence[Held]:
    return parts[0] if len(parts) == 1 and type(parts[0]) is Rows else together(parts)


def _where(source: SourceConfig, tabular: bool, number: int, table: Mapping[str, Any]) -> Where:  # noqa: FBT001 -- ours
    record = table.get("record", "")
    where = Where(source.path.name, f"map[{number}] {record}".strip(), tabular)
    if record not in (*TOP, "Identity"):
        raise where.at("record").no_such("record", record, (*TOP, "Identity"))
    resource = where.at("from").text(table.get("from"))
    nulls = NULLS | set(where.at("nulls").texts(table["nulls"])) if "nulls" in table else NULLS
    return Where(where.file, where.block, tabular, resource, frozenset(nulls))


def _united(pairs: Iterable[tuple[str, frozenset[str]]]) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for resource, paths in pairs:
        found[resource] = found.get(resource, frozenset()) | paths
    return found


def _sorted(reading: Reading) -> tuple[Rejected, ...]:
    return tuple(sorted(reading.rejected, key=lambda r: (r.place, r.code)))
