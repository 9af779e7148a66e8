"""Lawful bases: what in law a purpose rests on, and whether consent is needed."""

from schema.described import Described, closed_list


@closed_list
class LawfulBasis(Described):
    """The statute a question rests on."""

    CHILDREN_ACT_1989_S47 = (
        "CHILDREN_ACT_1989_S47",
        "Children Act 1989 section 47: enquiries; consent is not needed.",
    )
    CHILDREN_ACT_2004_S11 = (
        "CHILDREN_ACT_2004_S11",
        "Children Act 2004 sections 10 and 11: co-operate and safeguard.",
    )
    CHILDREN_ACT_1989_S17 = (
        "CHILDREN_ACT_1989_S17",
        "Children Act 1989 section 17: services for children in need.",
    )
    EDUCATION_ACT_2002_S175 = (
        "EDUCATION_ACT_2002_S175",
        "Education Act 2002 section 175: schools safeguard their pupils.",
    )
    CRIME_AND_DISORDER_ACT_1998_S115 = (
        "CRIME_AND_DISORDER_ACT_1998_S115",
        "Crime and Disorder Act 1998 section 115: power to disclose.",
    )
    CONSENT = (
        "CONSENT",
        "UK GDPR Article 6(1)(a): the family's agreement; without it nothing is shared.",
    )
    PUBLIC_TASK = (
        "PUBLIC_TASK",
        "UK GDPR Article 6(1)(e): a task in the public interest.",
    )

    @property
    def needs_consent(self) -> bool:
        """Whether the basis is the family's consent itself."""
        return self is LawfulBasis.CONSENT
