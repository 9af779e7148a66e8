"""Decisions: what each verdict means, which reason is given, what labels, flags and the gate do."""

import pytest

from policies.conditions import CONDITIONS, true_conditions
from policies.decide import Decision, Fault, NearMiss, Verdict, decide
from policies.facts import AgreementState, Asker, ConsentState, Facts, RelationshipState
from policies.rows import RuleRow
from policies.rulebook import Rulebook
from policies.vocabulary import EXISTENCE, Mask
from schema.fields import CATALOGUE, FieldId
from schema.kinds import Kind
from schema.labels import Label
from schema.lawful_bases import LawfulBasis
from schema.purposes import Purpose
from schema.reasons import Reason
from tests.rooms.policies.rules import HEALTH, POLICE, WORKER, bar, facts, rule, ruling

BORN = FieldId("Birth.date_of_birth")
NAME = FieldId("PersonName.given")
PHONE = FieldId("Professional.phone")
POSTCODE = FieldId("Address.postcode")
NOTES = FieldId("Involvement.notes")
MENTAL = frozenset({Label.MENTAL_HEALTH})
YEAR = {"field": "Birth.date_of_birth", "obligation": "year-only", "reason": "NOT_FOR_THIS_PURPOSE"}


# A permit names the rule and gives no reason.
def test_a_permit_names_its_rule() -> None:
    assert ruling(rule()).decide(PHONE) == Decision(Verdict.PERMIT, allow=("rule-1",))


# Of several denies the strictest counts, and its own reason is given.
@pytest.mark.parametrize(
    ("left", "verdict"),
    [
        (("broker", "withhold"), Verdict.WITHHOLD),
        (("omit", "withhold", "broker"), Verdict.OMIT),
        (("broker",), Verdict.BROKER),
    ],
)
def test_the_strictest_deny_counts(left: tuple[str, ...], verdict: Verdict) -> None:
    reasons = {"broker": "PROTECTED", "withhold": "NO_AGREEMENT", "omit": "LEGAL_BAR"}
    bars = [bar(id=f"bar-{each}", on_deny=each, reason=reasons[each]) for each in left]
    decision = ruling(rule(), *bars).decide(PHONE)
    strictest = {Verdict.WITHHOLD: "withhold", Verdict.OMIT: "omit", Verdict.BROKER: "broker"}[verdict]
    assert (decision.verdict, decision.reason) == (verdict, Reason(reasons[strictest]))  # type: ignore[call-arg] # a closed list's look-up


# An obliged allow shows a part; another allow without the obligation shows the whole.
def test_an_obligation_shows_a_part() -> None:
    obliged = rule(id="obliged", **YEAR)
    gate = rule(id="gate", kind="EXISTENCE")
    decision = ruling(obliged, gate).decide(BORN)
    assert decision == Decision(Verdict.MASK, Mask.YEAR_ONLY, ("obliged",), (), Reason.NOT_FOR_THIS_PURPOSE)
    assert ruling(obliged, gate, rule(id="whole")).decide(BORN).verdict is Verdict.PERMIT


# A masking deny takes from what is allowed, and gives nothing by itself.
def test_a_masking_deny_never_grants() -> None:
    masking = bar(on_deny="mask", **YEAR)
    assert ruling(rule(), masking).decide(BORN).verdict is Verdict.MASK
    alone = ruling(masking, rule(kind="EXISTENCE")).decide(BORN)
    assert (alone.verdict, alone.deny, alone.mask) == (Verdict.WITHHOLD, ("bar-1",), None)


# Where a service's existence is not permitted, nothing of it is, the name it holds included.
@pytest.mark.parametrize("left", ["withhold", "broker", "omit"])
def test_the_gate_is_existence(left: str) -> None:
    one = ruling(rule(), bar(kind="EXISTENCE", on_deny=left, reason="PROTECTED"))
    assert one.permitted == frozenset()
    assert one.existence.verdict.value == left.upper()
    assert {one.decide(f).verdict for f in CATALOGUE} == {one.existence.verdict}


