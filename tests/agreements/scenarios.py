"""Scenarios: what happens at a desk, decided by the shipped agreements, with the rules and both texts.

Each says what is expected of it; ``table`` gives what the documents print. Everybody in them is made up.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from hub.answer.facts import basis_of
from policies.decide import Decision, Verdict, decide
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
from policies.rulebook import Rulebook
from policies.told import told_to_auditor, told_to_worker
from schema.fields import FieldId
from schema.labels import Label
from schema.lawful_bases import LawfulBasis
from schema.purposes import Purpose
from schema.services import Service

DAY = date(2026, 9, 1)
"""The day it is taken to be."""

_AGENCIES = {
    "front-door-worker": "county-council",
    "social-worker": "county-council",
    "early-help-worker": "county-council",
    "school-safeguarding-lead": "high-school",
    "police-officer": "county-police",
    "health-practitioner": "county-nhs",
    "analyst": "county-council",
    "ig-officer": "county-council",
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """What happens, who asks whom for what, and what must come of it."""

    story: str
    role: str
    purpose: Purpose
    service: str
    field: str
    expect: str
    facts: tuple[tuple[str, object], ...] = ()
    labels: frozenset[Label] = frozenset()

    def decided(self, rulebook: Rulebook) -> Decision:
        """Decide it as a question is decided."""
        given = dict(self.facts)
        commenced: dict[LawfulBasis, date] = given.pop("commenced", {})  # type: ignore[assignment] # as it is written below
        basis, state = basis_of(self.purpose, self.role, DAY, commenced)
        plain = Facts(
            basis,
            ConsentState.NOT_RECORDED,
            AgreementState.IN_FORCE,
            RelationshipState.REFERENCE_GIVEN,
            basis_state=state,
            objection=ObjectionState.NONE,
            not_to_share=NotToShare.NONE,
        )
        asker = Asker(self.role, _AGENCIES[self.role], self.purpose)
        source = (Service(self.service), replace(plain, **given))  # type: ignore[arg-type] # names and words of Facts
        field = FieldId(self.field)
        return decide(asker, {"one": source}, frozenset({field}), rulebook)["one"].decide(field, self.labels)


def _s(
    story: str, role: str, purpose: Purpose, service: str, field: str, expect: str, *labels: Label, **facts: object
) -> Scenario:
    return Scenario(story, role, purpose, service, field, expect, tuple(facts.items()), frozenset(labels))


_DOOR, _WORKER, _HELP = "front-door-worker", "social-worker", "early-help-worker"
_SCHOOL, _POLICE, _NHS = "school-safeguarding-lead", "police-officer", "health-practitioner"
_S47, _TRIAGE, _S17 = Purpose.CHILD_PROTECTION, Purpose.SAFEGUARDING_TRIAGE, Purpose.CHILD_IN_NEED
_EH, _WELFARE, _CRIME = Purpose.EARLY_HELP, Purpose.EDUCATION_WELFARE, Purpose.CRIME_PREVENTION
_KNOWN, _PHONE, _START = "Involvement.service", "Professional.phone", "Involvement.start"
_NOTES, _SAID, _TEAM = "Involvement.notes", "ChronologyEvent.summary", "Involvement.team"
_POSTCODE, _LINES = "Address.postcode", "Address.lines"
_GIVEN, _GONE, _NO = ConsentState.GIVEN, ConsentState.WITHDRAWN, ConsentState.REFUSED
_EXPIRED, _NONE = AgreementState.EXPIRED, AgreementState.NONE
_OPEN = {"break_glass": True, "reason_given": True, "agreement": _NONE}
_LA = LawfulBasis.CHILDREN_ACT_2004_S16LA

SCENARIOS: tuple[Scenario, ...] = (
    _s("Front door, section 47: who is the health visitor?", _DOOR, _S47, "HEALTH", _PHONE, "PERMIT"),
    _s("Front door, section 47: social care's own case notes", _DOOR, _S47, "SOCIAL_CARE", _NOTES, "PERMIT", own=True),
    _s("Front door, section 47: what the police wrote", _DOOR, _S47, "POLICE", _SAID, "WITHHOLD"),
    _s("Front door, section 47, the mother refused: consent is not what it rests on", _DOOR, _S47, "HEALTH", _PHONE,
       "PERMIT", consent=_NO),
    _s("Front door, triage: whom to ring at housing", _DOOR, _TRIAGE, "HOUSING", _PHONE, "PERMIT"),
    _s("Front door, triage: early help's notes", _DOOR, _TRIAGE, "EARLY_HELP", _NOTES, "WITHHOLD"),
    _s("Front door, triage: a mental health team", _DOOR, _TRIAGE, "HEALTH", _TEAM, "WITHHOLD", Label.MENTAL_HEALTH),
    _s("Front door, section 47: the same team", _DOOR, _S47, "HEALTH", _TEAM, "PERMIT", Label.MENTAL_HEALTH),
    _s("Front door, triage, no referral named", _DOOR, _TRIAGE, "HOUSING", _PHONE, "WITHHOLD",
       relationship=RelationshipState.NONE),
    _s("Front door: says that the child is theirs, and nothing bears it out", _DOOR, _TRIAGE, "HOUSING", _PHONE,
       "WITHHOLD", relationship=RelationshipState.SELF_DECLARED, reason_given=True),
    _s("Front door: the child is their team's", _DOOR, _TRIAGE, "HOUSING", _PHONE, "PERMIT",
       relationship=RelationshipState.TEAM),
    _s("Early help, consent given: the school's pastoral lead", _HELP, _EH, "EDUCATION", "Professional.email",
       "PERMIT", consent=_GIVEN),
    _s("Early help, nobody asked the family yet", _HELP, _EH, "EDUCATION", _PHONE, "WITHHOLD"),
    _s("Early help, the father refused", _HELP, _EH, "EDUCATION", _PHONE, "WITHHOLD", consent=_NO),
    _s("Early help, consent withdrawn this morning", _HELP, _EH, "EDUCATION", _START, "WITHHOLD", consent=_GONE),
    _s("Early help, consent cannot be read", _HELP, _EH, "EDUCATION", _START, "WITHHOLD",
       consent=ConsentState.UNAVAILABLE),
    _s("Early help, consent given: the NHS number", _HELP, _EH, "HEALTH", "Identifier.value", "MASK", consent=_GIVEN),
    _s("Early help, consent given: are the police involved?", _HELP, _EH, "POLICE", _KNOWN, "OMIT", consent=_GIVEN),
    _s("Step-down with consent: that social care was involved", _HELP, _EH, "SOCIAL_CARE", _KNOWN, "PERMIT",
       consent=_GIVEN, own=True),
    _s("Step-down with consent: the plan", _HELP, _EH, "SOCIAL_CARE", "Plan.goals", "WITHHOLD", consent=_GIVEN),
    _s("Step-down, consent withdrawn: that social care was involved", _HELP, _EH, "SOCIAL_CARE", _KNOWN, "WITHHOLD",
       consent=_GONE),
    _s("Step-down, consent withdrawn: early help's own plan", _HELP, _EH, "EARLY_HELP", "Plan.goals", "PERMIT",
       consent=_GONE, own=True),
    _s("A 16-year-old's own refusal stands before a parent's yes", _HELP, _EH, "UNIVERSAL", _PHONE, "WITHHOLD",
       consent=_NO),
    _s("A 16-year-old's own refusal, on a section 47 enquiry", _WORKER, _S47, "UNIVERSAL", _PHONE, "PERMIT",
       consent=_NO),
    _s("School: the social worker's number", _SCHOOL, _WELFARE, "SOCIAL_CARE", _PHONE, "PERMIT"),
    _s("School: the level of help", _SCHOOL, _WELFARE, "SOCIAL_CARE", "Involvement.threshold", "WITHHOLD"),
    _s("School asks of the police", _SCHOOL, _WELFARE, "POLICE", _KNOWN, "BROKER"),
    _s("School: a pupil's birth date elsewhere", _SCHOOL, _WELFARE, "SOCIAL_CARE", "Birth.date_of_birth", "MASK"),
    _s("School does triage: section 11 is not for schools", _SCHOOL, _TRIAGE, "SOCIAL_CARE", _PHONE, "WITHHOLD"),
    _s("The same once section 16LA has begun: a law, and still no rule", _SCHOOL, _TRIAGE, "SOCIAL_CARE", _PHONE,
       "WITHHOLD", commenced={_LA: date(2026, 8, 1)}),
    _s("Police, child protection: is health involved?", _POLICE, _S47, "HEALTH", _KNOWN, "BROKER"),
    _s("Police, child protection: what health wrote", _POLICE, _S47, "HEALTH", _SAID, "BROKER"),
    _s("Police, preventing crime: the address", _POLICE, _CRIME, "SOCIAL_CARE", _LINES, "WITHHOLD"),
    _s("Police, preventing crime: roughly where", _POLICE, _CRIME, "SOCIAL_CARE", _POSTCODE, "MASK"),
    _s("Police, preventing crime: the family's objection was upheld", _POLICE, _CRIME, "SOCIAL_CARE", _PHONE,
       "WITHHOLD", objection=ObjectionState.UPHELD),
    _s("Police, child protection: no objection bears on section 11", _POLICE, _S47, "SOCIAL_CARE", _PHONE, "PERMIT",
       objection=ObjectionState.UPHELD),
    _s("Police: their own intelligence", _POLICE, _S47, "POLICE", _SAID, "OMIT", Label.POLICE_INTELLIGENCE, own=True),
    _s("Health, child protection: the lead social worker", _NHS, _S47, "SOCIAL_CARE", _PHONE, "PERMIT"),
    _s("Social worker, section 47: where the refuge is", _WORKER, _S47, "HOUSING", _POSTCODE, "PERMIT",
       Label.CONFIDENTIAL_ADDRESS),
    _s("Front door, section 47: where the refuge is", _DOOR, _S47, "HOUSING", _POSTCODE, "WITHHOLD",
       Label.CONFIDENTIAL_ADDRESS),
    _s("Social worker, child in need: where the refuge is", _WORKER, _S17, "HOUSING", _POSTCODE, "WITHHOLD",
       Label.CONFIDENTIAL_ADDRESS),
    _s("Anybody: the address of a nationally restricted child", _WORKER, _S47, "HEALTH", _LINES, "WITHHOLD",
       flags=frozenset({Label.NATIONALLY_RESTRICTED})),
    _s("The same child: whom to ring", _WORKER, _S47, "HEALTH", _PHONE, "PERMIT",
       flags=frozenset({Label.NATIONALLY_RESTRICTED})),
    _s("An adopted child's earlier name", _WORKER, _S47, "SOCIAL_CARE", "PersonName.family", "OMIT", Label.ADOPTION,
       own=True),
    _s("A visit to a sexual health clinic", _WORKER, _S47, "HEALTH", _KNOWN, "OMIT", Label.SEXUAL_HEALTH),
    _s("A colleague's daughter, at triage", _DOOR, _TRIAGE, "EDUCATION", _PHONE, "PERMIT",
       flags=frozenset({Label.STAFF_OR_RELATIVE})),
    _s("A colleague's daughter, to early help", _HELP, _EH, "EDUCATION", _PHONE, "WITHHOLD", consent=_GIVEN,
       flags=frozenset({Label.STAFF_OR_RELATIVE})),
    _s("An allegation against a teacher", _SCHOOL, _WELFARE, "EDUCATION", _SAID, "OMIT",
       Label.ALLEGATION_AGAINST_STAFF, own=True),
    _s("A stepfather under MAPPA, section 47: whom to ring", _WORKER, _S47, "POLICE", _PHONE, "PERMIT", Label.MAPPA),
    _s("A stepfather under MAPPA, to health", _NHS, _S47, "HEALTH", _PHONE, "OMIT", Label.MAPPA, own=True),
    _s("Counsel's advice on the case", _WORKER, _S47, "SOCIAL_CARE", _NOTES, "WITHHOLD", Label.LEGAL_PRIVILEGE,
       own=True),
    _s("The agreement with the health trust expired yesterday", _DOOR, _S47, "HEALTH", _PHONE, "WITHHOLD",
       agreement=_EXPIRED),
    _s("The agreement is past its review date", _DOOR, _S47, "HEALTH", _PHONE, "PERMIT",
       agreement=AgreementState.PAST_REVIEW),
    _s("The health trust decided not to share, with reason", _DOOR, _S47, "HEALTH", _PHONE, "WITHHOLD",
       not_to_share=NotToShare.DECIDED),
    _s("Decisions not to share cannot be read", _DOOR, _S47, "HEALTH", _PHONE, "WITHHOLD",
       not_to_share=NotToShare.UNAVAILABLE),
    _s("Analyst: a named child", "analyst", Purpose.ANALYSIS, "EDUCATION", _KNOWN, "WITHHOLD"),
    _s("Information governance officer: a named child", "ig-officer", Purpose.POLICY_REVIEW, "SOCIAL_CARE", _KNOWN,
       "WITHHOLD", own=True),
    _s("Break-glass, no agreement: whom to ring at health", _DOOR, _S47, "HEALTH", _PHONE, "PERMIT", **_OPEN),
    _s("Break-glass with no reason kept", _DOOR, _S47, "HEALTH", _PHONE, "WITHHOLD",
       **_OPEN | {"reason_given": False}),
    _s("Break-glass: health's notes, a manager agrees", _WORKER, _S47, "HEALTH", _NOTES, "PERMIT",
       **_OPEN | {"second_person": True}),
    _s("Break-glass: health's notes, nobody else agreed", _WORKER, _S47, "HEALTH", _NOTES, "WITHHOLD", **_OPEN),
    _s("Break-glass by a role it does not entitle", _SCHOOL, _WELFARE, "SOCIAL_CARE", _PHONE, "WITHHOLD", **_OPEN),
    _s("Break-glass against adoption", _WORKER, _S47, "SOCIAL_CARE", "PersonName.family", "OMIT", Label.ADOPTION,
       **_OPEN | {"own": True}),
    _s("Break-glass against witness protection", _WORKER, _S47, "POLICE", _KNOWN, "OMIT",
       **_OPEN | {"flags": frozenset({Label.WITNESS_PROTECTION})}),
    _s("Break-glass against sexual health", _WORKER, _S47, "HEALTH", _KNOWN, "OMIT", Label.SEXUAL_HEALTH, **_OPEN),
    _s("Break-glass: where the refuge is", _DOOR, _S47, "HOUSING", _POSTCODE, "WITHHOLD", Label.CONFIDENTIAL_ADDRESS,
       **_OPEN),
    _s("Break-glass against a decision not to share", _DOOR, _S47, "HEALTH", _PHONE, "WITHHOLD",
       **_OPEN | {"not_to_share": NotToShare.DECIDED}),
    _s("A question resting on a law not yet begun", _DOOR, _S47, "HEALTH", _PHONE, "WITHHOLD",
       basis=_LA, basis_state=BasisState.NOT_COMMENCED),
)  # fmt: skip


def shown(decision: Decision) -> str:
    """Give a decision in a word or two."""
    return f"{decision.verdict} {decision.mask}" if decision.mask else decision.verdict.value


def lines(rulebook: Rulebook) -> Iterator[tuple[str, ...]]:
    """Give the table's lines: story, who, what, decision, rules, what each reads."""
    for scenario in SCENARIOS:
        decision = scenario.decided(rulebook)
        rules = ", ".join((*decision.allow, *decision.deny)) or "none"
        what = f"{scenario.service} · `{scenario.field}`"
        auditor = told_to_auditor(decision, "…").replace(" by version …", "", 1)
        yield scenario.story, scenario.role, what, shown(decision), rules, told_to_worker(decision), auditor


COLUMNS = ("what happens", "who asks", "of what", "decision", "rules", "the worker reads", "the auditor reads")

assert {s.expect for s in SCENARIOS} == set(Verdict)  # every way a field can end is there
