"""Records inside an involvement: professionals, the duty desk, the plan."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

from connectors.mapping.fields import compile_field, field_type
from connectors.mapping.making import Making, making
from connectors.mapping.paths import Get, all_inner_rows, inner_rows, may_look_up, path_getter
from connectors.mapping.reading import Reader, Reading, Row
from connectors.mapping.status import compile_status, is_status
from connectors.mapping.wrong import Where
from schema.building import defaults
from schema.fields import CATALOGUE, RECORDS, FieldId, RecordName
from schema.records import Status
from schema.tables import Table, Within

_EXTRA = ("id", "each")


class Shape(NamedTuple):
    """One place such a record is read from."""

    each: Get | None
    each_paths: frozenset[str]
    identify: Reader | None
    fields: Mapping[FieldId, Reader]


@dataclass(frozen=True, slots=True)
class Part:
    """A compiled part: its name in the involvement and the shapes it is read from."""

    name: str
    record: RecordName
    shapes: tuple[Shape, ...]

    @property
    def fields(self) -> frozenset[FieldId]:
        """Every field this part can fill."""
        return frozenset[FieldId]().union(*(s.fields for s in self.shapes))

    def plan(self, asked: frozenset[FieldId]) -> "PartPlan | None":
        """Keep what an ask needs; none where no field of this is asked."""
        if not self.fields & asked:
            return None
        plans = tuple(_plan(RECORDS[self.record], shape, asked) for shape in self.shapes)
        paths = frozenset[str]().union(*(s.each_paths for s in self.shapes), *(p.making.paths for p in plans))
        return PartPlan(plans, paths, many=self.name == "professionals")


class ShapePlan(NamedTuple):
    """What an ask needs of one place: ``knowing`` where a path of it may look at the row around it."""

    each: Get | None
    making: Making
    knowing: bool

    def table(self, rows: Sequence[Row], reading: Reading) -> tuple[Table, list[int]]:
        """Read the records of many rows, one after another, and say in which of the rows each stands."""
        if self.each is None:
            table, told = self.making.table(rows, reading)
            return table, list(told)
        inner = all_inner_rows(self.each, rows, knowing=self.knowing)
        owners = [owner for owner, items in enumerate(inner) for _ in items]
        table, told = self.making.table(list(chain.from_iterable(inner)), reading)
        return table, owners if len(told) == len(owners) else [owners[n] for n in told]


class PartPlan(NamedTuple):
    """What an ask needs of one part."""

    shapes: tuple[ShapePlan, ...]
    paths: frozenset[str]
    many: bool

    def reader(self) -> Reader:
        """Give what makes the records of one row."""
        return Reader(self.read, self.paths)

    def read(self, row: Row, reading: Reading) -> Any:
        """Make the records of one row: a list where there may be many, one or none where not."""
        found = []
        for each, its, knowing in self.shapes:
            for item in (row,) if each is None else inner_rows(each, row, knowing=knowing):
                record = its.record(item, reading)
                if record is not None:
                    found.append(record)
        return found if self.many else found[0] if found else None

    def within(self, rows: Sequence[Row], reading: Reading) -> Within:
        """Read the records of many rows: those that ``read`` makes of each."""
        tables = [shape.table(rows, reading) for shape in self.shapes]
        table, owners = tables[0] if len(tables) == 1 else _one_after_another(tables)
        if not self.many:
            first = {owner: place for place, owner in reversed(list(enumerate(owners)))}
            if len(first) < len(owners):
                table, owners = table.some([first[owner] for owner in sorted(first)]), sorted(first)
        held = Counter(owners)
        return Within(table, [held[owner] for owner in range(len(rows))], self.many)


def _one_after_another(tables: Sequence[tuple[Table, list[int]]]) -> tuple[Table, list[int]]:
    """Put the records of several places into one table: those of one row together, in the order of their places."""
    kind, size = tables[0][0].kind, sum(table.size for table, _ in tables)
    owners = list(chain.from_iterable(its for _, its in tables))
    given = {name: defaults(kind).get(name) for table, _ in tables for name in table.columns}
    columns = {
        name: list(chain.from_iterable(table.columns.get(name, [default] * table.size) for table, _ in tables))
        for name, default in given.items()
    }
    order = sorted(range(size), key=owners.__getitem__)
    return Table(kind, size, columns, {}).some(order), sorted(owners)


def _plan(record: type[Any], shape: Shape, asked: frozenset[FieldId]) -> ShapePlan:
    besides = {"id": shape.identify} if shape.identify is not None else {}
    made = making(record, shape.fields, asked, stands_alone=False, besides=besides)
    return ShapePlan(shape.each, made, may_look_up(made.paths))


def compile_part(name: str, record: str, spec: Any, where: Where) -> Part:
    """Compile a part; professionals may be a list of tables."""
    tables = where.tables(spec)
    if len(tables) > 1 and name != "professionals":
        raise where.wrong("there is only one")
    return Part(name, RecordName(record), tuple(_shape(RecordName(record), t, where) for t in tables))


def _shape(record: RecordName, table: Mapping[str, Any], where: Where) -> Shape:
    fields = compile_fields(record, {k: v for k, v in table.items() if k not in _EXTRA}, where, _EXTRA)
    identify = compile_field(table["id"], str, where.at("id")) if "id" in table else None
    each = where.at("each").text(table["each"]) if "each" in table else None
    return Shape(path_getter(each, where) if each else None, frozenset({each} if each else ()), identify, fields)


def compile_fields(
    record: RecordName, table: Mapping[str, Any], where: Where, extra: tuple[str, ...] = ()
) -> dict[FieldId, Reader]:
    """Compile a record's fields; refuse a name the record does not have."""
    names = {f.name for f in CATALOGUE.values() if f.record == record}
    where.only(table, (*names, *extra), "field")
    return {FieldId(f"{record}.{n}"): _field(record, n, spec, where.at(n)) for n, spec in table.items()}


def _field(record: RecordName, name: str, spec: Any, where: Where) -> Reader:
    kind = field_type(RECORDS[record], name)
    if kind is Status and is_status(spec):
        return compile_status(spec, where)
    return compile_field(spec, kind, where)
