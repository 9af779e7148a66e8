"""Facts: what is true of one question at one source. Each is a closed word, never a sentence."""

from dataclasses import dataclass

from schema.described import Word
from schema.labels import Label
from schema.lawful_bases import LawfulBasis
from schema.purposes import Purpose


class BasisState(Word):
    """Whether the asker's role may rely on the basis today."""

    IN_FORCE = "IN_FORCE"
    NOT_COMMENCED = "NOT_COMMENCED"
    ENDED = "ENDED"
    NOT_RELIED_ON_BY_ROLE = "NOT_RELIED_ON_BY_ROLE"


class ConsentState(Word):
    """Whether the family's consent covers this service, kind, purpose and requester."""

    GIVEN = "GIVEN"
    NOT_RECORDED = "NOT_RECORDED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    UNAVAILABLE = "UNAVAILABLE"


class AgreementState(Word):
    """Whether an agreement between provider and requester covers this purpose now."""

    IN_FORCE = "IN_FORCE"
    PAST_REVIEW = "PAST_REVIEW"
    EXPIRED = "EXPIRED"
    NONE = "NONE"


class RelationshipState(Word):
    """Why this requester has business with this child: allocated, of the team, said so themselves, a reference."""

    ALLOCATED = "ALLOCATED"
    TEAM = "TEAM"
    SELF_DECLARED = "SELF_DECLARED"
    REFERENCE_GIVEN = "REFERENCE_GIVEN"
    NONE = "NONE"


class ObjectionState(Word):
    """What became of the family's objection (UK GDPR Article 21), if there is one.

    RAISED is not yet assessed: until it is, the processing is restricted (Article 18(1)(d)).
    """

    NONE = "NONE"
    RAISED = "RAISED"
    UPHELD = "UPHELD"
    OVERRULED = "OVERRULED"
    UNAVAILABLE = "UNAVAILABLE"


class NotToShare(Word):
    """Whether the provider recorded a decision not to share this service's data about this child."""

    NONE = "NONE"
    DECIDED = "DECIDED"
    UNAVAILABLE = "UNAVAILABLE"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks and why: role and agency from the credential, purpose from the question."""

    role: str
    agency: str
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true of this question at this source; hashable, so that a mask can be kept by it.

    ``own`` says that the requester's agency is the provider; ``flags`` are the person's own labels. ``break_glass``
    says that an emergency access for this person is open; ``reason_given`` that the asker said why they ask, in
    words that are kept; ``second_person`` that somebody else agreed. What nobody said is the refusing word.
    """

    basis: LawfulBasis
    consent: ConsentState
    agreement: AgreementState
    relationship: RelationshipState
    own: bool = False
    flags: frozenset[Label] = frozenset()
    basis_state: BasisState = BasisState.NOT_RELIED_ON_BY_ROLE
    objection: ObjectionState = ObjectionState.UNAVAILABLE
    not_to_share: NotToShare = NotToShare.UNAVAILABLE
    break_glass: bool = False
    reason_given: bool = False
    second_person: bool = False
