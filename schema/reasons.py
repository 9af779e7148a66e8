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
    NO_LAWFUL_BASIS = (
        "NO_LAWFUL_BASIS",
        "The law on which this question rests is not for your role to rely on today.",
    )
    NOT_YOUR_CASE = (
        "NOT_YOUR_CASE",
        "This is for those who work with the child.",
    )
    NO_REASON_GIVEN = "NO_REASON_GIVEN", "This is shown only to somebody who says why they ask."
    NO_SECOND_PERSON = "NO_SECOND_PERSON", "This is shown only when a second person has agreed."
    OBJECTION = (
        "OBJECTION",
        "The family objected to this use of their data, and the objection stands or is being looked at.",
    )
    DECISION_NOT_TO_SHARE = (
        "DECISION_NOT_TO_SHARE",
        "The service decided not to share this, and recorded why.",
    )
    GOVERNANCE_UNAVAILABLE = (
        "GOVERNANCE_UNAVAILABLE",
        "Objections and decisions not to share could not be read, so nothing is shown.",
    )
    AGGREGATE_ONLY = (
        "AGGREGATE_ONLY",
        "Your role sees figures about groups, never a named child.",
    )
    PROTECTED = "PROTECTED", "This is protected; speak to the team named."
    LEGAL_BAR = "LEGAL_BAR", "The law forbids showing this."
    NOT_FOR_THIS_SYSTEM = (
        "NOT_FOR_THIS_SYSTEM",
        "The system you use may not ask the hub for this, whoever uses it.",
    )
    SOURCE_UNAVAILABLE = "SOURCE_UNAVAILABLE", "The source could not be asked."

    @property
    def audit(self) -> str:
        """What an auditor is told: what was found wanting, and where to look."""
        return _AUDIT[self]

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
    Reason.NO_LAWFUL_BASIS: "Ask through a colleague whose role may rely on it, or ring the service's duty desk.",
    Reason.NOT_YOUR_CASE: "Ask the allocated worker or their manager.",
    Reason.NO_REASON_GIVEN: "Ask again and say why.",
    Reason.NO_SECOND_PERSON: "Ask your manager to agree to it, then ask again.",
    Reason.OBJECTION: "Talk to the family; your information governance officer can say where the objection stands.",
    Reason.DECISION_NOT_TO_SHARE: "Ring the service's duty desk and talk it through.",
    Reason.GOVERNANCE_UNAVAILABLE: "Try again shortly.",
    Reason.AGGREGATE_ONLY: "Use the aggregate reports.",
    Reason.NOT_FOR_THIS_SYSTEM: "Ask by another way that is open to you, or ring the service's duty desk.",
    Reason.SOURCE_UNAVAILABLE: "Try again shortly, or ring the service's duty desk.",
}

_AUDIT = {
    Reason.NO_RULE_PERMITS: "No allow applied, or a deny that gives no other reason did; the nearest allows are named.",
    Reason.NO_AGREEMENT: "The register holds no agreement in force between provider and asker for this purpose.",
    Reason.CONSENT_NOT_GIVEN: "The basis is consent (UK GDPR Article 6(1)(a)) and no giver's decision covers this.",
    Reason.CONSENT_REFUSED: "The basis is consent, and the newest word of a giver is a refusal or withdrawal.",
    Reason.CONSENT_UNAVAILABLE: "The basis is consent, and the register could not be read: closed.",
    Reason.NOT_FOR_THIS_PURPOSE: "An allow for this role, service and field speaks of other purposes only.",
    Reason.NO_REFERENCE: "The purpose needs a referral or case reference; none came and the child is not allocated.",
    Reason.NO_LAWFUL_BASIS: "The statute is not in force on the day, or not for a body such as the asker's.",
    Reason.NOT_YOUR_CASE: "The allow needs the child allocated to the asker or their team.",
    Reason.NO_REASON_GIVEN: "The allow has the duty to log a reason; none was given, so it did not apply.",
    Reason.NO_SECOND_PERSON: "The allow has the duty of a second person; none agreed, so it did not apply.",
    Reason.OBJECTION: "An objection (UK GDPR Article 21) is upheld or unassessed, and the basis is open to one.",
    Reason.DECISION_NOT_TO_SHARE: "The provider's recorded decision not to share covers this service and child.",
    Reason.GOVERNANCE_UNAVAILABLE: "Objections or decisions not to share could not be read: closed.",
    Reason.AGGREGATE_ONLY: "The role or the purpose is for figures about groups.",
    Reason.PROTECTED: "A sensitivity flag's deny applied, or no allow reaches its label.",
    Reason.LEGAL_BAR: "A deny that carries out a bar in law applied; nothing overrides it.",
    Reason.NOT_FOR_THIS_SYSTEM: "The partner's client is not bound to this purpose, source or agreement.",
    Reason.SOURCE_UNAVAILABLE: "Not decided by a rule: the source was not reached.",
}
