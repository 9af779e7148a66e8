"""Examples: an agreement's own questions and expected verdicts. A rulebook that breaks one does not exist."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from policies.facts import AgreementState, Asker, ConsentState, Facts, RelationshipState
from policies.ruling import Ruling
from policies.validation import RulebookError
from policies.verdicts import Verdict
from policies.vocabulary import ROLES
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label
from schema.lawful_bases import LawfulBasis
from schema.purposes import Purpose
from schema.services import Service


@dataclass(frozen=True, slots=True)
class Example:
    """One question and the verdict its writers expect."""

    where: str
    asker: Asker
    service: Service
    field: FieldId
    labels: frozenset[Label]
    facts: Facts
    expect: Verdict

    def fault(self, ruling: Ruling) -> str | None:
        """Say how the rules differ from what was expected, if they do."""
        decision = ruling.decide(self.field, self.labels)
        if decision.verdict is self.expect:
            return None
        rules = ", ".join((*decision.deny, *decision.allow)) or "no rule"
        return f"{self.where}: expected {self.expect}, the rules give {decision.verdict} ({rules})"


EXAMPLE_COLUMNS: Final = (
    "role",
    "agency",
    "purpose",
    "service",
    "field",
    "labels",
    "basis",
    "consent",
    "agreement",
    "relationship",
    "own",
    "flags",
    "expect",
    "why",
)
"""The columns of examples.csv, in their order; ``labels`` and ``flags`` may be empty or hold several words."""


def _labels(cell: str) -> frozenset[Label]:
    return frozenset(Label[word] for word in cell.split())


def read_example(cells: Mapping[str, str], where: str) -> Example:
    """Make an example of a table's cells; RulebookError where a word is not one of ours."""
    missing = [c for c in EXAMPLE_COLUMNS if not isinstance(cells.get(c), str)]
    if missing or set(cells) - set(EXAMPLE_COLUMNS):
        raise RulebookError([f"{where}: the columns must be {', '.join(EXAMPLE_COLUMNS)}"])
    try:
        return _typed(cells, where)
    except (ValueError, KeyError) as error:
        raise RulebookError([f"{where}: {error}"]) from None


def _typed(cells: Mapping[str, str], where: str) -> Example:
    facts = Facts(
        basis=LawfulBasis[cells["basis"]],
        consent=ConsentState(cells["consent"]),
        agreement=AgreementState(cells["agreement"]),
        relationship=RelationshipState(cells["relationship"]),
        own={"yes": True, "no": False}[cells["own"]],
        flags=_labels(cells["flags"]),
    )
    return Example(
        where=where,
        asker=Asker(ROLES[cells["role"]].value, cells["agency"], Purpose[cells["purpose"]]),
        service=Service(cells["service"]),
        field=CATALOGUE[FieldId(cells["field"])].id,
        labels=_labels(cells["labels"]),
        facts=facts,
        expect=Verdict(cells["expect"]),
    )


def faults_of(examples: Iterator[tuple[Example, Ruling]]) -> list[str]:
    """Give every example the rules break."""
    return [fault for example, ruling in examples if (fault := example.fault(ruling))]
