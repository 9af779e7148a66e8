"""Ordered rules: an agreement as partners write it, exceptions before defaults, where the first that matches counts.

Ours have no order: any deny wins. ``items_of`` says the same as the ordered rules without one, by taking from each
rule what the rules before it have already settled; ``first_match`` is what they mean, and the tests' judge.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import reduce
from itertools import pairwise
from typing import Final

from hub.governance.data_items import DataItem
from policies.vocabulary import Effect
from schema.kinds import Kind

MOST_RULES: Final = 500
MOST_PIECES: Final = 20_000
"""An agreement that falls into more pieces than this is refused: nobody could read what it comes to."""


class Mode(StrEnum):
    """What of a record a rule is about: that there is one, or what it says."""

    EXISTENCE = "existence"
    CONTENT = "content"

    @property
    def kinds(self) -> frozenset[Kind]:
        """Give the kinds of data it stands for."""
        existence = frozenset({Kind.EXISTENCE})
        return existence if self is Mode.EXISTENCE else frozenset(Kind) - existence


@dataclass(frozen=True, slots=True)
class OrderedRule:
    """One rule of an ordered list, with every list written out; ``place`` says where it stands, for whoever wrote it.

    ``organisations`` are the consumers it is about, those named and those of the types named. Dates are inclusive.
    """

    place: str
    effect: Effect
    modes: frozenset[Mode]
    services: frozenset[str]
    records: frozenset[str]
    organisations: frozenset[str]
    purposes: frozenset[str]
    start: date
    until: date
    reason: str = ""

    def matches(self, asked: "OrderedAsk") -> bool:
        """Say whether the rule is about this."""
        return (
            asked.mode in self.modes
            and asked.service in self.services
            and asked.record in self.records
            and asked.organisation in self.organisations
            and asked.purpose in self.purposes
            and self.start <= asked.day <= self.until
        )


@dataclass(frozen=True, slots=True)
class OrderedAsk:
    """One thing an ordered list may be asked."""

    mode: Mode
    service: str
    record: str
    organisation: str
    purpose: str
    day: date


def first_match(rules: Sequence[OrderedRule], asked: OrderedAsk) -> Effect | None:
    """Give what the first rule that matches says; none where no rule does, which lets nothing be seen."""
    return next((rule.effect for rule in rules if rule.matches(asked)), None)


class TooTangled(ValueError):
    """The rules overlap in so many ways that what they come to could not be read."""


_Box = tuple[frozenset[object], ...]
"""Modes, services, records, organisations, purposes and stretches of days: all that has one of each."""


def items_of(rules: Sequence[OrderedRule]) -> tuple[DataItem, ...]:
    """Give items that any-deny-wins decides as the first match decides the rules; TooTangled past MOST_PIECES."""
    if len(rules) > MOST_RULES:
        raise TooTangled(f"there are more than {MOST_RULES} rules")
    stretches = _stretches(rules)
    boxes = [_box(rule, stretches) for rule in rules]
    items: list[DataItem] = []
    for n, rule in enumerate(rules):
        against = [boxes[m] for m in range(n) if rules[m].effect is not rule.effect]
        left = reduce(_without, against, [boxes[n]])
        items += [item for box in left for item in _items(rule.effect, box, stretches)]
        if len(items) > MOST_PIECES:
            raise TooTangled(f"the rules fall into more than {MOST_PIECES} pieces")
    return tuple(dict.fromkeys(items))


def warnings_of(rules: Sequence[OrderedRule]) -> Iterator[str]:
    """Say which allows come before a deny they overlap, so that the deny does less than whoever wrote it may think."""
    stretches = _stretches(rules)
    boxes = [_box(rule, stretches) for rule in rules]
    for n, rule in enumerate(rules):
        masking = [m for m in range(n) if _overlap(boxes[m], boxes[n]) and rules[m].effect is not rule.effect]
        if rule.effect is Effect.DENY:
            for m in masking:
                yield f"{rules[m].place} allows some of what {rule.place} denies, and comes before it"
        if not reduce(_without, [boxes[m] for m in range(n)], [boxes[n]]):
            yield f"{rule.place} never counts: the rules before it settle all of it"


def _stretches(rules: Sequence[OrderedRule]) -> list[tuple[date, date]]:
    """Cut time where any rule begins or ends; each rule covers whole stretches."""
    firsts = {date.min} | {r.start for r in rules}
    firsts |= {r.until + timedelta(days=1) for r in rules if r.until < date.max}
    days = sorted(firsts)
    return [(first, after - timedelta(days=1)) for first, after in pairwise(days)] + [(days[-1], date.max)]


def _box(rule: OrderedRule, stretches: Sequence[tuple[date, date]]) -> _Box:
    days = frozenset(n for n, (first, last) in enumerate(stretches) if rule.start <= first and last <= rule.until)
    return rule.modes, rule.services, rule.records, rule.organisations, rule.purposes, days


def _overlap(one: _Box, other: _Box) -> bool:
    return all(not a.isdisjoint(b) for a, b in zip(one, other, strict=True))


def _without(boxes: list[_Box], taken: _Box) -> list[_Box]:
    """Take one box out of several; what is left of each are boxes that do not overlap."""
    left: list[_Box] = []
    for box in boxes:
        left += _left_of(box, taken) if _overlap(box, taken) else [box]
        if len(left) > MOST_PIECES:
            raise TooTangled(f"the rules fall into more than {MOST_PIECES} pieces")
    return left


def _left_of(box: _Box, taken: _Box) -> Iterator[_Box]:
    for n, (own, other) in enumerate(zip(box, taken, strict=True)):
        if own - other:
            yield (*box[:n], own - other, *box[n + 1 :])
        box = (*box[:n], own & other, *box[n + 1 :])


def _items(effect: Effect, box: _Box, stretches: Sequence[tuple[date, date]]) -> Iterator[DataItem]:
    modes, services, records, organisations, purposes, days = box
    kinds = frozenset(kind.value for mode in modes if isinstance(mode, Mode) for kind in mode.kinds)
    for start, until in _runs(sorted(n for n in days if isinstance(n, int)), stretches):
        yield DataItem(
            _words(services),
            kinds,
            frozenset(f"{record}.*" for record in records),
            effect,
            _words(organisations),
            _words(purposes),
            start,
            until,
        )


def _words(of: frozenset[object]) -> frozenset[str]:
    return frozenset(str(word) for word in of)


def _runs(days: Sequence[int], stretches: Sequence[tuple[date, date]]) -> Iterator[tuple[date, date]]:
    """Join stretches that follow one another."""
    begun = 0
    for n in range(len(days)):
        if n + 1 == len(days) or days[n + 1] != days[n] + 1:
            yield stretches[days[begun]][0], stretches[days[n]][1]
            begun = n + 1
