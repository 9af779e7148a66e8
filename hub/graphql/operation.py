"""An operation that passed every check: its tree, what steers it, and where its root fields stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graphql import (
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    SourceLocation,
    get_location,
)

from hub.graphql.coercing import Variables
from hub.graphql.cost import RootCost, costs_of
from hub.graphql.steering import Steering, steering_of


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a document. ``key`` finds its plans; none for a document that may not be kept."""

    key: tuple[bytes, str] | None
    node: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    steering: Steering
    places: Mapping[int, SourceLocation]
    costs: Sequence[RootCost]
    variables: Variables

    @classmethod
    def of(
        cls,
        schema: GraphQLSchema,
        node: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
        digest: bytes | None,
    ) -> "Operation":
        """Look at an operation while its text is there; only lines and columns of it are kept."""
        steering, roots = steering_of(schema, node, fragments)
        places = {id(field): get_location(field.loc.source, field.loc.start) for field in roots if field.loc}
        name = node.name.value if node.name else ""
        costs = costs_of(schema, node, fragments)
        variables = Variables(schema, node.variable_definitions or ())
        return cls((digest, name) if digest else None, node, fragments, steering, places, costs, variables)
