"""Records made of rows: what one ask needs of one kind of record, and no more.

Which fields to read is settled once for each set of asked fields; per row there is left to look, convert and set.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from connectors.mapping.reading import Read, Reader, Reading, Row
from schema.fields import CATALOGUE, FieldId
from schema.kinds import Kind
from schema.labels import Label


class Making(NamedTuple):
    """The part of a record one ask needs."""

    make: Callable[[], Any]
    identify: Reader | None
    constants: tuple[tuple[str, Reader], ...]
    values: tuple[tuple[str, Reader], ...]
    """The asked fields that tell whether there is a record at all, each with its reader."""
    more: tuple[Read, ...]
    """Fields not asked, looked at only where no asked one tells anything; they go nowhere."""
    stands_alone: bool
    paths: frozenset[str]

    def record(self, row: Row, reading: Reading) -> Any:
        """Make the record of a row, or none where nothing tells of one."""
        record = self.make()
        told = self.stands_alone
        for name, reader in self.values:
            value = reader.read(row, reading)
            if value is not None:
                setattr(record, name, value)
                told = True
        if not told and not any(read(row, reading) is not None for read in self.more):
            return None
        for name, reader in self.constants:
            setattr(record, name, reader.read(row, reading))
        if self.identify is not None:
            record.id = self.identify.read(row, reading) or ""
        return record

    def records(self, rows: Sequence[Row], reading: Reading) -> list[Any]:
        """Make the records of many rows, a column at a time; in the place of a row that tells of none, none."""
        every = rows
        columns = [(name, reader.every(rows, reading)) for name, reader in self.values]
        told: Sequence[int] = range(len(rows))
        if not self.stands_alone:
            told = self._telling([column for _, column in columns], rows, reading)
            if len(told) < len(rows):
                rows = [rows[n] for n in told]
                columns = [(name, [column[n] for n in told]) for name, column in columns]
        made = [self.make() for _ in rows]
        columns += [(name, reader.every(rows, reading)) for name, reader in self.constants]
        if self.identify is not None:
            columns.append(("id", [held or "" for held in self.identify.every(rows, reading)]))
        for name, column in columns:
            _set(made, name, column)
        if len(made) == len(every):
            return made
        placed: list[Any] = [None] * len(every)
        for n, record in zip(told, made, strict=True):
            placed[n] = record
        return placed

    def _telling(self, columns: list[list[Any]], rows: Sequence[Row], reading: Reading) -> Sequence[int]:
        """Say which rows tell of a record: those with an asked value, or with one of those looked at besides."""
        asked = [any(value is not None for value in values) for values in zip(*columns, strict=True)] or [False] * len(
            rows
        )
        return [
            n for n, told in enumerate(asked) if told or any(read(rows[n], reading) is not None for read in self.more)
        ]


def making(
    make: Callable[[], Any],
    identify: Reader | None,
    fields: Mapping[FieldId, Reader],
    asked: frozenset[FieldId],
    *,
    stands_alone: bool,
) -> Making:
    """Keep what an ask needs of a record; ``stands_alone``: a row makes one even where every asked field is null."""
    tells = telling(fields, asked)
    values = tuple((_name(f), r) for f, r in tells.items() if f in asked)
    constants = tuple((_name(f), r) for f, r in fields.items() if f in asked and f not in tells)
    more = () if stands_alone else tuple(r.read for f, r in tells.items() if f not in asked)
    used = [r for f, r in fields.items() if f in asked or (f in tells and not stands_alone)]
    paths = frozenset[str]().union(*(r.paths for r in used), identify.paths if identify else ())
    alone = stands_alone or not tells
    return Making(make, identify, constants, values, more, alone, paths)


def _set(records: list[Any], name: str, column: list[Any]) -> None:
    """Set one field of many records; what is null is so already."""
    for record, value in zip(records, column, strict=True):
        if value is not None:
            setattr(record, name, value)


def _name(field: FieldId) -> str:
    return field.partition(".")[2]


def telling(fields: Mapping[FieldId, Reader], asked: frozenset[FieldId]) -> dict[FieldId, Reader]:
    """Choose the fields that tell whether there is a record at all.

    They are the asked ones and, so that an asked phone that is null still leaves its professional, those that
    hold neither detail nor anything sensitive; a field not asked is looked at for that alone and goes nowhere.
    """

    def tells(field: FieldId) -> bool:
        held = CATALOGUE[field]
        return field in asked or (held.kind is not Kind.DETAIL and held.label is Label.ORDINARY)

    return {f: r for f, r in fields.items() if r.paths and tells(f)}
