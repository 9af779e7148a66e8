"""A version's tests, as officers read them: who asks what, what is expected, and whether it holds."""

from dataclasses import dataclass

from hub.governance.versions.example_cells import example_of
from hub.governance.versions.version import Cells
from hub.web.pages.policies.outcomes import OUTCOMES, Says
from hub.web.pages.words import PURPOSES, role_words
from policies.rulebook import Rulebook
from schema.fields import CATALOGUE
from schema.services import SERVICES


@dataclass(frozen=True, slots=True)
class Test:
    """One test: its name, the question in words, what is expected, what the rules come to, and by which rules."""

    __test__ = False  # pytest: it is none of its own

    where: str
    question: str
    why: str
    expects: Says
    comes_to: Says
    holds: bool
    rules: tuple[str, ...]


def tests_of(examples: tuple[Cells, ...], rules: Rulebook) -> list[Test]:
    """Run every test by these rules."""
    return [_test(cells, rules) for cells in examples]


def _test(cells: Cells, rules: Rulebook) -> Test:
    example = example_of(cells)
    ruling = rules.ruling(example.asker, example.service, example.facts)
    decision = ruling.decide(example.field, example.labels)
    held = decision.verdict is example.expect
    by = (*decision.deny, *decision.allow)
    return Test(
        cells["where"],
        question(cells),
        cells["why"],
        OUTCOMES[example.expect],
        OUTCOMES[decision.verdict],
        held,
        by,
    )


def question(cells: Cells) -> str:
    """Say what a test asks."""
    example = example_of(cells)
    means = CATALOGUE[example.field].means.rstrip(".")
    who, why = role_words(example.asker.role), PURPOSES[example.asker.purpose].lower()
    return f"{who}, {why}: {SERVICES[example.service].label.lower()}, {means[:1].lower()}{means[1:]}"
