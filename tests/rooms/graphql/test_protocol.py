"""What is negotiated over HTTP: media types, statuses, questions by GET and by digest."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import httpx2
import orjson
import pytest
import pytest_asyncio

from hub.graphql.accepted import Accepted, accepted_of
from hub.graphql.accepting import GRAPHQL, JSON, media_of
from hub.graphql.arriving.accepts import Form
from hub.graphql.manner import Manner, Statuses
from hub.graphql.persisted import digest_of
from tests.house import house
from tests.rooms.graphql.conftest import CONTEXT, Door, code, door_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

ME = "{ me { name } }"
PERSON = "query ($id: ID!, $context: RequestContext!) { me { name } person(id: $id, context: $context) { id } }"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Door, Door]]:
    """Open one house by two doors: as production ships it, and as a desk has it with the 2026 statuses."""
    folder = tmp_path_factory.mktemp("doors")
    desk = Manner(by_get=True, statuses=Statuses.EDITION_2026, automatic=True)
    async with house(folder) as home, door_of(home, folder) as one, door_of(home, folder, manner=desk) as other:
        yield one, other


async def get(door: Door, *, headers: dict[str, str] | None = None, **asked: str) -> httpx2.Response:
    given = {"authorization": f"Bearer {door.token()}"} | (headers or {})
    return await door.client.get(f"/graphql?{urlencode(asked)}", headers=given)


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ([], JSON),
        ([""], JSON),
        (["*/*"], JSON),
        (["application/*"], JSON),
        ([GRAPHQL], GRAPHQL),
        ([f"{GRAPHQL}, {JSON}"], GRAPHQL),
        ([f"{JSON}, {GRAPHQL}"], JSON),
        ([f"{JSON};q=0.9, {GRAPHQL}"], GRAPHQL),
        ([f"{GRAPHQL};q=0.1", JSON], JSON),
        ([f"{GRAPHQL}, */*"], GRAPHQL),
        ([f"{JSON};q=0, */*"], GRAPHQL),
        (["Application/JSON; Charset=UTF-8"], JSON),
        (["multipart/mixed;deferSpec=20220824, application/json"], JSON),
        (["text/html"], None),
        (["text/event-stream"], None),
        ([f"{JSON};q=0"], None),
        ([f"{JSON};charset=utf-16"], None),
        ([f"{JSON};q=2"], None),
        ([f"{JSON};q=high"], None),
        ([";;;,,,q=1"], None),
        ([f'{JSON};profile="a,b;q=0", text/html'], JSON),
        ([f'{JSON};profile="a, {GRAPHQL}'], None),
        ([f"{JSON};q=0, {JSON};charset=utf-8;q=0.2, {GRAPHQL};q=0.1"], JSON),
        ([f"{JSON};charset=utf-16, {JSON};q=0.5, {GRAPHQL};q=0.4"], JSON),
        ([f"{JSON};q=1;q=0"], None),
        ([f"{JSON};q=0.5, application/*;q=0.9, */*"], GRAPHQL),
        ([f"{JSON};q=0, {GRAPHQL};q=0.001"], GRAPHQL),
        (["application/jso*"], None),
    ],
)
async def test_the_media_type_is_the_one_a_client_wants_most(accept: list[str], media: str | None) -> None:
    """By weight, then by how exactly it is named, then by place; plain JSON where a client does not mind."""
    assert media_of(accept) == media


EACH = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed"


@pytest.mark.parametrize(
    ("accept", "accepted"),
    [
        ("", Accepted(JSON, None, events=False)),
        ("*/*", Accepted(JSON, None, events=False)),
        (EACH, Accepted(GRAPHQL, Form.MIXED, events=True)),
        (f"{JSON}, text/event-stream;q=0.5", Accepted(JSON, None, events=True)),
        (f"{JSON};q=0.5, multipart/mixed;incrementalSpec=v0.2", Accepted(JSON, Form.MIXED_NAMED, events=False)),
        ("text/event-stream;q=0.0, multipart/mixed;q=0", Accepted(None, None, events=False)),
        ("text/event-stream;q=2", Accepted(None, None, events=False)),
        ("text/event-stream;charset=latin-1", Accepted(None, None, events=False)),
        ("text/*", Accepted(None, None, events=False)),
        ("multipart/mixed;incrementalSpec=v0.2;q=0, multipart/mixed", Accepted(None, Form.MIXED, events=False)),
        ('multipart/mixed;boundary="a;deferSpec=1,b"', Accepted(None, Form.MIXED, events=False)),
        ("multipart/mixed;deferSpec=20220824, text/event-stream", Accepted(None, Form.EVENTS, events=True)),
        (EACH + ", a/b" * 200, Accepted(None, None, events=False)),
    ],
)
async def test_of_what_a_client_accepts_every_kind_of_answer_is_read_alike(accept: str, accepted: Accepted) -> None:
    """Weights, ``q=0``, what is named most exactly, and parameters that name a format, for each by the same rules.

    Whoever wants a whole answer more than parts is given one; of a header that is too long nothing is read.
    """
    assert accepted_of([accept], "1.1") == accepted
    assert accepted_of([accept], "1.0") == replace(accepted, form=None, events=False)


async def test_a_client_that_accepts_neither_media_type_gets_406_once_it_has_signed_in(
    opened: tuple[Door, Door],
) -> None:
    """The refusal is JSON with a code; whoever is not signed in is told of that alone."""
    door, _ = opened
    refused = await door.ask(ME, accept="text/html")
    assert refused.status_code == 406
    assert refused.headers["content-type"] == "application/json; charset=utf-8"
    assert code(refused.json()) == "BAD_USER_INPUT"
    assert (await door.client.post("/graphql", headers={"accept": "text/html"})).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "application/json; charset=utf-16"},
        {"content_type": "application/json; charset=latin-1"},
        {"content_encoding": "gzip"},
    ],
)
async def test_a_body_in_another_encoding_is_not_guessed_at(opened: tuple[Door, Door], headers: dict[str, str]) -> None:
    """415: what was sent could be read in more than one way."""
    assert (await opened[0].ask(ME, **headers)).status_code == 415


@pytest.mark.parametrize(
    ("query", "variables", "settled", "edition"),
    [
        (ME, {}, 200, 200),
        ("{ me {", {}, 400, 400),
        ("{ nothing }", {}, 400, 422),
        ("query A { me { name } } query B { me { name } }", {}, 400, 422),
        (PERSON, {}, 400, 422),
        (PERSON, {"id": "!", "context": CONTEXT}, 200, 294),
        ("", {}, 400, 422),
        ("{ " + "me { name } " * 6 + "}", {}, 400, 422),
    ],
)
async def test_statuses_are_the_settled_ones_or_those_of_the_first_edition(
    opened: tuple[Door, Door], query: str, variables: dict[str, Any], settled: int, edition: int
) -> None:
    """Operators choose; whoever takes plain JSON gets 200 for whatever could be read as a GraphQL request."""
    for door, status in zip(opened, (settled, edition), strict=True):
        assert (await door.ask(query, variables, accept=GRAPHQL)).status_code == status
        assert (await door.ask(query, variables, accept=JSON)).status_code == (200 if query else 400)


async def test_a_query_may_come_by_get_where_the_operator_lets_it(opened: tuple[Door, Door]) -> None:
    """With a bearer token, which no link sends; as the hub ships, GET is 405 and says what is taken instead."""
    shut, door = opened
    assert (await get(shut, query=ME)).headers["allow"] == "POST"
    assert (await get(door, query=ME)).json()["data"] == {"me": {"name": "Worker front-door"}}
    asked = {"query": PERSON, "variables": orjson.dumps({"id": door.home.ids["maya"], "context": CONTEXT}).decode()}
    assert (await get(door, **asked)).json()["data"]["person"] == {"id": door.home.ids["maya"]}
    assert (await door.client.get(f"/graphql?{urlencode({'query': ME})}")).status_code == 401
    assert (await door.send(b"", method="PUT")).headers["allow"] == "GET, POST"


async def test_nothing_is_changed_by_get(opened: tuple[Door, Door]) -> None:
    """A mutation by GET is 405, for officers too."""
    refused = await get(opened[1], query="mutation { __typename }")
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "address",
    ["", "query=", "query=%ff", "query=a&query=b", "&".join(f"x{n}=1" for n in range(20)), "query=a&variables=%7B"]
    + [f"query=a&{name}={value}" for name in ("variables", "extensions") for value in ("3", "%22x%22", "%5B%5D")],
)
async def test_an_address_that_is_no_request_is_refused_and_not_repeated(
    opened: tuple[Door, Door], address: str
) -> None:
    """The client's mistake, told with a code."""
    door = opened[1]
    refused = await door.client.get(f"/graphql?{address}", headers={"authorization": f"Bearer {door.token()}"})
    assert refused.status_code == 400
    assert code(refused.json()) == "BAD_USER_INPUT"


