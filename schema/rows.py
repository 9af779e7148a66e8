"""Rows: records of one kind as the columns they were read in, until somebody looks at one.

A chronology may have thousands of records, and mostly what is done with them is done to all alike: a column at a time
is quicker, and needs no record at all. Whoever wants records is given them, each made once: from then on it is they
that count, whatever is written on them, and the columns are no longer looked at.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, islice
from typing import Any, NamedTuple, TypeAlias, TypeGuard, TypeVar, overload

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
    ``build`` makes a record of the values of the columns, then of ``within``, in their order.
    """

    kind: type[Any]
    size: int
    columns: Mapping[str, Sequence[Any]]
    within: Mapping[str, "Within"]
    build: Callable[..., Any]
    _keys: dict["Keys", tuple[Provenance | None, Sequence[Sequence[Any]]]] = field(default_factory=dict)

    def keys(self, by: "Keys", provenance: Provenance | None) -> Sequence[Sequence[Any]]:
        """Give what every row is put in order by: worked out once for everybody who has rows of it."""
        worked_out = self._keys.get(by)
        if worked_out is None or worked_out[0] is not provenance:
            columns = [
                each_once(tell, [provenance] if name == "provenance" else self.columns.get(name, (None,)))
                for name, tell in by
            ]
            whole = [column * self.size if len(column) == 1 else column for column in columns]
            worked_out = self._keys[by] = provenance, list(zip(*whole, strict=True))
        return worked_out[1]

    def records(self, places: Sequence[int], stamp: Stamp | None = None) -> list[Any]:
        """Make the records of some rows, in their order."""
        held = [picked(column, places) for column in self.columns.values()]
        held += [inner.records(places, stamp) for inner in self.within.values()]
        made = list(map(self.build, *held)) if held else [self.build() for _ in places]
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

    __slots__ = ("order", "parts")
    __hash__ = None  # type: ignore[assignment] # as of any sequence that is compared by what is in it

    def __init__(self, parts: Sequence[Sequence[Any]], order: Sequence[int] | None = None) -> None:
        """Take parts; ``order`` is of their records one after another, and may leave some out."""
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

    @overload
    def __getitem__(self, place: int) -> Any: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Any, ...]: ...

    def __getitem__(self, place: int | slice) -> Any:
        every = tuple(chain.from_iterable(self.parts))
        return (every if self.order is None else tuple(picked(every, self.order)))[place]

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


def keys_of(records: Sequence[Any], by: Keys) -> Sequence[Sequence[Any]]:
    """Give what every record is put in order by."""
    if type(records) is Several and records.order is None:
        return [key for part in records.parts for key in keys_of(part, by)]
    if still_rows(records):
        return picked(records.table.keys(by, records.stamp and records.stamp.provenance), records.places)
    return [tuple([tell(getattr(record, name)) for name, tell in by]) for record in records]


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
    if type(places) is range and places == range(len(values)):
        return values
    return [values[place] for place in places]
