"""GraphQL over HTTP: every message gets an answer of the same shape, no body breaks it, nothing sent is repeated."""

import asyncio
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.types import Message

from connectors.contract import Ask, Reply
from hub.audit.errors import LedgerUnavailable
from hub.graphql.limits import BODY
from schema.records import PersonName
from tests.cast import NOW, canaries
from tests.house import WHO, house
from tests.rooms.graphql.conftest import CONTEXT, GRAPHQL, Door, door_of

ME = b'{"query":"{ me { name } }"}'


def code(body: dict[str, Any]) -> str:
    return str(body["errors"][0]["extensions"]["code"])


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
    response = await raw(door, [], length=str(BODY + 1))
    assert response == 413


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


async def raw(door: Door, messages: list[Message], length: str | None = None) -> int:
    """Speak ASGI itself: each message is given only when it is asked for."""
    headers = [(b"authorization", f"Bearer {door.token()}".encode()), (b"content-type", b"application/json")]
    if length is not None:
        headers.append((b"content-length", length.encode()))
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "headers": headers,
    }
    sent: list[Message] = []

    async def receive() -> Message:
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
            assert response.headers["www-authenticate"] == "Bearer"
            answer = response.json()
            answer.pop("extensions")
            answers.add((response.status_code, orjson.dumps(answer)))
    assert [status for status, _ in answers] == [401]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[asyncio.Runner, Door]]:
    folder = tmp_path_factory.mktemp("kept")
    with asyncio.Runner() as runner:
        opened = house(folder)
        home = runner.run(opened.__aenter__())
        before = door_of(home, folder)
        yield runner, runner.run(before.__aenter__())
        runner.run(before.__aexit__(None, None, None))
        runner.run(opened.__aexit__(None, None, None))


_json = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_words = st.sampled_from(
    [
        *(
            "{",
            "}",
            "(",
            ")",
            "me",
            "name",
            "person",
            'id: "x"',
            "...",
            "on Query",
            "fragment F",
            "$a",
            "query",
            "@skip",
        ),
        *(
            "@include(if: $a)",
            "__schema",
            "__typename",
            "mutation",
            "context:",
            "{purpose: ANALYSIS}",
            "[",
            "]",
            "null",
        ),
        *("(if: null)", ": Boolean = true", '"\\u{D800}"', '"""', "#", "type", "\x00", "\ufeff", "9" * 40),
    ]
)
_bodies = st.one_of(
    st.binary(max_size=200),
    _json.map(orjson.dumps),
    st.fixed_dictionaries({"query": st.text(max_size=40) | st.lists(_words, max_size=14).map(" ".join)})
    .flatmap(lambda d: st.builds(lambda v, n: {**d, "variables": v, "operationName": n}, _json, _json))
    .map(orjson.dumps),
)


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=_bodies)
def test_no_body_makes_a_server_error(kept: tuple[asyncio.Runner, Door], body: bytes) -> None:
    """Random bytes, random JSON and random GraphQL: never a 5xx, always JSON with a stable code or data."""
    runner, door = kept
    response = runner.run(door.send(body))
    assert response.status_code < 500
    answer = response.json()
    assert "data" in answer or code(answer)
    assert "INTERNAL" not in response.text


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ('query ($p: ID = "x") { person(id: $p, context: {purpose: ANALYSIS}) { id } }', {"p": None}),
        ("query ($b: Boolean = true) { me @include(if: $b) { name } }", {"b": None}),
        ("query ($b: Boolean = true) { me @skip(if: $b) { name } }", {"b": None}),
        (
            """query ($s: Service = POLICE) { person(id: "aa", context: {purpose: ANALYSIS}) {
               involvements(services: [$s]) { status } } }""",
            {"s": None},
        ),
    ],
)
async def test_a_null_where_the_schema_wants_a_value_is_the_clients_mistake(
    door: Door, query: str, variables: dict[str, Any]
) -> None:
    """Validation lets a variable with a default pass; sent as null it is told so, however often it is asked."""
    first, second = await door.ask(query, variables), await door.ask(query, variables)
    for response in (first, second):
        assert response.status_code == 200
        assert code(response.json()) == "BAD_USER_INPUT"
    assert first.json()["errors"] == second.json()["errors"]
    assert "internal-error" not in door.log()


async def test_the_ordinary_engine_says_the_same_of_a_null(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    """The code does not depend on which engine answers, and the engine's own log, which would print all, is silent."""
    query = 'query ($p: ID = "x") { __typename person(id: $p, context: {purpose: ANALYSIS}) { id } }'
    for ordinary in (True, False):
        result = await door.home.ask(query, {"p": None}, ordinary=ordinary)
        assert result.body()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}
        assert result.data == {"__typename": "Query", "person": None}
    assert not caplog.records


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


async def test_production_neither_describes_itself_nor_suggests(closed_door: Door) -> None:
    """With introspection off, an error may not spell the schema out either; ``__typename`` still works."""
    for query in ("{ __schema { queryType { name } } }", '{ __type(name: "Person") { name } }'):
        assert code((await closed_door.ask(query)).json()) == "GRAPHQL_VALIDATION_FAILED"
    assert "Did you mean" not in (await closed_door.ask("{ mee }")).text
    assert (await closed_door.ask("{ __typename me { __typename } }")).json()["data"] == {
        "__typename": "Query",
        "me": {"__typename": "Me"},
    }


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


