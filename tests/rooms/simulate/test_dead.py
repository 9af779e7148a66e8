"""Dead rules and the reverse question: held against taking rules out one by one, and against the decider."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from policies.facts import Asker, Facts
from policies.reading import read_rules
from policies.rows import RuleRow
from policies.rulebook import Rulebook
from policies.simulate.dead import Cause, Dead, dead
from policies.simulate.differences import diff
from policies.simulate.places import Rules
from policies.simulate.reverse import who_can
from policies.verdicts import Verdict
from schema.fields import FieldId
from schema.labels import Label
from schema.services import Service
from tests.rooms.policies.drawn import LABELS, askers, facts_drawn, rulesets, services
from tests.rooms.policies.rules import bar, rule
from tests.rooms.simulate.asking import FACTS, every, outcome

calm = settings(
    deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, phases=[Phase.explicit, Phase.generate]
)
CLOSED = bar(id="bar-of-nothing", field="Plan.goals", kind="*", role="analyst", purpose="ANALYSIS")


# A rule is dead exactly where the rules without it are no different, which the diff says and the decider proves.
@settings(calm, max_examples=2)
@given(rulesets)
def test_dead_is_what_makes_no_difference(rows: list[RuleRow]) -> None:
    rows = [*rows, CLOSED]
    found = {one.rule for one in dead(Rulebook(rows))}
    for row in rows:
        without = Rulebook([other for other in rows if other.id != row.id])
        assert (row.id in found) is (not diff(Rulebook(rows), without).changes)


# Each cause is told with the rules that make it so.
@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([rule(), rule(id="a", when="consent-given consent-relied-on-not-given")], Dead("a", Cause.NEVER)),
        ([rule(), rule(id="a", purpose="ANALYSIS", when="no-reference")], Dead("a", Cause.NEVER)),
        ([rule(), rule(id="a", role="analyst", when="own-records")], Dead("a", Cause.SHADOWED, ("rule-1",))),
        ([rule(sensitivity="SENSITIVE"), rule(id="a", service="HEALTH", sensitivity="ORDINARY")],
         Dead("a", Cause.SHADOWED, ("rule-1",))),
        ([rule(), bar(on_deny="omit"), bar(id="a", role="analyst")], Dead("a", Cause.SHADOWED, ("bar-1",))),
        ([rule(when="own-records"), rule(id="b", when="another-agencys-records"), rule(id="a", role="analyst")],
         Dead("a", Cause.COVERED)),
        ([rule(), rule(id="a", service="POLICE"), bar(service="POLICE")], Dead("a", Cause.SHADOWED, ("rule-1",))),
        ([rule(service="HEALTH"), rule(id="a", service="POLICE"), bar(service="POLICE", on_deny="omit")],
         Dead("a", Cause.BARRED, ("bar-1",))),
        ([rule(service="HEALTH"), bar(id="a", service="POLICE")], Dead("a", Cause.GUARD)),
        ([rule(), bar(role="analyst", on_deny="withhold"), bar(id="b", role="analyst", on_deny="omit"),
          bar(id="a", role="analyst", service="HEALTH", on_deny="omit")], Dead("a", Cause.SHADOWED, ("b",))),
        ([rule(), bar(when="own-records"), bar(id="b", when="another-agencys-records"), bar(id="a", role="analyst")],
         Dead("a", Cause.COVERED)),
    ],
)  # fmt: skip
def test_why_a_rule_is_dead(rows: list[RuleRow], expected: Dead) -> None:
    found = {one.rule: one for one in dead(Rulebook(rows))}
    assert found["a"] == expected
    assert str(found["a"]).startswith("a: ")
    assert all(rule in str(found["a"]) for rule in expected.by)


# What changes duties counts, and so does what one agency alone gains; what only says it again does not.
def test_what_counts_is_not_dead() -> None:
    rows = [rule(duties="notify-owner"), rule(id="b"), rule(id="c", agency="county-nhs", sensitivity="SEXUAL_HEALTH")]
    plain = [row if row.id == "c" else replace(row, sensitivity=("ORDINARY",)) for row in rows]
    assert dead(Rulebook(plain)) == (Dead("b", Cause.SHADOWED, ("rule-1",)),)


# Rules that do the same for different agencies, services or roles are each weighed where they alone say it.
@pytest.mark.parametrize("column", [{"agency": "county-nhs"}, {"service": "POLICE"}, {"role": "analyst"}])
def test_rules_alike_in_different_places_all_count(column: dict[str, str]) -> None:
    other = {"agency": "county-council", "service": "HEALTH", "role": "social-worker"}
    rows = [rule(**column), rule(id="b", **{name: other[name] for name in column})]
    assert not dead(Rulebook(rows))


# Of the shipped rules none is dead: what changes nothing today is a deny that guards.
def test_no_shipped_rule_is_dead() -> None:
    assert {one.cause for one in dead(read_rules())} <= {Cause.GUARD}


# Whoever the reverse question names can see the field, in that form, in all its situations; nobody else can.
@settings(calm, max_examples=8)
@given(
    rulesets,
    askers,
    services,
    facts_drawn,
    st.lists(st.sampled_from(FACTS), min_size=2, max_size=2, unique=True),
    st.sampled_from(("Involvement.service", "Birth.date_of_birth", "Address.postcode", "Plan.goals")),
    st.frozensets(st.sampled_from(LABELS), max_size=1),
)
def test_the_reverse_question_is_what_the_decider_says(
    rows: list[RuleRow],
    asker: Asker,
    service: Service,
    some: Facts,
    names: list[str],
    name: str,
    labels: frozenset[Label],
) -> None:
    rulebook, field = Rulebook(rows), FieldId(name)
    accesses = who_can(field, service, rulebook, flags=some.flags, labels=labels)
    for its in every(some, names):
        said = [
            access
            for access in accesses
            if access.role == asker.role
            and asker.agency in access.agencies
            and asker.purpose in access.purposes
            and any(situation.holds(its) for situation in access.when)
        ]
        form = outcome(rulebook, asker, service, its, field, labels)
        sees = form.verdict in {Verdict.PERMIT, Verdict.MASK, Verdict.BROKER} or form.ring
        assert [access.form for access in said] == ([form] if sees else [])
        decision = rulebook.ruling(asker, service, its).decide(field, labels)
        if sees and form.verdict.shows:
            assert set(decision.allow) <= set(said[0].allow)
            assert set(decision.deny) <= set(said[0].deny)


# An agency that rules name is told apart, and so is everybody else.
def test_agencies_are_told_apart() -> None:
    rows = [rule(), bar(agency="county-nhs another-agency"), bar(id="b", agency="county-council", on_deny="omit")]
    told = {str(agencies) for agencies, _ in Rules((Rulebook(rows),)).agencies}
    assert told == {"any agency but another-agency, county-council, county-nhs", "another-agency, county-nhs",
                    "county-council"}  # fmt: skip
    seen = who_can(FieldId("Plan.goals"), Service("HEALTH"), Rulebook(rows))
    assert {str(access.agencies) for access in seen} == {"any agency but another-agency, county-council, county-nhs"}
    assert all(access.agencies.one not in {"another-agency", "county-nhs", "county-council"} for access in seen)
