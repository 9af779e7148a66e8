"""An operation that passed every check: its tree, what steers it, and where its root fields stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    SourceLocation,
    VariableNode,
    get_location,
)
from graphql.execution.values import VariableValues, get_variable_values

from hub.errors import Code, HubError
from hub.graphql.cost import RootCost, costs_of
from hub.graphql.limits import VARIABLE_ERRORS
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
        return cls((digest, name) if digest else None, node, fragments, steering, places, costs)

    def coerced(self, schema: GraphQLSchema, given: Mapping[str, Any]) -> VariableValues:
        """Give the variables as the schema has them; BAD_USER_INPUT names those that are wrong, without a value."""
        coerced = get_variable_values(
            schema,
            self.node.variable_definitions or (),
            dict(given),
            max_errors=VARIABLE_ERRORS,
            hide_suggestions=True,
        )
        if isinstance(coerced, list):
            names = sorted({n.value for e in coerced for node in e.nodes or () if (n := _named(node))})
            raise HubError(
                Code.BAD_USER_INPUT,
                f"variables of the wrong type: {', '.join('$' + n for n in names) or 'see the schema'}",
            )
        return coerced


def _named(node: Any) -> Any:
    variable = getattr(node, "variable", None)
    return variable.name if isinstance(variable, VariableNode) else None
