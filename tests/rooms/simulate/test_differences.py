"""Who gains and who loses: held against the decider itself, question by question."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from policies.facts import Asker, Facts
from policies.rows import RuleRow
from policies.rulebook import Rulebook
from policies.simulate.columns import PERSON, RECORD, Carried
from policies.simulate.contexts import Turned, turned
from policies.simulate.differences import Direction, diff
from policies.simulate.outcomes import WIDTH, outcome_of
from schema.fields import FieldId
from schema.services import Service
from tests.rooms.policies.drawn import LABELS, askers, facts_drawn, rulesets, services
from tests.rooms.policies.rules import rule
from tests.rooms.simulate.asking import FACTS, every, outcome, told

calm = settings(
    deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, phases=[Phase.explicit, Phase.generate]
)
FIELDS = tuple(
    map(FieldId, ("Involvement.service", "Involvement.status", "Birth.date_of_birth", "Address.postcode", "Plan.goals"))
)
CARRYING = [frozenset(some) for size in range(3) for some in combinations(LABELS, size)]


def _edited(rows: list[RuleRow], others: list[RuleRow], places: list[int]) -> list[RuleRow]:
    """Give rules with some taken out, and some of another set put in."""
    kept = [row for n, row in enumerate(rows) if n not in places]
    return [*kept, *(replace(row, id=f"new-{n}") for n, row in enumerate(others) if n in places)] or rows


versions = st.builds(
    lambda rows, others, places: (rows, _edited(rows, others, places)),
    rulesets,
    rulesets,
    st.lists(st.integers(0, 9), min_size=1, max_size=3),
)


# Of every question at a drawn place, with every word of two facts and up to two labels on record and person, the
# diff says a change exactly where the two versions differ, and says which: nothing is missed and nothing made up.
@pytest.mark.no_cover
@settings(calm, max_examples=6)
@given(versions, askers, services, facts_drawn, st.lists(st.sampled_from(FACTS), min_size=2, max_size=2, unique=True))
def test_the_diff_is_what_the_decider_says(
    pair: tuple[list[RuleRow], list[RuleRow]], asker: Asker, service: Service, some: Facts, names: list[str]
) -> None:
    before, after = Rulebook(pair[0]), Rulebook(pair[1])
    found = diff(before, after)
    for its in every(some, names):
        for field in FIELDS:
            for labels in CARRYING:
                was, becomes = (outcome(b, asker, service, its, field, labels) for b in (before, after))
                said = told(found, asker, service, its, field, labels)
                assert was == becomes or (was, becomes) in said
                assert labels or its.flags or said == ({(was, becomes)} if was != becomes else set())


# Every change that is listed is real: asked just so, with just those labels, it was the one and becomes the other.
@pytest.mark.no_cover
@settings(calm, max_examples=8)
@given(versions)
def test_every_change_listed_is_real(pair: tuple[list[RuleRow], list[RuleRow]]) -> None:
    before, after = Rulebook(pair[0]), Rulebook(pair[1])
    for change in diff(before, after).changes:
        for situation in change.when:
            for chosen in {
                frozenset(min(one) for one in change.carrying),
                frozenset(max(one) for one in change.carrying),
            }:
                its = _with(situation.one, chosen)
                labels = frozenset(label for on, label in chosen if on == RECORD)
                for purpose in change.purposes:
                    asker = Asker(change.role.value, change.agencies.one, purpose)
                    for field in (change.fields[0], change.fields[-1]):
                        assert outcome(before, asker, change.service, its, field, labels) == change.before
                        assert outcome(after, asker, change.service, its, field, labels) == change.after


def _with(its: Facts, chosen: frozenset[Carried]) -> Facts:
    return replace(its, flags=its.flags | {label for on, label in chosen if on == PERSON})


# A version against itself, in another order, under other ids and with a rule said twice, changes nothing.
@pytest.mark.no_cover
@settings(calm, max_examples=5)
@given(rulesets)
def test_nothing_changes_without_a_change(rows: list[RuleRow]) -> None:
    again = [replace(row, id=f"other-{n}", why="Told otherwise.") for n, row in enumerate(reversed([*rows, rows[0]]))]
    found = diff(Rulebook(rows), Rulebook(again))
    assert not found.changes
    assert [found.rights(direction) for direction in Direction] == [0, 0, 0]


# The same shown with other duties is told as such: nobody gains or loses.
def test_other_duties_are_told() -> None:
    before, after = Rulebook([rule()]), Rulebook([rule(duties="notify-owner")])
    found = diff(before, after)
    assert {change.direction for change in found.changes} == {Direction.OWES}
    assert found.rights(Direction.OWES) > 0 == found.rights(Direction.GAINS)
    assert {str(change.after) for change in found.changes} == {"PERMIT, with notify-owner"}


marks = st.integers(0, (1 << 2 * WIDTH) - 1)


# Of labels whose marks are drawn, every set of them that shows a difference holds a set that is listed for it, and a
# set is listed only if it shows the difference and nothing can be left out.
@settings(calm, max_examples=300)
@given(marks, st.frozensets(marks, max_size=5))
def test_labels_together_are_weighed_exactly(base: int, labels: frozenset[int]) -> None:
    shown = {}
    for size in range(len(labels) + 1):
        for some in combinations(sorted(labels), size):
            mark = base
            for one in some:
                mark |= one
            shown[frozenset(some)] = outcome_of(mark & (1 << WIDTH) - 1), outcome_of(mark >> WIDTH)
    listed = turned(base, labels)
    for some, (was, becomes) in shown.items():
        fewest = was != becomes and not any(less < some and shown[less] == (was, becomes) for less in shown)
        assert (Turned(some, was, becomes) in listed) is fewest
