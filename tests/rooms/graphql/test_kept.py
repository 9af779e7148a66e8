"""What is kept between requests: bound in number, found by digests and closed lists, and nothing that anybody typed."""

import gc
from collections.abc import Iterator
from datetime import date
from functools import partial
from types import CodeType, ModuleType
from typing import Any

import pytest

from hub.graphql.documents import KEPT, Documents
from hub.graphql.execution import build_schema
from hub.graphql.kept import Fingerprints, Kept
from hub.graphql.plan import PLANS
from hub.graphql.schema import core_of
from tests.rooms.graphql.conftest import CONTEXT, Door

NAME = "Zebedee" + "Thistlewick"
BORN = date(1987, 6, 5)

FILTERED = """query ($id: ID!, $c: RequestContext!, $s: [Service!], $t: Status, $d: Date, $deep: Boolean = false) {
  person(id: $id, context: $c) { involvements(services: $s, status: $t) { service notes @include(if: $deep) }
  %s } }"""


def documents() -> Documents:
    return Documents(core_of(build_schema()))


def test_documents_are_kept_and_the_least_lately_used_are_forgotten() -> None:
    """Checking is done once for each text; what is kept has a bound."""
    read = partial(documents().read, introspection=False)
    first = read("{ me { name } }")
    assert read("{ me { name } }") is first
    for n in range(KEPT):
        read(f"query Q{n} {{ me {{ name }} }}")
    assert read("{ me { name } }") is not first


def test_what_is_used_again_outlives_what_is_not() -> None:
    """The least lately used goes first, and never more than the bound is kept."""
    kept: Kept[str, int] = Kept(2)
    kept.keep("a", 1)
    kept.keep("b", 2)
    assert kept.get("a") == 1
    kept.keep("c", 3)
    assert (kept.get("a"), kept.get("b"), kept.get("c"), len(kept)) == (1, None, 3, 2)


def test_a_text_is_found_by_a_digest_that_another_process_would_not_give() -> None:
    """Nobody who sees a digest can try texts against it: its key is drawn at start and never written."""
    one, other = Fingerprints(), Fingerprints()
    assert one.of("{ me { name } }") == one.of("{ me { name } }") != other.of("{ me { name } }")
    assert len(one.of("\ud800")) == 32


@pytest.mark.parametrize(
    "query",
    [
        '{ searchPeople(input: {familyName: "X"}, context: {purpose: ANALYSIS}) { outcome } }',
        "{ person(id: 9990000018, context: {purpose: ANALYSIS}) { id } }",
        'query ($i: ID = "aa") { person(id: $i, context: {purpose: ANALYSIS}) { id } }',
        'query ($i: ID!) { person(id: $i, context: {purpose: ANALYSIS}) { chronology(since: "1987-06-05") { id } } }',
        "query ($i: ID!) { child_9990000018: person(id: $i, context: {purpose: ANALYSIS}) { id } }",
        "query Q19870605 { me { name } }",
        '{ ... @defer(label: "Maya Quillfeather") { me { name } } }',
        '{ ... @defer(label: "born19870605") { me { name } } }',
        "{ sources @stream(initialCount: 9990) { id } }",
        '{ ... @defer(label: "a") { person(id: "b", context: {purpose: ANALYSIS}) { id } } }',
    ],
)
def test_a_document_that_could_hold_a_value_is_read_and_forgotten(query: str) -> None:
    """A literal may be a name, a number or a date of birth, and so may digits in an alias."""
    read = documents()
    assert read.read(query, introspection=True) is not read.read(query, introspection=True)
    assert len(read._kept) == 0


def test_a_label_that_is_a_name_is_kept_as_an_alias_is() -> None:
    """Clients write labels by themselves, from the names of fragments; asking for parts is not to cost more."""
    read, query = documents(), '{ ... Q @defer(label: "Who$defer$Q") } fragment Q on Query { sources { id } }'
    assert read.read(query, introspection=True) is read.read(query, introspection=True)
    streamed = (
        "{ sources { id } people(ids: [], context: {purpose: ANALYSIS}) { flags @stream(initialCount: 2) { id } } }"
    )
    assert read.read(streamed, introspection=True) is read.read(streamed, introspection=True)


