"""Cost: what a question may bring is reckoned before anything is answered, and too much of it is refused."""

from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse
from graphql.execution.values import VariableValues, get_variable_values

from hub.errors import Code, HubError
from hub.graphql.cost import MOST, check_cost, costs_of
from hub.graphql.execution import build_schema
from hub.graphql.schema import core_of
from tests.house import WHO, House, house

SCHEMA = core_of(build_schema())
WHO_OF_MANY = """query ($ids: [ID!]!) { people(ids: $ids, context: {purpose: CHILD_PROTECTION, reference: "R1"}) {
  id dateOfBirth names { given family } addresses { lines postcode }
  involvements { service status start professionals { name role phone } dutyDesk { phone } }
  sources { source outcome reason } withheld { path reason }
} }"""
CHRONOLOGIES = WHO_OF_MANY.replace("withheld { path reason }", "chronology { date provenance { source } }")


def cost(query: str, **given: Any) -> int:
    node = parse(query)
    operation = node.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    fragments = {d.name.value: d for d in node.definitions[1:]}  # type: ignore[attr-defined] # fragments
    variables = get_variable_values(SCHEMA, operation.variable_definitions or (), given)
    assert isinstance(variables, VariableValues)
    return check_cost(costs_of(SCHEMA, operation, fragments), variables)


CONTEXT = '(id: "a", context: {purpose: ANALYSIS})'


@pytest.mark.parametrize(
    ("query", "worth"),
    [
        ("{ me { name role } }", 1),
        ("{ __typename }", 0),
        ("{ a: me { name } b: me { name } }", 2),
        ("{ sources { id } }", 10),
        (f"{{ person{CONTEXT} {{ id age }} }}", 1),
        (f"{{ person{CONTEXT} {{ names {{ given }} }} }}", 1 + 3),
        (f"{{ person{CONTEXT} {{ names {{ given provenance {{ source }} }} }} }}", 1 + 3 * 2),
        (f"{{ person{CONTEXT} {{ involvements {{ professionals {{ name }} }} }} }}", 1 + 20 * (1 + 3)),
        (f"{{ person{CONTEXT} {{ ...F }} }} fragment F on Person {{ names {{ given }} }}", 1 + 3),
        (f"{{ person{CONTEXT} {{ ... on Person {{ names @skip(if: true) {{ given }} }} }} }}", 1 + 3),
    ],
)
def test_an_object_costs_one_and_a_list_as_many_as_it_may_hold(query: str, worth: int) -> None:
    """A client can reckon it from the schema alone."""
    assert cost(query) == worth


def test_people_cost_as_many_as_are_named() -> None:
    """Whoever asks about two pays for two."""
    assert cost(WHO_OF_MANY, ids=["a"] * 2) == 2 * cost(WHO_OF_MANY, ids=["a"])
    assert cost(WHO_OF_MANY, ids=[]) == 0


def test_a_hundred_children_may_be_asked_about_and_not_their_whole_chronologies() -> None:
    """What a partner does each night passes; what nobody needs at once is refused before a source is asked."""
    assert cost(WHO_OF_MANY, ids=["a"] * 100) <= MOST
    with pytest.raises(HubError) as refused:
        cost(CHRONOLOGIES, ids=["a"] * 100)
    assert refused.value.code is Code.COST_LIMIT
    assert cost(CHRONOLOGIES, ids=["a"] * 10) <= MOST


async def test_a_request_says_what_it_cost_and_one_that_costs_too_much_asks_nobody(tmp_path: Any) -> None:
    """The cost comes with the answer; nothing is asked of a source for what is refused."""
    async with house(tmp_path) as home:
        result = await home.ask(WHO, {"id": home.ids["maya"], "context": {"purpose": "CHILD_PROTECTION"}})
        assert result.cost == cost(WHO, id="a", context={"purpose": "CHILD_PROTECTION"})
        await refuses(home)


async def refuses(home: House) -> None:
    for connector in home.connectors.values():
        connector.asks.clear()
    with pytest.raises(HubError) as refused:
        await home.ask(CHRONOLOGIES, {"ids": ["a"] * 100})
    assert refused.value.code is Code.COST_LIMIT
    assert not any(connector.asks for connector in home.connectors.values())
