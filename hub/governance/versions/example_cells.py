"""A version's examples as cells and back: who asks, of what, the facts, and the verdict expected. Pure."""

from collections.abc import Mapping
from typing import Final

from hub.governance.versions.fact_words import facts_of, words_of
from policies.examples import Example
from policies.facts import Asker
from policies.validation import RulebookError
from policies.verdicts import Verdict
from policies.vocabulary import ROLES
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label
from schema.purposes import Purpose
from schema.services import Service

EXAMPLE_COLUMNS: Final = (
    "where",
    "role",
    "agency",
    "purpose",
    "service",
    "field",
    "labels",
    "facts",
    "flags",
    "expect",
    "why",
)


def cells_of(example: Example) -> dict[str, str]:
    """Give an example as the cells of a table."""
    return {
        "where": example.where,
        "role": str(example.asker.role),
        "agency": example.asker.agency,
        "purpose": example.asker.purpose.value,
        "service": example.service.value,
        "field": str(example.field),
        "labels": _listed(example.labels),
        "facts": " ".join(f"{name}={word}" for name, word in words_of(example.facts).items()),
        "flags": _listed(example.facts.flags),
        "expect": example.expect.value,
        "why": example.why,
    }


def example_of(cells: Mapping[str, str]) -> Example:
    """Make an example of cells; RulebookError where a word is not one of ours."""
    where = cells.get("where", "")
    if cells.keys() != set(EXAMPLE_COLUMNS):
        raise RulebookError([f"example {where!r}: the columns must be {', '.join(EXAMPLE_COLUMNS)}"])
    try:
        return _typed(cells)
    except (ValueError, KeyError):
        raise RulebookError([f"example {where!r}: a word in it is not one it may use"]) from None


def _typed(cells: Mapping[str, str]) -> Example:
    facts = facts_of(dict(pair.split("=") for pair in cells["facts"].split()), _labels(cells["flags"]))
    if facts is None:
        raise ValueError("facts")
    return Example(
        where=cells["where"],
        asker=Asker(ROLES[cells["role"]].value, cells["agency"], Purpose[cells["purpose"]]),
        service=Service(cells["service"]),
        field=CATALOGUE[FieldId(cells["field"])].id,
        labels=_labels(cells["labels"]),
        facts=facts,
        expect=Verdict[cells["expect"]],
        why=cells["why"],
    )


def _labels(cell: str) -> frozenset[Label]:
    return frozenset(Label[word] for word in cell.split())


def _listed(labels: frozenset[Label]) -> str:
    return " ".join(sorted(label.value for label in labels))
