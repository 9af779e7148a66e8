"""From a query's syntax to what it selects: fragments, aliases, duplicates, ``@skip`` and ``@include`` resolved.

Every type of the hub's schema is concrete, or a union of one that is, so a fragment's type condition always holds
once validation passed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as with_default
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSkipDirective,
    GraphQLUnionType,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
)
from graphql.execution.values import get_argument_values, get_directive_values

from hub.answer.selection import Selection
from hub.errors import Code, HubError


def null_argument() -> HubError:
    """Say what validation cannot see: a variable with a default may still be sent as null."""
    return HubError(Code.BAD_USER_INPUT, "an argument is null where the schema wants a value")


def arguments_of(definition: GraphQLField, node: FieldNode, variables: Any) -> dict[str, Any]:
    """Give a field's coerced arguments; BAD_USER_INPUT where one is null that may not be."""
    if not definition.args:
        return {}
    try:
        return get_argument_values(definition, node, variables)
    except GraphQLError:
        raise null_argument() from None


def object_of(kind: GraphQLOutputType) -> GraphQLObjectType | None:
    """Give the type of the objects a field holds, a union of one type being that one; none for a leaf."""
    named = get_named_type(kind)
    if isinstance(named, GraphQLUnionType):
        (named,) = named.types
    return named if isinstance(named, GraphQLObjectType) else None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads selections of one operation: its fragments and its coerced variables.

    The arguments of the root's own fields are left alone: they belong to one request, and a plan to many.
    """

    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Any
    python_names: Mapping[tuple[str, str], str] = with_default(default_factory=dict)
    root: GraphQLObjectType | None = None

    def fields(self, parent: GraphQLObjectType, sets: Iterable[SelectionSetNode]) -> tuple[Selection, ...]:
        """Give the fields selected of a type, same keys merged, in the order they first appear."""
        grouped: dict[str, list[FieldNode]] = {}
        for selection_set in sets:
            for node in self.flat(selection_set):
                key = node.alias.value if node.alias else node.name.value
                grouped.setdefault(key, []).append(node)
        return tuple(self.field(parent, key, nodes) for key, nodes in grouped.items())

    def field(self, parent: GraphQLObjectType, key: str, nodes: Sequence[FieldNode]) -> Selection:
        """Give one field selected of a type, as all the nodes of its key together select it."""
        name = nodes[0].name.value
        if name.startswith("__"):
            return Selection(key, name)  # introspection: answered by the ordinary engine
        definition = parent.fields[name]
        kind = object_of(definition.type)
        inner = [n.selection_set for n in nodes if n.selection_set]
        return Selection(
            key=key,
            name=self.python_names.get((parent.name, name), name),
            arguments=arguments_of(definition, nodes[0], self.variables) if parent is not self.root else {},
            children=self.fields(kind, inner) if kind else (),
        )

    def flat(self, selection_set: SelectionSetNode) -> Iterator[FieldNode]:
        """Give every field included of a selection set, fragments spread."""
        for node in self.included(selection_set):
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                yield from self.flat(node.selection_set)
            elif isinstance(node, FragmentSpreadNode):
                yield from self.flat(self.fragments[node.name.value].selection_set)

    def included(self, selection_set: SelectionSetNode) -> Iterator[SelectionNode]:
        """Give what a selection set itself holds that is included."""
        return (node for node in selection_set.selections if self._included(node))

    def _included(self, node: Any) -> bool:
        if not node.directives:
            return True
        try:
            skip = get_directive_values(GraphQLSkipDirective, node, self.variables)
            include = get_directive_values(GraphQLIncludeDirective, node, self.variables)
        except GraphQLError:
            raise null_argument() from None
        return not (skip and skip["if"]) and not (include and not include["if"])
