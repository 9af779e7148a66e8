"""Words for closed lists, as pages say them: a purpose, an event, a relationship."""

from collections.abc import Mapping
from typing import Final

from policies.vocabulary import Role
from schema.described import Described
from schema.kinds import Kind
from schema.purposes import Purpose

PURPOSES: Final[Mapping[Purpose, str]] = {
    Purpose.SAFEGUARDING_TRIAGE: "Safeguarding triage",
    Purpose.CHILD_PROTECTION: "Child protection",
    Purpose.CHILD_IN_NEED: "Child in need",
    Purpose.EARLY_HELP: "Early help",
    Purpose.EDUCATION_WELFARE: "Education welfare",
    Purpose.CRIME_PREVENTION: "Crime prevention",
    Purpose.POLICY_REVIEW: "Policy review",
    Purpose.ANALYSIS: "Analysis",
}

OFFERED: Final = tuple(p for p in PURPOSES if p not in {Purpose.POLICY_REVIEW, Purpose.ANALYSIS})
"""Purposes for which somebody opens a child's record; the other two never name a child."""


CHILD_TABS: Final = (
    ("", "involved", "Who is involved"),
    ("/sheet", "sheet", "Contact sheet"),
    ("/chronology", "chronology", "Chronology"),
    ("/enhanced", "enhanced", "Enhanced chronology"),
    ("/consent", "consent", "Consent"),
)
"""The pages of one child: the end of the address, the page's own word, what it is called."""


def role_words(role: str) -> str:
    """Say a role as its holder would: `front-door-worker` is a front door worker."""
    return "Information governance officer" if role == Role.IG_OFFICER else role.replace("-", " ").capitalize()


KINDS: Final[Mapping[Kind, str]] = {
    Kind.IDENTITY: "Who the child is",
    Kind.EXISTENCE: "That they are known",
    Kind.CONTACT: "Dates and status",
    Kind.PROFESSIONAL: "Whom to ring",
    Kind.DETAIL: "Notes and plans",
}


def plainly(word: Described | None) -> str:
    """Say a word of a closed list as it means, without its full stop."""
    return word.means.rstrip(".") if word is not None else "not said"
