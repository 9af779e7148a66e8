"""Tables: records of one kind as the columns they were read in, and what is put on every record that leaves."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice
from typing import Any, NamedTuple, TypeAlias, TypeVar

from schema.building import builder
from schema.records.provenance import Provenance

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


def each_once(tell: Callable[[Any], R], values: Sequence[Any]) -> list[R]:
    """Say of each value what there is to say: where the same few stand in many places, of each of them once."""
    different = set(map(id, values))
    if len(different) == 1:
        return [tell(values[0])] * len(values)
    if len(different) * 2 > len(values):
        return list(map(tell, values))
    known = {number: tell(value) for number, value in dict(zip(map(id, values), values, strict=True)).items()}
    return [known[number] for number in map(id, values)]


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
