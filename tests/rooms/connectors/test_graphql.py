"""GraphQL: documents from configuration, errors typed without their text, and the system built on it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from aiohttp import web

from connectors.conformance import Examples, Known, check
from connectors.contract import Ask, Connector, Limits, LocalId, Name, Traits
from connectors.errors import SourceBroken, SourceError, SourceMisconfigured, SourceRefused, SourceUnavailable
from connectors.registry import connect
from connectors.source import SourceConfig
from connectors.transports.client import Client, HttpConnection
from connectors.transports.graphql import run
from schema.fields import FieldId
from tests.serving import Handler, answer, serving

TODAY = date(2026, 11, 21)
SECRET = "Marchbanks"


def error(code: Any) -> dict[str, Any]:
    return {"errors": [{"message": SECRET, "extensions": {"code": code}}], "data": {"x": 1}}


ANSWERS: list[tuple[Any, type[SourceError], str]] = [
    (error("FORBIDDEN"), SourceRefused, "graphql-refused"),
    (error("unauthenticated"), SourceRefused, "graphql-refused"),
    (error("RATE_LIMITED"), SourceUnavailable, "graphql-busy"),
    (error("BAD_USER_INPUT"), SourceBroken, "graphql-errors"),
    (error(5), SourceBroken, "graphql-errors"),
    ({"errors": [SECRET]}, SourceBroken, "graphql-errors"),
    ({"errors": SECRET}, SourceBroken, "graphql-errors"),
    ({"errors": [{"extensions": SECRET}]}, SourceBroken, "graphql-errors"),
    ({"data": None}, SourceBroken, "no-data"),
    ({"data": [1]}, SourceBroken, "no-data"),
    ([1], SourceBroken, "not-graphql"),
]


@pytest.mark.parametrize(("said", "kind", "code"), ANSWERS)
async def test_errors_are_typed_and_their_text_is_left_unread(said: Any, kind: type[SourceError], code: str) -> None:
    """What the hub does next is taken from codes; part of an answer is no answer."""

    async def upstream(_request: web.BaseRequest) -> web.Response:
        return answer(said)

    async with serving(upstream) as base:
        client = Client(HttpConnection(base_url=f"{base}/graphql"), Limits(), "t")
        with pytest.raises(kind) as caught:
            await run(client, "{ x }", {})
        await client.close()
    assert caught.value.code == code
    assert SECRET not in repr(caught.value)


async def test_an_endpoint_that_is_not_there_is_broken() -> None:
    """A 404 at a GraphQL endpoint is no answer."""

    async def nothing(_request: web.BaseRequest) -> web.Response:
        return answer({}, 404)

    async with serving(nothing) as base:
        client = Client(HttpConnection(base_url=base), Limits(), "t")
        with pytest.raises(SourceBroken, match="not-graphql"):
            await run(client, "{ x }", {})
        await client.close()


CHILDREN = [
    {
        "id": "c1",
        "given": "Ada",
        "family": "Marchbanks",
        "born": "2012-03-09",
        "postcode": "BK3 4AB",
        "key": "Pat Lowe",
    },
    {"id": "c2", "given": "Cat", "family": "Marchbanks", "born": "2012-03-09", "postcode": "BK3 4AB", "key": None},
    {"id": "c3", "given": "Cat", "family": "Marchbanks", "born": "2012-03-09", "postcode": "BK3 4AB", "key": None},
]

SOURCE: dict[str, Any] = {
    "id": "upstream",
    "service": "EARLY_HELP",
    "name": "Upstream",
    "owner": "Upstream",
    "agency": "upstream",
    "system": "upstream_graphql",
    "connection": {
        "resources": {
            "children": {
                "document": "query($people: [ID!]!) { children(ids: $people) { id given family born postcode key } }",
                "items": "children",
                "everyone": "query($since: DateTime, $after: String) { all { nodes { id } cursor } }",
                "everyone_items": "all.nodes",
                "next_cursor": "all.cursor",
            }
        }
    },
    "map": [
        {
            "record": "Identity",
            "from": "children",
            "person": "id",
            "names": [{"given": "given", "family": "family"}],
            "postcodes": ["postcode"],
            "fields": {"date_of_birth": "born"},
        },
        {"record": "PersonName", "from": "children", "person": "id", "fields": {"given": "given", "family": "family"}},
        {
            "record": "Involvement",
            "from": "children",
            "person": "id",
            "fields": {"status": {"constant": "CURRENT"}},
            "professionals": {"name": "key"},
        },
    ],
    "path": "upstream.toml",
}


class Api:
    """An agency's GraphQL API, one child to a page."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.odd: Any = None

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        question = json.loads(await request.read())
        self.asked.append(question)
        if "__typename" in question["query"]:
            return answer({"data": {"__typename": "Query"}})
        variables = question["variables"]
        if "people" in variables:
            found = [c for c in CHILDREN if c["id"] in variables["people"]]
            return answer({"data": {"children": self.odd or found}})
        start = int(variables.get("after", 0))
        cursor = self.odd or (str(start + 1) if start + 1 < len(CHILDREN) else None)
        return answer({"data": {"all": {"nodes": CHILDREN[start : start + 1], "cursor": cursor}}})


