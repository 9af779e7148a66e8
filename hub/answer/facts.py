"""Step 2: the facts of one question at one source. One function a fact; pure once the store has been read."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from connectors.source import SourceConfig
from hub.answer.question import Question
from hub.governance.register import Standing
from policies.bases import NONE_SET, basis_state
from policies.facts import BasisState, Facts, RelationshipState
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


def facts_at(
    source: SourceConfig, person_ids: frozenset[str], flags: frozenset[Label], question: Question, standing: Standing
) -> Facts:
    """Give what is true of this question about this person, by every id they go by, at this source, today."""
    today = standing.today
    who, agency = question.requester, question.requester.organisation
    basis, state = basis_of(question.purpose, who.role, today, standing.commenced)
    opened = standing.break_glass(person_ids, who.subject, who.role, agency, source.agency)
    return Facts(
        basis=basis,
        basis_state=state,
        consent=standing.consent(person_ids, source.service, question.purpose, agency, today),
        agreement=standing.agreements.state(source.agency, agency, question.purpose, today),
        relationship=_relationship(person_ids, question, standing, today),
        own=source.agency == agency,
        flags=flags,
        objection=standing.objection(person_ids, source.agency, source.service),
        not_to_share=standing.not_to_share(
            person_ids
        ),  # a decision is about kinds of data: parts_of says it of each field
        break_glass=opened is not None,
        reason_given=opened is not None or question.reason is not None,  # nobody breaks glass without saying why
        second_person=standing.second_person(person_ids, who.subject, agency),
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
