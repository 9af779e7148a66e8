"""Workers say who is who over GraphQL: at once everywhere, written down, and of nobody they may not know of."""

from pathlib import Path
from typing import Any

import pytest

from hub.budgets.limits import Ladder, Limits, UserLimits
from hub.keys import read_keys
from hub.people.index import PersonIndex
from tests.cast import NOW
from tests.house import House, house
from tests.rooms.governing.desk import COLLEAGUE, COUNCIL, POLICE, WORKER, ask, do, ledger, logged, names
from tests.rooms.governing.test_emergencies import broken

RECORDED = "{ id problem { code message } }"
WORDS = "Maya Quillfeather told the school nurse"
CONTEXT = {"purpose": "CHILD_PROTECTION", "reference": "REF 1"}


async def say(home: House, what: str, one: str, other: str, who: Any = WORKER, reason: str | None = WORDS) -> Any:
    """Say something of two people."""
    given = {"p": ("ID!", home.ids.get(one, one)), "o": ("ID!", home.ids.get(other, other))}
    given["c"] = ("RequestContext!", CONTEXT)
    why = ""
    if reason is not None:
        given["r"], why = ("String!", reason), ", reason: $r"
    return await do(home, who, f"{what}(person: $p, other: $o{why}, context: $c) {RECORDED}", **given)


async def split(home: House, person: str, source: str, who: Any = WORKER) -> Any:
    """Split a source's entry off."""
    given = {"p": ("ID!", home.ids[person]), "s": ("String!", source), "c": ("RequestContext!", CONTEXT)}
    return await do(
        home, who, f'splitPerson(person: $p, sourceId: $s, reason: "a cousin", context: $c) {RECORDED}', **given
    )


async def test_what_a_worker_says_is_true_at_once_everywhere_and_written_down(home: House, tmp_path: Path) -> None:
    """Another replica follows at its next question; the ledger says what was done and has none of the words."""
    replica = PersonIndex(home.database, read_keys(tmp_path / "keys"), lambda: NOW)
    maya, rowan = home.ids["maya"], home.ids["rowan"]
    assert (await say(home, "rejectSamePerson", "maya", "rowan"))["problem"] is None
    refused = await say(home, "confirmSamePerson", "maya", "rowan", COLLEAGUE)
    assert refused["problem"], "somebody had said that they are not one"
    assert refused["problem"]["code"] == "said-to-be-different"
    assert (await say(home, "withdrawRejection", "maya", "rowan", COLLEAGUE, None))["id"] == rowan
    assert (await say(home, "confirmSamePerson", "maya", "rowan"))["id"] == maya
    assert (await replica.followed([rowan]))[rowan].id == maya
    source = next(link.source_id for link in (await replica.people([maya]))[maya].links)
    apart = await split(home, "maya", source)
    assert apart["problem"] is None
    assert apart["id"] in await replica.people([apart["id"]])
    assert [name for name in await names(home) if "person" in name] == [
        "same-person-rejected",
        "same-person-confirmed",
        "same-person-confirmed-not-acknowledged",
        "same-person-rejection-withdrawn",
        "same-person-confirmed",
        "person-split",
    ]
    assert WORDS not in logged(home) + str(await ledger(home))


async def test_whom_a_worker_names_is_counted_like_whom_they_open(tmp_path: Path) -> None:
    """Somebody or nobody: what is said of people, and emergency access, are no free way to learn of them."""
    few = Limits(user=UserLimits(people_hour=2, people_day=2), ladder=Ladder(slow_seconds=0, stop=101))
    async with house(tmp_path, limits=few) as home:
        assert (await say(home, "rejectSamePerson", "maya", "rowan"))["problem"] is None
        assert (await say(home, "rejectSamePerson", "maya", "rowan"))["problem"] is None
        for other in ("hidden", "f" * 32):
            assert (await say(home, "rejectSamePerson", "maya", other))["problem"]["code"] == "over-budget"
            assert (await broken(home, child=other))["problem"]["code"] == "over-budget"
        assert "budget-refused" in await names(home)


async def test_officers_review_what_was_decided_at_their_own_agency(home: House) -> None:
    """Links and noes with the words of why, and people whose entries cannot be one person's; a look is written down."""
    await say(home, "confirmSamePerson", "maya", "rowan")
    query = "matching(person: $p) { links { source rule decidedBy reason endedAt } saidDifferent { source } }"
    found = (await ask(home, COUNCIL, query, p=("ID!", home.ids["maya"])))["matching"]
    assert {link["source"] for link in found["links"]} == {"social-care"}
    assert WORDS in {link["reason"] for link in found["links"]}
    assert "links-of-person-read" in await names(home)
    assert (await ask(home, COUNCIL, query, p=("ID!", home.ids["sealed"])))["matching"] is None
    (listed,) = (await ask(home, COUNCIL, "contradictions { person kinds services }"))["contradictions"]
    assert listed["person"] == home.ids["maya"]
    assert "BIRTHS" in listed["kinds"]
    assert listed["services"] == ["SOCIAL_CARE"]
    assert (await ask(home, POLICE, "contradictions { person services }"))["contradictions"] in (
        [],
        [{"person": home.ids["maya"], "services": ["POLICE"]}],
    )


@pytest.mark.parametrize("nobody", ["sealed", "0" * 32])
async def test_of_whom_a_worker_may_not_know_nothing_is_said(home: House, nobody: str) -> None:
    """One sealed and one who does not exist are refused in the same words, and nothing is written down of either."""
    for what in ("confirmSamePerson", "rejectSamePerson"):
        for pair in (("maya", nobody), (nobody, "maya")):
            refused = await say(home, what, *pair)
            assert refused == {
                "id": None,
                "problem": {"code": "no-such-person", "message": "the hub knows no person of that id"},
            }
    assert not [name for name in await names(home) if "person" in name]
    assert (await say(home, "confirmSamePerson", "maya", "rowan", reason=" "))["problem"]["code"] == "no-words"
    assert (await split(home, "maya", "nowhere"))["problem"]["code"] == "no-such-entry"
