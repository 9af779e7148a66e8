"""Words in confidence at the real door: read by whoever has to judge them, never by anybody else, and written down."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from hub.governance.objecting import OBJECTION
from tests.cast import agency
from tests.house import House, house
from tests.rooms.governing.desk import COUNCIL, HEALTH, POLICE, ask, do, ledger, logged, names, of
from tests.rooms.governing.test_people import WORDS, decide, objected
from tests.rooms.graphql.conftest import CONTEXT, Door, code, door_of

SAID = "Maya Quillfeather told me at the gate"
ASK = "query ($id: ID!, $c: RequestContext!) { person(id: $id, context: $c) { id withheld { decisionId } } }"
LIST = "reasons { id search role organisation purpose selfDeclared }"
READ = "{ text problem { code } }"


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as opened:
        yield opened


@pytest.fixture
async def door(home: House, tmp_path: Path) -> AsyncIterator[Door]:
    async with door_of(home, tmp_path) as opened:
        yield opened


async def asked(home: House, said: str | None = SAID, **more: Any) -> Any:
    """Ask about Maya and say why; gives the answer."""
    given = {"id": home.ids["maya"], "c": {**CONTEXT, "reason": said, **more}}
    result = await home.ask(ASK, given, who="social-worker")
    assert not result.errors, result.errors
    return result.data["person"]


async def opened(home: House, who: Any, reference: str, field: str = "readReason") -> Any:
    return await do(home, who, f"{field}(id: $id) {READ}", id=("ID!", reference))


async def test_a_reviewer_reads_why_somebody_asked_and_that_is_written_down(door: Door) -> None:
    """Over HTTP, signed in: listed without the words, opened one at a time, by the question's id or a decision's."""
    home = door.home
    gaps = (await asked(home, iWorkWithThisChild=True))["withheld"]
    await asked(home, None)
    listed = (await door.ask(f"{{ governance {{ {LIST} }} }}", who="ig-officer")).json()["data"]["governance"]
    (one,) = listed["reasons"]
    about = (one["role"], one["organisation"], one["purpose"], one["search"])
    assert about == ("social-worker", agency("social-care"), "CHILD_PROTECTION", False)
    read = f"mutation ($id: ID!) {{ readReason(id: $id) {READ} }}"
    for reference in (one["id"], *(gap["decisionId"] for gap in gaps[:1])):
        answer = (await door.ask(read, {"id": reference}, who="ig-officer")).json()
        assert answer["data"]["readReason"] == {"text": SAID, "problem": None}
    events = [body for body in await ledger(home) if body.get("name") == "reason-read"]
    assert {body["about"] for body in events} == {one["id"]}
    assert len(events) == 1 + bool(gaps)
    assert "Quillfeather" not in logged(home) + json.dumps(await ledger(home))
    for worker in ("social-worker", "front-door", "analyst"):
        refused = (await door.ask(read, {"id": one["id"]}, who=worker)).json()
        assert (code(refused), refused["data"]) == ("FORBIDDEN", {"readReason": None})


async def test_a_reason_is_read_by_the_agencies_it_concerns_and_by_nobody_else(home: House) -> None:
    """The asker's, and those whose systems were asked; to any other there is none, nor of a question without one."""
    await asked(home)
    (one,) = (await ask(home, COUNCIL, LIST))["reasons"]
    assert (await ask(home, HEALTH, LIST))["reasons"] == [one]
    assert (await opened(home, HEALTH, one["id"]))["text"] == SAID
    elsewhere = replace(COUNCIL, organisation="another-council")
    assert (await ask(home, elsewhere, LIST))["reasons"] == []
    for who, reference in ((elsewhere, one["id"]), (COUNCIL, "0" * 32), (COUNCIL, "%")):
        assert (await opened(home, who, reference))["problem"]["code"] == "no-such-reason"
    asker = of("ig-officer", "social-care", "x")
    asker = replace(asker, subject="sub-social-worker")
    assert (await opened(home, asker, one["id"]))["problem"]["code"] == "own-question"
    assert (await names(home)).count("reason-read") == 1


async def test_the_reason_of_a_search_is_read_by_the_askers_agency(home: House) -> None:
    """A search names no system in the ledger: its own agency reads why, and one that was told of it."""
    query = (
        "query ($c: RequestContext!) { searchPeople(context: $c, input:"
        ' {familyName: "Quillfeather", givenName: "Maya", dateOfBirth: "2012-05-17"}) { outcome } }'
    )
    result = await home.ask(query, {"c": {**CONTEXT, "reason": "her aunt asked"}}, who="social-worker")
    assert not result.errors
    (one,) = (await ask(home, COUNCIL, LIST))["reasons"]
    assert one["search"] is True
    assert (await opened(home, COUNCIL, one["id"]))["text"] == "her aunt asked"
    assert (await opened(home, POLICE, one["id"]))["problem"]["code"] == "no-such-reason"
    async with home.database.begin() as connection:
        told = "INSERT INTO notice (id, agency, about, reference, at) VALUES ('n-1', :agency, 'records-seen', :r, 1)"
        await connection.execute(text(told), {"agency": POLICE.organisation, "r": one["id"]})
    assert (await opened(home, POLICE, one["id"]))["text"] == "her aunt asked"


async def test_words_that_were_changed_are_not_shown_as_if_they_were_said(home: House) -> None:
    """Nor is there an error nobody foresaw: what is wrong is said, and not what stands there."""
    await asked(home)
    (one,) = (await ask(home, COUNCIL, LIST))["reasons"]
    async with home.database.begin() as connection:
        await connection.execute(text("UPDATE asked_reason SET text_ct = key_ct"))
    assert (await opened(home, COUNCIL, one["id"]))["problem"]["code"] == "words-damaged"


async def test_what_was_said_of_objections_and_decisions_is_read_by_the_agency_they_are_about(home: House) -> None:
    """To assess the one and to look at the other again."""
    maya = home.ids["maya"]
    for record, field, name in (
        ((await objected(home, HEALTH, maya))["id"], "readObjectionWords", "objection-read"),
        ((await decide(home, HEALTH, maya))["id"], "readDecisionNotToShareWords", "not-sharing-read"),
    ):
        assert (await opened(home, HEALTH, record, field))["text"] == WORDS
        assert name in await names(home)
        for who, reference in ((COUNCIL, record), (HEALTH, "0" * 32)):
            assert (await opened(home, who, reference, field))["problem"]["code"].startswith("no-such")
    assert WORDS not in logged(home) + json.dumps(await ledger(home))


WRONG = "unreadable { what id columns }"


async def test_a_row_that_cannot_be_read_is_named_and_hides_no_other(home: House) -> None:
    """In what is told of a person and of all, to the agency it concerns; what stands in it is told nowhere."""
    maya = home.ids["maya"]
    good, bad = (await objected(home, HEALTH, maya))["id"], (await objected(home, HEALTH, maya))["id"]
    async with home.database.begin() as connection:
        await connection.execute(update(OBJECTION).where(OBJECTION.c.id == bad).values(state="Quillfeather"))
    person = f"person(id: $id) {{ objections {{ id }} {WRONG} }}"
    told = (await ask(home, HEALTH, person, id=("ID!", maya)))["person"]
    assert told == {
        "objections": [{"id": good}],
        "unreadable": [{"what": "objection", "id": bad, "columns": ["state"]}],
    }
    assert (await ask(home, HEALTH, WRONG))["unreadable"] == told["unreadable"]
    assert (await ask(home, POLICE, WRONG))["unreadable"] == []