# A field barred more strictly than the gate stays barred more strictly.
def test_a_stricter_bar_outlives_the_gate() -> None:
    one = ruling(rule(), bar(kind="EXISTENCE", on_deny="broker"), bar(id="bar-2", kind="DETAIL", on_deny="omit"))
    assert (one.decide(NOTES).verdict, one.decide(PHONE).verdict) == (Verdict.OMIT, Verdict.BROKER)


# Existence not permitted for want of a rule withholds everything, whatever else is allowed.
def test_no_rule_on_existence_withholds_all() -> None:
    assert ruling(rule(kind="IDENTITY PROFESSIONAL DETAIL CONTACT")).permitted == frozenset()


# A record's own label must be reached too; each label asks for itself and the strictest counts.
def test_a_record_label_is_decided_too() -> None:
    one = ruling(rule(sensitivity="SENSITIVE"), bar(sensitivity="SEXUAL_HEALTH", on_deny="omit"))
    assert one.decide(PHONE).verdict is Verdict.PERMIT
    assert one.decide(PHONE, MENTAL).verdict is Verdict.WITHHOLD
    both = one.decide(PHONE, MENTAL | {Label.SEXUAL_HEALTH})
    assert (both.verdict, both.deny, both.allow) == (Verdict.OMIT, ("bar-1",), ("rule-1",))


# A record that may not be known to exist gives nothing, even where a rule names the field at that label.
def test_a_labelled_record_is_gated_by_its_own_existence() -> None:
    one = ruling(rule(sensitivity="SENSITIVE"), rule(id="rule-2", kind="PROFESSIONAL", sensitivity="MENTAL_HEALTH"))
    assert one.decide(PHONE, MENTAL).verdict is Verdict.WITHHOLD
    three = rule(id="rule-3", kind="EXISTENCE", sensitivity="MENTAL_HEALTH")
    two = rule(id="rule-2", kind="PROFESSIONAL", sensitivity="MENTAL_HEALTH")
    assert ruling(rule(sensitivity="SENSITIVE"), two, three).decide(PHONE, MENTAL).verdict is Verdict.PERMIT


# A confidential address is decided as an address: the service's existence need not be permitted at that label.
def test_identity_is_gated_by_the_service_not_the_record() -> None:
    one = ruling(
        rule(sensitivity="SENSITIVE"), rule(id="rule-2", field="Address.*", sensitivity="CONFIDENTIAL_ADDRESS")
    )
    assert one.decide(POSTCODE, frozenset({Label.CONFIDENTIAL_ADDRESS})).verdict is Verdict.PERMIT


# A person's own flag is a label on everything of theirs; an address flag is one on their addresses.
def test_a_persons_flag_is_a_label() -> None:
    mental = ruling(rule(sensitivity="SENSITIVE"), its=facts(flags=MENTAL))
    assert mental.permitted == frozenset()
    refuge = ruling(rule(sensitivity="SENSITIVE"), its=facts(flags=frozenset({Label.CONFIDENTIAL_ADDRESS})))
    assert set(CATALOGUE) - refuge.permitted == {f for f in CATALOGUE if CATALOGUE[f].record == "Address"}


# The rules nearest to allowing are named with what they failed on, fewest first, at most three.
def test_near_misses_are_named() -> None:
    rows = [
        rule(kind="EXISTENCE"),
        rule(id="near-1", kind="PROFESSIONAL", when="agreement-in-force"),
        rule(id="near-2", kind="PROFESSIONAL", when="agreement-in-force consent-given", purpose="EARLY_HELP"),
        rule(
            id="near-3", kind="PROFESSIONAL", sensitivity="ADOPTION", effect="deny", on_deny="omit", reason="LEGAL_BAR"
        ),
        rule(id="near-4", kind="PROFESSIONAL", agency="county-nhs", when="no-agreement"),
        rule(id="near-5", kind="PROFESSIONAL", role="analyst"),
        rule(id="near-6", kind="PROFESSIONAL", service="POLICE"),
    ]
    decision = ruling(*rows, its=facts(agreement=AgreementState.NONE)).decide(PHONE)
    assert decision.near_misses == (
        NearMiss("near-1", ("agreement-in-force",)),
        NearMiss("near-4", ("agency",)),
        NearMiss("near-2", ("purpose", "agreement-in-force", "consent-given")),
    )
    assert decision.reason is Reason.NO_AGREEMENT


