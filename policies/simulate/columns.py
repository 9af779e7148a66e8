"""Columns: at one place, for fields that nothing there tells apart, in which situations each label closes how much.

Every situation is weighed at once: a column's part is the set of situations in which it is so.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from policies.compiled import BIT
from policies.facts import Asker
from policies.sensitivity import SHIELDS
from policies.simulate.bodies import Body
from policies.simulate.space import Space, space_of
from schema.fields import CATALOGUE
from schema.kinds import Kind
from schema.labels import Label


class Carried(NamedTuple):
    """A label that is there: on the record, or as a flag on the person."""

    on: str
    label: Label

    def __str__(self) -> str:
        return f"{self.on} {self.label.value}"


RECORD: Final = "record"
PERSON: Final = "person"


class FieldKind(NamedTuple):
    """Fields that nothing tells apart but their names: their own label, what bears on them and the rules that cover."""

    fields: int
    own: Label
    identity: bool
    bearing: frozenset[Label]


Signals = tuple[tuple[int, int], ...]
"""Bits of a mark, each with the situations in which it is set."""


@dataclass(frozen=True, slots=True)
class Column:
    """What fields of one kind come to: what is always there, and what each label adds that may be carried."""

    base: Signals
    carried: Mapping[Carried, Signals]


@lru_cache(maxsize=1)
def _kinds_of_fields() -> tuple[FieldKind, ...]:
    alike: dict[tuple[Label, bool, frozenset[Label]], int] = {}
    for field, held in CATALOGUE.items():
        bearing = frozenset(flag for flag in Label if field in SHIELDS[flag])
        key = (held.label, held.kind is Kind.IDENTITY, bearing)
        alike[key] = alike.get(key, 0) | BIT[field]
    return tuple(FieldKind(bits, *key) for key, bits in alike.items())


@lru_cache(maxsize=4096)
def kinds_of(covers: frozenset[int]) -> tuple[FieldKind, ...]:
    """Give the fields by kind, where rules cover these."""
    kinds = _kinds_of_fields()
    for cover in covers:
        split = ((kind, bits) for kind in kinds for bits in (kind.fields & cover, kind.fields & ~cover))
        kinds = tuple(kind._replace(fields=bits) for kind, bits in split if bits)
    return kinds


def space_for(bodies: Iterable[Body], asker: Asker) -> Space:
    """Give the situations that some rules tell apart for an asker."""
    return space_of({name for body in bodies for name in body.needs}, asker)


class Part(NamedTuple):
    """Situations alike in everything that counts: the mark of what is always there, and of each label."""

    where: int
    base: int
    carried: Mapping[int, tuple[Carried, ...]]


def parts_of(column: Column, within: int) -> Iterator[Part]:
    """Give the situations of a column, which was weighed within these, those alike together."""
    folded: dict[Signals, list[Carried]] = {}
    for label, signals in column.carried.items():
        folded.setdefault(signals, []).append(label)
    parts = [within]
    for there in {there for signals in (column.base, *folded) for _, there in signals} - {within}:
        parts = [part for one in parts for part in (one & there, one & ~there) if part]
    for part in parts:
        marks: dict[int, tuple[Carried, ...]] = {}
        for signals, labels in folded.items():
            mark = _mark(signals, part)
            marks[mark] = (*marks.get(mark, ()), *labels)
        yield Part(part, _mark(column.base, part), marks)


def _mark(signals: Signals, part: int) -> int:
    mark = 0
    for bit, there in signals:
        if there & part:
            mark |= bit
    return mark
