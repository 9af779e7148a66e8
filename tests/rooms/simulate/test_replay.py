"""Replaying: recorded questions decided again by two versions, exactly as the decider would, and counted."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.compiled import FIELDS
from policies.decide import decide
from policies.facts import Asker, Facts
from policies.rows import RuleRow
from policies.rulebook import Rulebook
from policies.simulate.replay import RecordedDecision, Replayed, replay
from schema.fields import FieldId
from schema.purposes import Purpose
from schema.services import Service
from tests.rooms.policies.drawn import askers, facts_drawn, rulesets, services
from tests.rooms.policies.rules import HEALTH, POLICE, WORKER, bar, facts, rule

PHONE, GOALS = FieldId("Professional.phone"), FieldId("Plan.goals")
ASKED = frozenset({PHONE, GOALS})
ANALYST = Asker("analyst", "county-council", Purpose.ANALYSIS)
OPEN = Rulebook([rule(when="agreement-in-force")])
STRICT = Rulebook([rule(when="agreement-in-force"), bar(field="Plan.*", role="social-worker")])
SHOWN = RecordedDecision(WORKER, HEALTH, facts(), ASKED, ASKED, OPEN.version)


# What changes is counted by role, service and field; what does not is counted as replayed and no more.
def test_a_replay_counts_what_changes() -> None:
    other = RecordedDecision(ANALYST, POLICE, facts(), ASKED, ASKED, OPEN.version)
    found = replay([SHOWN, SHOWN, other], OPEN, STRICT)
    assert (found.before, found.after, found.decisions, found.changed) == (OPEN.version, STRICT.version, 3, 2)
    assert found.fields == (Replayed("social-worker", HEALTH, GOALS, 0, 2),)
    assert replay([SHOWN, SHOWN, other], STRICT, OPEN).fields == (Replayed("social-worker", HEALTH, GOALS, 2, 0),)
    assert replay([SHOWN], OPEN, OPEN).fields == ()


# What cannot be made again is counted and not guessed; what the first version now makes otherwise than was written
# down is told, and what another version made is not held against it.
def test_what_cannot_be_compared_is_counted() -> None:
    astray = replace(SHOWN, permitted=frozenset({PHONE}))
    found = replay([SHOWN, None, astray, replace(astray, version="another")], OPEN, OPEN)
    assert (found.decisions, found.not_replayable, found.astray) == (3, 1, 1)


# A question whose words are no longer ours, or were never an agency's id, is refused by both versions.
def test_a_replay_of_unknown_words_permits_nothing() -> None:
    for asker in (replace(WORKER, role="beadle"), replace(WORKER, agency="*")):
        found = replay([SHOWN, replace(SHOWN, asker=asker, version="")], OPEN, STRICT)
        assert found.changed == 1


# Taking alike questions for one changes nothing: each comes to what the decider says of it alone.
@settings(deadline=None, max_examples=4, suppress_health_check=list(HealthCheck), derandomize=True)
@given(rulesets, rulesets, st.lists(st.tuples(askers, services, facts_drawn), min_size=1, max_size=30))
def test_a_replay_is_what_the_decider_says(
    rows: list[RuleRow], others: list[RuleRow], questions: list[tuple[Asker, Service, Facts]]
) -> None:
    before, after, every = Rulebook(rows), Rulebook(others), frozenset(FIELDS)
    was, becomes = (
        [decide(asker, {"": (service, its)}, every, book)[""].permitted for asker, service, its in questions]
        for book in (before, after)
    )
    recorded = [
        RecordedDecision(asker, service, its, every, permitted, before.version)
        for (asker, service, its), permitted in zip(questions, was, strict=True)
    ]
    found = replay(recorded, before, after)
    assert (found.astray, found.changed) == (0, sum(a != b for a, b in zip(was, becomes, strict=True)))
    assert sum(f.gained for f in found.fields) == sum(len(b - a) for a, b in zip(was, becomes, strict=True))
    assert sum(f.lost for f in found.fields) == sum(len(a - b) for a, b in zip(was, becomes, strict=True))