def _missed(row: RuleRow, its: Facts, labels: frozenset[Label] = frozenset()) -> Reason | None:
    gate = rule(id="gate", kind="EXISTENCE")
    return ruling(gate, row, its=its).decide(PHONE, labels).reason


# Without a deny the reason is what the nearest rule lacked.
@pytest.mark.parametrize(
    ("changed", "its", "reason"),
    [
        ({"purpose": "EARLY_HELP"}, facts(), Reason.NOT_FOR_THIS_PURPOSE),
        ({"when": "agreement-in-force"}, facts(agreement=AgreementState.EXPIRED), Reason.NO_AGREEMENT),
        ({"when": "consent-given"}, facts(), Reason.CONSENT_NOT_GIVEN),
        ({"when": "consent-given"}, facts(consent=ConsentState.WITHDRAWN), Reason.CONSENT_REFUSED),
        ({"when": "consent-given"}, facts(consent=ConsentState.REFUSED), Reason.CONSENT_REFUSED),
        ({"when": "consent-given"}, facts(consent=ConsentState.UNAVAILABLE), Reason.CONSENT_UNAVAILABLE),
        ({"when": "reference-given"}, facts(relationship=RelationshipState.NONE), Reason.NO_REFERENCE),
        ({"when": "own-records"}, facts(), Reason.NO_RULE_PERMITS),
        ({"agency": "county-nhs"}, facts(), Reason.NO_RULE_PERMITS),
        ({"role": "analyst"}, facts(), Reason.NO_RULE_PERMITS),
        ({"sensitivity": "MENTAL_HEALTH"}, facts(), Reason.NO_RULE_PERMITS),
    ],
)
def test_the_reason_is_what_was_lacking(changed: dict[str, str], its: Facts, reason: Reason) -> None:
    assert _missed(rule(kind="PROFESSIONAL", **changed), its) is reason


# A record whose label no rule reaches is told to be protected.
def test_an_unreached_label_is_protected() -> None:
    gate = rule(id="gate", kind="EXISTENCE")
    near = rule(kind="PROFESSIONAL", sensitivity="SENSITIVE")
    assert ruling(gate, near).decide(FieldId("Involvement.status"), MENTAL).verdict is Verdict.PERMIT
    assert ruling(gate, near).decide(PHONE, MENTAL).reason is Reason.PROTECTED


# Each condition means what its English says.
@pytest.mark.parametrize(
    ("name", "holds", "fails"),
    [
        ("always", facts(), None),
        ("agreement-in-force", facts(), facts(agreement=AgreementState.NONE)),
        ("agreement-in-force", facts(agreement=AgreementState.PAST_REVIEW), facts(agreement=AgreementState.EXPIRED)),
        ("agreement-in-force", facts(agreement=AgreementState.NONE, own=True), facts(agreement=AgreementState.NONE)),
        ("no-agreement", facts(agreement=AgreementState.EXPIRED), facts(agreement=AgreementState.EXPIRED, own=True)),
        ("consent-given", facts(consent=ConsentState.GIVEN), facts(consent=ConsentState.NOT_RECORDED)),
        ("consent-relied-on-not-given", facts(basis=LawfulBasis.CONSENT), facts()),
        ("consent-relied-on-not-recorded", facts(basis=LawfulBasis.CONSENT), facts()),
        (
            "consent-refused-or-withdrawn",
            facts(basis=LawfulBasis.CONSENT, consent=ConsentState.WITHDRAWN),
            facts(consent=ConsentState.WITHDRAWN),
        ),
        (
            "consent-unreadable",
            facts(basis=LawfulBasis.CONSENT, consent=ConsentState.UNAVAILABLE),
            facts(basis=LawfulBasis.CONSENT),
        ),
        ("reference-given", facts(), facts(relationship=RelationshipState.NONE)),
        (
            "reference-given",
            facts(relationship=RelationshipState.ALLOCATED),
            facts(relationship=RelationshipState.NONE),
        ),
        ("no-reference", facts(relationship=RelationshipState.NONE), facts()),
        ("own-records", facts(own=True), facts()),
        ("another-agencys-records", facts(), facts(own=True)),
        ("person-flagged-mental-health", facts(flags=MENTAL), facts()),
    ],
)
def test_a_condition_means_what_it_says(name: str, holds: Facts, fails: Facts | None) -> None:
    assert name in true_conditions(WORKER, holds)
    assert CONDITIONS[name].name == name
    assert fails is None or name not in true_conditions(WORKER, fails)