@asynccontextmanager
async def upstream(service: Handler, **limits: int) -> AsyncIterator[Connector]:
    async with serving(service) as base:
        connection = {**SOURCE["connection"], "base_url": f"{base}/graphql"}
        connector = connect(SourceConfig.model_validate({**SOURCE, "connection": connection, "limits": limits}))
        try:
            yield connector
        finally:
            await connector.close()


def traits(given: str) -> Traits:
    return Traits(names=(Name(given, "Marchbanks"),), date_of_birth=date(2012, 3, 9), postcodes=("BK3 4AB",))


async def test_the_system_keeps_every_promise() -> None:
    """A query document and a mapping make a connector in which the kit finds nothing broken."""
    examples = Examples(
        known=(Known(LocalId("c1"), traits("Ada")),),
        stranger=LocalId("nobody"),
        stranger_traits=traits("Zed"),
        ambiguous=traits("Cat"),
        today=TODAY,
    )
    async with upstream(Api()) as connector:
        report = await check(connector, examples)
    assert report.broken == ()
    assert report.skipped == ()


async def test_the_feed_is_read_by_cursor_and_only_variables_change() -> None:
    """Every page once; the document goes out as it stands in the configuration."""
    api = Api()
    async with upstream(api) as connector:
        fed = [i.local_id async for i in connector.identities(datetime(2026, 1, 1, tzinfo=UTC))]
        assert (await connector.health()).ok
    assert fed == ["c1", "c2", "c3"]
    assert {q["query"] for q in api.asked[:3]} == {SOURCE["connection"]["resources"]["children"]["everyone"]}
    assert api.asked[0]["variables"] == {"since": "2026-01-01T00:00:00+00:00"}


async def test_circles_caps_and_strangers() -> None:
    """A cursor that repeats is broken; a cap is said; another child's row, or no object, spoils the answer."""
    api = Api()
    given = frozenset({FieldId("PersonName.given")})
    async with upstream(api, records=1) as connector:
        with pytest.raises(SourceBroken, match="too-many-to-search"):
            await connector.locate(Traits())
        assert len([i async for i in connector.identities(None)]) == 3, "a feed is given page by page, and not cut"
        reply = await connector.fetch(Ask((LocalId("c1"), LocalId("c2")), given, TODAY))
        assert not reply.complete
    async with upstream(api) as connector:
        api.odd = "0"
        with pytest.raises(SourceBroken, match="pages-in-a-circle"):
            _ = [i async for i in connector.identities(None)]
        for odd, code in ((CHILDREN[1:2], "wrong-person"), ([5], "items-not-objects")):
            api.odd = odd
            with pytest.raises(SourceBroken, match=code):
                await connector.fetch(Ask((LocalId("c1"),), given, TODAY))


def test_a_mapping_from_nowhere_refuses_to_start() -> None:
    """A block that names a resource there is none of is found at the start."""
    connection = {**SOURCE["connection"], "base_url": "https://example.org"}
    wrong = [{**SOURCE["map"][0], "from": "childs"}]
    with pytest.raises(SourceMisconfigured, match="childs"):
        connect(SourceConfig.model_validate({**SOURCE, "connection": connection, "map": wrong}))
