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
from policies.simulate.bodies import DUTY_BITS, HIGHEST, MASK, PERMIT, WITHHOLD, Body
from policies.simulate.outcomes import DENIED, DUTIES, GATE, OWN, WIDTH
from policies.simulate.space import Space, places_of, space_of, union
from policies.vocabulary import EXISTENCE
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


_AT_EXISTENCE: Final = BIT[EXISTENCE]


class Weighed:
    """One version's rules at one place, ready to be weighed in every situation at once."""

    def __init__(self, bodies: Iterable[Body], space: Space) -> None:
        self.space = space
        self._live = [(body, space.where_all(body.needs)) for body in bodies]
        self.covers = frozenset(body.covers for body, _ in self._live)
        self._at_label = {
            label: sum(1 << n for n, (body, _) in enumerate(self._live) if label in body.labels) for label in Label
        }
        self._covering: dict[int, int] = {}
        self._known: dict[int, Signals] = {}

    def column(self, kind: FieldKind, labels: Iterable[Label] = tuple(Label)) -> Column:
        """Give what becomes of fields of a kind, where no other labels than these are carried."""
        gate = CATALOGUE[EXISTENCE].label
        base = [*self._own(kind, kind.own), *self._gate(gate)]
        carried: dict[Carried, Signals] = {}
        for label in labels:
            carried[Carried(RECORD, label)] = (*self._own(kind, label), *(() if kind.identity else self._gate(label)))
            flag = (*self._own(kind, label),) if label in kind.bearing else ()
            flag += self._gate(label) if EXISTENCE in SHIELDS[label] else ()
            where = self.space.flagged(label)
            if where is None:
                carried[Carried(PERSON, label)] = flag
            else:
                base += ((bit, there & where) for bit, there in flag)
        return Column(tuple(base), carried)

    def _own(self, kind: FieldKind, label: Label) -> Signals:
        return self._at(kind.fields & -kind.fields, label)

    def _gate(self, label: Label) -> Signals:
        own = self._at(_AT_EXISTENCE, label)
        return tuple((bit << GATE - OWN, there) for bit, there in own if bit < 1 << HIGHEST)

    def _at(self, field: int, label: Label) -> Signals:
        if field not in self._covering:
            self._covering[field] = sum(1 << n for n, (body, _) in enumerate(self._live) if body.covers & field)
        applying = self._covering[field] & self._at_label[label]
        if applying not in self._known:
            self._known[applying] = tuple((bit, there) for bit, there in self._weigh(applying) if there)
        return self._known[applying]

    def _weigh(self, applying: int) -> Iterator[tuple[int, int]]:
        """Say in which situations some rules close a field how much, as ``weighing.weigh`` says it of one."""
        denied, allowed, duties = [0] * (HIGHEST + 1), [0, 0], [0] * DUTY_BITS
        for body, live in (self._live[n] for n in places_of(applying)):
            if not body.allows:
                denied[body.level] |= live
                continue
            allowed[body.level] |= live
            for duty in places_of(body.duties):
                duties[duty] |= live
        barred = 0
        for level in range(HIGHEST, MASK, -1):
            barred |= denied[level]
            # Where nothing allows and nothing bars, it is withheld.
            unruled = self.space.everywhere & ~(allowed[PERMIT] | allowed[MASK] | union(denied[MASK + 1 :]))
            yield 1 << OWN + level - 1, barred | (unruled if level <= WITHHOLD else 0)
        whole = allowed[PERMIT] & ~union(denied)
        yield 1 << OWN + MASK - 1, self.space.everywhere & ~whole
        yield 1 << DENIED, union(denied)
        yield from ((1 << DUTIES + duty, where) for duty, where in enumerate(duties))


def together(columns: Iterable[Column]) -> Column:
    """Give the columns of several versions as one, whose marks stand side by side."""
    base: list[tuple[int, int]] = []
    carried: dict[Carried, list[tuple[int, int]]] = {}
    for version, column in enumerate(columns):
        base += ((bit << WIDTH * version, there) for bit, there in column.base)
        for label, signals in column.carried.items():
            carried.setdefault(label, []).extend((bit << WIDTH * version, there) for bit, there in signals)
    return Column(tuple(base), {label: tuple(signals) for label, signals in carried.items()})


def space_for(bodies: Iterable[Body], asker: Asker) -> Space:
    """Give the situations that some rules tell apart for an asker."""
    return space_of({name for body in bodies for name in body.needs}, asker)


class Part(NamedTuple):
    """Situations alike in everything that counts: the mark of what is always there, and of each label."""

    where: int
    base: int
    carried: Mapping[int, tuple[Carried, ...]]


def parts_of(column: Column, space: Space) -> Iterator[Part]:
    """Give the situations of a column, those alike together."""
    folded: dict[Signals, list[Carried]] = {}
    for label, signals in column.carried.items():
        folded.setdefault(signals, []).append(label)
    parts = [space.everywhere]
    for there in {there for signals in (column.base, *folded) for _, there in signals} - {space.everywhere}:
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
