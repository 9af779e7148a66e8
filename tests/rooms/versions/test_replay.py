"""Replay: what the ledger holds is enough to decide again exactly, or it is counted and not guessed."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from hub.governance.versions.fact_words import KEPT_BACK, facts_of, read_from_ledger, told_in_ledger, words_of
from hub.governance.versions.recorded import recorded
from policies.facts import Facts
from policies.rulebook import Rulebook
from policies.simulate.replay import RecordedDecision, replay
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label
from schema.services import Service
from tests.cast import NOW
from tests.house import RULES, House, house
from tests.rooms.policies.rules import WORKER, facts, rule

ASKED = (("front-door", "CHILD_PROTECTION"), ("social-worker", "CHILD_IN_NEED"), ("school", "EDUCATION_WELFARE"))


async def gathered(home: House) -> list[RecordedDecision | None]:
    return [one async for one in recorded(home.database)]


async def test_recorded_decisions_are_decided_again_exactly(tmp_path: Path) -> None:
    """Every source of every question, by the version that decided it, comes to what was permitted then."""
    async with house(tmp_path) as home:
        for who, purpose in ASKED:
            await home.person(who=who, purpose=purpose)
        found = await gathered(home)
        assert len(found) == 9 * len(ASKED)
        done = replay(found, RULES, RULES)
        assert (done.decisions, done.not_replayable, done.changed, done.astray) == (len(found), 0, 0, 0)
        assert [one async for one in recorded(home.database, NOW.replace(year=2027))] == []


async def test_who_loses_is_counted_by_role_service_and_field(tmp_path: Path) -> None:
    """A version without the front door's rules takes what it had, and only from it; nobody is named."""
    fewer = Rulebook(r for r in RULES.rows if "front-door-worker" not in r.role)
    async with house(tmp_path) as home:
        for who, purpose in ASKED:
            await home.person(who=who, purpose=purpose)
        found = await gathered(home)
    there = replay(found, RULES, fewer)
    assert {(f.role, f.gained) for f in there.fields} == {("front-door-worker", 0)}
    assert (Service("HEALTH"), FieldId("Involvement.status"), 1) in {(f.service, f.field, f.lost) for f in there.fields}
    back = replay(found, fewer, RULES)
    assert [(f.field, f.gained) for f in back.fields] == [(f.field, f.lost) for f in there.fields]
    assert back.changed == there.changed


async def test_flags_too_telling_for_the_ledger_are_kept_back_and_their_decisions_counted(tmp_path: Path) -> None:
    """A protected flag is not written beside a pseudonym; that decision cannot be replayed, and is not guessed."""
    kept = told_in_ledger(facts(flags=frozenset({Label.ADOPTION, Label.STAFF_OR_RELATIVE})), whole=True)
    assert kept["flags"] == KEPT_BACK
    assert "ADOPTION" not in str(kept)
    assert read_from_ledger(kept) is None
    plain = facts(flags=frozenset({Label.STAFF_OR_RELATIVE}))
    assert read_from_ledger(told_in_ledger(plain, whole=True)) == plain
    assert read_from_ledger(told_in_ledger(plain, whole=False)) is None
    assert replay([None], RULES, RULES).not_replayable == 1
    async with house(tmp_path) as home:
        await home.person("hidden", who="social-worker", purpose="CHILD_PROTECTION")
        assert len(await gathered(home)) == 9


@pytest.mark.parametrize("spoilt", ["missing", "unknown", "flag", "more"])
def test_facts_not_all_there_are_no_facts(spoilt: str) -> None:
    """A fact missing, a word of no list, a flag unknown or one fact more than there are: nothing is read."""
    words = dict(told_in_ledger(facts(), whole=True))
    match spoilt:
        case "missing":
            del words["objection"]
        case "unknown":
            words["consent"] = "PERHAPS"
        case "flag":
            words["flags"] = "TALL"
        case _:
            words["weather"] = "fine"
    assert read_from_ledger(words) is None


def test_every_fact_is_a_word_and_back() -> None:
    """Facts and their words are the same thing, whichever facts there come to be."""
    one = facts(own=True, break_glass=True)
    assert facts_of(words_of(one), one.flags) == one
    assert set(words_of(one)) | {"flags"} == set(Facts.__slots__)


def test_a_decision_recorded_otherwise_than_its_rules_say_is_astray() -> None:
    """The ledger and the rules must belong together; where they do not, it is counted."""
    rulebook = Rulebook([rule()])
    field = FieldId("Professional.phone")
    one = RecordedDecision(WORKER, Service("HEALTH"), facts(), frozenset({field}), frozenset(), rulebook.version)
    two = [one, replace(one, permitted=frozenset({field})), replace(one, version="another")]
    assert replay(two, rulebook, rulebook).astray == 1


def test_twelve_thousand_decisions_are_replayed_within_seconds() -> None:
    """Enough for an officer who waits; the measured time is in the benchmark."""
    asked = frozenset(CATALOGUE)
    one = RecordedDecision(WORKER, Service("HEALTH"), facts(), asked, frozenset(), RULES.version)
    askers = [replace(WORKER, agency=f"agency-{n % 300}") for n in range(12_000)]
    decisions = [replace(one, asker=asker) for asker in askers]
    started = time.perf_counter()
    assert replay(decisions, RULES, RULES).decisions == 12_000
    assert time.perf_counter() - started < 5
