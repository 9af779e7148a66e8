"""The canary: decisions that were given are asked of Casbin again, and one that differs is seen."""

from random import Random

from policies.canary import Canary
from policies.compiled import compile_row
from policies.reading import read_rules
from policies.rulebook import Rulebook
from policies.ruling import Ruling
from schema.labels import Label
from tests.rooms.policies.rules import HEALTH, POLICE, WORKER, bar, facts, rule


def _chance() -> Random:
    return Random(1)  # noqa: S311 -- a drawn sample


# Decisions of the shipped rules, lately given, all agree with Casbin.
def test_decisions_given_agree() -> None:
    rulebook = read_rules()
    for service in (HEALTH, POLICE):
        for its in (facts(), facts(own=True), facts(flags=frozenset({Label.MENTAL_HEALTH})), facts(break_glass=True)):
            rulebook.ruling(WORKER, service, its)
    looked = list(Canary(rulebook, _chance()).look(120))
    assert len(looked) == 120
    assert all(one.same for one in looked)
    assert len({one.field for one in looked}) > 20


# Nothing decided is nothing to look at.
def test_nothing_decided_is_nothing_looked_at() -> None:
    assert list(Canary(Rulebook([rule()]), _chance()).look(10)) == []


# A ruling that is not what the rules say is seen, whether in its rules or only in what it lets be fetched.
def test_a_wrong_ruling_is_seen() -> None:
    rulebook = Rulebook([rule(role="police-officer"), bar(role="analyst")])
    wrong = Ruling([compile_row(rule())], WORKER, HEALTH, facts())
    rulebook._kept[WORKER, HEALTH, facts()] = wrong
    assert not all(one.same for one in Canary(rulebook, _chance()).look(20))
    fetched = Ruling([compile_row(bar())], WORKER, HEALTH, facts())
    fetched.permitted = wrong.permitted
    rulebook._kept[WORKER, HEALTH, facts()] = fetched
    looked = list(Canary(rulebook, _chance()).look(20))
    assert not all(one.same for one in looked)
    assert {one.role for one in looked} == {"social-worker"}
