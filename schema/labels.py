"""Sensitivity labels: what makes a field, a record or a person more protected than usual."""

from enum import IntEnum

from schema.described import Described, closed_list


class Tier(IntEnum):
    """How protected a label is; a rule's ceiling covers its own tier and those below."""

    ORDINARY = 0
    SENSITIVE = 1
    PROTECTED = 2
    SEALED = 3


@closed_list
class Label(Described):
    """Why something is sensitive."""

    ORDINARY = "ORDINARY", "Personal data with no further sensitivity."
    SPECIAL_CATEGORY = (
        "SPECIAL_CATEGORY",
        "Special category data (UK GDPR Article 9), such as health or ethnicity.",
    )
    CRIMINAL_OFFENCE = (
        "CRIMINAL_OFFENCE",
        "Data on offences or allegations (UK GDPR Article 10).",
    )
    MENTAL_HEALTH = "MENTAL_HEALTH", "Contact with a mental health service."
    SUBSTANCE_MISUSE = "SUBSTANCE_MISUSE", "Contact with a drug or alcohol service."
    SEXUAL_HEALTH = (
        "SEXUAL_HEALTH",
        "Contact with a sexual health service, HIV or a termination; its existence is itself confidential.",
    )
    CONFIDENTIAL_ADDRESS = (
        "CONFIDENTIAL_ADDRESS",
        "A refuge, placement or other address that must not be disclosed.",
    )
    NATIONALLY_RESTRICTED = (
        "NATIONALLY_RESTRICTED",
        "Restricted on the national demographics service.",
    )
    POLICE_INTELLIGENCE = (
        "POLICE_INTELLIGENCE",
        "Police intelligence or a covert operation.",
    )
    STAFF_OR_RELATIVE = (
        "STAFF_OR_RELATIVE",
        "The person is a member of staff, or a relative of one.",
    )
    ALLEGATION_AGAINST_STAFF = (
        "ALLEGATION_AGAINST_STAFF",
        "An allegation against somebody who works with children, with the designated officer.",
    )
    MAPPA = (
        "MAPPA",
        "Multi-agency public protection arrangements for an offender (Criminal Justice Act 2003, section 325).",
    )
    SAFEGUARDING_ADULT = (
        "SAFEGUARDING_ADULT",
        "An adult's own safeguarding record (Care Act 2014, section 42).",
    )
    LEGAL_PRIVILEGE = "LEGAL_PRIVILEGE", "Legal advice, or written for court proceedings; legally privileged."
    ADOPTION = "ADOPTION", "An adopted child's earlier or later identity; a legal bar."
    WITNESS_PROTECTION = "WITNESS_PROTECTION", "A protected person; a legal bar."
    GENDER_RECOGNITION = (
        "GENDER_RECOGNITION",
        "Protected by section 22 of the Gender Recognition Act 2004; a legal bar.",
    )

    @property
    def tier(self) -> Tier:
        """How protected this label is."""
        return _TIERS.get(self, Tier.PROTECTED)

    @property
    def kept_back(self) -> bool:
        """Whether it is too telling to stand in the ledger beside a person's pseudonym."""
        return self.tier > Tier.SENSITIVE


_TIERS = {
    Label.ORDINARY: Tier.ORDINARY,
    Label.SPECIAL_CATEGORY: Tier.SENSITIVE,
    Label.CRIMINAL_OFFENCE: Tier.SENSITIVE,
    Label.STAFF_OR_RELATIVE: Tier.SENSITIVE,
    Label.ADOPTION: Tier.SEALED,
    Label.WITNESS_PROTECTION: Tier.SEALED,
    Label.GENDER_RECOGNITION: Tier.SEALED,
}
