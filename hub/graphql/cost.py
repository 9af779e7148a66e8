"""What a question costs, reckoned before it is answered: an object is one, and a list of them as many as it may hold.

As the GraphQL Cost Directives Specification (IBM, draft) reckons, with weights of one: fields of its own cost nothing,
an object costs one and what is asked of it, a list what its ``@listSize`` says. What ``@skip`` leaves out is counted.
Each ``@defer`` and ``@stream`` costs one for every object it stands in: what governs is read anew for a later part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from hub.errors import Code, HubError
from hub.graphql.arriving.undivided import DIVIDING
from hub.graphql.selection import arguments_of, object_of
from schema.sizes import ListSize

MOST: Final = 25_000
"""The most one request may cost: who is involved with a hundred children, in full; not a hundred whole chronologies."""

UNSAID: Final = 10
"""How many a list is taken to hold that does not say."""

Fragments = Mapping[str, FragmentDefinitionNode]


@dataclass(frozen=True, slots=True)
class RootCost:
    """What one of a root field's things costs, and how many there are: so many, or as many as an argument names."""

    each: int
    size: int
    definition: GraphQLField
    node: FieldNode
    argument: str | None

    def under(self, variables: Any) -> int:
        """Give the cost with these variables."""
        if self.argument is None:
            return self.each * self.size
        return self.each * len(arguments_of(self.definition, self.node, variables)[self.argument])


def costs_of(schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Fragments) -> Sequence[RootCost]:
    """Reckon every root field of an operation that passed validation and the other limits."""
    root = schema.get_root_type(operation.operation)
    assert root is not None  # noqa: S101 -- validated
    return tuple(_root(root, node, fragments) for node in _flat(operation.selection_set, fragments))


def check_cost(costs: Sequence[RootCost], variables: Any, most: int = MOST) -> int:
    """Give what a request costs; COST_LIMIT if that is more than one may."""
    cost = sum(root.under(variables) for root in costs)
    if cost > most:
        raise HubError(Code.COST_LIMIT, f"the question costs {cost}, and one may cost {most}: ask for less at a time")
    return cost


def _root(root: GraphQLObjectType, node: FieldNode, fragments: Fragments) -> RootCost:
    definition = root.fields.get(node.name.value)
    if definition is None:  # __typename, and introspection, which has limits of its own
        return RootCost(0, 0, GraphQLField(root), node, None)
    each, size = _object(definition, node, fragments), _size(definition)
    return RootCost(each, _many(definition, size), definition, node, size.by if size else None)


def _object(definition: GraphQLField, node: FieldNode, fragments: Fragments) -> int:
    kind = object_of(definition.type)
    if kind is None or node.selection_set is None:
        return 0
    dividing = _dividing(node.selection_set, fragments)
    return 1 + dividing + sum(_field(kind, inner, fragments) for inner in _flat(node.selection_set, fragments))


def _dividing(selected: SelectionSetNode, fragments: Fragments) -> int:
    """Count what asks for parts of one object."""
    count = 0
    for node in selected.selections:
        count += sum(directive.name.value in DIVIDING for directive in node.directives or ())
        if isinstance(node, FragmentSpreadNode):
            count += _dividing(fragments[node.name.value].selection_set, fragments)
        elif isinstance(node, InlineFragmentNode):
            count += _dividing(node.selection_set, fragments)
    return count


def _field(parent: GraphQLObjectType, node: FieldNode, fragments: Fragments) -> int:
    definition = parent.fields.get(node.name.value)
    if definition is None:
        return 0
    return _object(definition, node, fragments) * _many(definition, _size(definition))


def _size(definition: GraphQLField) -> ListSize | None:
    declared = definition.extensions.get("strawberry-definition")
    return next((d for d in getattr(declared, "directives", ()) if isinstance(d, ListSize)), None)


def _many(definition: GraphQLField, size: ListSize | None) -> int:
    if not _is_list(definition.type):
        return 1
    return size.assumed_size if size else UNSAID


def _is_list(kind: GraphQLOutputType) -> bool:
    return isinstance(kind.of_type if isinstance(kind, GraphQLNonNull) else kind, GraphQLList)


def _flat(selected: SelectionSetNode, fragments: Fragments) -> list[FieldNode]:
    found: list[FieldNode] = []
    for node in selected.selections:
        if isinstance(node, FieldNode):
            found.append(node)
        elif isinstance(node, FragmentSpreadNode):
            found += _flat(fragments[node.name.value].selection_set, fragments)
        elif isinstance(node, InlineFragmentNode):
            found += _flat(node.selection_set, fragments)
    return found
