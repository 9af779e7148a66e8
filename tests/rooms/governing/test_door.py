"""Governing at the real door: signed in, by POST, one change after another; a person beside it is answered as ever."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest

from hub.audit.errors import LedgerUnavailable
from tests.house import WHO, House, house
from tests.rooms.governing.desk import COUNCIL, HEALTH, names, run
from tests.rooms.graphql.conftest import CONTEXT, Door, code, door_of

CONSENT = """{person: "%s", giver: "mother", relationship: MOTHER, capacity: PARENTAL_RESPONSIBILITY, refused: %s,
  purposes: [EARLY_HELP], method: "form"}"""


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as opened:
        yield opened


@pytest.fixture
async def door(home: House, tmp_path: Path) -> AsyncIterator[Door]:
    async with door_of(home, tmp_path) as opened:
        yield opened


async def test_a_change_is_made_by_post_and_by_nothing_else(door: Door) -> None:
    """GET is refused whatever it carries, and a change in its address is not looked at."""
    change = f"mutation {{ recordConsent(consent: {CONSENT % (door.home.ids['maya'], 'true')}) {{ id }} }}"
    body = orjson.dumps({"query": change})
    for method in ("GET", "PUT", "DELETE"):
        answer = await door.send(body, who="ig-officer", method=method)
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    headers = {"authorization": f"Bearer {door.token('ig-officer')}"}
    got = await door.client.get("/graphql", params={"query": change}, headers=headers)
    assert got.status_code == 405
    assert await names(door.home) == []
    done = await door.send(body, who="ig-officer")
    assert done.json()["data"]["recordConsent"]["id"]
    assert await names(door.home) == ["consent-refused"]


async def test_nobody_is_let_in_who_has_not_signed_in(door: Door) -> None:
    body = orjson.dumps({"query": "{ governance { activeVersion } }"})
    answer = await door.client.post("/graphql", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, code(answer.json())) == (401, "UNAUTHENTICATED")


async def test_whoever_is_not_entitled_is_told_so_and_no_more(door: Door) -> None:
    answer = await door.ask("{ governance { activeVersion } me { name } }")
    body = answer.json()
    assert code(body) == "FORBIDDEN"
    assert body["data"]["governance"] is None
    assert body["data"]["me"]["name"]
    assert door.home.ids["maya"] not in answer.text


async def test_changes_are_made_one_after_another_in_the_order_written(door: Door) -> None:
    """Given, then refused, then given again: the last one counts. One that is refused stops none."""
    maya = door.home.ids["maya"]
    given, refused = CONSENT % (maya, "false"), CONSENT % (maya, "true")
    nobody = CONSENT % ("0" * 32, "true")
    told = "{ id problem { code } }"
    query = f"""mutation {{ a: recordConsent(consent: {given}) {told} b: recordConsent(consent: {refused}) {told}
      c: recordConsent(consent: {nobody}) {told} d: recordConsent(consent: {given}) {told} }}"""
    body = (await door.ask(query, who="ig-officer")).json()
    assert [bool(body["data"][k]["id"]) for k in "abcd"] == [True, True, False, True]
    assert await names(door.home) == ["consent-given", "consent-refused", "consent-given"]


async def test_nothing_that_governs_is_told_by_subscription(door: Door) -> None:
    answer = await door.ask("subscription { governance { activeVersion } }", who="ig-officer")
    assert code(answer.json()) == "GRAPHQL_VALIDATION_FAILED"


async def test_a_person_beside_governing_is_answered_as_by_a_plan(home: House) -> None:
    """The ordinary engine takes the whole request; the person is the same."""
    variables = {"id": home.ids["maya"], "context": CONTEXT}
    alone = await home.ask(WHO, variables, who="ig-officer")
    head, _, rest = WHO.partition("person(")
    both = await home.ask(f"{head} governance {{ activeVersion }} person({rest}", variables, who="ig-officer")
    person = both.data["person"]
    for gap in (*person["withheld"], *alone.data["person"]["withheld"]):
        gap.pop("decisionId")
    assert orjson.dumps(person) == orjson.dumps(alone.data["person"])
    assert both.data["governance"]["activeVersion"]


async def test_what_cannot_be_written_down_is_not_done(
    home: House, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not ready, in the words of every other answer; and a look that cannot be written down is not given."""

    async def refuse(*_: object) -> None:
        raise LedgerUnavailable("full")

    monkeypatch.setattr(home.acting.ledger, "append", refuse)
    maya = home.ids["maya"]
    change = f"mutation {{ recordConsent(consent: {CONSENT % (maya, 'true')}) {{ id }} }}"
    look = f'{{ governance {{ person(id: "{maya}") {{ consents {{ id }} }} }} }}'
    for query in (change, look):
        answer = await door.ask(query, who="ig-officer")
        assert (answer.status_code, code(answer.json())) == (503, "NOT_READY")
    monkeypatch.undo()
    assert await names(home) == []


async def test_long_looks_are_taken_one_at_a_time_beside_the_event_loop(home: House) -> None:
    """Two officers look at once; meanwhile a question is answered."""
    query = '{ governance { whoCan(field: "Professional.phone", service: HEALTH) { role } } }'
    looks = [asyncio.create_task(run(home, who, query)) for who in (COUNCIL, HEALTH)]
    person = await home.person()
    assert person["involvements"]
    done = await asyncio.gather(*looks)
    assert done[0].data == done[1].data
