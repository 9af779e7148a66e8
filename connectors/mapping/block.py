"""A record's block of a mapping, compiled; and the part of it one ask needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, compress
from typing import Any, NamedTuple

from connectors.contract import Held, LocalId
from connectors.mapping.conditions import Condition, compile_conditions
from connectors.mapping.fields import compile_field
from connectors.mapping.making import Making, making
from connectors.mapping.part import Part, compile_fields, compile_part
from connectors.mapping.paths import Get, all_inner_rows, inner_rows, may_look_up, path_getter
from connectors.mapping.reading import Reader, Reading, Row, constant
from connectors.mapping.row_labels import compile_labels
from connectors.mapping.wrong import Where
from schema.fields import RECORDS, FieldId, RecordName
from schema.services import Service
from schema.tables import Table

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
    person: Reader
    each: Get | None
    when: tuple[Condition, ...]
    identify: Reader | None
    local_id: Reader | None
    labels: Reader | None
    fields: Mapping[FieldId, Reader]
    parts: tuple[Part, ...]
    always: frozenset[str]
    """Paths that are looked at whatever is asked: the person, the other person, conditions, labels."""

    @property
    def answers(self) -> frozenset[FieldId]:
        """Every field this block can fill."""
        return frozenset(self.fields).union(*(p.fields for p in self.parts))

    def plan(self, asked: frozenset[FieldId]) -> "BlockPlan | None":
        """Keep what an ask needs; none where no field of this block is asked."""
        parts = {p.name: plan for p in self.parts if (plan := p.plan(asked)) is not None}
        if not parts and asked.isdisjoint(self.fields):
            return None
        besides = {k: r for k, r in (("id", self.identify), ("local_id", self.local_id)) if r is not None}
        if self.labels is not None:
            besides["labels"] = self.labels
        alone = self.record in STANDS_ALONE
        made = making(RECORDS[self.record], self.fields, asked, stands_alone=alone, besides=besides, inside=parts)
        paths = self.always.union(made.paths)
        return BlockPlan(self, made, paths, may_look_up(paths))


class BlockPlan(NamedTuple):
    """The part of a block one ask needs."""

    block: Block
    making: Making
    paths: frozenset[str]
    knowing: bool
    """Whether a path may look at the row around one of a list."""

    def read(self, row: Row, reading: Reading, into: list[Held]) -> None:
        """Make the records of one row."""
        block = self.block
        for condition in block.when:
            if not condition.holds(row):
                return
        for item in (row,) if block.each is None else inner_rows(block.each, row, knowing=self.knowing):
            record = self.making.record(item, reading)
            if record is not None:
                into.append(record)

    def table(
        self, rows: Sequence[Row], people: Sequence[LocalId], reading: Reading
    ) -> tuple[Table, Sequence[LocalId]]:
        """Read many rows a column at a time, and say whom each record is about; ``people`` is whom each row is."""
        rows, people = self._chosen(rows, people)
        table, told = self.making.table(rows, reading)
        return table, people if len(told) == len(people) else [people[n] for n in told]

    def _chosen(self, rows: Sequence[Row], people: Sequence[LocalId]) -> tuple[Sequence[Row], Sequence[LocalId]]:
        """Leave out the rows that do not hold to the block's tests, and give the items of a list instead of its row."""
        for test in self.block.when:
            hold = test.every(rows)
            rows, people = list(compress(rows, hold)), list(compress(people, hold))
        each = self.block.each
        if each is None:
            return rows, people
        inner = all_inner_rows(each, rows, knowing=self.knowing)
        return list(chain(*inner)), [person for person, items in zip(people, inner, strict=True) for _ in items]


def compile_block(table: Mapping[str, Any], where: Where, service: Service) -> Block:
    """Compile one ``[[map]]`` block; SourceMisconfigured names the file, the block, the key and what is near."""
    record = RecordName(table["record"])
    where.only(table, (*KEYS, *(PARTS if record == "Involvement" else ())))
    if "local_id" in table and record != "Relationship":
        raise where.at("local_id").wrong("only a Relationship has one")
    fields = compile_fields(record, where.at("fields").table(table.get("fields", {})), where.at("fields"))
    if record in STANDS_ALONE:
        fields = {FieldId(f"{record}.service"): constant(service), **fields}
    parts = tuple(compile_part(n, r, table[n], where.at(n)) for n, r in PARTS.items() if n in table)
    if not fields and not parts:
        raise where.at("fields").wrong("maps nothing")
    top = {k: compile_field(table[k], str, where.at(k)) for k in ("person", "id", "local_id") if k in table}
    if "person" not in top:
        raise where.at("person").wrong("is missing: the path to the person's local id")
    when = compile_conditions(table["when"], where.at("when")) if "when" in table else ()
    labels = compile_labels(table["labels"], where.at("labels")) if "labels" in table else None
    read = [top[k] for k in top if k != "id"] + ([labels] if labels else [])
    always = frozenset[str]().union(*(r.paths for r in read), *(c.paths for c in when))
    return Block(
        record=record,
        resource=where.resource,
        person=top["person"],
        each=path_getter(where.at("each").text(table["each"]), where) if "each" in table else None,
        when=when,
        identify=top.get("id"),
        local_id=top.get("local_id"),
        labels=labels,
        fields=fields,
        parts=parts,
        always=always,
    )
