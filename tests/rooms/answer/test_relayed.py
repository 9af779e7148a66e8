"""A question that another authority's hub brings: whom it finds, and what goes on to a third hub."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import Identity, LocalId
from hub.answer.asked_for import asked_for_of
from hub.answer.question import Question, Wanted
from hub.audit.entries import Search
from hub.audit.pseudonyms import Pseudonyms
from hub.budgets.limits import Ladder, Limits, UserLimits
from hub.errors import HubError
from hub.graphql.asking import MOST_MATCHED, stated
from hub.graphql.execution import Request
from hub.identity.requester import Relayed, Requester
from hub.keys import create_keys, read_keys
from policies.rulebook import Rulebook
from schema.labels import Label
from schema.purposes import Purpose
from schema.request import RequestContext
from schema.services import Service
from tests.cast import MAYA as MAYA_KNOWN
from tests.cast import NOW, SERVICES, requester
from tests.house import RULES, House, house, switch
from tests.rooms.policies.rules import bar

MATCH = """query($p: [PersonSearchInput!]!, $c: RequestContext!, $s: [ID!]) {
  matchPeople(people: $p, context: $c, sources: $s) { people { outcome id } sources { source outcome reason } } }"""
MAYA = {"givenName": "Maya", "familyName": "Quillfeather", "dateOfBirth": "2012-05-17", "postcode": "BK7 7QQ"}
LIKE_HER = MAYA | {"postcode": "BK9 9ZZ"}
NOBODY = {"givenName": "Zed", "familyName": "Nowhere", "dateOfBirth": "2001-01-01", "postcode": "BK9 9ZZ"}
TOO_LITTLE = {"givenName": "Maya"}
RELAYED = Relayed(Purpose.CHILD_PROTECTION, "REF 1", 2.5, "a" * 32, ("https://hub.south.example",))
WHY = RequestContext(purpose=Purpose.CHILD_PROTECTION, reference="REF 1")


def relayed(who: str = "social-worker") -> Requester:
    return replace(requester(who), subject="partner:south-hub:" + "0" * 32, relayed=RELAYED)


async def match(
    home: House, *people: Any, who: Requester | None = None, only: list[str] | None = None, ordinary: bool = False
) -> Any:
    """Look for people as another hub does."""
    variables = {"p": people, "c": {"purpose": "CHILD_PROTECTION", "reference": "REF 1"}, "s": only}
    return await home.executor.run(Request(MATCH, variables, None), who or relayed(), "req", ordinary=ordinary)


@pytest.mark.parametrize("ordinary", [False, True])
async def test_only_whoever_satisfies_the_release_rule_is_told_of(home: House, ordinary: bool) -> None:  # noqa: FBT001 -- a table's column
    """A match has an id; of who is only possible nothing is told but that, and the ledger has who was shown."""
    said = await match(home, MAYA, LIKE_HER, NOBODY, TOO_LITTLE, ordinary=ordinary)
    assert not said.errors
    people = said.data["matchPeople"]["people"]
    assert [one["outcome"] for one in people] == ["MATCH", "POSSIBLE", "NO_MATCH", "TOO_MANY"]
    assert [one["id"] for one in people] == [home.ids["maya"], None, None, None]
    sources = {one["source"]: one["outcome"] for one in said.data["matchPeople"]["sources"]}
    assert sources["social-care"] == "NONE_HELD"


async def test_whom_a_hub_finds_depends_on_the_sources_it_names_and_on_no_other(home: House) -> None:
    """The police alone know a second child like her: who asks of health and of nobody else is not made unsure by it."""
    other = MAYA_KNOWN.traits.identifiers[0][0], "9990000026"
    like = replace(MAYA_KNOWN.traits, identifiers=(other,))

    async def feed() -> AsyncIterator[Identity]:
        yield Identity(LocalId("police/like"), like, NOW)

    await home.index.refresh("police", Service.POLICE, feed())
    for ordinary in (False, True):
        for named, outcome in ((None, "POSSIBLE"), (["health", "police"], "POSSIBLE"), (["health"], "MATCH")):
            said = await match(home, MAYA, only=named, ordinary=ordinary)
            answer = said.data["matchPeople"]
            assert answer["people"][0]["outcome"] == outcome
            assert {one["source"] for one in answer["sources"]} == set(named or SERVICES)
    assert (await match(home, MAYA, only=[])).data["matchPeople"] == {
        "people": [{"outcome": "NO_MATCH", "id": None}],
        "sources": [],
    }


async def test_whoever_is_looked_for_is_counted_found_or_not(tmp_path: Path) -> None:
    """A list of guesses costs what as many questions do; one child with two postcodes, found by one, is one."""
    two = Limits(user=UserLimits(people_hour=2), ladder=Ladder(slow_seconds=0))
    async with house(tmp_path, limits=two) as home:
        assert not (await match(home, LIKE_HER, MAYA)).errors
        assert not (await match(home, NOBODY, NOBODY | {"postcode": "BK9 9ZX"}, MAYA)).errors
        refused = await match(home, NOBODY | {"familyName": "Nobodyatall"})
        assert refused.errors[0].extensions["code"] == "REASON_NEEDED"


async def test_what_is_searched_for_a_hub_is_written_down_as_shown(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One entry each, in one append, and nobody in it who was not told of."""
    told: list[Any] = []
    append = home.ledger.append

    async def listening(*entries: Any) -> Any:
        told.append(entries)
        return await append(*entries)

    monkeypatch.setattr(home.ledger, "append", listening)
    await match(home, MAYA, LIKE_HER)
    ((first, second),) = told
    assert isinstance(first, Search)
    assert (len(first.presented), len(second.presented)) == (1, 0)


