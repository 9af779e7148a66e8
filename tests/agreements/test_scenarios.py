"""The scenarios of the documents: each comes to what is expected of it, by the agreements as shipped."""

import pytest

from policies.reading import read_rules
from policies.rulebook import Rulebook
from policies.verdicts import Verdict
from tests.agreements.scenarios import SCENARIOS, Scenario, lines


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    """Read the shipped agreements once."""
    return read_rules()


# What is expected at a desk is what the shipped rules decide.
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.story)
def test_a_scenario_comes_to_what_is_expected(scenario: Scenario, rulebook: Rulebook) -> None:
    assert scenario.decided(rulebook).verdict.value == scenario.expect


# There are forty scenarios and more, each told once, each with a text for the worker and one for the auditor.
def test_the_table_is_whole(rulebook: Rulebook) -> None:
    told = list(lines(rulebook))
    assert len(told) == len({line[0] for line in told}) > 40
    assert all(cell for line in told for cell in line)


# What a worker reads of protected existence is word for word what they read where nothing is held.
def test_protected_existence_reads_like_nothing_held(rulebook: Rulebook) -> None:
    read = {line[5] for line in lines(rulebook) if line[3] == Verdict.OMIT}
    assert read == {"Nothing that could be shown is held about this person."}
    for _, _, _, decision, rules, worker, _ in lines(rulebook):
        assert decision != Verdict.WITHHOLD or not any(rule in worker for rule in rules.split(", "))
