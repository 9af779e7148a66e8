"""The codes of a consent in FHIR R4 (hl7.org/fhir/R4/consent.html): HL7's where it has them, ours where it has none."""

from typing import Final

from hub.governance.givers import GiverRelationship
from policies.facts import ConsentState

OURS: Final = "urn:childrens-services-hub:"
PERSON, GIVER, AGENCY, EVIDENCE = (f"{OURS}{name}" for name in ("person", "giver", "agency", "evidence"))
RELATIONSHIP, SERVICE, KIND, PURPOSE = (f"{OURS}{name}" for name in ("relationship", "service", "kind", "purpose"))
CAPACITY, METHOD, RECORDED_BY, REVIEWED, REASON = (
    f"{OURS}consent:{name}" for name in ("capacity", "method", "recorded-by", "reviewed", "reason")
)

TERMINOLOGY: Final = "http://terminology.hl7.org/CodeSystem/"
SCOPE: Final = (f"{TERMINOLOGY}consentscope", "patient-privacy")
CATEGORY: Final = ("http://loinc.org", "59284-0")
OPT_OUT: Final = (f"{TERMINOLOGY}v3-ActCode", "OPTOUT")
"""Beyond what the rule inside permits, nothing is agreed to."""
RECIPIENT: Final = (f"{TERMINOLOGY}v3-ParticipationType", "IRCP")
ACCESS: Final = (f"{TERMINOLOGY}consentaction", "access")

STATES: Final = {
    ConsentState.GIVEN: ("active", "permit"),
    ConsentState.REFUSED: ("rejected", "deny"),
    ConsentState.WITHDRAWN: ("inactive", "deny"),
}
"""A consent's state as its status, and what the rule inside it does."""

ROLE_CODE: Final = f"{TERMINOLOGY}v3-RoleCode"
ROLES: Final = {
    "MTH": GiverRelationship.MOTHER,
    "FTH": GiverRelationship.FATHER,
    "PRN": GiverRelationship.PARENT,
    "GUARD": GiverRelationship.GUARDIAN,
    "ONESELF": GiverRelationship.SELF,
}
"""HL7's codes of who the giver is, which are read as ours."""
