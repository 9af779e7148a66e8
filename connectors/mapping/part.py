"""Records inside an involvement: professionals, the duty desk, the plan."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import strawberry

from connectors.mapping.fields import compile_field, field_type
from connectors.mapping.paths import Get, path_getter
from connectors.mapping.reading import Read, Reader, Reading, Row
from connectors.mapping.status import compile_status, is_status
from connectors.mapping.wrong import Where
from schema.fields import CATALOGUE, RECORDS, FieldId, RecordName
from schema.kinds import Kind
from schema.labels import Label
from schema.records import Status

_EXTRA = ("id", "each")


class Shape(NamedTuple):
    """One place such a record is read from."""

    each: Get | None
    identify: Read | None
    fields: Mapping[FieldId, Reader]
    always: frozenset[str]


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
        """Keep what an ask needs; none where no field of this part is asked."""
        if not self.fields & asked:
            return None
        shapes = tuple(_shape_plan(s, asked) for s in self.shapes)
        paths = frozenset[str]().union(*(_paths(s, asked) for s in self.shapes))
        return PartPlan(self.name, RECORDS[self.record], shapes, paths, self.name == "professionals")


class ShapePlan(NamedTuple):
    """What an ask needs of one shape."""

    each: Get | None
    identify: Read | None
    values: tuple[tuple[str, Read], ...]
    telling: tuple[Read, ...]


class PartPlan(NamedTuple):
    """What an ask needs of one part."""

    name: str
    make: Callable[..., Any]
    shapes: tuple[ShapePlan, ...]
    paths: frozenset[str]
    many: bool

    def read(self, row: Row, reading: Reading) -> Any:
        """Make the records of one row: a list where there may be many, one or none where not."""
        found = [made for shape in self.shapes for made in self._read(shape, row, reading)]
        return found if self.many else found[0] if found else None

    def _read(self, shape: ShapePlan, row: Row, reading: Reading) -> list[Any]:
        rows: list[Row] = [row]
        if shape.each is not None:
            items = shape.each(row)
            listed = items if isinstance(items, list) else [items]
            rows = [{**item, "_parent": row} for item in listed if isinstance(item, Mapping)]
        return [self._one(shape, r, reading) for r in rows if _tells(shape.telling, r, reading)]

    def _one(self, shape: ShapePlan, row: Row, reading: Reading) -> Any:
        given = {name: read(row, reading) for name, read in shape.values}
        if shape.identify is not None:
            given["id"] = strawberry.ID(shape.identify(row, reading) or "")
        return self.make(**given)


def _tells(tests: tuple[Read, ...], row: Row, reading: Reading) -> bool:
    return not tests or any(read(row, reading) is not None for read in tests)


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
    getter = path_getter(each, where) if each else None
    always = frozenset({each} if each else ()) | (identify.paths if identify else frozenset())
    return Shape(getter, identify.read if identify else None, fields, always)


def _shape_plan(shape: Shape, asked: frozenset[FieldId]) -> ShapePlan:
    values = tuple((f.partition(".")[2], r.read) for f, r in shape.fields.items() if f in asked)
    return ShapePlan(shape.each, shape.identify, values, tuple(r.read for r in telling(shape.fields, asked)))


def _paths(shape: Shape, asked: frozenset[FieldId]) -> frozenset[str]:
    used = [r for f, r in shape.fields.items() if f in asked] + telling(shape.fields, asked)
    return shape.always.union(*(r.paths for r in used))


def telling(fields: Mapping[FieldId, Reader], asked: frozenset[FieldId]) -> list[Reader]:
    """Choose the fields that tell whether there is a record at all.

    They are the asked ones and, so that an asked phone that is null still leaves its professional, those that
    hold neither detail nor anything sensitive; a field not asked is looked at for that alone and goes nowhere.
    """

    def tells(field: FieldId) -> bool:
        held = CATALOGUE[field]
        return field in asked or (held.kind is not Kind.DETAIL and held.label is Label.ORDINARY)

    return [r for f, r in fields.items() if r.paths and tells(f)]


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
