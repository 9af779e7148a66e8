"""Laws that hold of any rules and any question, drawn at random."""

from dataclasses import replace

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from policies.compiled import FIELDS, compile_row
from policies.conditions import ALWAYS, BREAK_GLASS, EMERGENCIES, NO_BREAK_GLASS, true_conditions
from policies.decide import decide
from policies.facts import Asker, Facts
from policies.parity import Cell, agrees
from policies.referee import Referee
from policies.rows import RuleRow
from policies.rulebook import Rulebook
from policies.ruling import Ruling
from policies.sensitivity import SHIELDS
from policies.verdicts import Verdict
from policies.vocabulary import AGENCY, ANY, EXISTENCE, ROLES, Duty, Effect, OnDeny, fields_named, labels_reached
from schema.fields import CATALOGUE, FieldId
from schema.kinds import Kind
from schema.labels import Label
from schema.purposes import Purpose
from schema.services import Service
from tests.rooms.policies.drawn import (
    allows,
    askers,
    denies,
    emergencies,
    facts_drawn,
    fields_drawn,
    label_sets,
    labels_drawn,
    rulesets,
    services,
)
from tests.rooms.policies.rules import HEALTH, WORKER, facts, rule

calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60, derandomize=True)
cells = st.builds(Cell, askers, services, facts_drawn, fields_drawn, labels_drawn)


def _ruling(rows: list[RuleRow], asker: Asker, service: Service, facts: Facts) -> Ruling:
    return Ruling([compile_row(row) for row in rows], asker, service, facts)


def _openness(verdict: Verdict) -> int:
    return {Verdict.PERMIT: 2, Verdict.MASK: 1}.get(verdict, 0)


# Casbin, which defines what a rule means, and the compiled form say the same of 800 drawn cells, each within one word
# of a rule: a word that is not looked at shows only where all the others fit.
@settings(calm, max_examples=40)
@given(rulesets, st.lists(cells, min_size=20, max_size=20))
def test_compiled_is_casbin(rows: list[RuleRow], asked: list[Cell]) -> None:
    rules, referee = [compile_row(row) for row in rows], Referee(rows)
    for number, cell in enumerate(asked):
        assert agrees(rules, referee, _near(rows[number % len(rows)], cell, number % 4))


def _near(row: RuleRow, cell: Cell, but: int) -> Cell:
    """Give a cell the words of a rule, but for one of the four, which stays as it was drawn."""

    def word(place: int, of: tuple[str, ...], own: str) -> str:
        return own if place == but or of == (ANY,) else of[0]

    asker = cell.asker
    role, agency = word(0, row.role, asker.role), word(1, row.agency, asker.agency)
    purpose = Purpose(word(2, row.purpose, asker.purpose.value))
    return replace(cell, asker=Asker(role, agency, purpose), service=Service(word(3, row.service, cell.service.value)))


def _applies(row: RuleRow, asker: Asker, service: Service, facts: Facts, field: FieldId, label: Label) -> bool:
    """Read one rule as its author would, with nothing of the compiled form."""
    words = (
        (asker.role, row.role),
        (asker.agency, row.agency),
        (asker.purpose.value, row.purpose),
        (service.value, row.service),
        (CATALOGUE[field].kind.value, row.kind),
    )
    return (
        all("*" in cell or word in cell for word, cell in words)
        and field in fields_named(row.field)
        and label in labels_reached(row.sensitivity)
        and set(row.when) <= true_conditions(asker, facts)
        and (facts.reason_given or Duty.LOG_REASON not in row.duties)
        and (facts.second_person or Duty.SECOND_PERSON not in row.duties)
    )


