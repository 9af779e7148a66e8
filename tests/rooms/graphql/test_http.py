"""GraphQL over HTTP: every message gets an answer of the same shape, no body breaks it, nothing sent is repeated."""

import asyncio
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.contract import Ask, Reply
from hub.audit.errors import LedgerUnavailable
from schema.records import PersonName
from tests.cast import NOW, canaries
from tests.house import WHO, house
from tests.rooms.graphql.conftest import CONTEXT, Door, code, door_of


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


async def test_production_neither_describes_itself_nor_suggests(closed_door: Door) -> None:
    """With introspection off, an error may not spell the schema out either; ``__typename`` still works."""
    for query in ("{ __schema { queryType { name } } }", '{ __type(name: "Person") { name } }'):
        assert code((await closed_door.ask(query)).json()) == "GRAPHQL_VALIDATION_FAILED"
    assert "Did you mean" not in (await closed_door.ask("{ mee }")).text
    assert (await closed_door.ask("{ __typename me { __typename } }")).json()["data"] == {
        "__typename": "Query",
        "me": {"__typename": "Me"},
    }


async def test_an_officer_sees_the_schema_in_production_and_nobody_after_them(closed_door: Door) -> None:
    """Who governs answers may see what can be asked; that they saw it opens it to no worker."""
    query = "{ __schema { queryType { name } } }"
    shown = (await closed_door.ask(query, who="ig-officer")).json()
    assert shown["data"] == {"__schema": {"queryType": {"name": "Query"}}}
    assert "Did you mean" in (await closed_door.ask("{ mee }", who="ig-officer")).text
    for asked in (query, "{ mee }"):
        refused = await closed_door.ask(asked)
        assert code(refused.json()) == "GRAPHQL_VALIDATION_FAILED"
        assert "Did you mean" not in refused.text


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
    door.home.connectors["health"].misbehave = None
    whole = (await door.ask(WHO, {"id": door.home.ids["maya"], "context": CONTEXT})).json()["data"]["person"]
    assert [s["asOf"] for s in person["sources"]] == [s["asOf"] for s in whole["sources"]]
    assert any("T" in (s["asOf"] or "") for s in whole["sources"])


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


async def test_an_answer_says_which_question_it_answers_where_that_has_a_name(door: Door) -> None:
    """So that another hub takes none for another's; nothing else that was sent stands in a header."""
    named = await door.ask("{ me { name } }", Hub_Question_ID="3f0c-1")
    assert named.headers["hub-question-id"] == "3f0c-1"
    assert (await door.ask("{ nothing }", Hub_Question_ID="3f0c-2")).headers["hub-question-id"] == "3f0c-2"
    for other in ("a b", "x" * 65, "<b>", ""):
        assert "hub-question-id" not in (await door.ask("{ me { name } }", Hub_Question_ID=other)).headers
