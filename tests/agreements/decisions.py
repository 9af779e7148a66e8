"""The table of expected decisions: six roles, six purposes, seven fields, nine services, by the shipped rules.

``decisions.csv`` is kept as data and was read line by line. Run this file to print what the rules give now.
"""

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from policies.bases import basis_state
from policies.decide import Decision, decide
from policies.facts import AgreementState, Asker, ConsentState, Facts, NotToShare, ObjectionState, RelationshipState
from policies.reading import read_rules
from policies.rulebook import Rulebook
from schema.fields import CATALOGUE, FieldId
from schema.lawful_bases import LawfulBasis
from schema.purposes import Purpose
from schema.services import SERVICES, Service

DAY = date(2026, 9, 1)
"""The day it is taken to be."""

TABLE = Path(__file__).with_name("decisions.csv")

FIELDS = tuple(
    FieldId(name)
    for name in (
        "PersonName.family",
        "Birth.date_of_birth",
        "Address.postcode",
        "Involvement.service",
        "Involvement.start",
        "Professional.phone",
        "Involvement.notes",
    )
)
"""One field a kind at the least, and of identity the three that are treated differently."""

OWN = {
    "county-council": {"SOCIAL_CARE", "EARLY_HELP", "YOUTH_JUSTICE", "SEND_NEET", "UNIVERSAL"},
    "high-school": {"EDUCATION"},
    "county-police": {"POLICE"},
}
"""Whose records are whose."""

ROLES = {
    "front-door-worker": "county-council",
    "early-help-worker": "county-council",
    "school-safeguarding-lead": "high-school",
    "police-officer": "county-police",
    "analyst": "county-council",
    "ig-officer": "county-council",
}
"""The six roles and where each works."""

BASES = {
    Purpose.CHILD_PROTECTION: LawfulBasis.CHILDREN_ACT_1989_S47,
    Purpose.SAFEGUARDING_TRIAGE: LawfulBasis.CHILDREN_ACT_2004_S11,
    Purpose.EARLY_HELP: LawfulBasis.CONSENT,
    Purpose.EDUCATION_WELFARE: LawfulBasis.EDUCATION_ACT_2002_S175,
    Purpose.CRIME_PREVENTION: LawfulBasis.CRIME_AND_DISORDER_ACT_1998_S115,
    Purpose.POLICY_REVIEW: LawfulBasis.PUBLIC_TASK,
}
"""The purposes and what each rests on."""

ON_THEIR_OWN = {
    ("police-officer", Purpose.CHILD_PROTECTION): LawfulBasis.CHILDREN_ACT_2004_S11,
    ("school-safeguarding-lead", Purpose.CHILD_PROTECTION): LawfulBasis.EDUCATION_ACT_2002_S175,
}
"""Who rests on a duty of their own where the purpose's first basis does not name them."""


@dataclass(frozen=True, slots=True)
class Case:
    """What the family and the agencies have agreed."""

    name: str
    consent: ConsentState
    agreement: AgreementState


USUAL = Case("consent given, agreements in force", ConsentState.GIVEN, AgreementState.IN_FORCE)
WITHDRAWN = Case("consent withdrawn", ConsentState.WITHDRAWN, AgreementState.IN_FORCE)
UNAGREED = Case("no agreements", ConsentState.GIVEN, AgreementState.NONE)


def _told(decision: Decision) -> str:
    return " ".join(str(word) for word in (decision.verdict, decision.mask, decision.reason) if word)


def _rows(role: str, purpose: Purpose, case: Case, rulebook: Rulebook) -> Iterator[list[str]]:
    agency = ROLES[role]
    basis = ON_THEIR_OWN.get((role, purpose), BASES[purpose])
    sources = {
        service.value: (
            service,
            Facts(
                basis,
                case.consent,
                case.agreement,
                RelationshipState.REFERENCE_GIVEN,
                own=service.value in OWN[agency],
                basis_state=basis_state(basis, role, DAY),
                objection=ObjectionState.NONE,
                not_to_share=NotToShare.NONE,
            ),
        )
        for service in SERVICES
    }
    masks = decide(Asker(role, agency, purpose), sources, frozenset(FIELDS), rulebook)
    for field in FIELDS:
        told = [_told(masks[service.value].decide(field)) for service in SERVICES]
        yield [role, purpose.value, case.name, CATALOGUE[field].kind.value, field, *told]


def table() -> list[list[str]]:
    """Give the table as the shipped rules give it now, headings first."""
    rulebook = read_rules()
    rows = [["role", "purpose", "case", "kind", "field", *(Service(s).value for s in SERVICES)]]
    for role in ROLES:
        for purpose in BASES:
            rows += _rows(role, purpose, USUAL, rulebook)
    rows += _rows("early-help-worker", Purpose.EARLY_HELP, WITHDRAWN, rulebook)
    rows += _rows("front-door-worker", Purpose.CHILD_PROTECTION, WITHDRAWN, rulebook)
    rows += _rows("front-door-worker", Purpose.CHILD_PROTECTION, UNAGREED, rulebook)
    return rows


def kept() -> list[list[str]]:
    """Give the table as it was kept."""
    return list(csv.reader(StringIO(TABLE.read_text("utf-8"))))


if __name__ == "__main__":
    csv.writer(sys.stdout, lineterminator="\n").writerows(table())