def _plainly(
    rows: list[RuleRow], asker: Asker, service: Service, facts: Facts, field: FieldId, labels: frozenset[Label]
) -> Verdict:
    """Decide one field slowly and literally, as DESIGN states it: labels, gate, strictest deny."""

    def at(name: FieldId, label: Label) -> tuple[Verdict, bool]:
        meant = [row for row in rows if _applies(row, asker, service, facts, name, label)]
        left = [row.on_deny for row in meant if row.effect is Effect.DENY]
        for on_deny, verdict in (
            (OnDeny.OMIT, Verdict.OMIT),
            (OnDeny.BROKER_UNNAMED, Verdict.OMIT),
            (OnDeny.WITHHOLD, Verdict.WITHHOLD),
            (OnDeny.BROKER, Verdict.BROKER),
        ):
            if on_deny in left:
                return verdict, True
        allowed = [row for row in meant if row.effect is Effect.ALLOW]
        if not allowed:
            return Verdict.WITHHOLD, bool(left)
        whole = not left and any(row.obligation is None for row in allowed)
        return (Verdict.PERMIT if whole else Verdict.MASK), bool(left)

    def over(name: FieldId, carried: frozenset[Label]) -> tuple[Verdict, bool]:
        flags = {f for f in facts.flags if name in SHIELDS[f]}
        found = [at(name, label) for label in {CATALOGUE[name].label, *carried, *flags}]
        return max((v for v, _ in found), key=list(Verdict).index), any(d for _, d in found)

    own, denied = over(field, labels)
    gate, _ = over(EXISTENCE, frozenset() if CATALOGUE[field].kind is Kind.IDENTITY else labels)
    if gate in (Verdict.PERMIT, Verdict.MASK) or field == EXISTENCE:
        return own
    return max((own, gate), key=list(Verdict).index) if denied else gate


# Every verdict, labels and the existence gate included, is the one a slow and literal reading of the rules gives.
@settings(calm, max_examples=180)
@given(rulesets, askers, services, facts_drawn, fields_drawn, label_sets)
def test_verdict_is_the_literal_reading(
    rows: list[RuleRow], asker: Asker, service: Service, facts: Facts, field: FieldId, labels: frozenset[Label]
) -> None:
    verdict = _ruling(rows, asker, service, facts).decide(field, labels).verdict
    assert verdict is _plainly(rows, asker, service, facts, field, labels)


# What may be fetched is exactly what is permitted or masked: the quick answer and the explained one never differ.
@settings(calm, max_examples=150)
@given(rulesets, askers, services, facts_drawn)
def test_permitted_is_what_decisions_show(rows: list[RuleRow], asker: Asker, service: Service, facts: Facts) -> None:
    every = (ANY,)
    met = [
        replace(row, role=every, agency=every, purpose=every, service=every, when=(ALWAYS,), duties=()) for row in rows
    ]
    for drawn in (rows, met):  # as they were drawn, and where all of them apply to everybody
        ruling = _ruling(drawn, asker, service, facts)
        assert ruling.permitted == {f for f in FIELDS if ruling.decide(f).verdict.shows}


# What shows of a record with some labels, told at once, is what the decisions on its fields say one by one.
@calm
@given(rulesets, askers, services, facts_drawn, label_sets)
def test_shown_at_labels_is_what_decisions_show(
    rows: list[RuleRow], asker: Asker, service: Service, facts: Facts, labels: frozenset[Label]
) -> None:
    ruling = _ruling(rows, asker, service, facts)
    told = {f for f in FIELDS if f in ruling.permitted and ruling.decide(f, labels).verdict.shows}
    every = frozenset(FIELDS)
    assert ruling.shown(every, labels) == ruling.shown(every, labels) == told


# One deny more never shows anything that was not shown before, nor more of it.
@calm
@given(rulesets, denies, askers, services, facts_drawn, fields_drawn, label_sets)
def test_a_deny_never_grants(
    rows: list[RuleRow],
    deny: RuleRow,
    asker: Asker,
    service: Service,
    facts: Facts,
    field: FieldId,
    labels: frozenset[Label],
) -> None:
    before = _ruling(rows, asker, service, facts).decide(field, labels).verdict
    after = _ruling([*rows, replace(deny, id="more")], asker, service, facts).decide(field, labels).verdict
    assert _openness(after) <= _openness(before)


