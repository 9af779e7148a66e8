"""No way into the schema lists people: found by walking it, a new field too."""

import pytest
from graphql import GraphQLInterfaceType, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, build_schema
from graphql import get_named_type as named

from hub.graphql.schema import build_schema as hub_schema
from hub.graphql.schema import core_of

SCHEMA = core_of(hub_schema())
PEOPLE = frozenset({"Person", "PersonCandidate", "PersonGovernance"})
"""What tells of one person."""

ONE = frozenset({"person", "people", "searchPeople"})
"""Root fields that need somebody to be named, or criteria."""


def ways(schema: GraphQLSchema) -> list[tuple[str, ...]]:
    """Give every path to people on which nobody is named: no field of it has an argument that must be given."""
    found: list[tuple[str, ...]] = []
    for root in (schema.query_type, schema.mutation_type, schema.subscription_type):
        if root is not None:
            _walk(root, (root.name,), frozenset(), found)
    return found


def _walk(kind: GraphQLObjectType, path: tuple[str, ...], seen: frozenset[str], found: list[tuple[str, ...]]) -> None:
    for name, field in kind.fields.items():
        if any(isinstance(a.type, GraphQLNonNull) and a.default_value in (None, ...) for a in field.args.values()):
            continue
        inner = named(field.type)
        if inner.name in PEOPLE:
            found.append((*path, name))
        elif isinstance(inner, GraphQLObjectType | GraphQLInterfaceType) and inner.name not in seen:
            _walk(inner, (*path, name), seen | {inner.name}, found)  # type: ignore[arg-type] # both have fields


def test_no_way_in_lists_people_without_criteria() -> None:
    """Every root field that tells of people needs an id or criteria; none pages through them."""
    assert ways(SCHEMA) == []


def test_no_list_of_people_can_be_paged() -> None:
    """Nothing that lists people takes first, last, offset or after."""
    for kind in SCHEMA.type_map.values():
        for name, field in (kind.fields if isinstance(kind, GraphQLObjectType) else {}).items():
            if named(field.type).name in PEOPLE:
                assert not {"first", "last", "offset", "after", "before", "skip"} & set(field.args), name
                inner = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
                listed = f"{kind.name}.{name}" if isinstance(inner, GraphQLList) else None
                assert listed in {None, "Query.people", "SearchAnswer.candidates"}


def test_people_are_reached_from_three_places() -> None:
    """And each needs to be told whom, and why."""
    assert SCHEMA.query_type is not None
    roots = {n for n, f in SCHEMA.query_type.fields.items() if named(f.type).name in {"Person", "SearchAnswer"}}
    assert roots == ONE
    for name in ONE:
        needed = [a for a in SCHEMA.query_type.fields[name].args.values() if isinstance(a.type, GraphQLNonNull)]
        assert len(needed) == 2, name


@pytest.mark.parametrize(
    "planted", ["everybody: [Person!]!", "everybody(first: Int): Inner", "everybody(kind: String = null): [Person]"]
)
def test_a_way_in_would_be_found(planted: str) -> None:
    """The walk can fail."""
    schema = build_schema(f"type Query {{ {planted} }} type Inner {{ all: [Person] }} type Person {{ id: ID }}")
    assert ways(schema)
