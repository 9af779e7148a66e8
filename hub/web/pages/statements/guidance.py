"""The professional guidance that help names: what it is called, who gave it, where it is, and what it is for."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Guidance:
    """One document."""

    title: str
    by: str
    address: str
    for_what: str


GUIDANCE: Final = (
    Guidance(
        "Information sharing: advice for practitioners providing safeguarding services",
        "Department for Education, 2024",
        "https://www.gov.uk/government/publications/safeguarding-practitioners-information-sharing-advice",
        "Seven golden rules for sharing. Data protection law does not stand in the way of keeping a child safe; "
        "consent is not needed where a child may be at risk; write down what you shared and why.",
    ),
    Guidance(
        "Working together to safeguard children",
        "HM Government, 2023",
        "https://www.gov.uk/government/publications/working-together-to-safeguard-children--2",
        "Who does what, from universal services and early help to a child in need (section 17), enquiries (section 47) "
        "and looked-after children, and the thresholds between them.",
    ),
    Guidance(
        "Families First Partnership programme guide",
        "Department for Education, 2025",
        "https://www.gov.uk/government/publications/families-first-partnership-programme",
        "Family help and multi-agency child protection teams as they are being brought together.",
    ),
    Guidance(
        "The eight Caldicott principles",
        "National Data Guardian, 2020",
        "https://www.gov.uk/government/publications/the-caldicott-principles",
        "For health and care information: say why, use what is needed and no more; the duty to share for somebody's "
        "care is as important as the duty to protect their confidence.",
    ),
    Guidance(
        "A 10-step guide to sharing information to safeguard children",
        "Information Commissioner's Office",
        "https://ico.org.uk/for-organisations/uk-gdpr-guidance-and-resources/data-sharing/"
        "a-10-step-guide-to-sharing-information-to-safeguard-children/",
        "A short guide for everybody who works with children, from the regulator.",
    ),
    Guidance(
        "Data sharing: a code of practice",
        "Information Commissioner's Office",
        "https://ico.org.uk/for-organisations/uk-gdpr-guidance-and-resources/data-sharing/data-sharing-a-code-of-practice/",
        "What an organisation must do before it shares: agreements, assessments, lawful bases, records of decisions.",
    ),
)
"""In the order somebody new would read them."""
