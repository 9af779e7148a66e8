"""Examples: an agreement's own questions and expected verdicts. A rulebook that breaks one does not exist."""

from collections.abc import Iterator
from dataclasses import dataclass

from policies.facts import Asker, Facts
from policies.ruling import Ruling
from policies.verdicts import Verdict
from schema.fields import FieldId
from schema.labels import Label
from schema.services import Service


@dataclass(frozen=True, slots=True)
class Example:
    """One question about one field and the verdict its writers expect; ``why`` says in English what it stands for."""

    where: str
    asker: Asker
    service: Service
    field: FieldId
    labels: frozenset[Label]
    facts: Facts
    expect: Verdict
    why: str = ""

    def fault(self, ruling: Ruling) -> str | None:
        """Say how the rules differ from what was expected, if they do."""
        decision = ruling.decide(self.field, self.labels)
        if decision.verdict is self.expect:
            return None
        rules = ", ".join((*decision.deny, *decision.allow)) or "no rule"
        return f"{self.where}: {self.field}: expected {self.expect}, the rules give {decision.verdict} ({rules})"


def faults_of(examples: Iterator[tuple[Example, Ruling]]) -> list[str]:
    """Give every example the rules break."""
    return [fault for example, ruling in examples if (fault := example.fault(ruling))]