async def test_nothing_typed_stays_where_documents_and_plans_are_kept(door: Door) -> None:
    """Neither a literal, a comment nor a variable can be found in what is kept; what is kept still answers rightly."""
    ask, maya = door.home.ask, door.home.ids["maya"]
    born = BORN.isoformat()
    search = (
        """query ($i: PersonSearchInput!, $c: RequestContext!) { searchPeople(input: $i, context: $c) { outcome } }"""
    )
    literal = f'{{ searchPeople(input: {{familyName: "{NAME}", dateOfBirth: "{born}"}}, context: %s) {{ outcome }} }}'
    chronology = FILTERED % "chronology(since: $d) { date }"
    given = {"id": maya, "c": CONTEXT, "d": born, "s": ["HEALTH"]}
    for _ in range(2):
        assert (await ask(f"# {NAME}\n{search}", {"i": {"familyName": NAME, "dateOfBirth": born}, "c": CONTEXT})).data
        assert (await ask(literal % '{purpose: CHILD_PROTECTION, reference: "R"}')).data
        assert (await ask(chronology, given)).data["person"]
    kept = list(_reachable(door.home.executor._documents, door.home.executor._planner))
    texts = [k for k in kept if isinstance(k, str)]
    assert "searchPeople" in texts
    assert not [t for t in texts if NAME in t or born in t or maya in t or "R 1" in t]
    assert BORN not in [k for k in kept if isinstance(k, date)]


def test_the_search_for_what_is_kept_finds_what_is_there() -> None:
    """The check above is not hollow: a value kept in any of the usual ways is found."""

    class Holder:
        def __init__(self) -> None:
            self.read = lambda: (name, held)

    name = "".join(NAME)
    held = {"x": [(BORN,)]}
    assert {NAME, BORN} <= {k for k in _reachable(Holder()) if isinstance(k, str | date)}


def _reachable(*roots: object) -> Iterator[Any]:
    """Give everything these hold, however deep; not the modules and code of the program itself."""
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, ModuleType | CodeType | type) or _globals(one):
            continue
        seen.add(id(one))
        yield one
        waiting.extend(gc.get_referents(one))


def _globals(one: object) -> bool:
    return isinstance(one, dict) and "__builtins__" in one


async def test_only_members_of_closed_lists_steer_a_kept_plan(door: Door) -> None:
    """True and false, services and a status make a plan each; a date makes none, nor does who is asked about."""
    planner, ask = door.home.executor._planner, door.home.ask
    given = {"id": door.home.ids["maya"], "c": CONTEXT}
    closed = FILTERED.replace(", $d: Date", "") % "id"
    for more in ({}, {"s": ["HEALTH"]}, {"s": ["HEALTH"], "t": "CURRENT"}, {"deep": True}, {"deep": False}, {}):
        await ask(closed, given | more)
    assert len(planner._kept) == 4
    await ask(closed, given | {"id": door.home.ids["rowan"]})
    assert len(planner._kept) == 4
    for year in range(1980, 1990):
        await ask(FILTERED % "chronology(since: $d) { date }", given | {"d": f"{year}-06-05"})
    assert len(planner._kept) == 4


async def test_arguments_of_root_fields_steer_no_plan_wherever_they_stand(door: Door) -> None:
    """In a fragment or nested in fragments, whom a question is about is no part of what finds its plan."""
    query = """query ($id: ID!, $c: RequestContext!, $on: Boolean!) { ...A ... @include(if: $on) { ...B } }
      fragment A on Query { one: person(id: $id, context: $c) { id } }
      fragment B on Query { ... on Query { two: person(id: $id, context: $c) { age } } }"""
    for child in ("maya", "rowan"):
        for on in (True, False):
            result = await door.home.ask(query, {"id": door.home.ids[child], "c": CONTEXT, "on": on})
            assert result.data["one"]["id"] == door.home.ids[child]
            assert ("two" in result.data) is on
    assert len(door.home.executor._planner._kept) == 2


async def test_plans_have_one_bound_for_all_documents_together(door: Door) -> None:
    """A client that varies what steers a plan gets right answers and cannot fill the memory."""
    given = {"id": door.home.ids["rowan"], "c": CONTEXT}
    query = "query ($id: ID!, $c: RequestContext!, %s) { person(id: $id, context: $c) { id %s } }"
    names = [f"b{n}" for n in range(10)]
    steered = query % (
        ", ".join(f"${n}: Boolean!" for n in names),
        " ".join(f"... @include(if: ${n}) {{ {n}: age }}" for n in names),
    )
    executor = door.home.executor
    document = executor._documents.read(steered, introspection=True)
    for number in range(PLANS + 20):
        values = {name: bool(number >> place & 1) for place, name in enumerate(names)}
        operation = document.operation(None)
        plan = executor._planner.plan(operation, operation.variables.read(given | values))
        assert len(plan.roots[0].selection.children) == 1 + sum(values.values())
    assert len(executor._planner._kept) == PLANS


async def test_an_error_of_a_kept_document_says_where_it_stands(door: Door) -> None:
    """Lines and columns outlive the text they were counted in."""
    query = """query ($id: ID!, $c: RequestContext!) { me { name } ...F }
    fragment F on Query {
      person(id: $id, context: $c) { id } }"""
    for _ in range(2):
        for ordinary in (False, True):
            result = await door.home.ask(query, {"id": "!", "c": CONTEXT}, ordinary=ordinary)
            assert result.body()["errors"][0]["locations"] == [{"line": 3, "column": 7}]
