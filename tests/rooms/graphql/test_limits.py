"""Limits: a document that asks for too much is refused before anything is looked up, and quickly."""

import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import strawberry
from strawberry.schema.config import StrawberryConfig

from hub.errors import HubError
from hub.graphql.documents import Document, Documents
from hub.graphql.execution import Executor, Request, build_schema
from hub.graphql.federation import SCALARS
from hub.graphql.invalid import Invalid
from hub.graphql.limits import VALUES
from hub.graphql.query import Query
from tests.cast import requester
from tests.house import house
from tests.rooms.graphql.conftest import CONTEXT, Door, code

SCHEMA = build_schema()._schema
PERSON = 'person(id: "aa", context: {purpose: ANALYSIS})'


def read(text: str, documents: Documents | None = None) -> Document:
    return (documents or Documents(SCHEMA)).read(text, introspection=True)


def nested(levels: int) -> str:
    inner = "id"
    for _ in range(levels):
        inner = f"relationships {{ person {{ {inner} }} }}"
    return f"{{ {PERSON} {{ {inner} }} }}"


@pytest.mark.parametrize(
    ("within", "beyond", "what"),
    [
        (nested(4), nested(5), "levels"),
        (
            "{ me { " + " ".join(f"a{n}: name" for n in range(15)) + " } }",
            "{ me { " + " ".join(f"a{n}: name" for n in range(16)) + " } }",
            "aliases",
        ),
        (
            "{ me { " + "name @include(if: true) " * 20 + "} }",
            "{ me { " + "name @include(if: true) " * 21 + "} }",
            "directives",
        ),
        (
            "{ " + " ".join(f"a{n}: me {{ name }}" for n in range(5)) + " }",
            "{ " + " ".join(f"a{n}: me {{ name }}" for n in range(6)) + " }",
            "root fields",
        ),
        ("{ me { " + "name " * 499 + "} }", "{ me { " + "name " * 500 + "} }", "fields"),
        ("{ me { " + "name " * 400 + "} }", '{ person(id: "' + '" "' * 1_000 + '") { id } }', "tokens"),
        ("{ " + PERSON + " { " + "id " * 400 + "} } #" + "x" * 1_000, "{ me { name } } #" + "x" * 1_024, "comment"),
        ("{ " + PERSON + " { id } }", "{ " + "x" * 129 + " }", "name longer"),
        ("{ me { name } }" + " " * 16_000, "{ me { name } }" + " " * 16_384, "characters in the query"),
        (
            "{ ...F } fragment F on Query { " + " ".join(f"a{n}: me {{ name }}" for n in range(5)) + " }",
            "{ ...F b: me { name } } fragment F on Query { "
            + " ".join(f"a{n}: me {{ name }}" for n in range(5))
            + " }",
            "root fields",
        ),
        ("{ ... { me { name } } }", "{ " + "... { " * 220 + "me { name }" + " }" * 221, "nested too deeply"),
    ],
)
def test_each_limit_holds_at_its_edge(within: str, beyond: str, what: str) -> None:
    """What is just within a limit is read; what is just beyond is refused and told which limit it was."""
    try:
        read(within)
    except HubError as refused:  # pragma: no cover -- only where the limit is wrong
        pytest.fail(str(refused))
    with pytest.raises(HubError, match=what) as refused:
        read(beyond)
    assert refused.value.extensions == {"code": "LIMIT"}


def test_fragments_that_double_are_counted_spread_and_refused_at_once() -> None:
    """Forty fragments, each spreading the next twice, would be 2^40 fields."""
    text = "{ ...F0 } " + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(40))
    started = time.perf_counter()
    with pytest.raises(HubError, match="more than 500 fields"):
        read(text + " fragment F40 on Query { me { name } }")
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "text",
    [
        "{ ...F } fragment F on Query { ...F }",
        "{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }",
        "{ me { name } } fragment F on Query { me { name } }",
        "{ me { name } } type Mine { name: String }",
    ],
)
def test_fragments_that_spread_themselves_and_what_is_no_query_are_refused(text: str) -> None:
    """A cycle never reaches the counting, which would not end."""
    with pytest.raises(Invalid) as invalid:
        read(text)
    assert {e.extensions["code"] for e in invalid.value.errors if e.extensions} == {"GRAPHQL_VALIDATION_FAILED"}


def test_a_document_too_deep_for_the_checker_is_refused_like_one_too_deep_for_the_limits() -> None:
    """Running out of stack while checking is a limit reached, not a failure of the hub."""
    documents, text = Documents(SCHEMA), "{ " + "... { " * 150 + "me { name }" + " }" * 151
    depth = len(__import__("inspect").stack())
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + 120)
    try:
        with pytest.raises(HubError, match="nested too deeply"):
            read(text, documents)
    finally:
        sys.setrecursionlimit(before)


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def changes(self) -> AsyncIterator[str]:
        yield "changed"


async def test_a_subscription_is_refused_even_by_a_schema_that_has_one(tmp_path: Path) -> None:
    """Should one ever be added, this executor still answers queries and mutations only."""
    async with house(tmp_path) as home:
        schema = strawberry.Schema(Query, subscription=Subscription, config=StrawberryConfig(scalar_map=SCALARS))
        asking, governing = home.executor._asking, home.executor._governing
        executor = Executor(schema, asking, governing, introspection=True, failed=home.observer.internal)
        with pytest.raises(HubError, match="not answered here"):
            await executor.run(Request("subscription { changes }", {}, None), requester("front-door"), "r")


def test_a_document_the_checker_runs_out_of_stack_on_is_a_limit_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the parser's own bound, running out of stack is told like any other limit."""

    def deep(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr("hub.graphql.documents.validate", deep)
    with pytest.raises(HubError, match="nested too deeply"):
        read("{ me { name } }")


@pytest.mark.parametrize(
    "extra",
    [
        {"context": CONTEXT | {f"k{n}": 1 for n in range(21_000)}},
        {"services": ["HEALTH"] * 21_000},
        {"unasked": [[[0] * 10] * 10] * 200},
        {f"v{n}": None for n in range(15_000)},
    ],
)
async def test_variables_that_hold_too_many_values_are_refused_before_any_is_checked(
    door: Door, extra: dict[str, object]
) -> None:
    """A replica answers everybody with one thread: what one client sends may not hold it."""
    query = """query ($id: ID!, $context: RequestContext!, $services: [Service!]) {
      person(id: $id, context: $context) { involvements(services: $services) { status } } }"""
    variables = {"id": door.home.ids["maya"], "context": CONTEXT} | extra
    await door.ask(query, {"id": door.home.ids["maya"], "context": CONTEXT})
    started = time.perf_counter()
    response = await door.ask(query, variables)
    assert time.perf_counter() - started < 0.3
    assert code(response.json()) == "LIMIT"


async def test_many_mistakes_in_the_variables_cost_no_more_than_a_few(door: Door) -> None:
    """As many wrong values as a request may hold are told of as one mistake, at once."""
    query = """query ($id: ID!, $context: RequestContext!, $services: [Service!]) {
      person(id: $id, context: $context) { involvements(services: $services) { status } } }"""
    wrong = {"id": "aa", "context": CONTEXT, "services": ["NOBODY"] * (VALUES - 5)}
    started = time.perf_counter()
    response = await door.ask(query, wrong)
    assert time.perf_counter() - started < 0.3
    assert code(response.json()) == "BAD_USER_INPUT"
    assert response.json()["errors"][0]["message"] == "variables of the wrong type: $services"
    assert code((await door.ask(query, wrong | {"one": 1})).json()) == "LIMIT"
