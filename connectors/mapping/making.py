"""Records made of rows: what one ask needs of one kind of record, and no more.

Which fields to read is settled once for each set of asked fields: of a few rows each is read by a function written for
that, of many a column at a time, and no record is made until somebody looks at one.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from connectors.mapping.reading import Read, Reader, Reading, Row
from connectors.mapping.writing import row_reader
from schema.building import defaults
from schema.fields import CATALOGUE, FieldId
from schema.kinds import Kind
from schema.labels import Label
from schema.tables import Table, Within

_NOTHING_BESIDES: Mapping[str, Reader] = MappingProxyType({})


class Inside(Protocol):
    """Reads the records inside a record."""

    def reader(self) -> Reader:
        """Give what makes those of one row."""
        ...

    def within(self, rows: Sequence[Row], reading: Reading) -> Within:
        """Read those of many rows, a column at a time."""
        ...


_NOTHING_INSIDE: Mapping[str, Inside] = MappingProxyType({})


class Making(NamedTuple):
    """The part of a record one ask needs."""

    kind: type[Any]
    record: Read
    """Makes the record of a row, or none where nothing tells of one."""
    first: Mapping[str, Reader]
    """The asked fields that tell whether there is a record at all."""
    unless: Read | None
    """Looks for what else tells of one, where none of them does; none where each row is of one."""
    then: Mapping[str, Reader]
    inside: Mapping[str, Inside]
    defaults: Mapping[str, Any]
    """What a record has in the place of nothing, where that is something."""
    paths: frozenset[str]

    def table(self, rows: Sequence[Row], reading: Reading) -> tuple[Table, Sequence[int]]:
        """Read many rows a column at a time, and say which of them tell of a record: the others are left out."""
        columns = {name: reader.every(rows, reading) for name, reader in self.first.items()}
        told: Sequence[int] = range(len(rows))
        if self.unless is not None and all(None in column for column in columns.values()):
            told = self._telling(self.unless, list(columns.values()), rows, reading)
            rows = [rows[n] for n in told]
            columns = {name: [column[n] for n in told] for name, column in columns.items()}
        columns |= {name: reader.every(rows, reading) for name, reader in self.then.items()}
        for name, default in self.defaults.items():
            if None in columns.get(name, ()):
                columns[name] = [default if value is None else value for value in columns[name]]
        within = {name: inner.within(rows, reading) for name, inner in self.inside.items()}
        return Table(self.kind, len(rows), columns, within), told

    @staticmethod
    def _telling(unless: Read, columns: list[list[Any]], rows: Sequence[Row], reading: Reading) -> Sequence[int]:
        """Say which rows tell of a record: those with an asked value, or with one of those looked at besides."""
        asked = [any(value is not None for value in values) for values in zip(*columns, strict=True)]
        asked = asked or [False] * len(rows)
        return [n for n, told in enumerate(asked) if told or unless(rows[n], reading) is not None]


def making(
    kind: type[Any],
    fields: Mapping[FieldId, Reader],
    asked: frozenset[FieldId],
    *,
    stands_alone: bool,
    besides: Mapping[str, Reader] = _NOTHING_BESIDES,
    inside: Mapping[str, Inside] = _NOTHING_INSIDE,
) -> Making:
    """Keep what an ask needs of a record; ``stands_alone``: a row makes one even where every asked field is null.

    ``besides`` is what a record has whatever is asked, its own id and labels; ``inside`` the other records in it.
    """
    tells = telling(fields, asked)
    first = {_name(f): r for f, r in tells.items() if f in asked}
    constants = {_name(f): r for f, r in fields.items() if f in asked and f not in tells}
    alone = stands_alone or not tells
    unless = None if alone else _any_of([r.read for f, r in tells.items() if f not in asked])
    used = [r for f, r in fields.items() if f in asked or (f in tells and not stands_alone)]
    parts = {name: inner.reader() for name, inner in inside.items()}
    paths = frozenset[str]().union(*(r.paths for r in (*used, *besides.values(), *parts.values())))
    then = {**constants, **besides}
    record = row_reader(kind, first, unless, {**then, **parts})
    return Making(kind, record, first, unless, then, inside, defaults(kind), paths)


def _any_of(reads: list[Read]) -> Read:
    """Look at fields that are not asked, only where no asked one tells anything; they go nowhere."""

    def read(row: Row, reading: Reading) -> bool | None:
        return any(one(row, reading) is not None for one in reads) or None

    return read


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
