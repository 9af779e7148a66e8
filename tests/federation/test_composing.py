"""The hub beside another graph: composed by the usual libraries, and asked through the usual gateways.

The answer and its reasons are those of asking the hub directly; a gateway passes on who asks and why, and no more.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from starlette.applications import Starlette

from hub.graphql.profiles import Profile, definition
from hub.graphql.schema import build_schema
from tests.federation.register import register
from tests.house import house
from tests.nodes import install, told
from tests.rooms.graphql.conftest import Door, door_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

COMPOSERS = Path(__file__).parent / "composers"
PERSON = "id age involvements { service professionals { name phone } } sources { source outcome reason explanation }"
THROUGH = f"{{ pupils {{ form child {{ {PERSON} }} }} }}"
DIRECTLY = f"query ($ids: [ID!]!, $c: RequestContext!) {{ people(ids: $ids, context: $c) {{ {PERSON} }} }}"


@dataclass
class Place:
    """The hub and the register, each served, and how each is defined."""

    door: Door
    children: list[str]
    subgraphs: list[dict[str, Any]]
    headers: dict[str, str]
    supergraph: str

    async def through(self, gateway: str, headers: dict[str, str]) -> Any:
        """Ask about everybody on the register, through a gateway."""
        given = {"gateway": gateway, "supergraph": self.supergraph, "subgraphs": self.subgraphs, "headers": headers}
        return await told(COMPOSERS, "gateway.mjs", {**given, "request": {"query": THROUGH, "variables": {}}})


@contextlib.asynccontextmanager
async def served(app: Starlette) -> AsyncIterator[str]:
    """Serve an application on a free port."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off"))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 -- uvicorn tells of it by this alone
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/graphql"
    server.should_exit = True
    await task


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    """Open the hub's house and the register's."""
    install(COMPOSERS)
    folder = tmp_path_factory.mktemp("federation")
    async with contextlib.AsyncExitStack() as open_:
        home = await open_.enter_async_context(house(folder))
        door = await open_.enter_async_context(door_of(home, folder))
        children = [home.ids["maya"], home.ids["rowan"], home.ids["hidden"], "00000000"]
        app, sdl = register({f"form {n}": child for n, child in enumerate(children)})
        hub = {
            "name": "hub",
            "url": await open_.enter_async_context(served(door.app)),
            "sdl": definition(build_schema(), Profile.PLAIN),
            "served": definition(build_schema(), Profile.SERVED),
            "merges": True,
        }
        other = {"name": "register", "url": await open_.enter_async_context(served(app)), "sdl": sdl}
        other["served"] = (
            "type Query { pupils: [Pupil!]! } type Pupil { form: String! child: Person } type Person { id: ID! }"
        )
        headers = {
            "authorization": f"Bearer {door.token()}",
            "hub-purpose": "CHILD_PROTECTION",
            "hub-reference": "R 1",
        }
        (composed,) = await told(COMPOSERS, "compose.mjs", {"library": "guild", "graphs": [[hub, other]]})
        yield Place(door, children, [hub, other], headers, composed["supergraph"])


@pytest.mark.parametrize("library", ["apollo", "guild", "cosmo"])
async def test_the_hub_composes(place: Place, library: str) -> None:
    """No library finds an error or a warning in any definition of it; a graph that clashes is found by each."""
    hub, other = place.subgraphs
    clash = {
        "name": "clash",
        "url": "http://127.0.0.1:9",
        "sdl": 'type Query { me: Int } type Person @key(fields: "id") { id: ID! age: String }',
    }
    profiles = [Profile.PLAIN, Profile.AUTHORISED, Profile.FULL]
    graphs = [[{**hub, "sdl": definition(build_schema(), profile)}, other] for profile in profiles]
    *composed, clashing = await told(COMPOSERS, "compose.mjs", {"library": library, "graphs": [*graphs, [hub, clash]]})
    assert [(one["errors"], one["warnings"]) for one in composed] == [([], [])] * 3
    assert clashing["errors"]


@pytest.mark.parametrize("gateway", ["apollo", "hive", "stitching"])
async def test_a_gateway_gives_the_hubs_answer(place: Place, gateway: str) -> None:
    """Children named by another graph are answered as if asked directly, each source once, with every reason."""
    for connector in place.door.home.connectors.values():
        connector.asks.clear()
    answer = await place.through(gateway, place.headers)
    assert max(len(connector.asks) for connector in place.door.home.connectors.values()) == 1
    context = {"purpose": "CHILD_PROTECTION", "reference": "R 1"}
    directly = (await place.door.ask(DIRECTLY, {"ids": place.children, "c": context})).json()["data"]["people"]
    assert [pupil["form"] for pupil in answer["data"]["pupils"]] == [f"form {n}" for n in range(4)]
    through = [pupil["child"] for pupil in answer["data"]["pupils"]]
    assert through[:3] == directly[:3]
    assert directly[3] is None
    assert not any(value for name, value in (through[3] or {}).items() if name != "id")


@pytest.mark.parametrize("gateway", ["apollo", "hive"])
async def test_a_gateway_that_does_not_say_why_is_shown_nobody(place: Place, gateway: str) -> None:
    """The purpose is not made up on the way."""
    answer = await place.through(gateway, {"authorization": place.headers["authorization"]})
    assert "Hub-Purpose" in str(answer["errors"])
    assert "professionals" not in str(answer.get("data"))
