"""Requests over HTTP: what is read and what is refused, always in the same shape, and nothing sent is repeated."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
import pytest_asyncio
from starlette.types import Message

from hub.graphql import reading
from hub.graphql.limits import BODY
from tests.house import house
from tests.rooms.graphql.conftest import GRAPHQL, Door, code, door_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    """Open one house for all of these: none of them changes it."""
    folder = tmp_path_factory.mktemp("door")
    async with house(folder) as home, door_of(home, folder) as opened:
        yield opened


ME = b'{"query":"{ me { name } }"}'


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_only_post_is_answered(door: Door, method: str) -> None:
    """Any other method is told which one to use: a query in an address would reach logs and histories."""
    response = await door.send(ME, method=method)
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("Application/JSON", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data", 415),
        ("application/graphql", 415),
        ("", 415),
    ],
)
async def test_only_json_is_read(door: Door, content_type: str, status: int) -> None:
    """A content type that a web page may send unasked is refused, so that no page can ask in a worker's name."""
    assert (await door.send(ME, content_type=content_type)).status_code == status


@pytest.mark.parametrize("media", ["application/json", GRAPHQL])
async def test_the_answer_is_in_the_media_type_asked_for_and_never_kept(door: Door, media: str) -> None:
    """Both media types of the GraphQL-over-HTTP specification are spoken; no cache may keep an answer."""
    response = await door.ask("{ me { name } }", accept=media)
    assert response.headers["content-type"] == f"{media}; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert len(response.json()["extensions"]["requestId"]) == 24


@pytest.mark.parametrize("media", ["application/json", GRAPHQL])
@pytest.mark.parametrize("query", ["{ me {", "{ nothing }", "query A { me { name } } query B { me { name } }"])
async def test_a_request_that_cannot_run_is_400_in_the_new_media_type_and_200_in_the_old(
    door: Door, media: str, query: str
) -> None:
    """As the GraphQL-over-HTTP specification has it."""
    response = await door.ask(query, accept=media)
    assert response.status_code == (400 if media == GRAPHQL else 200)
    assert "data" not in response.json()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"3",
        b'"x"',
        b"null",
        b"[]",
        b'[{"query":"{ me { name } }"}]',
        b"{",
        b"\xff\xfe",
        b'{"query":"\xc3\x28"}',
        b'{"query":"\\ud800"}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"{}",
        b'{"query":null}',
        b'{"query":3}',
        b'{"query":"  "}',
        b'{"query":["{ me { name } }"]}',
        b'{"query":"{ me { name } }","variables":[]}',
        b'{"query":"{ me { name } }","variables":"x"}',
        b'{"query":"{ me { name } }","operationName":1}',
        b'{"query":"{ me { name } }","variables":{"a":' + b"[" * 40 + b"]" * 40 + b"}}",
        b'{"query":"{ me { name } }","variables":{"a":' + b'{"a":' * 40 + b"1" + b"}" * 40 + b"}}",
    ],
)
async def test_a_body_that_is_no_request_is_400(door: Door, body: bytes) -> None:
    """Whatever is not one JSON object with a query is refused alike, in words that repeat nothing of it."""
    response = await door.send(body)
    assert response.status_code == 400
    assert code(response.json()) == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    "body",
    [
        b'{"query":"{ a: nothing }","query":"{ me { name } }"}',
        b'{"query":"{ me { name } }","extensions":{"persistedQuery":1},"other":[null]}',
        b'\n {"query":"{ me { name } }","variables":null,"operationName":null}\n',
        b'{"query":"{ me { name } }","variables":{"unused":1.5e300}}',
    ],
)
async def test_odd_but_right_requests_are_answered(door: Door, body: bytes) -> None:
    """Unknown keys are ignored and the last of a duplicate counts, as in any JSON reader."""
    assert (await door.send(body)).json()["data"] == {"me": {"name": "Worker front-door"}}


async def test_a_body_said_to_be_too_large_is_refused_before_it_is_read(door: Door) -> None:
    """A length above the cap is enough: nothing of the body is waited for."""
    left: list[Message] = [{"type": "http.request", "body": b" ", "more_body": False}]
    assert await raw(door, left, length=str(BODY + 1)) == 413
    assert len(left) == 1


async def test_a_body_that_grows_too_large_is_refused_without_reading_on(door: Door) -> None:
    """A body that hides its length is cut at the cap: the rest is never read."""
    chunks: list[Message] = [{"type": "http.request", "body": b" " * 100_000, "more_body": True}] * 1_000
    assert await raw(door, chunks) == 413
    assert len(chunks) > 990


async def test_a_client_that_leaves_in_the_middle_of_its_body_harms_nobody(door: Door) -> None:
    """A body cut short is refused like any other that cannot be read."""
    leaves: list[Message] = [
        {"type": "http.request", "body": b'{"query"', "more_body": True},
        {"type": "http.disconnect"},
    ]
    assert await raw(door, leaves) == 400


