"""Rules and questions for these tests: a plain rule to vary, a plain asker, plain facts."""

from policies.compiled import compile_row
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
from policies.rows import RuleRow
from policies.ruling import Ruling
from policies.validation import read_row
from schema.labels import Label
from schema.lawful_bases import LawfulBasis
from schema.purposes import Purpose
from schema.services import Service

HEALTH = Service("HEALTH")
POLICE = Service("POLICE")
WORKER = Asker("social-worker", "county-council", Purpose.CHILD_PROTECTION)


def cells(**changed: str) -> dict[str, str]:
    """Give the cells of an allow of everything that is not sealed, changed as said."""
    plain = {
        "id": "rule-1",
        "role": "*",
        "agency": "*",
        "purpose": "*",
        "service": "*",
        "kind": "*",
        "field": "*",
        "sensitivity": "PROTECTED",
        "when": "always",
        "effect": "allow",
        "on_deny": "",
        "obligation": "",
        "duties": "",
        "reason": "",
        "why": "A rule for a test.",
    }
    return plain | changed


def rule(**changed: str) -> RuleRow:
    """Give a rule, changed as said."""
    return read_row(cells(**changed))


def bar(**changed: str) -> RuleRow:
    """Give a deny of everything, changed as said."""
    plain = {"id": "bar-1", "sensitivity": "*", "effect": "deny", "on_deny": "withhold", "reason": "PROTECTED"}
    return rule(**(plain | changed))


def facts(
    *,
    basis: LawfulBasis = LawfulBasis.CHILDREN_ACT_1989_S47,
    consent: ConsentState = ConsentState.NOT_RECORDED,
    agreement: AgreementState = AgreementState.IN_FORCE,
    relationship: RelationshipState = RelationshipState.REFERENCE_GIVEN,
    own: bool = False,
    flags: frozenset[Label] = frozenset(),
    basis_state: BasisState = BasisState.IN_FORCE,
    objection: ObjectionState = ObjectionState.NONE,
    not_to_share: NotToShare = NotToShare.NONE,
    break_glass: bool = False,
    reason_given: bool = False,
    second_person: bool = False,
) -> Facts:
    """Give facts under which most things are in order, changed as said."""
    return Facts(
        basis,
        consent,
        agreement,
        relationship,
        own,
        flags,
        basis_state,
        objection,
        not_to_share,
        break_glass,
        reason_given,
        second_person,
    )


def ruling(*rows: RuleRow, asker: Asker = WORKER, service: Service = HEALTH, its: Facts | None = None) -> Ruling:
    """Give what some rules say of an asker at a service, without making a rulebook of them."""
    return Ruling([compile_row(row) for row in rows], asker, service, its or facts())
