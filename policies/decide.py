"""Decide: the asker, the facts at each source and the fields asked for, into a mask per source.

Pure and closed: an unknown word or anything that goes wrong is a refusal, never an exception and never a permit.
"""

from collections.abc import Mapping

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
from policies.service_mask import ServiceMask
from policies.verdicts import Decision, Fault, NearMiss, Verdict
from policies.vocabulary import AGENCY, ROLES
from schema.fields import FieldId
from schema.labels import Label
from schema.lawful_bases import LawfulBasis
from schema.purposes import Purpose
from schema.services import Service

__all__ = ["Decision", "Fault", "NearMiss", "ServiceMask", "Verdict", "decide"]


def decide(
    asker: Asker,
    facts: Mapping[str, tuple[Service, Facts]],
    fields: frozenset[FieldId],
    rulebook: Rulebook,
) -> Mapping[str, ServiceMask]:
    """Decide every source at once: what may be asked of it, and the decision behind every field."""
    known = _knows_asker(asker)
    return {source: _decide_one(asker, pair, fields, rulebook, known=known) for source, pair in facts.items()}


def _decide_one(
    asker: Asker, pair: tuple[Service, Facts], fields: frozenset[FieldId], rulebook: Rulebook, *, known: bool
) -> ServiceMask:
    try:
        service, its = pair
        if not (known and isinstance(service, Service) and _knows_facts(its)):
            return ServiceMask(fields, None, Fault.UNKNOWN_WORD)
        return ServiceMask(fields, rulebook.ruling(asker, service, its))
    except Exception:  # noqa: BLE001 -- whatever goes wrong in deciding is a refusal, marked so that it is alarmed
        return ServiceMask(fields, None, Fault.BROKEN)


def _knows_asker(asker: Asker) -> bool:
    # `*` and the like are words of rules, never of a question: Casbin would let a question's `*` past every deny.
    return (
        isinstance(asker, Asker)
        and isinstance(asker.role, str)
        and asker.role in ROLES
        and isinstance(asker.agency, str)
        and AGENCY.fullmatch(asker.agency) is not None
        and isinstance(asker.purpose, Purpose)
    )


def _knows_facts(facts: Facts) -> bool:
    # A bare string may equal a member of a closed list and still not be one; a missing fact is none at all.
    # Written out, not looped over: it is asked of every source of every question.
    return (
        isinstance(facts.basis, LawfulBasis)
        and isinstance(facts.basis_state, BasisState)
        and isinstance(facts.consent, ConsentState)
        and isinstance(facts.agreement, AgreementState)
        and isinstance(facts.relationship, RelationshipState)
        and isinstance(facts.objection, ObjectionState)
        and isinstance(facts.not_to_share, NotToShare)
        and isinstance(facts.own, bool)
        and isinstance(facts.break_glass, bool)
        and isinstance(facts.reason_given, bool)
        and isinstance(facts.second_person, bool)
        and isinstance(facts.flags, frozenset)
        and (not facts.flags or all(isinstance(flag, Label) for flag in facts.flags))
    )
