"""Facts: what is true of one question at one source. Each is a closed word, never a sentence."""

from dataclasses import dataclass
from enum import StrEnum

from schema.labels import Label
from schema.lawful_bases import LawfulBasis
from schema.purposes import Purpose


class ConsentState(StrEnum):
    """Whether the family's consent covers this service, kind, purpose and requester."""

    GIVEN = "GIVEN"
    NOT_RECORDED = "NOT_RECORDED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    UNAVAILABLE = "UNAVAILABLE"


class AgreementState(StrEnum):
    """Whether an agreement between provider and requester covers this purpose now."""

    IN_FORCE = "IN_FORCE"
    PAST_REVIEW = "PAST_REVIEW"
    EXPIRED = "EXPIRED"
    NONE = "NONE"


class RelationshipState(StrEnum):
    """Why this requester has business with this child."""

    ALLOCATED = "ALLOCATED"
    REFERENCE_GIVEN = "REFERENCE_GIVEN"
    NONE = "NONE"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks and why: role and agency from the credential, purpose from the question."""

    role: str
    agency: str
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true of this question at this source; hashable, so that a mask can be kept by it.

    ``own`` says that the requester's agency is the provider; ``flags`` are the person's own labels.
    """

    basis: LawfulBasis
    consent: ConsentState
    agreement: AgreementState
    relationship: RelationshipState
    own: bool = False
    flags: frozenset[Label] = frozenset()
