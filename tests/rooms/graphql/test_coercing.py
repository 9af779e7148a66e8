"""Variables and arguments: read by ways made once, and the same to the last value as the libraries' own reading."""

import random
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLString,
    OperationDefinitionNode,
    Undefined,
    get_named_type,
    parse,
)
from graphql.execution.values import get_variable_values
from graphql.utilities import coerce_input_value
from strawberry.types.arguments import convert_arguments

from hub.errors import HubError
from hub.graphql.arguments import Arguments
from hub.graphql.coercing import Variables, way_of
from hub.graphql.schema import build_schema, core_of
from hub.graphql.selection import arguments_of

SCHEMA = build_schema()
CORE = core_of(SCHEMA)
ROOTS = {
    name: field
    for root in (CORE.query_type, CORE.mutation_type, CORE.subscription_type)
    if root is not None
    for name, field in root.fields.items()
    if field.args
}
SCALARS = {"Int": 3, "Float": 1.5, "Boolean": True, "Date": "2012-05-17", "DateTime": "2026-11-22T09:00:00Z"}
SELDOM, OFTEN = 0.1, 0.6
ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**40,
    1.5,
    "",
    "word",
    "2012-05-17",
    "CHILD_PROTECTION",
    [],
    [None],
    {},
    {"id": "x"},
)


def drawn(kind: Any, dice: random.Random, odd: float) -> Any:
    """Draw a value that fits a type, or with these odds, at any depth, one that may not."""
    if dice.random() < odd:
        return dice.choice(ODD)
    if not isinstance(kind, GraphQLNonNull):
        return None if dice.random() < SELDOM else _fitting(kind, dice, odd)
    return _fitting(kind.of_type, dice, odd)


def _fitting(kind: Any, dice: random.Random, odd: float) -> Any:
    if isinstance(kind, GraphQLList):
        return [drawn(kind.of_type, dice, odd) for _ in range(dice.randrange(3))]
    if isinstance(kind, GraphQLInputObjectType):
        some = [n for n, f in kind.fields.items() if isinstance(f.type, GraphQLNonNull) or dice.random() < OFTEN]
        extra = {"nobody": 1} if dice.random() < odd / 4 else {}
        return {name: drawn(kind.fields[name].type, dice, odd) for name in some} | extra
    if isinstance(kind, GraphQLEnumType):
        return dice.choice(list(kind.values))
    return {"Int": 3, "Float": 1.5, "Boolean": True, "Date": "2012-05-17", "DateTime": "2026-11-22T09:00:00Z"}.get(
        kind.name, "words"
    )


@pytest.mark.parametrize("name", sorted(ROOTS))
def test_what_is_read_is_what_the_libraries_read(name: str) -> None:
    """Of every root field's arguments, right, wrong and left out: the same values, and wrong where those are wrong."""
    definition, dice = ROOTS[name], random.Random(name)  # noqa: S311 -- the same draws each time
    asked = " ".join(f"${a}: {arg.type}" for a, arg in definition.args.items())
    written = ", ".join(f"{a}: ${a}" for a in definition.args)
    (operation,) = parse(f"query ({asked}) {{ {name}({written}) }}").definitions
    assert isinstance(operation, OperationDefinitionNode)
    node: Any = operation.selection_set.selections[0]
    ours, arguments = Variables(CORE, operation.variable_definitions or ()), Arguments(SCHEMA)
    right = 0
    for odd in (0.0, 0.03, 0.2) * 8:
        given = {
            a: drawn(arg.type, dice, odd)
            for a, arg in definition.args.items()
            if isinstance(arg.type, GraphQLNonNull) or dice.random() < OFTEN
        }
        theirs = get_variable_values(CORE, operation.variable_definitions or (), given)
        if isinstance(theirs, list):
            with pytest.raises(HubError, match="of the wrong type") as wrong:
                ours.read(given)
            names = {
                getattr(n.variable.name, "value", "") for e in theirs for n in e.nodes or () if hasattr(n, "variable")
            }
            assert str(wrong.value).endswith(": " + ", ".join(f"${n}" for n in sorted(names)))
            continue
        right += 1
        read = ours.read(given)
        assert read.coerced == theirs.coerced
        made = convert_arguments(
            arguments_of(definition, node, theirs),
            definition.extensions["strawberry-definition"].arguments,
            scalar_registry=SCHEMA.schema_converter.scalar_registry,
            config=SCHEMA.config,
        )
        assert arguments.of(definition, node, read) == made
    assert right >= len(ODD) // 2


