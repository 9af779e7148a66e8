"""Purposes: why a question is asked. Every question about a child states one."""

from schema.described import Described, closed_list


@closed_list
class Purpose(Described):
    """Why the question is asked."""

    CHILD_PROTECTION = (
        "CHILD_PROTECTION",
        "Enquiries where a child may be suffering significant harm (section 47).",
    )
    SAFEGUARDING_TRIAGE = (
        "SAFEGUARDING_TRIAGE",
        "Deciding at the front door what a contact or referral needs.",
    )
    CHILD_IN_NEED = (
        "CHILD_IN_NEED",
        "Assessing and helping a child in need (section 17).",
    )
    EARLY_HELP = (
        "EARLY_HELP",
        "Voluntary help agreed with the family; rests on their consent.",
    )
    EDUCATION_WELFARE = (
        "EDUCATION_WELFARE",
        "A school's or college's welfare duty to its own pupils.",
    )
    CRIME_PREVENTION = (
        "CRIME_PREVENTION",
        "Preventing or detecting crime that affects a child.",
    )
    POLICY_REVIEW = (
        "POLICY_REVIEW",
        "Information governance: testing and explaining the rules; never a child's content.",
    )
    ANALYSIS = "ANALYSIS", "Statistics about groups of children; never a named child."

    @property
    def needs_reference(self) -> bool:
        """Whether a referral or case reference must be given with the question."""
        return self in _WITH_REFERENCE


_WITH_REFERENCE = frozenset(
    {
        Purpose.CHILD_PROTECTION,
        Purpose.SAFEGUARDING_TRIAGE,
        Purpose.CHILD_IN_NEED,
        Purpose.EARLY_HELP,
    }
)
