"""The compiled projection answers exactly what the ordinary engine answers, whatever is asked."""

import asyncio
import copy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schema.outcomes import Outcome
from schema.person import Person
from schema.records import Involvement, Professional, Provenance, Status
from schema.services import Service
from schema.sources import SourceAnswer
from tests.cast import NOW
from tests.house import NOTHING, House
from tests.questions import Generated, generated


def both(
    home: House,
    loop: asyncio.Runner,
    query: str,
    variables: dict[str, Any],
    who: str = "front-door",
    stated: Mapping[str, str] = NOTHING,
) -> tuple[bytes, bytes]:
    planned = loop.run(home.ask(query, variables, who=who, stated=stated))
    ordinary = loop.run(home.ask(query, variables, who=who, stated=stated, ordinary=True))
    return orjson.dumps(planned.body()), orjson.dumps(ordinary.body())


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(question=generated())
def test_generated_questions(home: House, loop: asyncio.Runner, question: Generated) -> None:
    variables = {"id": home.ids["maya"], "context": {"purpose": "CHILD_PROTECTION", "reference": "R 1"}}
    planned, ordinary = both(home, loop, question.text, variables)
    assert planned == ordinary
    with rows_from(home, "social-care", "health"):
        assert both(home, loop, question.text, variables) == (planned, ordinary)


@contextmanager
def rows_from(home: House, *sources: str) -> Iterator[None]:
    """Let some sources give their records as rows of tables, as a mapping does."""
    try:
        for source in sources:
            home.connectors[source].rows = True
        yield
    finally:
        for source in sources:
            home.connectors[source].rows = False


SEARCH = """query { searchPeople(
  input: {familyName: "Quillfeather", givenName: "Maya", dateOfBirth: "2012-05-17"}, context: %s
) { outcome searched explanation candidates {
  id names age services score rule notes evidence { field agreement bits } } } }"""
PERSON = "query (%s) { person(id: $id, context: %%s) { %s } }"

PEOPLE = "query ($id: ID!) { people(ids: [%s], context: %%s) { id age involvements { service } } me { name } }"
CONTEXT = '{purpose: CHILD_PROTECTION, reference: "R1"}'


def test_people_are_asked_about_in_one_ask_of_each_source(home: House, loop: asyncio.Runner) -> None:
    """Several children cost a source one ask, and each is answered as if alone, in the order of the ids."""
    for connector in home.connectors.values():
        connector.asks.clear()
    fields = "{ id age involvements { id service } sources { source outcome } }"
    ids = [home.ids["rowan"], home.ids["maya"], home.ids["rowan"]]
    query = f"query ($ids: [ID!]!) {{ people(ids: $ids, context: {CONTEXT}) {fields} }}"
    people = loop.run(home.ask(query, {"ids": ids})).data["people"]
    asked = [len(connector.asks) for connector in home.connectors.values()]
    alone = f"query ($id: ID!) {{ person(id: $id, context: {CONTEXT}) {fields} }}"
    assert people == [loop.run(home.ask(alone, {"id": one})).data["person"] for one in ids]
    assert max(asked) == 1
    assert [p["id"] for p in people] == ids


