"""Spaces: which situations conditions tell apart, found by asking the conditions; and how many are too many."""

import pytest

from policies.conditions import CONDITIONS, Condition
from policies.rulebook import Rulebook
from policies.simulate import space
from policies.simulate.differences import diff
from policies.simulate.exploring import FLAGS, Fact, _Flags, truth_of
from policies.simulate.situations import Situation, situations
from policies.simulate.space import TooManySituations, space_of
from schema.labels import Label
from tests.rooms.policies.rules import WORKER, bar, facts, rule

NEEDS = ("agreement-in-force", "person-flagged-adoption", "own-records")


# Whatever way a condition looks at the flags, each flag it may hang on is found.
def test_a_condition_may_look_at_flags_in_any_way() -> None:
    first = Condition(
        "first", "the first flag is one of adoption", lambda _, f: next(iter(f.flags), None) is Label.ADOPTION
    )
    assert Fact(FLAGS, Label.ADOPTION) in truth_of(first, WORKER).reads
    assert len(_Flags({Fact(FLAGS, label): label is Label.ADOPTION for label in Label})) == 1


# A situation gives facts that are of it, to ask with, and its words as text.
def test_a_situation_gives_facts_of_itself() -> None:
    there = space_of([name for name in NEEDS if name in CONDITIONS], WORKER)
    told = situations(there, there.where("agreement-in-force") & there.where("person-flagged-adoption"))
    assert told
    for one in told:
        assert one.holds(one.one)
        assert Label.ADOPTION in one.one.flags
        assert one.words["person flagged ADOPTION"] == ("yes",)
    assert str(Situation()) == "always"
    assert Situation().holds(facts())


# Rules that tell more situations apart than can be gone through are refused in words, not guessed at or waited for.
def test_too_many_situations_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(space, "MOST", 4)
    monkeypatch.setattr(space, "_SPACES", {})
    before = Rulebook([rule(), bar(when="own-records person-flagged-adoption")])
    with pytest.raises(TooManySituations, match="situations apart; at most 4 can be compared"):
        diff(before, Rulebook([rule(when="consent-given agreement-in-force")]))


# Spaces are kept to be met again, and let go of before they fill the memory.
def test_spaces_are_let_go_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(space, "_KEPT", 1)
    monkeypatch.setattr(space, "_SPACES", {})
    first = space_of(["own-records"], WORKER)
    assert space_of(["own-records"], WORKER) is first
    space_of(["break-glass"], WORKER)
    assert space_of(["own-records"], WORKER) is not first