# A purpose that needs no reference is not refused for want of one.
def test_a_reference_is_missed_only_where_needed() -> None:
    asker = Asker("police-officer", "county-police", Purpose.CRIME_PREVENTION)
    assert "no-reference" not in true_conditions(asker, facts(relationship=RelationshipState.NONE))


# Sources are decided each by its own service and facts, and only for the fields that were asked for.
def test_sources_are_decided_each_by_its_own_facts() -> None:
    rulebook = Rulebook([rule(when="agreement-in-force"), bar(service="POLICE", on_deny="broker")])
    sources = {
        "gp": (HEALTH, facts()),
        "trust": (HEALTH, facts(agreement=AgreementState.NONE)),
        "force": (POLICE, facts()),
    }
    masks = decide(WORKER, sources, frozenset({PHONE, NAME}), rulebook)
    assert {source: mask.permitted for source, mask in masks.items()} == {
        "gp": {PHONE, NAME},
        "trust": frozenset(),
        "force": frozenset(),
    }
    assert masks["force"].existence.verdict is Verdict.BROKER
    assert masks["gp"].decide(POSTCODE).verdict is Verdict.WITHHOLD
    assert masks["gp"].decide(EXISTENCE).verdict is Verdict.PERMIT


# Whatever breaks while deciding is a refusal of that source alone, marked so that it can be alarmed.
def test_a_breakage_is_a_marked_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    rulebook = Rulebook([rule()])
    healthy = decide(WORKER, {"gp": (HEALTH, facts())}, frozenset(CATALOGUE), rulebook)["gp"]
    broken = decide(WORKER, {"gp": (HEALTH, facts()), "trust": None}, frozenset(CATALOGUE), rulebook)  # type: ignore[dict-item] # what a careless caller may pass
    assert broken["gp"].fault is None
    assert (broken["trust"].fault, broken["trust"].permitted) == (Fault.BROKEN, frozenset())
    assert broken["trust"].decide(PHONE).fault is Fault.BROKEN

    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("policies.ruling.weigh", breaks)
    decision = healthy.decide(NAME)
    assert (decision.verdict, decision.fault) == (Verdict.WITHHOLD, Fault.BROKEN)


# A question with no sources has no masks; one that asks nothing permits nothing.
def test_nothing_asked_is_nothing_permitted() -> None:
    rulebook = Rulebook([rule()])
    assert decide(WORKER, {}, frozenset(CATALOGUE), rulebook) == {}
    assert decide(WORKER, {"gp": (HEALTH, facts())}, frozenset(), rulebook)["gp"].permitted == frozenset()


# The same question is answered from the same ruling, and only so many are kept.
def test_rulings_are_kept_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policies.rulebook._KEPT", 2)
    rulebook = Rulebook([rule()])
    first = rulebook.ruling(WORKER, HEALTH, facts())
    assert rulebook.ruling(WORKER, HEALTH, facts()) is first
    for agency in ("one", "two", "three"):
        rulebook.ruling(Asker(WORKER.role, agency, WORKER.purpose), HEALTH, facts())
    assert rulebook.ruling(WORKER, HEALTH, facts()) is not first
    assert len(rulebook._kept) == 2


# Every kind of data can be permitted by itself, beside existence.
@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_is_a_separate_right(kind: Kind) -> None:
    one = ruling(rule(kind=" ".join(sorted({"EXISTENCE", kind.value}))))
    assert {CATALOGUE[f].kind for f in one.permitted} == {Kind.EXISTENCE, kind}