@pytest.mark.parametrize(
    "query",
    [
        "{ me { name role roleMeans organisation __typename } sources { id coverage { youngest } contact { phone } } }",
        "{ a: me { name } b: me { name } __typename }",
        PERSON % ("$id: ID!", "involvements(services: [POLICE], status: CURRENT) { service }"),
        PERSON % ("$id: ID!", 'chronology(since: "2021-01-01", until: "2021-12-31") { date }'),
        "query ($id: ID!, $since: Date) { person(id: $id, context: %s) { chronology(since: $since) { date title } } }",
        "query ($id: ID!, $s: [Service!]) { person(id: $id, context: %s) { a: chronology(services: $s) { date } } }",
        "query ($id: ID!) { x: person(id: $id, context: %s) { id } y: person(id: $id, context: %s) { age } }",
        "query ($id: ID!) { person(id: $id, context: {purpose: CHILD_PROTECTION}) { id } me { name } }",
        'query { person(id: "not an id!", context: %s) { id } }',
        'query { person(id: "00000000-0000-0000-0000-000000000000", context: %s) { id age } }',
        'query { searchPeople(input: {familyName: "Quillfeather"}, context: %s) { outcome } }',
        SEARCH,
        PEOPLE % '$id, $id, "00000000"',
        PEOPLE % '$id, "not an id!"',
        "query { people(ids: [], context: %s) { id } }",
        PEOPLE % ", ".join(["$id"] * 101),
        "query ($id: ID!) { a: person(id: $id, context: %s) { id } b: people(ids: [$id], context: %s) { age } }",
        "query ($id: ID!) { person(id: $id, context: %s) { relationships { name person { id names { given } } } } }",
    ],
)
def test_every_root_field_and_argument(home: House, loop: asyncio.Runner, query: str) -> None:
    query = query.replace("%s", CONTEXT)
    given = {"id": home.ids["maya"], "since": "2021-01-01", "s": ["HEALTH"]}
    variables = {name: value for name, value in given.items() if f"${name}" in query}
    planned, ordinary = both(home, loop, query, variables)
    assert planned == ordinary
    assert b"INTERNAL" not in planned
    with rows_from(home, *home.connectors):
        assert both(home, loop, query, variables) == (planned, ordinary)


BY_KEY = """query ($r: [_Any!]!) { _entities(representations: $r) { __typename
  ... on Person { id age involvements { service professionals { name provenance { source } } } withheld { code }
    ...P } } %s } fragment P on Person { id names { given } }"""
TWICE = BY_KEY % "x: _entities(representations: $r) { ...P }"
STATED = {"hub-purpose": "CHILD_PROTECTION", "hub-reference": "R 1"}


@pytest.mark.parametrize("stated", [STATED, {}, {"hub-purpose": "Curiosity"}, {"hub-purpose": "CHILD_PROTECTION"}])
@pytest.mark.parametrize("places", ["mm", "", "m.r?", "?..", "mr", "mmr" * 34])
def test_people_by_key_are_written_by_a_plan_as_by_the_engine(
    home: House, loop: asyncio.Runner, places: str, stated: Mapping[str, str]
) -> None:
    """Keys that are wrong among right ones, the same person twice, nobody, too many, and no reason given."""
    keys: dict[str, Any] = {
        "m": {"__typename": "Person", "id": home.ids["maya"]},
        "r": {"__typename": "Person", "id": home.ids["rowan"], "more": [1, {"x": None}]},
        "?": {"__typename": "Person", "id": "00000000-0000-0000-0000-000000000000"},
        ".": {"__typename": "School", "id": "Quillfeather"},
    }
    variables = {"r": [keys[place] for place in places]}
    query = TWICE if places == "mr" and len(stated) > 1 else BY_KEY % ""  # else who fails first is told of
    planned, ordinary = both(home, loop, query, variables, stated=stated)
    assert planned == ordinary
    assert b"INTERNAL" not in planned


def test_people_by_key_are_for_a_plan(home: House) -> None:
    """A gateway's question is not left to the ordinary engine, which would answer alike and take twice as long."""
    executor = home.executor
    operation = executor._documents.read(TWICE, introspection=True).operation(None)
    assert executor._planner.plan(operation, operation.variables.read({"r": []})).whole


def test_a_plan_kept_for_one_variable_never_answers_another(home: House, loop: asyncio.Runner) -> None:
    query = f"""query ($id: ID!, $s: [Service!], $deep: Boolean = false) {{ person(id: $id, context: {CONTEXT}) {{
      involvements(services: $s) {{ service notes @include(if: $deep) }} }} }}"""
    for services, deep in ((["POLICE"], False), (["HOUSING"], False), (["HOUSING"], True), (None, True), ([], None)):
        variables: dict[str, Any] = {"id": home.ids["maya"], "s": services}
        if deep is not None:
            variables["deep"] = deep
        planned, ordinary = both(home, loop, query, variables)
        assert planned == ordinary
        for service in services or ():
            assert service.encode() in planned


