"""Findings: what linting looks for and what it says. Errors are guard rails: with one a version is not proposed."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Check(StrEnum):
    """What is looked for."""

    UNREACHABLE = "unreachable"
    CONTRADICTED = "contradicted"
    SHADOWED = "shadowed"
    NO_AGREEMENT = "no-agreement"
    ONE_PERSON = "one-person"
    NEWLY_SHOWN = "newly-shown"
    NOT_THE_OWNERS = "not-the-owners"
    PAST_REVIEW = "past-review"
    EXPIRED = "expired"
    UNKNOWN_AGENCY = "unknown-agency"


ERRORS: Final = frozenset(
    {Check.UNREACHABLE, Check.NO_AGREEMENT, Check.ONE_PERSON, Check.NEWLY_SHOWN, Check.NOT_THE_OWNERS}
)
"""What must be put right before a version may be proposed; the rest is for the approver to weigh."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: which check, which rule (none for a version as a whole), and what it is in English."""

    check: Check
    rule: str
    says: str

    @property
    def error(self) -> bool:
        """Whether it bars a proposal."""
        return self.check in ERRORS

    def __str__(self) -> str:
        return f"{'error' if self.error else 'warning'} {self.check}: {f'{self.rule}: ' * bool(self.rule)}{self.says}"


def in_order(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Give findings as they are read: errors first, those of one check together."""
    return tuple(sorted(found, key=lambda one: (not one.error, one.check, one.rule, one.says)))
