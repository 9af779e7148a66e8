"""The simplest reading of rows: field by field, with a record's own `__init__`. What is quicker says the same."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from connectors.contract import LocalId, Rejected
from connectors.mapping import Mapper, Row
from connectors.mapping.block import STANDS_ALONE, Block
from connectors.mapping.making import telling
from connectors.mapping.part import Part
from connectors.mapping.paths import inner_rows
from connectors.mapping.reading import Reader, Reading
from schema.fields import RECORDS, FieldId, RecordName

Asked = frozenset[FieldId]
Read = tuple[dict[LocalId, tuple[Any, ...]], tuple[Rejected, ...]]


def plainly(mapper: Mapper, resource: str, rows: Iterable[Row], asked: Asked, today: date) -> Read:
    """Make the asked records of a resource's rows, and say what was rejected."""
    reading, found = Reading(today), dict[LocalId, list[Any]]()
    for block in mapper.blocks:
        if block.resource != resource or asked.isdisjoint(block.answers):
            continue
        for row in rows:
            person = block.person.read(row, reading)
            if person is not None:
                found.setdefault(person, []).extend(_of_row(block, row, asked, reading))
    rejected = tuple(sorted(reading.rejected, key=lambda one: (one.place, one.code)))
    return {person: tuple(records) for person, records in found.items()}, rejected


def _of_row(block: Block, row: Row, asked: Asked, reading: Reading) -> Iterable[Any]:
    if not all(condition.holds(row) for condition in block.when):
        return
    for item in inner_rows(block.each, row):
        more: dict[str, Any] = {}
        alone = block.record in STANDS_ALONE
        record = _record(block.record, block.fields, block.identify, item, asked, reading, alone=alone)
        if record is None:
            continue
        if block.labels is not None:
            more["labels"] = block.labels.read(item, reading)
        if block.local_id is not None:
            more["local_id"] = block.local_id.read(item, reading)
        more |= {part.name: _part(part, item, asked, reading) for part in block.parts if part.fields & asked}
        for name, value in more.items():
            setattr(record, name, value)
        yield record


def _part(part: Part, row: Row, asked: Asked, reading: Reading) -> Any:
    made = [
        _record(part.record, shape.fields, shape.identify, item, asked, reading, alone=False)
        for shape in part.shapes
        for item in inner_rows(shape.each, row)
    ]
    found = [record for record in made if record is not None]
    return found if part.name == "professionals" else found[0] if found else None


def _record(
    kind: RecordName,
    fields: Mapping[FieldId, Reader],
    identify: Reader | None,
    row: Row,
    asked: Asked,
    reading: Reading,
    *,
    alone: bool,
) -> Any:
    tells = telling(fields, asked)
    held = {f: reader.read(row, reading) for f, reader in tells.items() if f in asked}
    besides = (reader for f, reader in tells.items() if f not in asked)
    told = alone or not tells or any(value is not None for value in held.values())
    if not told and not any(reader.read(row, reading) is not None for reader in besides):
        return None
    held |= {f: reader.read(row, reading) for f, reader in fields.items() if f in asked and f not in tells}
    given = {name.partition(".")[2]: value for name, value in held.items()}
    if identify is not None:
        given["id"] = identify.read(row, reading) or ""
    return RECORDS[kind](**given)
