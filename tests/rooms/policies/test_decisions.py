"""Decisions: what each verdict means, which reason is given, what labels, flags and the gate do."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from policies.bases import basis_state
from policies.conditions import CONDITIONS, true_conditions
from policies.decide import Decision, Fault, NearMiss, Verdict, decide
from policies.facts import (
    AgreementState,
    Asker,
    BasisState,
    ConsentState,
    Facts,
    NotToShare,
    ObjectionState,
    RelationshipState,
)
from policies.reading import read_rules
from policies.rows import RuleRow
from policies.rulebook import Rulebook
from policies.sensitivity import FLAGS
from policies.service_mask import ServiceMask
from policies.told import told_to_auditor, told_to_worker
from policies.vocabulary import EXISTENCE, Mask, Role
from schema.fields import CATALOGUE, FieldId
from schema.kinds import Kind
from schema.labels import Label
from schema.lawful_bases import TERMS, LawfulBasis
from schema.purposes import Purpose
from schema.reasons import Reason
from schema.services import Service
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


# What shows of a record is the same however often it is asked, and what was asked of another label is not mixed in.
def test_what_shows_is_remembered_by_what_was_asked() -> None:
    one, asked = ruling(rule(), bar(sensitivity="SEXUAL_HEALTH")), frozenset({PHONE, BORN})
    labelled = frozenset({Label.SEXUAL_HEALTH})
    assert [one.shown(asked) for _ in range(2)] == [asked, asked]
    assert [one.shown(asked, labelled) for _ in range(2)] == [frozenset(), frozenset()]
    assert one.shown(frozenset({PHONE})) == {PHONE}


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
        ({"when": "works-with-the-child"}, facts(), Reason.NOT_YOUR_CASE),
        ({"when": "says-they-work-with-the-child"}, facts(), Reason.NOT_YOUR_CASE),
        ({"duties": "log-reason"}, facts(), Reason.NO_REASON_GIVEN),
        ({"duties": "second-person notify-owner"}, facts(), Reason.NO_SECOND_PERSON),
        ({"agency": "county-nhs"}, facts(), Reason.NO_RULE_PERMITS),
        ({"role": "analyst"}, facts(), Reason.NO_RULE_PERMITS),
        ({"sensitivity": "MENTAL_HEALTH"}, facts(), Reason.NO_RULE_PERMITS),
    ],
)
def test_the_reason_is_what_was_lacking(changed: dict[str, str], its: Facts, reason: Reason) -> None:
    assert _missed(rule(kind="PROFESSIONAL", **changed), its) is reason


# Nobody is sent to ask for consent where no consent could open anything; a person's flag has no part in that.
@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"when": "consent-given"}, Reason.CONSENT_NOT_GIVEN),
        ({"when": "consent-given", "sensitivity": "MENTAL_HEALTH"}, Reason.CONSENT_NOT_GIVEN),
        ({"when": "consent-given reference-given"}, Reason.CONSENT_NOT_GIVEN),
        ({"when": "consent-given", "purpose": "EARLY_HELP"}, Reason.NOT_FOR_THIS_PURPOSE),
        ({"when": "consent-given own-records"}, Reason.NO_RULE_PERMITS),
        ({"when": "consent-given", "agency": "county-nhs"}, Reason.NO_RULE_PERMITS),
        ({"when": "consent-given", "field": "Professional.name"}, Reason.NO_RULE_PERMITS),
        ({"when": "consent-given", "service": "POLICE"}, Reason.NO_RULE_PERMITS),
    ],
)
def test_an_errand_is_told_only_where_it_could_help(changed: dict[str, str], reason: Reason) -> None:
    gate = rule(id="gate", kind="EXISTENCE")
    consent = bar(kind="PROFESSIONAL", when="consent-relied-on-not-recorded", reason="CONSENT_NOT_GIVEN")
    decision = ruling(gate, rule(**changed), consent, its=facts(basis=LawfulBasis.CONSENT)).decide(PHONE)
    assert (decision.verdict, decision.reason, decision.deny) == (Verdict.WITHHOLD, reason, ("bar-1",))


# What was refused stays refused to whoever asks, though no rule would permit it.
def test_a_refusal_is_told_where_no_rule_permits() -> None:
    gate = rule(id="gate", kind="EXISTENCE")
    refused = bar(kind="PROFESSIONAL", when="consent-refused-or-withdrawn", reason="CONSENT_REFUSED")
    its = facts(basis=LawfulBasis.CONSENT, consent=ConsentState.REFUSED)
    assert ruling(gate, refused, its=its).decide(PHONE).reason is Reason.CONSENT_REFUSED


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
        ("works-with-the-child", facts(relationship=RelationshipState.TEAM), facts()),
        (
            "says-they-work-with-the-child",
            facts(relationship=RelationshipState.SELF_DECLARED, reason_given=True),
            facts(relationship=RelationshipState.SELF_DECLARED),
        ),
        ("no-reference", facts(relationship=RelationshipState.SELF_DECLARED, reason_given=True), facts()),
        ("no-basis-in-force", facts(basis_state=BasisState.NOT_COMMENCED), facts()),
        (
            "objection-stands",
            facts(basis=LawfulBasis.PUBLIC_TASK, objection=ObjectionState.RAISED),
            facts(objection=ObjectionState.UPHELD),
        ),
        (
            "objection-stands",
            facts(basis=LawfulBasis.PUBLIC_TASK, objection=ObjectionState.UPHELD),
            facts(basis=LawfulBasis.PUBLIC_TASK, objection=ObjectionState.OVERRULED),
        ),
        (
            "objection-unreadable",
            facts(basis=LawfulBasis.PUBLIC_TASK, objection=ObjectionState.UNAVAILABLE),
            facts(objection=ObjectionState.UNAVAILABLE),
        ),
        ("decided-not-to-share", facts(not_to_share=NotToShare.DECIDED), facts()),
        ("decisions-not-to-share-unreadable", facts(not_to_share=NotToShare.UNAVAILABLE), facts()),
        ("break-glass", facts(break_glass=True), facts()),
        ("no-break-glass", facts(), facts(break_glass=True)),
        ("reason-given", facts(reason_given=True), facts()),
        ("second-person-agreed", facts(second_person=True), facts()),
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


# What shows of a labelled record is told at once, for the fields that were asked for; where nothing stands, nothing.
def test_a_mask_tells_what_shows_of_a_labelled_record(monkeypatch: pytest.MonkeyPatch) -> None:
    rulebook = Rulebook([rule(sensitivity="SENSITIVE"), bar(field="Professional.name", kind="PROFESSIONAL")])
    mask = decide(WORKER, {"gp": (HEALTH, facts())}, frozenset({PHONE, NAME}), rulebook)["gp"]
    assert mask.shown() == {PHONE, NAME}
    assert mask.shown(frozenset({Label.SPECIAL_CATEGORY})) == {PHONE, NAME}
    assert mask.shown(MENTAL) == frozenset()
    monkeypatch.setattr("policies.ruling._KEPT", 3)
    assert mask.shown(frozenset({Label.STAFF_OR_RELATIVE})) == {PHONE, NAME}
    assert ServiceMask(frozenset({PHONE}), None).shown() == frozenset()

    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("policies.ruling.weigh", breaks)
    assert mask.shown(frozenset({Label.CRIMINAL_OFFENCE})) == frozenset()


# A basis is relied on in its time and by its bodies; an officer's day begins only what awaits one.
@pytest.mark.parametrize(
    ("name", "role", "year", "word"),
    [
        ("CHILDREN_ACT_1989_S47", "social-worker", 2026, "IN_FORCE"),
        ("CHILDREN_ACT_1989_S47", "social-worker", 1990, "NOT_COMMENCED"),
        ("CHILDREN_ACT_2004_S11", "school-safeguarding-lead", 2026, "NOT_RELIED_ON_BY_ROLE"),
        ("CHILDREN_ACT_2004_S11", "nobody", 2026, "NOT_RELIED_ON_BY_ROLE"),
        ("CHILDREN_ACT_2004_S16LA", "social-worker", 2026, "NOT_COMMENCED"),
    ],
)
def test_a_basis_has_its_time_and_its_bodies(name: str, role: str, year: int, word: str) -> None:
    basis, day, state = LawfulBasis[name], date(year, 9, 1), BasisState(word)
    assert basis_state(basis, role, day) is state
    begun = {LawfulBasis.CHILDREN_ACT_2004_S16LA: date(2026, 9, 1), LawfulBasis.CHILDREN_ACT_1989_S47: date(1980, 1, 1)}
    after = BasisState.IN_FORCE if basis is LawfulBasis.CHILDREN_ACT_2004_S16LA else state
    assert basis_state(basis, role, day, begun) is after
    assert basis_state(LawfulBasis.CHILDREN_ACT_2004_S16LA, role, date(2026, 8, 31), begun) is BasisState.NOT_COMMENCED


# A basis that has been repealed is relied on by nobody from the next day on.
def test_a_basis_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    ending = replace(LawfulBasis.PUBLIC_TASK.terms, end=date(2026, 8, 31))
    monkeypatch.setitem(TERMS, LawfulBasis.PUBLIC_TASK, ending)
    assert basis_state(LawfulBasis.PUBLIC_TASK, "analyst", date(2026, 8, 31)) is BasisState.IN_FORCE
    assert basis_state(LawfulBasis.PUBLIC_TASK, "analyst", date(2026, 9, 1)) is BasisState.ENDED


# Naming a team without naming its service reads like nothing held, and an omission that names none is the stricter.
def test_a_team_may_be_rung_without_being_named() -> None:
    unnamed = bar(kind="EXISTENCE", on_deny="broker-unnamed")
    one = ruling(rule(), unnamed)
    assert (one.existence.verdict, one.existence.ring) == (Verdict.OMIT, True)
    assert one.permitted == frozenset()
    assert one.decide(PHONE).ring
    assert not ruling(rule(), unnamed, bar(id="bar-2", kind="EXISTENCE", on_deny="omit")).existence.ring
    assert "ring the team given" in told_to_worker(one.existence)
    assert "ring" not in told_to_worker(ruling(bar(on_deny="omit")).existence)


# Both texts tell everything there is to tell: verdict, version, rules, reason, part, duties, near misses, fault.
def test_both_texts_are_whole() -> None:
    masked = ruling(rule(duties="notify-owner"), bar(on_deny="mask", **YEAR)).decide(BORN)
    assert told_to_worker(masked).startswith("A part is shown. Your role may see this, but not for this purpose.")
    assert told_to_auditor(masked, "v1") == (
        "MASK by version v1. Allowed by rule-1. Denied by bar-1. NOT_FOR_THIS_PURPOSE: An allow for this role, service "
        "and field speaks of other purposes only. Shown in part: year-only. Owed: notify-owner."
    )
    missed = ruling(rule(when="agreement-in-force"), its=facts(agreement=AgreementState.NONE)).decide(PHONE)
    assert "rule-1 failed only on: agreement-in-force." in told_to_auditor(missed, "v1")
    broken = decide(WORKER, {"gp": None}, frozenset({PHONE}), Rulebook([rule()]))["gp"].decide(PHONE)  # type: ignore[dict-item] # what a careless caller may pass
    assert told_to_auditor(broken, "v1").endswith("Refused because deciding went wrong: BROKEN.")
    assert told_to_worker(ruling(rule()).decide(PHONE)) == "Shown."


# The table of flags and the agreements shipped say the same: who may see, what is hidden, what an emergency opens.
@pytest.mark.parametrize("label", FLAGS)
def test_the_flags_are_what_the_agreements_do(label: Label) -> None:
    flag = FLAGS[label]
    for role in Role:
        for purpose in Purpose:
            asker = Asker(role.value, "county-council", purpose)
            for service, own in product(Service, (True, False)):
                its = facts(own=own, consent=ConsentState.GIVEN)
                decisions = [SHIPPED.ruling(asker, service, its).decide(f, frozenset({label})) for f in SHOWN_BY_FLAG]
                allowed = any(role is r and purpose in purposes for r, purposes in flag.who)
                assert allowed or not any(d.verdict.shows for d in decisions)
                opened = SHIPPED.ruling(asker, service, replace(its, break_glass=True, reason_given=True))
                if not flag.yields and not allowed:
                    assert not any(opened.decide(f, frozenset({label})).verdict.shows for f in SHOWN_BY_FLAG)
                if flag.hidden and not allowed:
                    plainly = [SHIPPED.ruling(asker, service, its).decide(f) for f in SHOWN_BY_FLAG]
                    for plain, hidden in zip(plainly, decisions, strict=True):
                        assert hidden.verdict is Verdict.OMIT or hidden.verdict is plain.verdict is Verdict.WITHHOLD
    assert flag.review is None or flag.review <= 12
    if any(who for who in flag.who):
        assert any(_sees(role, purpose, label) for role, purposes in flag.who for purpose in purposes)


def _sees(role: Role, purpose: Purpose, label: Label) -> bool:
    asker = Asker(role.value, "county-council", purpose)
    return any(
        SHIPPED.ruling(asker, service, facts(own=own)).decide(f, frozenset({label})).verdict.shows
        for service, own, f in product(Service, (True, False), SHOWN_BY_FLAG)
    )


SHIPPED = read_rules()
SHOWN_BY_FLAG = (PHONE, POSTCODE)


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
