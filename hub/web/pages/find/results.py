"""Those a search found, for its page: likely ones apart from possible ones, youngest first, each with its why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from schema.search import MatchEvidence, PersonCandidate, SearchAnswer, SearchOutcome

_SAID: Final[Mapping[str, str]] = {
    "exact": "is the same",
    "same": "is the same",
    "former": "is one held from before",
    "part": "agrees in part",
    "equivalent": "is a familiar form of the same",
    "similar": "is spelt almost the same",
    "roughly similar": "is somewhat alike",
    "exchanged": "agrees with given and family name exchanged",
    "sounds alike": "sounds alike",
    "initial": "agrees by its initial",
    "day and month exchanged": "agrees with day and month exchanged",
    "one digit differs": "differs by one digit",
    "within": "is near",
    "same year": "is in the same year",
    "same district": "is in the same district",
    "different": "is different",
}

AGAINST: Final = frozenset({"different"})


@dataclass(frozen=True, slots=True)
class Why:
    """One thing compared, in words, and whether it speaks for or against."""

    says: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class Results:
    """What a search found, for its page."""

    outcome: SearchOutcome
    likely: tuple[PersonCandidate, ...]
    possible: tuple[PersonCandidate, ...]
    searched: tuple[str, ...]
    explanation: str

    @property
    def heading(self) -> str:
        """Say what was found."""
        found = len(self.likely) + len(self.possible)
        if self.outcome is SearchOutcome.TOO_MANY:
            return "Too many children could be meant"
        if not found:
            return "Nobody was found"
        return f"{found} {'child' if found == 1 else 'children'} found"


def results_of(answer: SearchAnswer) -> Results:
    """Put a search's answer in its order."""
    return Results(
        answer.outcome,
        tuple(youngest_first(c for c in answer.candidates if c.rule)),
        tuple(youngest_first(c for c in answer.candidates if not c.rule)),
        tuple(answer.searched),
        answer.explanation,
    )


def youngest_first(candidates: Iterable[PersonCandidate]) -> list[PersonCandidate]:
    """Put the youngest first, the unborn before everybody; those whose age may not be told come last."""
    return sorted(candidates, key=lambda c: c.expected_date_of_birth or c.date_of_birth or date.min, reverse=True)


def why(evidence: Iterable[MatchEvidence]) -> list[Why]:
    """Say in words how what was typed compares with what is held."""
    return [
        Why(f"{e.field[:1].upper()}{e.field[1:]} {_SAID.get(e.agreement, e.agreement)}", e.agreement not in AGAINST)
        for e in evidence
    ]
