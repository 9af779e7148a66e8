"""Conditions: what a rule's ``when`` may name. Each is a Python function told in English, never stored text."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

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
from schema.labels import Label
from schema.purposes import Purpose
from schema.reasons import Reason

ALWAYS: Final = "always"
BREAK_GLASS: Final = "break-glass"
NO_BREAK_GLASS: Final = "no-break-glass"

EMERGENCIES: Final = frozenset({Purpose.CHILD_PROTECTION, Purpose.SAFEGUARDING_TRIAGE})
"""The purposes for which an emergency access opens anything, and for which a deny yields to it."""

_IN_FORCE = frozenset({AgreementState.IN_FORCE, AgreementState.PAST_REVIEW})
_WORKS_WITH = frozenset({RelationshipState.ALLOCATED, RelationshipState.TEAM})
_REFERENCED = _WORKS_WITH | {RelationshipState.REFERENCE_GIVEN}
_RESTRICTED = frozenset({ObjectionState.RAISED, ObjectionState.UPHELD})
_TURNED_DOWN = frozenset({ConsentState.REFUSED, ConsentState.WITHDRAWN})
_CONSENT_REASON = {
    ConsentState.REFUSED: Reason.CONSENT_REFUSED,
    ConsentState.WITHDRAWN: Reason.CONSENT_REFUSED,
    ConsentState.UNAVAILABLE: Reason.CONSENT_UNAVAILABLE,
}


def _no_rule(_: Facts) -> Reason:
    return Reason.NO_RULE_PERMITS


def _no_consent(facts: Facts) -> Reason:
    return _CONSENT_REASON.get(facts.consent, Reason.CONSENT_NOT_GIVEN)


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: its name, what it means, when it holds, and the reason to give where it does not."""

    name: str
    means: str
    holds: Callable[[Asker, Facts], bool]
    unmet: Callable[[Facts], Reason] = _no_rule


def _covered(_: Asker, facts: Facts) -> bool:
    # An agreement past its review date still stands, with a warning; one's own records need none.
    return facts.own or facts.agreement in _IN_FORCE


def _referenced(_: Asker, facts: Facts) -> bool:
    return facts.relationship in _REFERENCED


def _declared(_: Asker, facts: Facts) -> bool:
    return facts.relationship is RelationshipState.SELF_DECLARED and facts.reason_given


def _emergency(asker: Asker, facts: Facts) -> bool:
    # An access is opened for a person, not for a purpose: asked for anything but an emergency, it opens nothing.
    return facts.break_glass and asker.purpose in EMERGENCIES


def _relied_on(facts: Facts) -> bool:
    return facts.basis.needs_consent and facts.consent is not ConsentState.GIVEN


def _flagged(label: Label) -> Condition:
    name = f"person-flagged-{label.value.lower().replace('_', '-')}"
    return Condition(name, f"the person is flagged: {label.means[0].lower()}{label.means[1:-1]}", _has_flag(label))


def _has_flag(label: Label) -> Callable[[Asker, Facts], bool]:
    return lambda _, facts: label in facts.flags


