"""Which variables of an operation decide what is selected below its root fields, and which of them may be remembered.

A variable of a closed list (true or false, a service, a status) may steer a plan that is kept. Any other (a date, say,
which may be a date of birth) is read for one request: what it steers is planned for that request and forgotten.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    get_named_type,
    type_from_ast,
    visit,
)


@dataclass(frozen=True, slots=True)
class Steering:
    """Names of the variables of closed lists that steer a plan, and whether any other does too."""

    closed: tuple[str, ...]
    open: bool

    def values(self, coerced: Mapping[str, Any]) -> tuple[object, ...]:
        """Give the steering values of one request: members of closed lists, or that there is none."""
        return tuple(_frozen(coerced.get(name, ...)) for name in self.closed)


def _frozen(value: object) -> object:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


class _Variables(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: object) -> None:
        self.found.add(node.name.value)


@dataclass(frozen=True, slots=True)
class _Roots:
    """Walks the level of the root fields, through fragments: their own arguments belong to one request."""

    fragments: Mapping[str, FragmentDefinitionNode]
    seen: _Variables

    def walk(self, selection_set: SelectionSetNode) -> Iterator[FieldNode]:
        """Give every field written at this level, and see every variable below it or in a directive."""
        for node in selection_set.selections:
            self._see(node.directives)
            if isinstance(node, FieldNode):
                if node.selection_set:
                    visit(node.selection_set, self.seen)
                yield node
            elif isinstance(node, FragmentSpreadNode):
                yield from self.walk(self.fragments[node.name.value].selection_set)
            else:
                yield from self.walk(node.selection_set)  # type: ignore[attr-defined] # an inline fragment has one

    def _see(self, directives: Iterable[DirectiveNode] | None) -> None:
        for directive in directives or ():
            visit(directive, self.seen)


def steering_of(
    schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> tuple[Steering, tuple[FieldNode, ...]]:
    """Give what steers an operation, and its root fields as they are written."""
    seen = _Variables()
    roots = tuple(_Roots(fragments, seen).walk(operation.selection_set))
    for fragment in fragments.values():
        if schema.query_type is None or fragment.type_condition.name.value != schema.query_type.name:
            visit(fragment, seen)
    closed = {
        d.variable.name.value for d in operation.variable_definitions or () if _closed(type_from_ast(schema, d.type))
    }
    return Steering(tuple(sorted(seen.found & closed)), bool(seen.found - closed)), roots


def _closed(kind: Any) -> bool:
    named = get_named_type(kind)
    return named is GraphQLBoolean or isinstance(named, GraphQLEnumType)
