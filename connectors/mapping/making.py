"""Records made of rows: what one ask needs of one kind of record, and no more.

Which fields to read is settled once for each set of asked fields; per row there is left to look, convert and set.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from connectors.mapping.reading import Read, Reader, Reading, Row
from schema.fields import CATALOGUE, FieldId
from schema.kinds import Kind
from schema.labels import Label


class Making(NamedTuple):
    """The part of a record one ask needs."""

    make: Callable[[], Any]
    identify: Read | None
    constants: tuple[tuple[str, Read], ...]
    values: tuple[tuple[str, Read], ...]
    """The asked fields that tell whether there is a record at all, each with its reader."""
    more: tuple[Read, ...]
    """Fields not asked, looked at only where no asked one tells anything; they go nowhere."""
    stands_alone: bool
    paths: frozenset[str]

    def record(self, row: Row, reading: Reading) -> Any:
        """Make the record of a row, or none where nothing tells of one."""
        record = self.make()
        told = self.stands_alone
        for name, read in self.values:
            value = read(row, reading)
            if value is not None:
                setattr(record, name, value)
                told = True
        if not told and not any(read(row, reading) is not None for read in self.more):
            return None
        for name, read in self.constants:
            setattr(record, name, read(row, reading))
        if self.identify is not None:
            record.id = self.identify(row, reading) or ""
        return record


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
    values = tuple((_name(f), r.read) for f, r in tells.items() if f in asked)
    constants = tuple((_name(f), r.read) for f, r in fields.items() if f in asked and f not in tells)
    more = () if stands_alone else tuple(r.read for f, r in tells.items() if f not in asked)
    used = [r for f, r in fields.items() if f in asked or (f in tells and not stands_alone)]
    paths = frozenset[str]().union(*(r.paths for r in used), identify.paths if identify else ())
    alone = stands_alone or not tells
    return Making(make, identify.read if identify else None, constants, values, more, alone, paths)


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
