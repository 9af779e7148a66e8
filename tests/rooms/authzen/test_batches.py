"""Batches: default values, the three semantics, and what is wrong with one of several."""

from typing import Any

import orjson
import pytest

from hub.authzen.evaluating import MOST, MOST_IN_ORDER, MOST_PEOPLE
from tests.rooms.authzen.asking import kind_question, of_kind, person_question, stated
from tests.rooms.authzen.conftest import Point

SHARED = pytest.mark.asyncio(loop_scope="module")

SHOWN, HIDDEN = {"resource": of_kind()}, {"resource": of_kind("Involvement.status", "HEALTH", "ADOPTION")}


async def batch(point: Point, items: list[Any], semantic: str | None = None, **parts: Any) -> list[bool]:
    body = kind_question() | {"evaluations": items} | parts
    if semantic:
        body["options"] = {"evaluations_semantic": semantic, "another": 1}
    told = await point.ask("evaluations", body)
    assert set(told) == {"evaluations"}
    return [one["decision"] for one in told["evaluations"]]


@SHARED
async def test_each_is_answered_in_its_place(shared: Point) -> None:
    """By default every evaluation is answered, in the order asked."""
    assert await batch(shared, [SHOWN, HIDDEN, SHOWN]) == [True, False, True]
    assert await batch(shared, [SHOWN, HIDDEN, SHOWN], "execute_all") == [True, False, True]


@SHARED
async def test_a_batch_ends_where_it_was_asked_to(shared: Point) -> None:
    """Up to the first that is false, or the first that is true, that one included."""
    assert await batch(shared, [SHOWN, HIDDEN, SHOWN], "deny_on_first_deny") == [True, False]
    assert await batch(shared, [SHOWN, SHOWN], "deny_on_first_deny") == [True, True]
    assert await batch(shared, [HIDDEN, SHOWN, HIDDEN], "permit_on_first_permit") == [False, True]
    assert await batch(shared, [HIDDEN], "permit_on_first_permit") == [False]


@SHARED
async def test_a_batch_asks_agencies_systems_no_more_than_a_question_may(shared: Point) -> None:
    """So many contexts for named people, and so many gone through one by one: beyond that nothing is asked at all."""
    body = person_question(shared.home.ids["maya"], "Involvement.status", "HEALTH")
    why = [{"context": body["context"] | {"reference": f"REF {n}"}} for n in range(MOST_PEOPLE + 1)]
    before = len(shared.home.connectors["health"].asks)
    assert (await shared.refused("evaluations", body | {"evaluations": why}, "front-door"))[0] == 400
    one_by_one = {"evaluations": [{}] * (MOST_IN_ORDER + 1), "options": {"evaluations_semantic": "deny_on_first_deny"}}
    assert (await shared.refused("evaluations", body | one_by_one, "front-door"))[0] == 400
    assert len(shared.home.connectors["health"].asks) == before


async def test_a_batch_that_ends_early_asks_no_more(point: Point) -> None:
    """What comes after the one that settled it is neither looked at nor written down."""
    maya = point.home.ids["maya"]
    body = person_question(maya, "Involvement.status", "HEALTH")
    later = person_question(maya, "Involvement.status", "HOUSING")
    body |= {"evaluations": [{}, later], "options": {"evaluations_semantic": "permit_on_first_permit"}}
    told = await point.ask("evaluations", body, "front-door")
    assert [one["decision"] for one in told["evaluations"]] == [True]
    assert point.home.connectors["housing"].asks == []
    assert [entry["kind"] for entry in await point.written()] == ["EVENT", "INTENT", "OUTCOME"]


@SHARED
async def test_a_part_of_its_own_replaces_the_default_whole(shared: Point) -> None:
    """The four parts at the top are defaults; one in an evaluation stands in its stead, not merged into it."""
    closed = {"context": {"purpose": "CHILD_PROTECTION"}}
    assert await batch(shared, [{}, closed, {"context": stated()}]) == [True, False, True]
    bare = {"resource": {"type": "field", "id": "Involvement.status"}}
    assert await batch(shared, [bare]) == [False]
    every = [kind_question(), kind_question(**HIDDEN)]
    told = await shared.ask("evaluations", {"evaluations": every})
    assert [one["decision"] for one in told["evaluations"]] == [True, False]


@SHARED
async def test_without_a_batch_it_is_one_evaluation(shared: Point) -> None:
    """No list, or an empty one, is answered as the single endpoint answers."""
    one = await shared.ask("evaluation", kind_question())
    assert await shared.ask("evaluations", kind_question()) == one
    assert await shared.ask("evaluations", kind_question() | {"evaluations": []}) == one


@SHARED
async def test_what_is_wrong_with_one_is_told_in_its_place(shared: Point) -> None:
    """The others are answered; the one is false with its status and place, and is a denial to the semantics."""
    wrong: list[Any] = [{"action": {"name": "secret"}}, {"subject": {"type": "worker", "id": "secret"}}, "secret"]
    told = await shared.ask("evaluations", kind_question() | {"evaluations": [SHOWN, *wrong, SHOWN]})
    decisions = told["evaluations"]
    assert [one["decision"] for one in decisions] == [True, False, False, False, True]
    errors = [one["context"]["error"] for one in decisions[1:4]]
    assert [error["status"] for error in errors] == [400, 403, 400]
    assert "evaluations[1].action.name" in errors[0]["message"]
    assert "evaluations[3]" in errors[2]["message"]
    assert "secret" not in orjson.dumps(told).decode()
    assert await batch(shared, [SHOWN, *wrong, SHOWN], "deny_on_first_deny") == [True, False]
    assert await batch(shared, [*wrong, SHOWN, SHOWN], "permit_on_first_permit") == [False, False, False, True]


@SHARED
async def test_a_named_question_that_cannot_be_asked_is_told_in_its_place(shared: Point) -> None:
    """One without the reference its purpose needs is false with 400; the one beside it is answered."""
    good = person_question(shared.home.ids["maya"], "Involvement.status", "HEALTH")
    told = await shared.ask(
        "evaluations", {"evaluations": [good | {"context": {"purpose": "CHILD_PROTECTION"}}, good]}, "front-door"
    )
    assert [one["decision"] for one in told["evaluations"]] == [False, True]
    assert told["evaluations"][0]["context"]["error"]["status"] == 400


@pytest.mark.parametrize(
    "parts",
    [
        {"evaluations": {}},
        {"evaluations": [{}] * (MOST + 1)},
        {"evaluations": [{}], "options": {"evaluations_semantic": "secret"}},
        {"evaluations": [{}], "options": "secret"},
        {"evaluations": [{}], "subject": []},
    ],
)
@SHARED
async def test_what_is_wrong_with_the_whole_is_refused_whole(shared: Point, parts: dict[str, Any]) -> None:
    """400 for the request, and nothing is decided."""
    status, said = await shared.refused("evaluations", kind_question() | parts)
    assert status == 400
    assert "secret" not in said
