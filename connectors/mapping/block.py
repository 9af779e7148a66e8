"""A record's block of a mapping, compiled; and the part of it one ask needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import strawberry

from connectors.contract import Held
from connectors.mapping.conditions import Condition, compile_conditions
from connectors.mapping.fields import compile_field
from connectors.mapping.part import Part, PartPlan, compile_fields, compile_part, telling
from connectors.mapping.paths import Get, path_getter
from connectors.mapping.reading import Read, Reader, Reading, Row
from connectors.mapping.row_labels import compile_labels
from connectors.mapping.wrong import Where
from schema.fields import RECORDS, FieldId, RecordName
from schema.labels import Label
from schema.services import Service

TOP = ("Involvement", "ChronologyEvent", "PersonName", "Birth", "Address", "Identifier", "Relationship", "Flag")
"""Kinds of record a block may make; the others travel inside an involvement."""

PARTS = {"professionals": "Professional", "duty_desk": "DutyDesk", "plan": "Plan"}
STANDS_ALONE = frozenset({"Involvement", "ChronologyEvent"})
"""A row of these is a record even where every asked field is null; a name or an address without a value is not one."""

KEYS = ("record", "from", "person", "id", "each", "when", "fields", "labels", "local_id", "nulls")


@dataclass(frozen=True, slots=True)
class Block:
    """One compiled block: what it can answer, and from which resource."""

    record: RecordName
    resource: str
    person: Read
    person_paths: frozenset[str]
    each: Get | None
    when: tuple[Condition, ...]
    identify: Read | None
    local_id: Read | None
    labels: Callable[[Row], frozenset[Label]] | None
    fields: Mapping[FieldId, Reader]
    parts: tuple[Part, ...]
    always: frozenset[str]
    """Paths that are looked at whatever is asked: the person, the id, conditions, labels."""

    @property
    def answers(self) -> frozenset[FieldId]:
        """Every field this block can fill."""
        return frozenset(self.fields).union(*(p.fields for p in self.parts))

    def plan(self, asked: frozenset[FieldId]) -> "BlockPlan | None":
        """Keep what an ask needs; none where no field of this block is asked."""
        fields = {f: r for f, r in self.fields.items() if f in asked}
        parts = tuple(p for p in (part.plan(asked) for part in self.parts) if p is not None)
        if not fields and not parts:
            return None
        tells = [] if self.record in STANDS_ALONE else telling(self.fields, asked)
        values = tuple((f.partition(".")[2], r.read) for f, r in fields.items())
        used = [*fields.values(), *tells]
        paths = self.always.union(*(r.paths for r in used), *(p.paths for p in parts))
        return BlockPlan(self, RECORDS[self.record], values, parts, tuple(t.read for t in tells), paths)


class BlockPlan(NamedTuple):
    """The part of a block one ask needs."""

    block: Block
    make: Callable[..., Any]
    values: tuple[tuple[str, Read], ...]
    parts: tuple[PartPlan, ...]
    telling: tuple[Read, ...]
    paths: frozenset[str]

    def read(self, row: Row, reading: Reading) -> list[Held]:
        """Make the records of one row."""
        block = self.block
        for condition in block.when:
            if not condition.holds(row):
                return []
        if block.each is None:
            made = self._one(row, reading)
            return [] if made is None else [made]
        items = block.each(row)
        listed = items if isinstance(items, list) else [] if items is None else [items]
        rows = [{**item, "_parent": row} for item in listed if isinstance(item, Mapping)]
        return [made for made in (self._one(item, reading) for item in rows) if made is not None]

    def _one(self, row: Row, reading: Reading) -> Held | None:
        given = {name: read(row, reading) for name, read in self.values}
        if self.telling and not any(read(row, reading) is not None for read in self.telling):
            return None
        block = self.block
        for part in self.parts:
            given[part.name] = part.read(row, reading)
        if block.identify is not None:
            given["id"] = strawberry.ID(block.identify(row, reading) or "")
        if block.labels is not None:
            given["labels"] = block.labels(row)
        if block.local_id is not None:
            given["local_id"] = block.local_id(row, reading)
        made: Held = self.make(**given)
        return made


def compile_block(table: Mapping[str, Any], where: Where, service: Service) -> Block:
    """Compile one ``[[map]]`` block; SourceMisconfigured names the file, the block, the key and what is near."""
    record = RecordName(table["record"])
    where.only(table, (*KEYS, *(PARTS if record == "Involvement" else ())))
    if "local_id" in table and record != "Relationship":
        raise where.at("local_id").wrong("only a Relationship has one")
    fields = compile_fields(record, where.at("fields").table(table.get("fields", {})), where.at("fields"))
    if record in STANDS_ALONE:
        fixed = Reader(lambda _row, _reading: service, frozenset())
        fields = {FieldId(f"{record}.service"): fixed, **fields}
    parts = tuple(compile_part(n, r, table[n], where.at(n)) for n, r in PARTS.items() if n in table)
    if not fields and not parts:
        raise where.at("fields").wrong("maps nothing")
    top = {k: compile_field(table[k], str, where.at(k)) for k in ("person", "id", "local_id") if k in table}
    if "person" not in top:
        raise where.at("person").wrong("is missing: the path to the person's local id")
    when = compile_conditions(table["when"], where.at("when")) if "when" in table else ()
    labels, label_paths = compile_labels(table["labels"], where.at("labels")) if "labels" in table else (None, ())
    always = frozenset(label_paths).union(*(r.paths for r in top.values()), *(c.paths for c in when))
    return Block(
        record=record,
        resource=where.resource,
        person=top["person"].read,
        person_paths=top["person"].paths,
        each=path_getter(where.at("each").text(table["each"]), where) if "each" in table else None,
        when=when,
        identify=top["id"].read if "id" in top else None,
        local_id=top["local_id"].read if "local_id" in top else None,
        labels=labels,
        fields=fields,
        parts=parts,
        always=always,
    )
