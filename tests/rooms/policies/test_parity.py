"""Parity: ten thousand questions and more, over random policies, answered alike by Casbin and by the compiled form."""

from collections import Counter
from random import Random

import pytest

from policies.candidates import Candidates
from policies.compiled import compile_row
from policies.conditions import CONDITIONS
from policies.parity import drawn, same
from policies.referee import Referee
from policies.ruling import Ruling
from tests.rooms.policies.randomly import rows

POLICIES, QUESTIONS = 70, 36


# Over 4 times 70 random policies, 10 080 questions drawn from their words get Casbin's own answer.
@pytest.mark.parametrize("seed", range(4))
def test_compiled_is_casbin_over_random_policies(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 -- drawn questions; nothing secret
    said: Counter[str] = Counter()
    for _ in range(POLICIES):
        drawn_rows = rows(chance, chance.choice((1, 3, 6, 12)))
        rules, referee = Candidates(compile_row(row) for row in drawn_rows), Referee(drawn_rows)
        for cell in drawn(drawn_rows, chance, QUESTIONS):
            ruling = Ruling(rules, cell.asker, cell.service, cell.facts)
            shown = referee.shows(cell.asker, cell.service, cell.facts, cell.field, cell.label)
            assert same(ruling.at_label(cell.field, cell.label), shown), cell
            said[shown] += 1
    assert sum(said.values()) == POLICIES * QUESTIONS
    assert said["full"] > 200
    assert said["masked"] > 20


# The random policies reach every condition, and rules of every kind: nothing of the language is left unproved.
def test_random_policies_use_the_whole_language() -> None:
    chance = Random(0)  # noqa: S311 -- drawn rules; nothing secret
    every = [row for _ in range(120) for row in rows(chance, 10)]
    assert {name for row in every for name in row.when} == set(CONDITIONS)
    for column in ("effect", "on_deny", "obligation", "reason"):
        assert len({getattr(row, column) for row in every}) > (1 if column == "effect" else 4)
    assert {duty for row in every for duty in row.duties}