# One allow more never hides anything that was shown before, nor any of it.
@calm
@given(rulesets, allows, askers, services, facts_drawn, fields_drawn, label_sets)
def test_an_allow_never_revokes(
    rows: list[RuleRow],
    allow: RuleRow,
    asker: Asker,
    service: Service,
    facts: Facts,
    field: FieldId,
    labels: frozenset[Label],
) -> None:
    before = _ruling(rows, asker, service, facts).decide(field, labels).verdict
    after = _ruling([*rows, replace(allow, id="more")], asker, service, facts).decide(field, labels).verdict
    assert _openness(after) >= _openness(before)


# With no emergency access open, nothing at all is decided otherwise than by a rulebook without rules that wait for one.
@calm
@given(rulesets, emergencies, askers, services, facts_drawn, fields_drawn, label_sets)
def test_break_glass_off_is_a_rulebook_without_it(
    rows: list[RuleRow],
    emergency: RuleRow,
    asker: Asker,
    service: Service,
    facts: Facts,
    field: FieldId,
    labels: frozenset[Label],
) -> None:
    off = replace(facts, break_glass=False)
    without = [row for row in rows if BREAK_GLASS not in row.when]
    with_it = _ruling([*rows, replace(emergency, id="more")], asker, service, off)
    assert with_it.decide(field, labels) == _ruling(without, asker, service, off).decide(field, labels)
    assert with_it.permitted == _ruling(without, asker, service, off).permitted


# An emergency access never takes anything away, and never opens what a deny that does not yield to it bars.
@calm
@given(rulesets, askers, services, facts_drawn, fields_drawn, label_sets)
def test_break_glass_only_opens(
    rows: list[RuleRow], asker: Asker, service: Service, facts: Facts, field: FieldId, labels: frozenset[Label]
) -> None:
    off = _ruling(rows, asker, service, replace(facts, break_glass=False)).decide(field, labels)
    opened = _ruling(rows, asker, service, replace(facts, break_glass=True)).decide(field, labels)
    assert _openness(opened.verdict) >= _openness(off.verdict)
    hard = {row.id for row in rows if row.effect is Effect.DENY and NO_BREAK_GLASS not in row.when}
    assert hard & set(off.deny) <= set(opened.deny)


# Asked for anything but child protection or triage, an open emergency access decides as if there were none.
@calm
@given(rulesets, askers, services, facts_drawn, fields_drawn, label_sets)
def test_break_glass_is_for_emergencies_alone(
    rows: list[RuleRow], asker: Asker, service: Service, facts: Facts, field: FieldId, labels: frozenset[Label]
) -> None:
    assume(asker.purpose not in EMERGENCIES)
    off = _ruling(rows, asker, service, replace(facts, break_glass=False)).decide(field, labels)
    assert _ruling(rows, asker, service, replace(facts, break_glass=True)).decide(field, labels) == off


# A duty not met is a rule that is not there; a duty met is told with every field it let show.
@calm
@given(rulesets, askers, services, facts_drawn, fields_drawn, label_sets)
def test_a_duty_is_met_or_the_rule_is_not_there(
    rows: list[RuleRow], asker: Asker, service: Service, facts: Facts, field: FieldId, labels: frozenset[Label]
) -> None:
    decision = _ruling(rows, asker, service, facts).decide(field, labels)
    allowed = [row for row in rows if row.id in decision.allow]
    assert facts.reason_given or not any(Duty.LOG_REASON in row.duties for row in allowed)
    assert facts.second_person or not any(Duty.SECOND_PERSON in row.duties for row in allowed)
    owed = {duty for row in allowed for duty in row.duties}
    assert set(decision.duties) == (owed if decision.verdict.shows else set())