async def test_nobody_but_a_hub_may_look_so(home: House) -> None:
    """A worker compares candidates; and a hub asks of so many at once and no more."""
    refused = await match(home, MAYA, who=requester("social-worker"))
    assert refused.errors[0].extensions["code"] == "FORBIDDEN"
    many = await match(home, *([NOBODY] * (MOST_MATCHED + 1)))
    assert many.errors[0].extensions["code"] == "LIMIT"


async def test_nobody_is_found_by_one_version_of_the_rules_and_told_by_another(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked for again; where the rules keep changing, the hub is told to come again."""
    append, count = home.ledger.append, list[int]()
    books = [Rulebook([*RULES.rows, bar(id=f"bar-{n}", field="Address.postcode")]) for n in range(4)]

    async def switching(*entries: Any) -> Any:
        if len(count) in until:
            await switch(home, books[len(count)])
        count.append(1)
        return await append(*entries)

    monkeypatch.setattr(home.ledger, "append", switching)
    until = {0}
    said = await match(home, MAYA)
    assert said.data["matchPeople"]["people"][0]["outcome"] != "MATCH"
    assert len(count) == 2
    until = {2, 3, 4}
    books = [*books, *(Rulebook([*RULES.rows, bar(id=f"b-{n}", role="analyst")]) for n in range(2))]
    assert (await match(home, MAYA)).not_ready


async def test_sources_that_were_not_named_are_not_asked(home: House) -> None:
    """`people(sources:)` asks these alone, of relatives too; the others are not in the answer at all."""
    query = """query($i: [ID!]!, $c: RequestContext!) { people(ids: $i, sources: ["police"], context: $c) {
      names { family } sources { source } relationships { person { sources { source } } } } }"""
    variables = {"i": [home.ids["maya"]], "c": {"purpose": "CHILD_PROTECTION", "reference": "REF 1"}}
    for ordinary in (False, True):
        said = await home.executor.run(Request(query, variables, None), relayed(), "req", ordinary=ordinary)
        assert not said.errors
        assert [s["source"] for s in said.data["people"][0]["sources"]] == ["police"]
    asked = {name for name, connector in home.connectors.items() if connector.asks}
    assert asked == {"police"}


async def test_a_labelled_record_stays_here(home: House) -> None:
    """A worker here is shown what another hub is not passed on: it is withheld as protected, by its word."""
    police = home.connectors["police"]

    def labelled(ask: Any) -> Any:
        reply = police.reply(ask)
        for record in (r for held in reply.records.values() for r in held):
            record.labels = frozenset({Label.CRIMINAL_OFFENCE})
        return reply

    police.misbehave = labelled
    query = 'query($i: [ID!]!, $c: RequestContext!) { people(ids: $i, sources: ["police"], context: $c) { %s } }'
    query = query % "involvements { team } withheld { code }"
    variables = {"i": [home.ids["maya"]], "c": {"purpose": "CHILD_PROTECTION", "reference": "REF 1"}}
    own = await home.executor.run(Request(query, variables, None), requester("social-worker"), "req")
    abroad = await home.executor.run(Request(query, variables, None), relayed(), "req")
    assert own.data["people"][0]["involvements"]
    assert not abroad.data["people"][0]["involvements"]
    assert {w["code"] for w in abroad.data["people"][0]["withheld"]} == {"PROTECTED"}


async def test_a_hub_changes_nothing_here(home: House) -> None:
    """No mutation is done for another hub's user."""
    with pytest.raises(HubError, match="changes nothing"):
        await home.executor.run(Request("mutation { __typename }", {}, None), relayed(), "req")


def test_what_goes_on_is_a_pseudonym_and_the_trace_it_came_with(tmp_path: Path) -> None:
    """Neither the user's id nor the ledger's own name for them; the question's id is its trace where there is none."""
    create_keys(tmp_path)
    names = Pseudonyms(read_keys(tmp_path))
    own = Question("0a" * 12, requester("social-worker"), Purpose.CHILD_PROTECTION, "R", (), Wanted(), NOW, 8.0)
    told = asked_for_of(own, names)
    assert told.trace == "00000000" + "0a" * 12
    assert told.subject not in {own.requester.subject, names.actor(own.requester.subject)}
    assert told.through == ()
    assert len(asked_for_of(replace(own, request_id="req"), names).trace) == 32
    brought = asked_for_of(replace(own, requester=relayed()), names)
    assert (brought.trace, brought.through) == (RELAYED.trace, RELAYED.through)


def test_what_the_other_hub_has_left_is_the_deadline() -> None:
    """The asker's remaining time where it is less than this hub's own; a question it did not sign is refused."""
    assert stated(relayed(), "req", (), WHY, Wanted(), NOW, 8.0).deadline == 2.5
    assert stated(relayed(), "req", (), WHY, Wanted(), NOW, 1.0).deadline == 1.0
    with pytest.raises(HubError, match="not what the asking hub signed"):
        stated(relayed(), "req", (), replace(WHY, reference="REF 2"), Wanted(), NOW, 8.0)