async def test_while_the_ledger_is_away_nothing_is_answered_and_the_client_is_told_when_to_come_back(
    door: Door,
) -> None:
    """503 with Retry-After, a stable code, and no byte of a record."""

    async def fail(*_: Any) -> Any:
        raise LedgerUnavailable("disk-full")

    door.home.ledger.append = fail  # type: ignore[method-assign]
    response = await door.ask(WHO, {"id": door.home.ids["maya"], "context": CONTEXT})
    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"
    assert code(response.json()) == "NOT_READY"
    assert not any(canary in response.text for canary in canaries())
    assert '"not-ready"' in door.log()


async def test_rules_that_cannot_be_read_are_not_ready_too(door: Door) -> None:
    """Another active policy version than this replica's is refused the same way."""
    await door.home.register.activate("0123456789ab", NOW)
    response = await door.ask(WHO, {"id": door.home.ids["maya"], "context": CONTEXT})
    assert (response.status_code, code(response.json())) == (503, "NOT_READY")


async def test_what_nobody_foresaw_is_said_by_its_kind_and_place_alone(door: Door) -> None:
    """The client gets a code and a request id; the log the kind and the place; nobody gets the message."""

    async def broken(*_: Any) -> Any:
        raise RuntimeError("Maya Quillfeather, 9990000018")

    door.home.answerer.answer = broken  # type: ignore[method-assign]
    query = "query ($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) { id } __typename }"
    response = await door.ask(query, {"id": door.home.ids["maya"], "context": CONTEXT})
    assert code(response.json()) == "INTERNAL"
    assert response.json()["data"] == {"person": None, "__typename": "Query"}
    line = orjson.loads(door.log().splitlines()[-1])
    assert (line["event"], line["kind"]) == ("internal-error", "RuntimeError")
    assert line["request_id"] == response.json()["extensions"]["requestId"]
    assert "test_http.py" in line["at"]
    assert "Quillfeather" not in door.log() + response.text


async def test_an_error_outside_any_field_is_internal_and_says_no_more(door: Door) -> None:
    """Even where the executor itself fails, the client gets JSON with a code."""

    async def broken(*_: Any) -> Any:
        raise RuntimeError("Maya Quillfeather")

    door.home.executor.run = broken  # type: ignore[method-assign]
    response = await door.ask("{ me { name } }")
    assert (response.status_code, code(response.json())) == (500, "INTERNAL")
    assert "Quillfeather" not in door.log() + response.text


async def test_text_that_is_no_unicode_costs_only_itself(door: Door) -> None:
    """A source that sends half a surrogate pair loses that character; every other source is shown."""

    def halved(ask: Ask) -> Reply:
        reply = door.home.connectors["health"].reply(ask)
        for records in reply.records.values():
            for record in records:
                if isinstance(record, PersonName):
                    record.given = "Ma\ud800ya"
        return reply

    door.home.connectors["health"].misbehave = halved
    response = await door.ask(WHO, {"id": door.home.ids["maya"], "context": CONTEXT})
    assert response.status_code == 200
    person = response.json()["data"]["person"]
    assert "Ma?ya" in {n["given"] for n in person["names"]}
    assert {s["outcome"] for s in person["sources"]} == {"RECORDS"}
    assert person["dateOfBirth"] == "2012-05-17"


async def test_a_request_is_counted_without_a_value(door: Door) -> None:
    """Metrics have statuses, sources, outcomes and reasons, and nothing of anybody's."""
    await door.ask(WHO, {"id": door.home.ids["hidden"], "context": CONTEXT | {"purpose": "SAFEGUARDING_TRIAGE"}})
    await door.ask("{")
    text = door.home.observer.metrics().decode()
    assert 'hub_requests_total{status="200"} 2.0' in text
    assert 'hub_source_outcomes_total{outcome="RECORDS",source="health"} 1.0' in text
    assert 'hub_withheld_total{reason="PROTECTED"}' in text
    assert not any(canary in text for canary in canaries())


async def test_an_error_in_a_field_that_may_not_be_null_leaves_no_data(door: Door) -> None:
    """A search that fails takes the whole answer with it, other fields included, as the specification has it."""
    query = """query ($c: RequestContext!) { me { name } %s
      searchPeople(input: {familyName: "Q"}, context: $c) { outcome } a: me { name } }"""
    answer = (await door.ask(query % "", {"c": CONTEXT})).json()
    assert answer["data"] is None
    assert code(answer) == "BAD_USER_INPUT"
    for field in ('person(id: "!", context: $c) { id }', 'a: person(id: "!", context: $c) { id }'):
        both = (await door.ask(query.replace("a: me", "b: me") % field, {"c": CONTEXT})).json()
        assert both["data"] is None
        assert len(both["errors"]) == 2


async def test_a_worker_who_leaves_cancels_the_question(door: Door) -> None:
    """A cancelled request is not an error to be told: it goes on as a cancellation."""
    begun = asyncio.Event()

    async def hang(_: Ask) -> None:
        begun.set()
        await asyncio.Event().wait()

    door.home.connectors["health"].misbehave = hang
    task = asyncio.create_task(door.ask(WHO, {"id": door.home.ids["maya"], "context": CONTEXT}))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert door.home.connectors["health"].cancelled == 1