# Renaming one of a list's words for another, in the rules and the question alike, changes nothing.
@calm
@given(rulesets, askers, services, facts_drawn, fields_drawn, label_sets)
def test_a_consistent_renaming_changes_nothing(
    rows: list[RuleRow], asker: Asker, service: Service, facts: Facts, field: FieldId, labels: frozenset[Label]
) -> None:
    renamed = [replace(row, role=_renamed(row.role), agency=_renamed(row.agency), id=f"x-{row.id}") for row in rows]
    other = Asker(_RENAMED[asker.role], _RENAMED[asker.agency], asker.purpose)
    ours = _ruling(rows, asker, service, facts).decide(field, labels)
    theirs = _ruling(renamed, other, service, facts).decide(field, labels)
    assert theirs.verdict is ours.verdict
    assert (theirs.mask, theirs.reason, theirs.duties, theirs.ring) == (ours.mask, ours.reason, ours.duties, ours.ring)
    assert (theirs.allow, theirs.deny) == (tuple(f"x-{i}" for i in ours.allow), tuple(f"x-{i}" for i in ours.deny))


_RENAMED = {
    "social-worker": "health-practitioner",
    "police-officer": "early-help-worker",
    "county-council": "city-council",
    "county-nhs": "city-nhs",
}


def _renamed(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_RENAMED.get(word, word) for word in words)


# The order of the rules changes nothing: not the verdict, not the rules named, not the reason.
@calm
@given(rulesets, st.randoms(use_true_random=False), askers, services, facts_drawn, fields_drawn, label_sets)
def test_order_is_irrelevant(
    rows: list[RuleRow],
    chance: st.DataObject,
    asker: Asker,
    service: Service,
    facts: Facts,
    field: FieldId,
    labels: frozenset[Label],
) -> None:
    mixed = list(rows)
    chance.shuffle(mixed)  # type: ignore[attr-defined] # a Random, whatever the strategy is typed as
    ours = _ruling(rows, asker, service, facts).decide(field, labels)
    theirs = _ruling(mixed, asker, service, facts).decide(field, labels)
    assert ours == theirs


# Where it may not be known that a service knows the child, nothing of that service's is shown.
@calm
@given(rulesets, askers, services, facts_drawn)
def test_existence_is_the_gate(rows: list[RuleRow], asker: Asker, service: Service, facts: Facts) -> None:
    ruling = _ruling(rows, asker, service, facts)
    if not ruling.existence.verdict.shows:
        assert not ruling.permitted
    if ruling.existence.verdict is Verdict.OMIT:
        assert {ruling.decide(f).verdict for f in FIELDS} == {Verdict.OMIT}


# A refusal always has a reason and a permit never does; only a masked field names a mask.
@calm
@given(rulesets, askers, services, facts_drawn, fields_drawn, label_sets)
def test_every_decision_says_why(
    rows: list[RuleRow], asker: Asker, service: Service, facts: Facts, field: FieldId, labels: frozenset[Label]
) -> None:
    decision = _ruling(rows, asker, service, facts).decide(field, labels)
    assert (decision.reason is None) == (decision.verdict is Verdict.PERMIT)
    assert (decision.mask is None) == (decision.verdict is not Verdict.MASK)
    assert decision.allow or not decision.verdict.shows


_OPEN = Rulebook([rule()])


# A question with any word that is in no closed list is refused whole, whatever the rules would allow.
@calm
@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_unknown_words_are_refused(role: str, agency: str, field: str, label: str) -> None:
    def ask(asker: Asker, name: str, carried: frozenset[Label] = frozenset()) -> Verdict:
        mask = decide(asker, {"gp": (HEALTH, facts())}, frozenset({FieldId(name)}), _OPEN)["gp"]
        return mask.decide(FieldId(name), carried).verdict

    known = "Professional.phone"
    assert ask(WORKER, known) is Verdict.PERMIT
    assume(role not in ROLES and not AGENCY.fullmatch(agency) and field not in CATALOGUE and label not in set(Label))
    assert ask(Asker(role, WORKER.agency, WORKER.purpose), known) is Verdict.WITHHOLD
    assert ask(Asker(WORKER.role, agency, WORKER.purpose), known) is Verdict.WITHHOLD
    assert ask(WORKER, field) is Verdict.WITHHOLD
    assert ask(WORKER, known, frozenset({label})) is Verdict.WITHHOLD  # type: ignore[arg-type] # a careless caller's
