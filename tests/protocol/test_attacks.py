"""Requests that ask for too much are refused in few words, with a code, before much is done; nobody else waits."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.house import WHO, house
from tests.protocol.attacks import ATTACKS, WHY, body
from tests.rooms.graphql.conftest import Door, code, production_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

FEW = 4_096
CODES = {"LIMIT", "BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED", "COST_LIMIT"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    """Open one house as production has it."""
    folder = tmp_path_factory.mktemp("attacked")
    async with house(folder) as home, production_of(home, folder) as door:
        yield door


@pytest.mark.parametrize("name", ATTACKS)
async def test_what_asks_for_too_much_is_refused_in_few_words(opened: Door, name: str) -> None:
    """G2: a stable code, at most 4 kB, nothing of the inside, and no source is asked."""
    asked = len(opened.home.connectors["health"].asks)
    refused = await opened.send(ATTACKS[name])
    assert refused.status_code < 500
    assert len(refused.content) <= FEW
    assert code(refused.json()) in CODES
    assert not any((refused.json().get("data") or {}).values())
    assert len(opened.home.connectors["health"].asks) == asked


async def test_a_right_question_is_answered_as_ever_after_all_of_them(opened: Door) -> None:
    """What was refused leaves nothing behind."""
    answer = await opened.send(body(WHO, {"id": opened.home.ids["maya"], "context": WHY}))
    assert answer.json()["data"]["person"]["id"] == opened.home.ids["maya"]


COP = {
    "alias overloading": body("query cop { " + " ".join(f"alias{n}: __typename" for n in range(101)) + " }"),
    "array-based batching": b"[" + b",".join([b'{"query":"query cop { __typename }"}'] * 10) + b"]",
    "directive overloading": body("query cop { __typename " + "@aa" * 10 + " }"),
    "circular introspection": body(
        "query cop { __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }"
    ),
    "introspection": body("query cop { __schema { types { name } } }"),
    "field duplication": body("query cop { " + "__typename \n" * 500 + "}"),
    "field suggestions": body("query cop { __schema { directive } }"),
    "a field that nearly exists": body("query cop { peron }"),
}
"""What graphql-cop asks of POST, in our own words; its other checks are of GET, forms, tracing and an IDE."""


@pytest.mark.parametrize("name", COP)
async def test_what_a_public_checker_looks_for_is_not_there(opened: Door, name: str) -> None:
    """G1, G2: each is refused, and no name of the schema is suggested."""
    refused = await opened.send(COP[name])
    assert code(refused.json()) in CODES
    assert "data" not in refused.json()
    assert "Did you mean" not in refused.text


async def test_no_trace_no_ide_and_no_question_by_form_or_address(opened: Door) -> None:
    """G1: the checker's other four: an IDE for browsers, tracing, mutations by GET, queries by GET or form."""
    page = await opened.send(b"", method="GET", accept="text/html")
    assert page.status_code == 405
    assert "html" not in page.headers["content-type"]
    traced = (await opened.send(body("query cop { __typename }"), **{"x-apollo-tracing": "1"})).json()
    assert set(traced["extensions"]) <= {"requestId", "cost", "note"}
    form = {"content_type": "application/x-www-form-urlencoded"}
    assert (await opened.send(b"query=query+cop+%7B__typename%7D", **form)).status_code == 415
    asked = {"authorization": f"Bearer {opened.token()}"}
    for query in ("query cop {__typename}", "mutation cop {__typename}"):
        assert (await opened.client.get("/graphql", params={"query": query}, headers=asked)).status_code == 405