def by_digest(of: str, digest: str | None = None, **more: str) -> bytes:
    persisted = {"version": 1, "sha256Hash": digest or digest_of(of)}
    return orjson.dumps({"extensions": {"persistedQuery": persisted}, **more})


async def test_queries_are_kept_by_digest_at_a_desk_and_in_production_never(opened: tuple[Door, Door]) -> None:
    """A client is told in the words it knows that the query is not known, or that none is kept; then it sends both."""
    shut, door = opened
    assert code((await door.send(by_digest(ME))).json()) == "PERSISTED_QUERY_NOT_FOUND"
    assert (await door.send(by_digest(ME, query=ME))).json()["data"]
    assert (await door.send(by_digest(ME))).json()["data"]
    assert (await shut.send(by_digest(ME, query=ME))).json()["data"]
    assert code((await shut.send(by_digest(ME))).json()) == "PERSISTED_QUERY_NOT_SUPPORTED"


@pytest.mark.parametrize(
    "body",
    [
        by_digest(ME, digest_of("{ a }"), query=ME),
        by_digest(ME, "xyz"),
        by_digest(ME, documentId="a"),
        orjson.dumps({"documentId": "a", "query": ME}),
        orjson.dumps({"documentId": "a" * 129}),
        orjson.dumps({"documentId": 3}),
        orjson.dumps({"query": ME, "extensions": "x"}),
    ],
)
async def test_a_digest_that_is_not_the_querys_and_an_id_beside_a_query_are_refused(
    opened: tuple[Door, Door], body: bytes
) -> None:
    """Nothing is kept under a name that is another's, and nobody has to guess which of two was meant."""
    refused = await opened[0].send(body)
    assert (refused.status_code, code(refused.json())) == (400, "BAD_USER_INPUT")


async def test_a_document_nobody_registered_is_not_found(opened: tuple[Door, Door]) -> None:
    """The client is told to send the query."""
    refused = await opened[0].send(orjson.dumps({"documentId": "who"}), accept=GRAPHQL)
    assert (refused.status_code, code(refused.json())) == (403, "NOT_REGISTERED")
