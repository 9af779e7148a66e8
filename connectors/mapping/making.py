"""Records made of rows: what one ask needs of one kind of record, and no more.

Which fields to read is settled once for each set of asked fields: of a few rows each is read by a function written for
that, of many a column at a time.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from connectors.mapping.reading import Read, Reader, Reading, Row
from connectors.mapping.writing import builder, row_reader
from schema.fields import CATALOGUE, FieldId
from schema.kinds import Kind
from schema.labels import Label

_NOTHING_BESIDES: Mapping[str, Reader] = MappingProxyType({})


class Making(NamedTuple):
    """The part of a record one ask needs."""

    record: Read
    """Makes the record of a row, or none where nothing tells of one."""
    build: Callable[..., Any]
    """Makes a record of the values of ``first`` and ``then``, in this order."""
    first: tuple[Reader, ...]
    """The asked fields that tell whether there is a record at all."""
    unless: Read | None
    """Looks for what else tells of one, where none of them does; none where each row is of one."""
    then: tuple[Reader, ...]
    paths: frozenset[str]

    def records(self, rows: Sequence[Row], reading: Reading) -> list[Any]:
        """Make the records of many rows, a column at a time; in the place of a row that tells of none, none."""
        columns = [reader.every(rows, reading) for reader in self.first]
        if self.unless is None or any(None not in column for column in columns):
            return self._built(rows, columns, reading)
        told = self._telling(self.unless, columns, rows, reading)
        columns = [[column[n] for n in told] for column in columns]
        placed: list[Any] = [None] * len(rows)
        for n, record in zip(told, self._built([rows[n] for n in told], columns, reading), strict=True):
            placed[n] = record
        return placed

    def _built(self, rows: Sequence[Row], columns: list[list[Any]], reading: Reading) -> list[Any]:
        columns = [*columns, *(reader.every(rows, reading) for reader in self.then)]
        return list(map(self.build, *columns)) if columns else [self.build() for _ in rows]

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
) -> Making:
    """Keep what an ask needs of a record; ``stands_alone``: a row makes one even where every asked field is null.

    ``besides`` is what a record has whatever is asked: its own id, labels, other records in it.
    """
    tells = telling(fields, asked)
    first = {_name(f): r for f, r in tells.items() if f in asked}
    constants = {_name(f): r for f, r in fields.items() if f in asked and f not in tells}
    alone = stands_alone or not tells
    unless = None if alone else _any_of([r.read for f, r in tells.items() if f not in asked])
    used = [r for f, r in fields.items() if f in asked or (f in tells and not stands_alone)]
    paths = frozenset[str]().union(*(r.paths for r in (*used, *besides.values())))
    then = {**constants, **besides}
    record, build = row_reader(kind, first, unless, then), builder(kind, (*first, *then))
    return Making(record, build, tuple(first.values()), unless, tuple(then.values()), paths)


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