STEERED = f"""query ($id: ID!, $s: [Service!], $t: Status, $since: Date, $until: Date = "2024-05-06",
    $deep: Boolean = true, $two: Boolean!) {{ ...R x: me @skip(if: $two) {{ name }} }}
  fragment R on Query {{ ... @include(if: $two) {{ again: person(id: $id, context: {CONTEXT}) {{ ...P }} }}
    person(id: $id, context: {CONTEXT}) {{ ...P relationships {{ name person {{ ...P }} }}
      family(status: $t) {{ name status differs held {{ type person {{ id }} }} person {{ age }} }} }} }}
  fragment P on Person {{ id
    involvements(services: $s, status: $t) {{ service notes @include(if: $deep) }}
    chronology(services: $s, since: $since, until: $until) {{ date title @skip(if: $deep) }}
    only: chronology(services: [HEALTH, POLICE]) {{ date }} }}"""
CLOSED = STEERED.replace('$since: Date, $until: Date = "2024-05-06",', "").replace(
    "chronology(services: $s, since: $since, until: $until)", "chronology(services: $s)"
)
CLOSED = CLOSED.replace(CONTEXT, "$context").replace("$id: ID!", "$id: ID!, $context: RequestContext!")
DATES = st.none() | st.dates(min_value=date(2010, 1, 1), max_value=date(2026, 3, 1)).map(date.isoformat)
SERVICES = st.none() | st.lists(st.sampled_from([s.value for s in Service]), max_size=3)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_steers_it_a_plan_answers_as_the_engine_does(
    home: House, loop: asyncio.Runner, data: st.DataObject
) -> None:
    """Plans kept for other members of closed lists, dates and root fields in fragments: never another's answer."""
    query = data.draw(st.sampled_from([STEERED, CLOSED]))
    drawn: dict[str, st.SearchStrategy[Any]] = {
        "s": SERVICES,
        "t": st.none() | st.sampled_from([s.value for s in Status]),
        "deep": st.booleans(),
        "since": DATES,
        "until": DATES,
    }
    optional = {name: values for name, values in drawn.items() if f"${name}" in query}
    variables = data.draw(st.fixed_dictionaries({"two": st.booleans()}, optional=optional))
    variables["id"] = home.ids[data.draw(st.sampled_from(["maya", "rowan"]))]
    if query is CLOSED:
        variables["context"] = {"purpose": "CHILD_PROTECTION", "reference": "R1"}
    planned, ordinary = both(home, loop, query, variables)
    assert planned == ordinary
    assert b"INTERNAL" not in planned


def test_what_several_share_is_written_as_if_each_had_its_own(home: House) -> None:
    """The same person, source and provenance many times, nothing among them, lists that are empty or none at all."""
    text = f"""query ($id: ID!) {{ people(ids: [$id], context: {CONTEXT}) {{ a: id __typename
      involvements {{ from: provenance {{ asOf }} professionals {{ name provenance {{ source }} }} plan {{ type }} }}
      sources {{ source coverage {{ youngest }} contact {{ phone }} }} }} }}"""
    operation = home.executor._documents.read(text, introspection=False).operation(None)
    (root,) = home.executor._planner.plan(operation, operation.variables.read({"id": "x"})).roots
    assert root.project is not None
    stamp = Provenance(source="s", service=Service("HEALTH"), name="S", as_of=None, retrieved_at=NOW)
    answer = SourceAnswer(source="s", service=Service("HEALTH"), name="S", outcome=Outcome.RECORDS, complete=True)  # type: ignore[arg-type] # an ID
    several, person = [], Person(id="p", sources=[answer, answer])  # type: ignore[arg-type] # the same
    for provenance, professionals in ((stamp, None), (None, []), (stamp, [Professional(provenance=stamp)] * 2)):
        several.append(Involvement(provenance=provenance, professionals=professionals))
    person.hold("involvements", several)
    people = [person, None, Person(id="q"), person]  # type: ignore[arg-type] # the same
    assert root.project.some(people) == [one if one is None else root.project(copy.deepcopy(one)) for one in people]