async def test_a_body_that_does_not_come_is_not_waited_for_long(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sends by the drop keeps nobody else from being answered (RFC 9110, 15.5.9)."""
    monkeypatch.setattr(reading, "BODY_SECONDS", 0.02)
    assert await raw(door, [{"type": "http.request", "body": b'{"query"', "more_body": True}]) == 408


async def raw(door: Door, messages: list[Message], length: str | None = None) -> int:
    """Speak ASGI itself: each message is given only when it is asked for."""
    headers = [(b"authorization", f"Bearer {door.token()}".encode()), (b"content-type", b"application/json")]
    if length is not None:
        headers.append((b"content-length", length.encode()))
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "headers": headers,
    }
    sent: list[Message] = []

    async def receive() -> Message:
        if not messages:
            await asyncio.Event().wait()
        return messages.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    await door.app(scope, receive, send)
    return int(sent[0]["status"])


async def test_nobody_reaches_the_parser_without_signing_in(door: Door) -> None:
    """A right query, a syntax error and a megabyte of nothing get the very same refusal."""
    answers = set()
    for body in (ME, b'{"query":"{ me {"}', b"\xff", b"x" * 1_000_000, b""):
        for header in ({}, {"authorization": "Bearer x"}, {"authorization": "Basic eDp5"}):
            response = await door.client.post("/graphql", content=body, headers=header)
            assert response.headers["www-authenticate"].startswith("Bearer")
            answer = response.json()
            answer.pop("extensions")
            answers.add((response.status_code, orjson.dumps(answer)))
    assert [status for status, _ in answers] == [401]


async def test_which_operation_runs_is_named_or_the_only_one(door: Door) -> None:
    """Several operations need a name, an unknown name is refused, and one alone needs none."""
    two = "query A { me { name } } query B { me { role } }"
    assert (await door.ask(two, name="B")).json()["data"] == {"me": {"role": "front-door-worker"}}
    assert (await door.ask("query A { me { role } }")).json()["data"] == {"me": {"role": "front-door-worker"}}
    for name in (None, "C", ""):
        assert code((await door.ask(two, name=name)).json()) == "BAD_USER_INPUT"
    assert code((await door.ask("{ me { name } }", name="C")).json()) == "BAD_USER_INPUT"


async def test_introspection_is_for_desks_and_not_for_production(door: Door) -> None:
    """In development the schema describes itself, beside other fields too."""
    schema = (await door.ask('{ __schema { queryType { name } } __type(name: "Person") { name } me { name } }')).json()
    assert schema["data"] == {
        "__schema": {"queryType": {"name": "Query"}},
        "__type": {"name": "Person"},
        "me": {"name": "Worker front-door"},
    }
    assert "Did you mean" in (await door.ask("{ mee }")).text


@pytest.mark.parametrize("operation", ["mutation { me { name } }", "subscription { me { name } }"])
async def test_only_queries_are_answered(door: Door, operation: str) -> None:
    """Nothing can be changed and nothing followed through this endpoint."""
    assert "data" not in (await door.ask(operation)).json()


NAME = "Quillfeather"
SECRETS = [
    (f"{{ searchPeople(input: {{familyName: {NAME}}}, context: {{purpose: ANALYSIS}}) {{ outcome }} }}", None),
    (f'{{ searchPeople(input: {{dateOfBirth: "{NAME}"}}, context: {{purpose: ANALYSIS}}) {{ outcome }} }}', None),
    (f'{{ searchPeople(input: {{dateOfBirth: "\\"{NAME}"}}, context: {{purpose: ANALYSIS}}) {{ outcome }} }}', None),
    (f'{{ searchPeople(input: {{dateOfBirth: """{NAME}\n"""}}, context: {{purpose: ANALYSIS}}) {{ outcome }} }}', None),
    (f'{{ searchPeople(input: "{NAME}", context: {{purpose: ANALYSIS}}) {{ outcome }} }}', None),
    (f'{{ searchPeople(input: ["{NAME}"], context: {{purpose: "{NAME}"}}) {{ outcome }} }}', None),
    (f'query ($d: Date = "{NAME}") {{ me {{ name }} }}', None),
    (f'{{ person(id: "{NAME}!", context: {{purpose: ANALYSIS}}) {{ id }} }}', None),
    (f'{{ person(id: "aa", context: {{purpose: ANALYSIS, reference: "<{NAME}>"}}) {{ id }} }}', None),
    (f'{{ me {{ name }} "{NAME}', None),
    (f'{{ me {{ name }} }} "{NAME}"', None),
    ("query ($i: PersonSearchInput!) { me { name } }", {"i": {"dateOfBirth": NAME}}),
    ("query ($i: PersonSearchInput!) { me { name } }", {"i": NAME}),
    ("query ($i: PersonSearchInput!) { me { name } }", {"i": {NAME: 1}}),
    ("query ($i: RequestContext!) { me { name } }", {"i": {"purpose": NAME}}),
    ("query ($i: RequestContext!) { me { name } }", {}),
]


@pytest.mark.parametrize(("query", "variables"), SECRETS)
async def test_no_message_repeats_a_literal_or_a_variable(door: Door, query: str, variables: Any) -> None:
    """An error says where and what kind; a name typed in the wrong place comes back in no answer and no log line."""
    response = await door.ask(query, variables)
    assert response.status_code == 200
    answer = response.json()
    for error in answer["errors"]:
        assert error["extensions"]["code"] in {
            "BAD_USER_INPUT",
            "GRAPHQL_PARSE_FAILED",
            "GRAPHQL_VALIDATION_FAILED",
        }
    assert NAME.lower() not in response.text.lower()
    assert NAME not in door.log()


async def test_variables_of_the_wrong_type_are_named(door: Door) -> None:
    """The client learns which variable is wrong, never what was in it."""
    query = """query ($one: Date, $two: Service!) { person(id: "aa", context: {purpose: ANALYSIS}) {
      chronology(since: $one, services: [$two]) { date } } }"""
    answer = (await door.ask(query, {"one": "x", "two": "y"})).json()
    assert answer["errors"][0]["message"] == "variables of the wrong type: $one, $two"
