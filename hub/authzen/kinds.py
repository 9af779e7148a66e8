"""Decisions about kinds of question: pure policy by the version that counts now, on the facts the caller states."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from hub.answer.bound import NOT_FOR_THIS_SYSTEM
from hub.answer.facts import basis_of
from hub.authzen.asked import OfKind, Stated
from hub.authzen.bond import Bond
from hub.authzen.told import Told, allows, told_of
from policies.bases import basis_state
from policies.decide import decide
from policies.facts import AgreementState, Asker, ConsentState, Facts, NotToShare, ObjectionState, RelationshipState
from policies.rulebook import Rulebook
from policies.verdicts import Decision
from schema.lawful_bases import LawfulBasis

UNSAID: Final[Mapping[str, object]] = MappingProxyType(
    {
        "consent": ConsentState.UNAVAILABLE,
        "agreement": AgreementState.NONE,
        "relationship": RelationshipState.NONE,
        "own": False,
        "flags": frozenset(),
        "objection": ObjectionState.UNAVAILABLE,
        "not_to_share": NotToShare.UNAVAILABLE,
        "break_glass": False,
        "reason_given": False,
        "second_person": False,
    }
)
"""What is taken to be so of what the caller does not state: the word that refuses."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules that count now, what in law they rest on today, and what whoever asks is bound to."""

    rulebook: Rulebook
    today: date
    commenced: Mapping[LawfulBasis, date]
    bond: Bond

    def facts(self, asker: Asker, stated: Stated) -> Facts:
        """Give whole facts; the lawful basis and whether it may be relied on follow from the purpose, role and day."""
        basis, state = basis_of(asker.purpose, asker.role, self.today, self.commenced)
        named = stated.get("basis")
        if isinstance(named, LawfulBasis):
            basis, state = named, basis_state(named, asker.role, self.today, self.commenced)
        told: dict[str, Any] = {"basis": basis, "basis_state": state, **UNSAID, **stated}
        return Facts(**told)

    def decision(self, asked: OfKind) -> Decision:
        """Decide as an answer would; beyond the bond of the caller's system nothing is, whatever they state."""
        wanted = asked.resource
        if not self.bond.covers(asked.asker.purpose, wanted.service, wanted.field):
            return NOT_FOR_THIS_SYSTEM
        facts = {wanted.service.value: (wanted.service, self.facts(asked.asker, asked.stated))}
        masks = decide(asked.asker, facts, frozenset({wanted.field}), self.rulebook)
        return masks[wanted.service.value].decide(wanted.field, wanted.labels)

    def allows(self, asked: OfKind) -> bool:
        """Say whether it is permitted."""
        return allows(asked.action, self.decision(asked).verdict)

    def told(self, asked: OfKind, *, officer: bool) -> Told:
        """Decide, and tell it."""
        return told_of(self.decision(asked), asked.action, self.rulebook.version, officer=officer)
