"""Rows: records of one kind as the columns they were read in, until somebody looks at one.

A chronology may have thousands of records, and mostly what is done with them is done to all alike: a column at a time
is quicker, and needs no record at all. Whoever wants records is given them, each made once: from then on it is they
that count, whatever is written on them, and the columns are no longer looked at.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, islice
from typing import Any, NamedTuple, TypeAlias, TypeGuard, TypeVar, overload

from schema.building import builder
from schema.records.provenance import Provenance, Record

R = TypeVar("R")

Keys: TypeAlias = tuple[tuple[str, Callable[[Any], Any]], ...]
"""What records are put in order by: fields, what counts most first, and what of each value counts."""


class Stamp(NamedTuple):
    """What is put on every record that leaves: where it is from, and what makes opaque ids where they are selected."""

    provenance: Provenance
    opaque: Callable[[str], str] | None

    def on(self, records: Sequence[Any]) -> None:
        """Put it on records; an opaque id stands in the place of the source's own."""
        for record, opaque in zip(records, self.ids([r.id for r in records]), strict=True):
            record.provenance = self.provenance
            record.id = opaque

    def ids(self, own: Sequence[str]) -> Sequence[str]:
        """Give what stands in the places of a source's own ids."""
        return list(map(self.opaque, own)) if self.opaque is not None else [""] * len(own)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Table:
    """Records of one kind, column by column; nobody writes on it.

    ``columns`` are by the names of the record's fields, those that were read; every other field has its default.
    """

    kind: type[Any]
    size: int
    columns: Mapping[str, Sequence[Any]]
    within: Mapping[str, "Within"]
    _keys: dict["Keys", Sequence[Sequence[Any] | None]] = field(default_factory=dict)

    def some(self, places: Sequence[int]) -> "Table":
        """Give some rows as a table of their own; the same, where those are all."""
        if _all(places, self.size):
            return self
        columns = {name: picked(column, places) for name, column in self.columns.items()}
        within = {name: inner.some(places) for name, inner in self.within.items()}
        return Table(self.kind, len(places), columns, within)

    def keys(self, by: "Keys") -> Sequence[Sequence[Any] | None]:
        """Give what every row is put in order by, a column for each key, worked out once; none for where it is from."""
        columns = self._keys.get(by)
        if columns is None:
            nothing = [None] * self.size
            columns = [
                None if name == "provenance" else each_once(tell, self.columns.get(name, nothing)) for name, tell in by
            ]
            self._keys[by] = columns
        return columns

    def records(self, places: Sequence[int], stamp: Stamp | None = None) -> list[Any]:
        """Make the records of some rows, in their order."""
        held = [picked(column, places) for column in self.columns.values()]
        held += [inner.records(places, stamp) for inner in self.within.values()]
        build = builder(self.kind, (*self.columns, *self.within))  # type: ignore[arg-type] # a class can be hashed
        made = list(map(build, *held)) if held else [build() for _ in places]
        if stamp is not None:
            stamp.on(made)
        return made


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Within:
    """The records inside those of a table, one after another, and how many each of them holds.

    Where there are not ``many``, each holds one or none.
    """

    table: Table
    counts: Sequence[int]
    many: bool
    ends: Sequence[int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ends", list(accumulate(self.counts)))

    def records(self, places: Sequence[int], stamp: Stamp | None = None) -> list[Any]:
        """Make what some rows hold."""
        inner = [place for at in places for place in self.at(at)]
        return self.placed(self.table.records(inner, stamp), picked(self.counts, places))

    def some(self, places: Sequence[int]) -> "Within":
        """Give what some rows hold."""
        inner = [place for at in places for place in self.at(at)]
        return Within(self.table.some(inner), picked(self.counts, places), self.many)

    def at(self, place: int) -> range:
        """Say which rows of the inner table one row holds."""
        end = self.ends[place]
        return range(end - self.counts[place], end)

    def placed(self, inner: Iterable[R], counts: Sequence[int]) -> list[Any]:
        """Put what is inside in its places: a list in each where there may be many, one or nothing where not."""
        left = iter(inner)
        if self.many:
            return [list(islice(left, count)) for count in counts]
        return [next(left) if count else None for count in counts]


class Rows(Sequence[Any]):
    """Some rows of a table: what one source holds of one kind about one person."""

    __slots__ = ("made", "places", "stamp", "table")
    __hash__ = None  # type: ignore[assignment] # as of any sequence that is compared by what is in it

    def __init__(self, table: Table, places: Sequence[int], stamp: Stamp | None = None) -> None:
        """Take the places of the rows, from the first on; ``stamp`` is put on every record of what leaves."""
        self.table, self.places, self.stamp = table, places, stamp
        self.made: tuple[Any, ...] | None = None
        """The records, from when somebody first looks at one: the columns are what counts until then."""

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

    @overload
    def __getitem__(self, place: int) -> Any: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Any, ...]: ...

    def __getitem__(self, place: int | slice) -> Any:
        if self.made is None:
            self.made = tuple(self.table.records(self.places, self.stamp))
        return self.made[place]

    def __iter__(self) -> Any:
        return iter(self[:])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self[:] == tuple(other)


class Several(Sequence[Any]):
    """Records of several parts, some made and some still rows, in one order: that of the parts if no other is given."""

    __slots__ = ("made", "order", "parts")
    __hash__ = None  # type: ignore[assignment] # as of any sequence that is compared by what is in it

    def __init__(self, parts: Sequence[Sequence[Any]], order: Sequence[int] | None = None) -> None:
        """Take parts; ``order`` is of their records one after another, and may leave some out."""
        self.parts, self.order = tuple(parts), order
        self.made: tuple[Any, ...] | None = None
        """The records in their order, from when somebody first looks at one."""

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

    @overload
    def __getitem__(self, place: int) -> Any: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Any, ...]: ...

    def __getitem__(self, place: int | slice) -> Any:
        if self.made is None:
            every = tuple(chain.from_iterable(self.parts))
            self.made = every if self.order is None else tuple(picked(every, self.order))
        return self.made[place]

    def __iter__(self) -> Any:
        return iter(self[:])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self[:] == tuple(other)


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


def each_once(tell: Callable[[Any], R], values: Sequence[Any]) -> list[R]:
    """Say of each value what there is to say: where the same few stand in many places, of each of them once."""
    different = set(map(id, values))
    if len(different) == 1:
        return [tell(values[0])] * len(values)
    if len(different) * 2 > len(values):
        return list(map(tell, values))
    known = {number: tell(value) for number, value in dict(zip(map(id, values), values, strict=True)).items()}
    return [known[number] for number in map(id, values)]


def holds(records: Sequence[Any], kind: type[Record]) -> bool:
    """Say whether a record of a kind is among them."""
    return any(
        part.table.kind is kind if still_rows(part) else any(type(one) is kind for one in part)
        for part in parts_of(records)
    )


def picked(values: Sequence[R], places: Sequence[int]) -> Sequence[R]:
    """Give the values at some places; all of them as they stand, where those are all."""
    if _all(places, len(values)):
        return values
    return [values[place] for place in places]


def _all(places: Sequence[int], size: int) -> bool:
    """Say whether these are all the places there are, in their order."""
    if type(places) is range:
        return places == range(size)
    return len(places) == size and list(places) == list(range(size))
