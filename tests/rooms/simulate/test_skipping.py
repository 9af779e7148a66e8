"""What a diff and a replay leave out makes no difference: each is held against doing everything."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from policies.facts import Asker, Facts
from policies.reading import read_rules
from policies.rows import RuleRow
from policies.rulebook import Rulebook
from policies.simulate import replay as replaying
from policies.simulate.bearing import Bearing
from policies.simulate.differences import diff
from policies.simulate.places import Rules
from policies.simulate.replay import RecordedDecision, replay
from schema.fields import CATALOGUE
from schema.purposes import Purpose
from schema.services import Service
from tests.rooms.policies.drawn import askers, facts_drawn, rulesets, services
from tests.rooms.policies.rules import HEALTH, POLICE, WORKER, bar, facts, rule
from tests.rooms.simulate.plainly import compared, listed, space_of_all

calm = settings(
    deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, phases=[Phase.explicit, Phase.generate]
)
EVERY = frozenset(CATALOGUE)
SHIPPED = read_rules().rows
AT_MOST = 25
FLAGGED = "person-flagged-substance-misuse"


def _edited(rows: Sequence[RuleRow], others: Sequence[RuleRow], places: Sequence[int]) -> list[RuleRow]:
    kept = [row for n, row in enumerate(rows) if n not in places]
    return [*kept, *(replace(row, id=f"new-{n}") for n, row in enumerate(others) if n in places)] or list(rows)


edits = st.builds(_edited, rulesets, rulesets, st.lists(st.integers(0, 9), min_size=1, max_size=3))


def _held_against_everything(before: Rulebook, after: Rulebook, chance: Random) -> int:
    """Hold a diff against the plain comparison at some of all places, and count those that change."""
    found, rules = diff(before, after).changes, Rules((before, after))
    places = list(rules.places())
    chosen = [met for met in places if met.groups[0] != met.groups[1]]
    some = chance.sample(places, 5) + chance.sample(chosen, min(AT_MOST, len(chosen)))
    changing = 0
    for place, groups in some:
        was, becomes = (rules.these(rules.bodies(of_version)) for of_version in groups)
        space = space_of_all(was, becomes, place)
        plain = compared(space, was, becomes)
        assert listed(space, place, found) == plain
        changing += bool(plain)
    return changing


# Of rules that are drawn, a diff lists at each place exactly what comparing everything finds there.
@settings(calm, max_examples=6)
@given(rulesets, edits, st.randoms(use_true_random=False))
def test_a_diff_that_leaves_things_out_is_one_that_does_not(
    rows: list[RuleRow], others: list[RuleRow], chance: Random
) -> None:
    _held_against_everything(Rulebook(rows), Rulebook([*rows, *_renamed(others[:2])]), chance)
    _held_against_everything(Rulebook(rows), Rulebook(rows[1:] or others), chance)


def _renamed(rows: Sequence[RuleRow]) -> list[RuleRow]:
    return [replace(row, id=f"more-{n}") for n, row in enumerate(rows)]


# Of the shipped rules too: with a default taken out that bears on everybody, or a rule for some.
@pytest.mark.parametrize("gone", ["defaults-02", "defaults-06", SHIPPED[-1].id])
def test_a_diff_of_the_shipped_rules_leaves_nothing_out(gone: str) -> None:
    after = Rulebook(row for row in SHIPPED if row.id != gone)
    assert _held_against_everything(Rulebook(SHIPPED), after, Random(3))  # noqa: S311 -- the same places each time


# Rules on what a changed rule does not touch, never live with it, or about a flag only, leave the diff exact.
@pytest.mark.parametrize(
    "changed",
    [
        bar(id="new", field="Plan.goals"),
        bar(id="new", when="consent-given", on_deny="broker-unnamed"),
        bar(id="new", when=FLAGGED, sensitivity="ORDINARY SUBSTANCE_MISUSE"),
        bar(id="new", when="agreement-in-force no-agreement"),
        rule(id="new", duties="notify-owner", role="analyst"),
        bar(id="new", agency="county-nhs", when=f"own-records {FLAGGED}", sensitivity="*", on_deny="omit"),
    ],
)
def test_each_way_of_leaving_out_is_exact(changed: RuleRow) -> None:
    rows = [
        rule(id="a", when="agreement-in-force"),
        rule(id="b", field="Plan.*", when="own-records", duties="log-reason"),
        bar(id="c", field="Address.*", when="consent-relied-on-not-given", sensitivity="PROTECTED"),
        bar(id="d", when="another-agencys-records no-break-glass", agency="county-council", service="POLICE"),
        bar(id="e", when="person-flagged-mental-health", sensitivity="MENTAL_HEALTH"),
    ]
    before, after = Rulebook(rows), Rulebook([*rows, changed])
    changes = changed.when != ("agreement-in-force", "no-agreement")
    for one, other in ((before, after), (after, before)):
        assert bool(_held_against_everything(one, other, Random(1))) is changes  # noqa: S311 -- the same places each time


# Whichever version decided them, and whether or not a changed rule applies, decisions come to what deciding all says.
@settings(calm, max_examples=8)
@given(rulesets, rulesets, st.lists(st.tuples(askers, services, facts_drawn, st.booleans()), min_size=1, max_size=30))
def test_a_replay_that_decides_less_is_one_that_decides_all(
    rows: list[RuleRow], others: list[RuleRow], questions: list[tuple[Asker, Service, Facts, bool]]
) -> None:
    before, after = Rulebook(rows), Rulebook([*rows[1:], *_renamed(others[:1])])
    recorded = [
        RecordedDecision(asker, service, its, EVERY, frozenset(), before.version if ours else "")
        for asker, service, its, ours in questions
    ]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(replaying.Bearing, "on", lambda *_: True)
        everything = replay(recorded, before, after)
    assert replay(recorded, before, after) == everything


# A changed rule bears on a question only where all of it applies: the role, agency, purpose, service and conditions.
@pytest.mark.parametrize(
    ("changed", "bears"),
    [
        (bar(), True),
        (bar(role="social-worker", agency="county-council", purpose="CHILD_PROTECTION", service="HEALTH"), True),
        (bar(role="analyst"), False),
        (bar(agency="county-nhs"), False),
        (bar(purpose="ANALYSIS"), False),
        (bar(service="POLICE"), False),
        (bar(when="agreement-in-force"), True),
        (bar(when="agreement-in-force no-agreement"), False),
    ],
)
def test_a_changed_rule_bears_only_where_it_applies(changed: RuleRow, *, bears: bool) -> None:
    before, after = Rulebook([rule()]), Rulebook([rule(), changed])
    for one, other in ((before, after), (after, before)):
        bearing = Bearing(one, other)
        assert [bearing.on(WORKER, HEALTH, facts()) for _ in range(2)] == [bears, bears]
    assert not Bearing(after, Rulebook([*after.rows, replace(changed, id="again")])).on(WORKER, HEALTH, facts())


# A decision that nothing changed bears on is decided once if the first version made it, and else not at all.
def test_a_replay_decides_only_what_it_must() -> None:
    before, after = Rulebook([rule()]), Rulebook([rule(), bar(service="POLICE")])
    one = RecordedDecision(WORKER, HEALTH, facts(), EVERY, EVERY, "another")
    for asked, kept in (
        (one, (0, 0)),
        (replace(one, version=before.version), (1, 0)),
        (replace(one, service=POLICE), (1, 1)),
    ):
        old, new = Rulebook(before.rows), Rulebook(after.rows)
        earlier = len(old.lately()), len(new.lately())
        assert replay([asked], old, new).decisions == 1
        assert (len(old.lately()) - earlier[0], len(new.lately()) - earlier[1]) == kept


# Where nothing tells purposes apart, a change is told once for all of them.
def test_the_same_change_at_alike_purposes_is_told_once() -> None:
    before, after = Rulebook([rule(when="reference-given")]), Rulebook([rule(when="own-records")])
    assert {change.purposes for change in diff(before, after).changes} == {tuple(Purpose)}
