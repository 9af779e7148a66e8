"""Found: what a search can say — match, possible, too many to show, or no match — always with its reasons."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from connectors.contract import Traits
from hub.people.compare import Evidence
from hub.people.criteria import Invalid, TooLittle
from hub.people.profile import Profile
from hub.people.rules import Note, Rule
from schema.services import Service

SHOWN = 10
"""The most people a search shows."""


class Result(StrEnum):
    """What became of a search (the Department for Education's matching outcomes)."""

    MATCH = "match"
    POSSIBLE = "possible"
    TOO_MANY = "too many to show"
    NO_MATCH = "no match"


@dataclass(frozen=True, slots=True)
class Held:
    """What one source that may be shown holds of a candidate, so that the right one is chosen."""

    source_id: str
    service: Service
    traits: Traits


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be meant: why, in words and bits that sum to the score."""

    person_id: str
    score: float
    evidence: tuple[Evidence, ...]
    notes: tuple[Note, ...]
    rule: Rule | None
    held: tuple[Held, ...]
    compared: Profile
    """What of them was compared: no more than the asker may be told."""

    @property
    def born(self) -> date:
        """Give the latest date of birth compared, or long ago where none is."""
        return max(self.compared.births, default=date.min)

    def explanation(self) -> str:
        """Say why, in one line of words and numbers; no value of the person's is in it."""
        parts = "; ".join(f"{e.field}: {e.agreement} {e.bits:+.1f}" for e in self.evidence)
        why = f"rule {self.rule}" if self.rule else ", ".join(self.notes)
        return f"{parts}; total {self.score:.1f}; {why}"


@dataclass(frozen=True, slots=True)
class Found:
    """A search's answer. ``candidates`` is best first, a match before all; empty for too many and for no match."""

    result: Result
    candidates: tuple[Candidate, ...]
    searched: tuple[str, ...]
    rule_version: str

    @property
    def match(self) -> Candidate | None:
        """Give the one person meant, where the release rule allows that to be said."""
        return self.candidates[0] if self.result is Result.MATCH else None


Answer = Found | TooLittle | Invalid
