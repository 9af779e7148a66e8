"""Federation: what a gateway asks of the hub as a subgraph is decided and explained like any other question."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from graphql import parse

from hub.graphql.profiles import Profile, definition
from hub.graphql.schema import build_schema
from tests.house import house
from tests.rooms.graphql.conftest import Door, code, door_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

WHY = {"hub_purpose": "CHILD_PROTECTION", "hub_reference": "R 1"}
SELECTED = "id age involvements { service professionals { name phone } } sources { source outcome reason }"
ENTITIES = f"query ($r: [_Any!]!) {{ _entities(representations: $r) {{ __typename ... on Person {{ {SELECTED} }} }} }}"
PERSON = f"query ($id: ID!, $c: RequestContext!) {{ person(id: $id, context: $c) {{ __typename {SELECTED} }} }}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    """Open one house for all of these: none of them changes it."""
    folder = tmp_path_factory.mktemp("federation")
    async with house(folder) as home, door_of(home, folder) as opened:
        yield opened


def key(person: Any) -> dict[str, Any]:
    return {"__typename": "Person", "id": person}


async def test_a_person_asked_for_by_key_is_the_person_asked_for(door: Door) -> None:
    """The same answer and the same reasons as asked directly, in the order of the keys, each source asked once."""
    ids = [door.home.ids["rowan"], door.home.ids["maya"], door.home.ids["hidden"], "00000000"]
    for connector in door.home.connectors.values():
        connector.asks.clear()
    people = (await door.ask(ENTITIES, {"r": [key(one) for one in ids]}, **WHY)).json()["data"]["_entities"]
    assert max(len(connector.asks) for connector in door.home.connectors.values()) == 1
    context = {"purpose": "CHILD_PROTECTION", "reference": "R 1"}
    assert people == [(await door.ask(PERSON, {"id": one, "c": context})).json()["data"]["person"] for one in ids]
    assert people[1]["involvements"]


async def test_a_wrong_key_is_an_error_in_its_own_place(door: Door) -> None:
    """One key that is wrong takes nobody else's answer away, and is not repeated."""
    wrong = [{"__typename": "School", "id": "a"}, {"id": "a"}, key("Quillfeather!"), key(None), "Person", None, 3]
    body = (await door.ask(ENTITIES, {"r": [*wrong[:5], key(door.home.ids["maya"])]}, **WHY)).json()
    assert [p and p["id"] for p in body["data"]["_entities"]] == [None] * 5 + [door.home.ids["maya"]]
    assert [(e["path"], e["extensions"]["code"]) for e in body["errors"]] == [
        (["_entities", n], "BAD_USER_INPUT") for n in range(5)
    ]
    assert "Quillfeather" not in str(body)


@pytest.mark.parametrize("why", [{}, {"hub_purpose": "Curiosity"}, {"hub_reference": "R 1"}])
async def test_a_gateway_that_does_not_say_why_is_answered_nothing(door: Door, why: dict[str, str]) -> None:
    """Nobody is shown for no purpose; what to send is said."""
    body = (await door.ask(ENTITIES, {"r": [key(door.home.ids["maya"])]}, **why)).json()
    assert (body["data"], code(body)) == (None, "BAD_USER_INPUT")
    assert "Hub-Purpose" in body["errors"][0]["message"]
    assert "Curiosity" not in str(body)


async def test_a_purpose_without_its_reference_is_refused(door: Door) -> None:
    """As it is where the reason is an argument."""
    body = (await door.ask(ENTITIES, {"r": [key(door.home.ids["maya"])]}, hub_purpose="CHILD_PROTECTION")).json()
    assert code(body) == "BAD_USER_INPUT"


async def test_the_definition_is_for_those_who_may_see_it(door: Door, closed_door: Door) -> None:
    """A gateway's developer at a desk and an officer in production; no worker there."""
    query = "{ _service { sdl } }"
    shown = (await door.ask(query)).json()["data"]["_service"]["sdl"]
    assert shown == definition(build_schema(), Profile.PLAIN)
    assert code((await closed_door.ask(query)).json()) == "FORBIDDEN"
    assert (await closed_door.ask(query, who="ig-officer")).json()["data"]["_service"]["sdl"] == shown


@pytest.mark.parametrize("profile", list(Profile))
async def test_every_profile_is_a_definition_with_its_own_directives(profile: Profile) -> None:
    """Plain has keys alone; authorised says who may; full says what each field is; served is what is served."""
    text = definition(build_schema(), profile)
    parse(text)
    served, plain = profile is Profile.SERVED, profile is Profile.PLAIN
    assert ('type Person @key(fields: "id")' in text) is not served
    assert ("@link(" in text) is not served
    assert ("@authenticated" in text) is not (served or plain)
    assert ("@held(" in text) is (served or profile is Profile.FULL)
    assert ("_entities" in text) is served
