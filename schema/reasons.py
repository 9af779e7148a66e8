"""Reasons: why something was not shown, once for the worker and once for the auditor."""

from schema.described import Described, closed_list


@closed_list
class Reason(Described):
    """Why something was withheld."""

    NO_RULE_PERMITS = (
        "NO_RULE_PERMITS",
        "No rule lets your role see this for this purpose.",
    )
    NO_AGREEMENT = (
        "NO_AGREEMENT",
        "No data sharing agreement between the two organisations is in force.",
    )
    CONSENT_NOT_GIVEN = (
        "CONSENT_NOT_GIVEN",
        "This rests on the family's consent, and none is recorded.",
    )
    CONSENT_REFUSED = (
        "CONSENT_REFUSED",
        "This rests on the family's consent, which was refused or withdrawn.",
    )
    CONSENT_UNAVAILABLE = (
        "CONSENT_UNAVAILABLE",
        "Consent could not be read, so nothing that rests on it is shown.",
    )
    NOT_FOR_THIS_PURPOSE = (
        "NOT_FOR_THIS_PURPOSE",
        "Your role may see this, but not for this purpose.",
    )
    NO_REFERENCE = "NO_REFERENCE", "This needs a referral or case reference."
    AGGREGATE_ONLY = (
        "AGGREGATE_ONLY",
        "Your role sees figures about groups, never a named child.",
    )
    PROTECTED = "PROTECTED", "This is protected; speak to the team named."
    LEGAL_BAR = "LEGAL_BAR", "The law forbids showing this."
    SOURCE_UNAVAILABLE = "SOURCE_UNAVAILABLE", "The source could not be asked."

    @property
    def remedy(self) -> str:
        """What the worker can do next."""
        return _REMEDIES.get(
            self,
            "Speak to the service's duty desk, or to your information governance officer.",
        )


_REMEDIES = {
    Reason.NO_RULE_PERMITS: "If you need it to keep a child safe, ring the service's duty desk.",
    Reason.NO_AGREEMENT: "Ask your information governance officer about the agreement; ring the duty desk meanwhile.",
    Reason.CONSENT_NOT_GIVEN: "Ask the family for their agreement and have it recorded.",
    Reason.CONSENT_REFUSED: "Talk to the family; if you believe the child is at risk, use the safeguarding route.",
    Reason.CONSENT_UNAVAILABLE: "Try again shortly.",
    Reason.NOT_FOR_THIS_PURPOSE: "If your purpose has changed, ask again and state the new purpose.",
    Reason.NO_REFERENCE: "Ask again with the referral or case reference.",
    Reason.AGGREGATE_ONLY: "Use the aggregate reports.",
    Reason.SOURCE_UNAVAILABLE: "Try again shortly, or ring the service's duty desk.",
}
