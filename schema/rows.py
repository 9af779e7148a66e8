"""Rows: records of one kind as the columns they were read in, until somebody looks at one.

A chronology may have thousands of records, and mostly what is done with them is done to all alike: a column at a time
is quicker, and needs no record at all. Whoever wants records is given them, each made once: from then on it is they
that count, whatever is written on them, and the columns are no longer looked at.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, TypeGuard, TypeVar, overload

from schema.records.provenance import Record
from schema.tables import Keys, Stamp, Table, each_once, picked

R = TypeVar("R")


class _Made(Sequence[Any]):
    """Records that are made when somebody first looks at one, each once."""

    __slots__ = ("made",)
    __hash__ = None  # type: ignore[assignment] # as of any sequence that is compared by what is in it

    def __init__(self) -> None:
        self.made: tuple[Any, ...] | None = None
        """The records, from then on: until somebody looks, the columns are what counts."""

    def _records(self) -> tuple[Any, ...]:
        raise NotImplementedError

    @overload
    def __getitem__(self, place: int) -> Any: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Any, ...]: ...

    def __getitem__(self, place: int | slice) -> Any:
        if self.made is None:
            self.made = self._records()
        return self.made[place]

    def __iter__(self) -> Any:
        return iter(self[:])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self[:] == tuple(other)


class Rows(_Made):
    """Some rows of a table: what one source holds of one kind about one person."""

    __slots__ = ("places", "stamp", "table")

    def __init__(self, table: Table, places: Sequence[int], stamp: Stamp | None = None) -> None:
        """Take the places of the rows, from the first on; ``stamp`` is put on every record of what leaves."""
        super().__init__()
        self.table, self.places, self.stamp = table, places, stamp

    def again(self, stamp: Stamp | None = None) -> "Rows":
        """Give the same rows once more, for somebody else to write on, or to leave."""
        return Rows(self.table, self.places, stamp)

    def first(self, most: int) -> "Rows":
        """Give the first of them as rows of a table of their own: what is left out is held no longer."""
        return Rows(self.table.some(self.places[:most]), range(min(most, len(self.places))), self.stamp)

    def column(self, name: str) -> Sequence[Any]:
        """Give one field of every row; it has been read, or is where the records are from."""
        if name == "provenance":
            return [self.stamp and self.stamp.provenance] * len(self.places)
        held = self.table.columns.get(name)
        return [None] * len(self.places) if held is None else picked(held, self.places)

    def __len__(self) -> int:
        return len(self.places)

    def _records(self) -> tuple[Any, ...]:
        return tuple(self.table.records(self.places, self.stamp))


class Several(_Made):
    """Records of several parts, some made and some still rows, in one order: that of the parts if no other is given."""

    __slots__ = ("order", "parts")

    def __init__(self, parts: Sequence[Sequence[Any]], order: Sequence[int] | None = None) -> None:
        """Take parts; ``order`` is of their records one after another, and may leave some out."""
        super().__init__()
        self.parts, self.order = tuple(parts), order

    @property
    def untouched(self) -> bool:
        """Say whether any of it is rows that nobody has looked at."""
        return any(map(still_rows, self.parts))

    def column(self, name: str) -> Sequence[Any]:
        """Give one field of every record."""
        every = list(chain.from_iterable(column_of(part, name) for part in self.parts))
        return every if self.order is None else picked(every, self.order)

    def picked(self, order: Sequence[int]) -> "Several":
        """Give some of them, in this order."""
        return Several(self.parts, order if self.order is None else picked(self.order, order))

    def __len__(self) -> int:
        return sum(map(len, self.parts)) if self.order is None else len(self.order)

    def _records(self) -> tuple[Any, ...]:
        every = tuple(chain.from_iterable(self.parts))
        return every if self.order is None else tuple(picked(every, self.order))


def still_rows(records: Sequence[Any]) -> TypeGuard[Rows]:
    """Say whether these are rows that nobody has looked at."""
    return type(records) is Rows and records.made is None


def parts_of(records: Sequence[Any]) -> Sequence[Sequence[Any]]:
    """Give the parts of records that are in no order of their own: each is rows, or records that are made."""
    return records.parts if type(records) is Several and records.order is None else (records,)


def together(parts: Iterable[Sequence[Any]]) -> Sequence[Any]:
    """Put parts one after another: made records as a tuple, where there is nothing else."""
    held = [inner for part in parts if len(part) for inner in parts_of(part)]
    if not any(type(part) is Rows for part in held):
        return tuple(chain.from_iterable(held))
    return held[0] if len(held) == 1 else Several(held)


def column_of(records: Sequence[Any], name: str) -> Sequence[Any]:
    """Give one field of every record."""
    if still_rows(records) or (type(records) is Several and records.untouched):
        return records.column(name)
    return [getattr(record, name) for record in records]


def some_of(records: Sequence[R], places: Sequence[int]) -> Sequence[R]:
    """Give some of the records, in this order."""
    if still_rows(records):
        return Several((records,), places)
    if type(records) is Several and records.untouched:
        return records.picked(places)
    every = records[:]
    return [every[place] for place in places]


def keys_of(records: Sequence[Any], by: Keys) -> Sequence[tuple[Any, ...]]:
    """Give what every record is put in order by."""
    if type(records) is Several and records.order is None:
        return [key for part in records.parts for key in keys_of(part, by)]
    if still_rows(records):
        return _keys_of_rows(records, by)
    return [tuple([tell(getattr(record, name)) for name, tell in by]) for record in records]


def _keys_of_rows(rows: Rows, by: Keys) -> Sequence[tuple[Any, ...]]:
    provenance, columns = rows.stamp and rows.stamp.provenance, rows.table.keys(by)
    own = [column is None and tell(provenance) for (_, tell), column in zip(by, columns, strict=True)]
    if len(rows.places) == 1:
        (place,) = rows.places
        return [tuple([key if column is None else column[place] for key, column in zip(own, columns, strict=True)])]
    whole = [
        [key] * len(rows.places) if column is None else picked(column, rows.places)
        for key, column in zip(own, columns, strict=True)
    ]
    return list(zip(*whole, strict=True))


def only(records: Sequence[R], tests: Mapping[str, Callable[[Any], bool]]) -> Sequence[R]:
    """Give the records of which each of these fields holds to its test."""
    if not tests:
        return records
    kept = [each_once(test, column_of(records, name)) for name, test in tests.items()]
    if all(map(all, kept)):
        return records
    return some_of(records, [place for place, keep in enumerate(zip(*kept, strict=True)) if all(keep)])


def holds(records: Sequence[Any], kind: type[Record]) -> bool:
    """Say whether a record of a kind is among them."""
    return any(
        part.table.kind is kind if still_rows(part) else any(type(one) is kind for one in part)
        for part in parts_of(records)
    )
