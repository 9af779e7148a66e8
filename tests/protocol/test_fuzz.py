"""Questions made out of the schema: every answer has data or a code, and tells nothing of the inside."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import parse
from hypothesis import HealthCheck, assume, given, settings
from hypothesis_graphql import queries

from hub.errors import HubError
from hub.graphql.limits import LONGEST_TEXT, Limits, check_limits
from hub.graphql.scanning import LONGEST_NAME, check_text
from tests.house import house
from tests.protocol.by_schemathesis import run
from tests.protocol.fuzz import SDL, asked, questions
from tests.protocol.insisted import CUSTOM, check
from tests.rooms.graphql.conftest import Door, production_of

FEW = 10


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[asyncio.Runner, Door]]:
    folder = tmp_path_factory.mktemp("fuzzed")
    with asyncio.Runner() as runner:
        entered = house(folder)
        home = runner.run(entered.__aenter__())
        before = production_of(home, folder)
        yield runner, runner.run(before.__aenter__())
        runner.run(before.__aexit__(None, None, None))
        runner.run(entered.__aexit__(None, None, None))


@settings(max_examples=FEW, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(question=questions())
def test_every_question_of_the_schemas_is_answered_or_refused_with_a_code(
    opened: tuple[asyncio.Runner, Door], question: tuple[str, str]
) -> None:
    """G8: as a worker and as an officer, queries and mutations; ``python -m tests.protocol.fuzz`` asks 5 000."""
    runner, door = opened
    runner.run(asked(door, *question))
    assert '"internal-error"' not in door.log()


def test_schemathesis_finds_nothing_over_http(opened: tuple[asyncio.Runner, Door], tmp_path: Path) -> None:
    """G8: two fields as a worker; ``python -m tests.protocol.by_schemathesis`` asks every field, officers too."""
    runner, door = opened
    fields = [part for name in ("me", "person") for part in ("--include-name", f"Query.{name}")]
    found = runner.run(run(door, tmp_path, "front-door", 4, *fields))
    assert found.passed, found.said
    assert found.became.total() >= 8
    assert {"answered", "GRAPHQL_VALIDATION_FAILED"} <= set(found.became)


@pytest.mark.parametrize(
    ("codes", "kept"),
    [
        (["FORBIDDEN"], False),
        (["LIMIT", "BUDGET_SPENT"], False),
        (["INTERNAL"], True),
        (["FORBIDDEN", "INTERNAL"], True),
        (["NOT_READY"], True),
        (["BUSY"], True),
        ([None], True),
        (["OTHER"], True),
    ],
)
def test_nothing_of_the_hubs_own_failures_is_kept_from_schemathesis(codes: list[str | None], kept: bool) -> None:  # noqa: FBT001 -- a case
    """An error counts as an answer by its code alone; one without, or that is the hub's own failing, is a failure."""
    from schemathesis.graphql.checks import GraphQLServerError

    from tests.protocol.schemathesis_told import filter_failure

    errors: Any = [{"message": "Some words.", "extensions": {"code": code} if code else {}} for code in codes]
    failure = GraphQLServerError(operation="Query.me", message="Some words.", errors=errors)
    assert filter_failure(None, failure, None, None) is kept


@settings(max_examples=FEW, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(query=queries(SDL, custom_scalars=CUSTOM))
def test_counting_before_parsing_refuses_nothing_that_would_be_within_the_limits(query: str) -> None:
    """What is counted in the text is at most what the limits count in the document."""
    document = parse(query)
    assume(len(query) <= LONGEST_TEXT)
    try:
        check_limits(document, Limits())
    except HubError:
        assume(False)
    assume(max(map(len, re.findall(r'"[^"]*"|\w+', query)), default=0) <= LONGEST_NAME)
    check_text(query, Limits(), introspection=True)


@pytest.mark.parametrize(
    "message",
    [
        "Traceback (most recent call last)",
        "KeyError",
        "at hub/graphql/http.py",
        "SELECT id FROM person",
        "hub.people.x",
    ],
)
def test_the_check_sees_what_tells_of_the_inside(message: str) -> None:
    """A check that could not fail would promise nothing."""
    import httpx2

    error = {"message": message, "extensions": {"code": "LIMIT"}}
    with pytest.raises(AssertionError):
        check(httpx2.Response(200, json={"errors": [error]}))
