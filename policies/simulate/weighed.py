"""Weighing: the rules of one or several versions at places, in every situation at once, or within some situations.

Several versions are weighed side by side: each has its own bits of a mark, so that one look tells where they differ.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from policies.compiled import BIT
from policies.sensitivity import SHIELDS
from policies.simulate.bodies import DUTY_BITS, HIGHEST, MASK, PERMIT, WITHHOLD, Body
from policies.simulate.columns import PERSON, RECORD, Carried, Column, FieldKind, Signals, kinds_of
from policies.simulate.outcomes import DENIED, DUTIES, GATE, OWN, WIDTH
from policies.simulate.space import Space, places_of, union
from policies.vocabulary import EXISTENCE
from schema.fields import CATALOGUE
from schema.labels import Label

_AT_EXISTENCE: Final = BIT[EXISTENCE]
_GATE_LABEL: Final = CATALOGUE[EXISTENCE].label
_NOBODY: Final = -1
"""In place of rules, where a label does not bear on a field: not the same as that no rule is about it there."""


class _Form(NamedTuple):
    """What a body comes to within some situations: two that differ only outside them are one."""

    version: int
    allows: bool
    level: int
    duties: int
    covers: int
    labels: frozenset[Label]
    live: int

    def lost_under(self, other: "_Form") -> bool:
        """Whether another is a deny that leaves nothing of the value, as strict as this, wherever this applies."""
        return (
            not (other.allows or other.level <= MASK or other.version != self.version)
            and (self.allows or self.level <= other.level)
            and not (self.covers & ~other.covers or self.live & ~other.live)
            and self.labels <= other.labels
        )


class Weighed:
    """Rules ready to be weighed within some situations. The rules of a place are an integer: ``bits`` gives it.

    What was weighed is kept: the same rules come together at many places, for many kinds of field and at many labels.
    """

    def __init__(self, space: Space, within: int, versions: int = 1) -> None:
        self.space, self.within = space, within
        self._versions = range(versions)
        self._forms: list[_Form] = []
        self._bits: dict[tuple[int, Body], int] = {}
        self._places: dict[_Form, int] = {}
        self._barred_by: list[int] = []
        self._at_label = dict.fromkeys(Label, 0)
        self._at_field: dict[int, int] = {}
        self._levels = sum((1 << HIGHEST) - 1 << WIDTH * version for version in self._versions)
        self._known: dict[int, Signals] = {_NOBODY: ()}
        self._both: dict[tuple[int, int], Signals] = {}
        self._columns: dict[tuple[object, ...], Column] = {}

    def bits(self, bodies: Iterable[Body], version: int = 0) -> int:
        """Give some rules of a version as bits; rules that cannot make a difference within the situations have none."""
        found = self.every(bodies, version)
        # All that a rule comes to is lost under a deny as strict that applies wherever it does: it is left out.
        return sum(1 << n for n in places_of(found) if not self._barred_by[n] & found)

    def every(self, bodies: Iterable[Body], version: int = 0) -> int:
        """Give some rules of a version as bits; rules that never apply within the situations have none."""
        found = 0
        for body in bodies:
            bit = self._bits.get((version, body))
            found |= self._bit(body, version) if bit is None else bit
        return found

    def _bit(self, body: Body, version: int) -> int:
        live = self.space.where_all(body.needs) & self.within
        form = _Form(version, body.allows, body.level, body.duties, body.covers, body.labels, live)
        if live and form not in self._places:
            bit = self._places[form] = 1 << len(self._forms)
            self._barred_by.append(sum(1 << n for n, other in enumerate(self._forms) if form.lost_under(other)))
            for n, other in enumerate(self._forms):
                self._barred_by[n] |= bit if other.lost_under(form) else 0
            self._forms.append(form)
            for label in body.labels:
                self._at_label[label] |= bit
            self._at_field.clear()
        bit = self._bits[version, body] = self._places[form] if live else 0
        return bit

    def kinds(self, rules: int) -> tuple[FieldKind, ...]:
        """Give the fields by kind, where these rules cover."""
        return kinds_of(frozenset(self._forms[n].covers for n in places_of(rules)))

    def touching(self, rules: int, kind: FieldKind) -> tuple[int, int]:
        """Give those of some rules that bear on fields of a kind: the ones on the fields, and the ones on the gate."""
        return rules & self._covering(kind.fields & -kind.fields), rules & self._covering(_AT_EXISTENCE)

    def _covering(self, field: int) -> int:
        if field not in self._at_field:
            self._at_field[field] = sum(1 << n for n, form in enumerate(self._forms) if form.covers & field)
        return self._at_field[field]

    def column(self, rules: int, kind: FieldKind, labels: tuple[Label, ...] = tuple(Label)) -> Column:
        """Give what becomes of fields of a kind by some rules, where no other labels than these are carried."""
        key = (*self.touching(rules, kind), *kind[1:], labels)
        known = self._columns.get(key)
        if known is None:
            known = self._columns[key] = self._column(*key[:2], kind, labels)
        return known

    def _column(self, own: int, gate: int, kind: FieldKind, labels: tuple[Label, ...]) -> Column:
        base = [*self._signals(own & self._at_label[kind.own], gate & self._at_label[_GATE_LABEL])]
        carried: dict[Carried, Signals] = {}
        for label in labels:
            at_own, at_gate = own & self._at_label[label], gate & self._at_label[label]
            carried[Carried(RECORD, label)] = self._signals(at_own, _NOBODY if kind.identity else at_gate)
            bears = at_own if label in kind.bearing else _NOBODY
            flag = self._signals(bears, at_gate if EXISTENCE in SHIELDS[label] else _NOBODY)
            where = self.space.flagged(label)
            if where is None:
                carried[Carried(PERSON, label)] = flag
            else:
                base += ((bit, there & where) for bit, there in flag)
        return Column(tuple(base), carried)

    def _signals(self, own: int, gate: int) -> Signals:
        """Give what rules on a field and rules on the gate come to, both at one label."""
        known = self._both.get((own, gate))
        if known is None:
            closing = ((bit << GATE - OWN, there) for bit, there in self._at(gate) if bit & self._levels)
            known = self._both[own, gate] = (*self._at(own), *closing)
        return known

    def _at(self, applying: int) -> Signals:
        known = self._known.get(applying)
        if known is None:
            forms = [self._forms[n] for n in places_of(applying)]
            weighed = (
                (bit << WIDTH * version, there)
                for version in self._versions
                for bit, there in self._weigh([form for form in forms if form.version == version])
            )
            known = self._known[applying] = tuple((bit, there) for bit, there in weighed if there)
        return known

    def _weigh(self, applying: Iterable[_Form]) -> Iterator[tuple[int, int]]:
        """Say in which situations some rules close a field how much, as ``weighing.weigh`` says it of one."""
        denied, allowed, duties = [0] * (HIGHEST + 1), [0, 0], [0] * DUTY_BITS
        for form in applying:
            if not form.allows:
                denied[form.level] |= form.live
                continue
            allowed[form.level] |= form.live
            for duty in places_of(form.duties):
                duties[duty] |= form.live
        barred = closed = 0
        for level in range(HIGHEST, MASK, -1):
            barred |= denied[level]
            # Where nothing allows and nothing bars, it is withheld.
            unruled = self.within & ~(allowed[PERMIT] | allowed[MASK] | union(denied[MASK + 1 :]))
            closed = barred | (unruled if level <= WITHHOLD else 0)
            yield 1 << OWN + level - 1, closed
        whole = allowed[PERMIT] & ~union(denied)
        yield 1 << OWN + MASK - 1, self.within & ~whole
        yield 1 << DENIED, union(denied)
        # What one label closes no other opens, and duties are owed where a field is shown: none is lost by this.
        yield from ((1 << DUTIES + duty, where & ~closed) for duty, where in enumerate(duties))
