"""A question nobody has asked: a purpose, and what is supposed of consent and the rest, to show what rules come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hub.governance.versions.supposed import fact_of, supposed
from hub.graphql.governing.room import Governing
from hub.web.pages.words import OFFERED
from policies.facts import Asker, ConsentState, Facts
from policies.simulate.exploring import Word
from policies.vocabulary import Role
from schema.purposes import Purpose

ANOTHER: Final = "any-agency"
"""An agency that no rule names: what is said of it is said of most."""

CONSENT: Final[Mapping[ConsentState, str]] = {
    ConsentState.NOT_RECORDED: "None is recorded",
    ConsentState.GIVEN: "Given",
    ConsentState.REFUSED: "Refused",
    ConsentState.WITHDRAWN: "Withdrawn",
}

CHOICES: Final[Mapping[str, str]] = {
    "own": "the records are their own agency's",
    "break_glass": "an emergency access is open",
    "reason_given": "they say why, in words",
    "second_person": "a second person agreed",
}
"""What else may be supposed; each is a fact of a question."""


@dataclass(frozen=True, slots=True)
class Supposed:
    """What is supposed; the rest is in order: an agreement in force, a reference given."""

    purpose: Purpose
    consent: ConsentState
    more: frozenset[str]

    @property
    def words(self) -> dict[str, str]:
        """Give it as a form's fields."""
        return {"purpose": self.purpose.value, "consent": self.consent.value, **dict.fromkeys(sorted(self.more), "yes")}

    async def facts(self, room: Governing, role: Role) -> tuple[Asker, Facts]:
        """Give who asks and the facts, as they would be today."""
        asker = Asker(role.value, ANOTHER, self.purpose)
        said: dict[str, Word] = {"consent": self.consent} | {name: fact_of(name, "yes") for name in self.more}
        commenced = (await room.preparer.standing(())).commenced
        return asker, supposed(asker, said, frozenset(), room.today, commenced)


def read(query: Mapping[str, str]) -> Supposed:
    """Read what is supposed; what is none of it is left out."""
    purposes, states = {p.value: p for p in OFFERED}, {c.value: c for c in CONSENT}
    return Supposed(
        purposes.get(query.get("purpose", ""), Purpose.CHILD_PROTECTION),
        states.get(query.get("consent", ""), ConsentState.NOT_RECORDED),
        frozenset(name for name in CHOICES if query.get(name) == "yes"),
    )