_ALL = (
    Condition(ALWAYS, "always", lambda _a, _f: True),
    Condition(
        "agreement-in-force",
        "an agreement between the two agencies covers this purpose, or the records are the asker's own agency's",
        _covered,
        lambda _: Reason.NO_AGREEMENT,
    ),
    Condition(
        "no-agreement",
        "no agreement covers this purpose, and the records are another agency's",
        lambda a, f: not _covered(a, f),
    ),
    Condition(
        "consent-given",
        "the family's consent covers this",
        lambda _, f: f.consent is ConsentState.GIVEN,
        _no_consent,
    ),
    Condition(
        "consent-relied-on-not-given",
        "the question rests on consent, and it is not given, whatever the cause",
        lambda _, f: _relied_on(f),
    ),
    Condition(
        "consent-relied-on-not-recorded",
        "the question rests on consent, and none is recorded",
        lambda _, f: _relied_on(f) and f.consent is ConsentState.NOT_RECORDED,
    ),
    Condition(
        "consent-refused-or-withdrawn",
        "the question rests on consent, and it was refused or withdrawn",
        lambda _, f: _relied_on(f) and f.consent in _TURNED_DOWN,
    ),
    Condition(
        "consent-unreadable",
        "the question rests on consent, and it could not be read",
        lambda _, f: _relied_on(f) and f.consent is ConsentState.UNAVAILABLE,
    ),
    Condition(
        "reference-given",
        "a referral or case reference was given, or the child is allocated to the asker or their team",
        _referenced,
        lambda _: Reason.NO_REFERENCE,
    ),
    Condition(
        "no-reference",
        "the purpose needs a referral or case reference, and none was given",
        lambda a, f: a.purpose.needs_reference and not _referenced(a, f),
    ),
    Condition(
        "works-with-the-child",
        "the child is allocated to the asker or their team",
        lambda _, f: f.relationship in _WORKS_WITH,
        lambda _: Reason.NOT_YOUR_CASE,
    ),
    Condition(
        "says-they-work-with-the-child",
        "the asker says that they work with the child, and why, and nothing bears it out",
        _declared,
        lambda _: Reason.NOT_YOUR_CASE,
    ),
    Condition(
        "no-basis-in-force",
        "the asker's role may not rely on the lawful basis today",
        lambda _, f: f.basis_state is not BasisState.IN_FORCE,
    ),
    Condition(
        "objection-stands",
        "the question rests on what the family may object to, and their objection is upheld or not yet assessed",
        lambda _, f: f.basis.terms.open_to_objection and f.objection in _RESTRICTED,
    ),
    Condition(
        "objection-unreadable",
        "the question rests on what the family may object to, and objections could not be read",
        lambda _, f: f.basis.terms.open_to_objection and f.objection is ObjectionState.UNAVAILABLE,
    ),
    Condition(
        "decided-not-to-share",
        "the provider recorded a decision not to share this service's data about the child",
        lambda _, f: f.not_to_share is NotToShare.DECIDED,
    ),
    Condition(
        "decisions-not-to-share-unreadable",
        "decisions not to share could not be read",
        lambda _, f: f.not_to_share is NotToShare.UNAVAILABLE,
    ),
    Condition(
        BREAK_GLASS,
        "an emergency access for this person is open, and the question is for child protection or triage",
        _emergency,
    ),
    Condition(
        NO_BREAK_GLASS,
        "no emergency access for this person is open, or the question is for neither child protection nor triage",
        lambda a, f: not _emergency(a, f),
    ),
    Condition(
        "reason-given",
        "the asker said why they ask, in words that are kept",
        lambda _, f: f.reason_given,
        lambda _: Reason.NO_REASON_GIVEN,
    ),
    Condition(
        "second-person-agreed",
        "somebody else has agreed to it",
        lambda _, f: f.second_person,
        lambda _: Reason.NO_SECOND_PERSON,
    ),
    Condition("own-records", "the records are the asker's own agency's", lambda _, f: f.own),
    Condition("another-agencys-records", "the records are another agency's", lambda _, f: not f.own),
    *(_flagged(label) for label in Label if label is not Label.ORDINARY),
)

CONDITIONS: Final[dict[str, Condition]] = {c.name: c for c in _ALL}
"""Every condition a rule may name."""

TELLING: Final[frozenset[str]] = frozenset(_flagged(label).name for label in Label if label.kept_back)
"""The conditions that hold of somebody only because of a flag too telling for the ledger."""

CONDITION_BIT: Final[dict[str, int]] = {c.name: 1 << place for place, c in enumerate(_ALL)}
"""Every condition's bit, so that all of a rule's are compared at once."""

_ASKED = tuple((CONDITION_BIT[c.name], c.holds) for c in _ALL)


def true_conditions(asker: Asker, facts: Facts) -> frozenset[str]:
    """Give the names of the conditions true of this question at this source."""
    return frozenset(c.name for c in _ALL if c.holds(asker, facts))


def true_bits(asker: Asker, facts: Facts) -> int:
    """Give the same as bits."""
    return sum(bit for bit, holds in _ASKED if holds(asker, facts))
