"""Step 2: the facts of one question about one person, at each source. One function a fact; pure once all is read."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from connectors.source import SourceConfig
from hub.answer.question import Question
from hub.governance.register import Standing
from policies.bases import NONE_SET, basis_state
from policies.facts import AgreementState, BasisState, ConsentState, Facts, ObjectionState, RelationshipState
from schema.labels import Label
from schema.lawful_bases import LawfulBasis
from schema.purposes import Purpose

BASES: Mapping[Purpose, LawfulBasis] = {
    Purpose.CHILD_PROTECTION: LawfulBasis.CHILDREN_ACT_1989_S47,
    Purpose.SAFEGUARDING_TRIAGE: LawfulBasis.CHILDREN_ACT_2004_S11,
    Purpose.CHILD_IN_NEED: LawfulBasis.CHILDREN_ACT_1989_S17,
    Purpose.EARLY_HELP: LawfulBasis.CONSENT,
    Purpose.EDUCATION_WELFARE: LawfulBasis.EDUCATION_ACT_2002_S175,
    Purpose.CRIME_PREVENTION: LawfulBasis.CRIME_AND_DISORDER_ACT_1998_S115,
    Purpose.POLICY_REVIEW: LawfulBasis.PUBLIC_TASK,
    Purpose.ANALYSIS: LawfulBasis.PUBLIC_TASK,
}
"""What in law each purpose rests on."""

_S11, _S16LA = LawfulBasis.CHILDREN_ACT_2004_S11, LawfulBasis.CHILDREN_ACT_2004_S16LA
_OWN_DUTIES = (_S11, LawfulBasis.EDUCATION_ACT_2002_S175, _S16LA)

ALSO: Mapping[Purpose, tuple[LawfulBasis, ...]] = {
    Purpose.CHILD_PROTECTION: _OWN_DUTIES,
    Purpose.SAFEGUARDING_TRIAGE: (_S16LA,),
    Purpose.CHILD_IN_NEED: _OWN_DUTIES,
}
"""What a purpose rests on for those who may not rely on the first: the first of these that they may, today.

The police are not among those the Children Act 1989 names in sections 47(11) and 27(3), and schools are not: theirs
are their own duties to safeguard.
"""


def basis_of(
    purpose: Purpose, role: str, today: date, commenced: Mapping[LawfulBasis, date] = NONE_SET
) -> tuple[LawfulBasis, BasisState]:
    """Give what a question rests on today and whether its asker may rely on it; ``commenced`` is officers' to set."""
    return _basis_of(purpose, role, today, frozenset(commenced.items()))


@lru_cache(maxsize=256)
def _basis_of(
    purpose: Purpose, role: str, today: date, begun: frozenset[tuple[LawfulBasis, date]]
) -> tuple[LawfulBasis, BasisState]:
    commenced = dict(begun)
    first = BASES[purpose]
    state = basis_state(first, role, today, commenced)
    if state is BasisState.IN_FORCE:
        return first, state
    states = ((other, basis_state(other, role, today, commenced)) for other in ALSO.get(purpose, ()))
    return next((pair for pair in states if pair[1] is BasisState.IN_FORCE), (first, state))


class _Here(NamedTuple):
    """What may be otherwise at another source."""

    consent: ConsentState
    agreement: AgreementState
    own: bool
    objection: ObjectionState
    opened: bool


class FactsOf:
    """The facts of one question about one person: what is the same at every source is resolved once."""

    def __init__(
        self, person_ids: frozenset[str], flags: frozenset[Label], question: Question, standing: Standing
    ) -> None:
        """Resolve what no source changes."""
        self._ids, self._flags, self._question, self._standing = person_ids, flags, question, standing
        self._today = standing.today
        who = question.requester
        self._basis = basis_of(question.purpose, who.role, self._today, standing.commenced)
        self._relationship = _relationship(person_ids, question, standing, self._today)
        self._second_person = standing.second_person(person_ids, who.subject, who.organisation)
        self._made: dict[_Here, Facts] = {}

    def at(self, source: SourceConfig) -> Facts:
        """Give what is true at one source, today; sources of which the same is true are given the same."""
        standing, ids, purpose, who = self._standing, self._ids, self._question.purpose, self._question.requester
        owner, agency = source.agency, who.organisation
        here = _Here(
            standing.consent(ids, source.service, purpose, agency, self._today),
            standing.agreements.state(owner, agency, purpose, self._today),
            owner == agency,
            standing.objection(ids, owner, source.service),
            standing.break_glass(ids, who.subject, who.role, agency, owner) is not None,
        )
        made = self._made.get(here)
        if made is None:
            made = self._made[here] = self._facts(here)
        return made

    def _facts(self, here: _Here) -> Facts:
        basis, state = self._basis
        return Facts(
            basis=basis,
            basis_state=state,
            consent=here.consent,
            agreement=here.agreement,
            relationship=self._relationship,
            own=here.own,
            flags=self._flags,
            objection=here.objection,
            # A decision not to share is about kinds of data: parts_of says it of each field.
            not_to_share=self._standing.not_to_share(self._ids),
            break_glass=here.opened,
            reason_given=here.opened or self._question.reason is not None,  # nobody breaks glass without saying why
            second_person=self._second_person,
        )


def _relationship(person_ids: frozenset[str], question: Question, standing: Standing, today: date) -> RelationshipState:
    """Say why the asker has business with the child, the surest first; what they only say of themselves is the last."""
    who = question.requester
    known = standing.allocated(person_ids, who.subject, who.team, who.organisation, today)
    if known is not RelationshipState.NONE:
        return known
    if question.reference:
        return RelationshipState.REFERENCE_GIVEN
    return RelationshipState.SELF_DECLARED if question.declared else RelationshipState.NONE