def test_every_input_type_is_read_alike() -> None:
    """Each named input type by itself, mostly wrong values: the same value, or wrong at both."""
    dice = random.Random(6)  # noqa: S311 -- the same
    for kind in {get_named_type(a.type) for f in ROOTS.values() for a in f.args.values()}:
        way = way_of(kind)
        for value in (*ODD, *(drawn(kind, dice, 0.1) for _ in range(20))):
            assert way(value) == coerce_input_value(value, kind), (kind, value)


def test_what_the_schema_has_not_yet_is_read_alike_too() -> None:
    """One of several fields, a type within itself, defaults within lists, a single value for a list."""
    one_of = GraphQLInputObjectType(
        "OneOf", {"a": GraphQLInputField(GraphQLInt), "b": GraphQLInputField(GraphQLString)}, is_one_of=True
    )
    tree: GraphQLInputObjectType = GraphQLInputObjectType(
        "Tree",
        lambda: {
            "leaf": GraphQLInputField(GraphQLInt, default_value=7),
            "inner": GraphQLInputField(GraphQLList(GraphQLNonNull(tree))),
            "must": GraphQLInputField(GraphQLNonNull(one_of)),
        },
    )
    dice = random.Random(7)  # noqa: S311 -- the same
    for kind in (one_of, tree, GraphQLList(tree), GraphQLNonNull(GraphQLList(GraphQLInt))):
        for n in range(150):
            value = drawn(kind, dice, 0.1) if n % 2 else dice.choice(({"a": 1}, {"a": 1, "b": "x"}, {"b": None}, 5, {}))
            assert way_of(kind)(value) == coerce_input_value(value, kind), (kind, value)


def test_defaults_literals_and_what_is_left_out() -> None:
    """A default stands in for what was not sent; a literal is read; null where the schema wants a value is told."""
    text = 'query ($id: ID! = "one", $c: RequestContext! = {purpose: NONE}) { person(id: $id, context: $c) { id } }'
    (operation,) = parse(text.replace("NONE", "CHILD_PROTECTION")).definitions
    assert isinstance(operation, OperationDefinitionNode)
    variables = Variables(CORE, operation.variable_definitions or ())
    theirs: Any = get_variable_values(CORE, operation.variable_definitions or (), {})
    assert variables.read({}).coerced == theirs.coerced
    node: Any = operation.selection_set.selections[0]
    assert Arguments(SCHEMA).of(ROOTS["person"], node, variables.read({"id": "two"}))["id"] == "two"
    (literal,) = parse('{ person(id: "three", context: {purpose: CHILD_PROTECTION}) { id } }').definitions
    assert isinstance(literal, OperationDefinitionNode)
    field: Any = literal.selection_set.selections[0]
    assert Arguments(SCHEMA).of(ROOTS["person"], field, Variables(CORE, ()).read({}))["id"] == "three"
    (bad,) = parse('query ($c: [Int!] = 5, $d: Int = "x") { me { name } }').definitions
    assert isinstance(bad, OperationDefinitionNode)
    with pytest.raises(HubError, match=r"\$d$"):
        Variables(CORE, bad.variable_definitions or ()).read({})
    assert way_of(GraphQLNonNull(GraphQLInt))(None) is Undefined


def test_many_mistakes_are_not_all_looked_for() -> None:
    """Five variables that are wrong are named, and no more are looked at."""
    (operation,) = parse(f"query ({' '.join(f'$v{n}: Int!' for n in range(9))}) {{ me {{ name }} }}").definitions
    assert isinstance(operation, OperationDefinitionNode)
    with pytest.raises(HubError, match=r"wrong type: \$v0, \$v1, \$v2, \$v3, \$v4$"):
        Variables(CORE, operation.variable_definitions or ()).read({})
