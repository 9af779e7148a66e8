"""Ordered rules and ours decide alike: whatever the first match says, any-deny-wins says, everywhere."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.governance import ordered_rules
from hub.governance.agreements import _allowed
from hub.governance.data_items import DataItem, Reach
from hub.governance.ordered_rules import Mode, OrderedAsk, OrderedRule, TooTangled, first_match, items_of, warnings_of
from policies.vocabulary import Effect
from schema.fields import CATALOGUE
from schema.kinds import Kind
from schema.purposes import Purpose
from schema.services import Service

SERVICES = ("HEALTH", "POLICE")
RECORDS = ("Involvement", "ChronologyEvent", "Professional")
CONSUMERS = ("county-council", "high-school")
PURPOSES = ("EARLY_HELP", "CHILD_PROTECTION")
DAY = timedelta(days=1)
FIRST = date(2026, 1, 1)


def some(words: tuple[str, ...]) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(words), min_size=1)


DAYS = st.integers(0, 6).map(lambda n: FIRST + n * DAY)


@st.composite
def rules(draw: st.DrawFn, most: int = 7) -> tuple[OrderedRule, ...]:
    """Draw an ordered list of rules that overlap in every way."""
    drawn = []
    for n in range(draw(st.integers(0, most))):
        start, until = sorted(draw(st.tuples(DAYS, DAYS)))
        ends = draw(st.sampled_from([until, date.max]))
        begins = draw(st.sampled_from([start, date.min]))
        drawn.append(
            OrderedRule(
                f"rules[{n}]",
                draw(st.sampled_from(list(Effect))),
                draw(st.frozensets(st.sampled_from(list(Mode)), min_size=1)),
                draw(some(SERVICES)),
                draw(some(RECORDS)),
                draw(some(CONSUMERS)),
                draw(some(PURPOSES)),
                begins,
                ends,
            )
        )
    return tuple(drawn)


def everything() -> Iterator[tuple[OrderedAsk, Reach]]:
    """Give every question the vocabulary has, as an ordered list and as we ask it, a day before and after included."""
    days = [FIRST + n * DAY for n in range(-1, 9)] + [date.min, date.max]
    fields = [(f, h) for f, h in CATALOGUE.items() if h.record in RECORDS]
    one_of_each = {(h.record, h.kind): f for f, h in fields}
    for (record, kind), service, consumer, purpose, day in product(one_of_each, SERVICES, CONSUMERS, PURPOSES, days):
        mode = Mode.EXISTENCE if kind is Kind.EXISTENCE else Mode.CONTENT
        yield (
            OrderedAsk(mode, service, record, consumer, purpose, day),
            Reach(consumer, Purpose[purpose], Service(service), kind, one_of_each[record, kind], day),
        )


EVERYTHING = list(everything())


@settings(max_examples=60, deadline=None)
@given(rules())
def test_any_deny_wins_says_what_the_first_match_says(ordered: tuple[OrderedRule, ...]) -> None:
    """Over the whole vocabulary and every day: allowed by the one exactly where allowed by the other."""
    items = items_of(ordered)
    for asked, reach in EVERYTHING:
        assert (first_match(ordered, asked) is Effect.ALLOW) == _allowed(items, reach), asked


@settings(max_examples=30, deadline=None)
@given(rules(), st.randoms(use_true_random=False))
def test_the_items_order_never_matters(ordered: tuple[OrderedRule, ...], chance: object) -> None:
    """However the items are shuffled, they say the same."""
    items = list(items_of(ordered))
    chance.shuffle(items)  # type: ignore[attr-defined] # a random.Random
    for asked, reach in EVERYTHING[::7]:
        assert (first_match(ordered, asked) is Effect.ALLOW) == _allowed(items, reach)


def rule(effect: Effect, place: str, records: tuple[str, ...] = RECORDS) -> OrderedRule:
    everybody = (frozenset(SERVICES), frozenset(records), frozenset(CONSUMERS), frozenset(PURPOSES))
    return OrderedRule(place, effect, frozenset(Mode), *everybody, date.min, date.max)


def test_leaving_the_order_out_would_be_noticed() -> None:
    """The check can fail: the rules taken as they stand, without what went before, decide otherwise."""
    ordered = (rule(Effect.ALLOW, "first", RECORDS[:1]), rule(Effect.DENY, "second"))
    naive = [item for each in ordered for item in items_of([each])]
    assert any((first_match(ordered, a) is Effect.ALLOW) != _allowed(naive, r) for a, r in EVERYTHING)


def test_an_allow_before_a_deny_it_overlaps_is_pointed_out() -> None:
    """Whoever wrote the deny may think it stops more than it does; a rule that never counts is pointed out too."""
    allow, deny = rule(Effect.ALLOW, "exceptions[0]", RECORDS[:1]), rule(Effect.DENY, "defaults[0]")
    assert list(warnings_of((allow, deny))) == [
        "exceptions[0] allows some of what defaults[0] denies, and comes before it"
    ]
    assert list(warnings_of((deny, allow))) == ["exceptions[0] never counts: the rules before it settle all of it"]
    assert list(warnings_of((allow, rule(Effect.DENY, "other", RECORDS[1:])))) == []


def test_rules_that_nobody_could_read_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many rules, or too many pieces, are refused rather than worked on for ever."""
    with pytest.raises(TooTangled, match="rules"):
        items_of([rule(Effect.ALLOW, "x")] * (ordered_rules.MOST_RULES + 1))
    monkeypatch.setattr(ordered_rules, "MOST_PIECES", 1)
    allow = rule(Effect.ALLOW, "a", RECORDS[:1])
    later = OrderedRule("b", Effect.DENY, *[getattr(rule(Effect.DENY, "b"), n) for n in _LISTS], FIRST, date.max)
    early = OrderedRule(
        "c", Effect.DENY, frozenset({Mode.CONTENT}), *[getattr(later, n) for n in _LISTS[1:]], FIRST, FIRST
    )
    with pytest.raises(TooTangled, match="pieces"):
        items_of([early, rule(Effect.ALLOW, "d")])
    with pytest.raises(TooTangled, match="pieces"):
        items_of([allow, rule(Effect.ALLOW, "e", RECORDS[1:])])


_LISTS = ("modes", "services", "records", "organisations", "purposes")


def test_items_say_days_that_follow_one_another_once() -> None:
    """A rule cut by another's days comes out in as few items as its days allow."""
    whole = rule(Effect.ALLOW, "whole")
    short = OrderedRule("short", Effect.ALLOW, *[getattr(whole, n) for n in _LISTS], FIRST, FIRST + DAY)
    items: tuple[DataItem, ...] = items_of((short, whole))
    assert [(i.start, i.until) for i in items] == [(FIRST, FIRST + DAY), (date.min, date.max)]
