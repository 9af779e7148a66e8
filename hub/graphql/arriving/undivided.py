"""A document with nothing that asks for parts: for the ordinary engine, which answers whole."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from graphql import (
    DefinitionNode,
    DirectiveNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    Node,
    OperationDefinitionNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    VisitorAction,
    parse,
    print_ast,
    visit,
)
from graphql.language.visitor import REMOVE, SKIP

from hub.graphql.limits import TOKENS

DIVIDING: Final = frozenset({"defer", "stream"})
"""The directives that ask for parts."""

_ANY: Final = re.compile("defer|stream")


def undivided(text: str) -> str:
    """Give a validated document without the directives that ask for parts, and without variables for them alone."""
    if not _ANY.search(text):
        return text
    document = visit(parse(text, max_tokens=TOKENS), _Without())
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    return print_ast(replace(document, definitions=tuple(_lean(d, fragments) for d in document.definitions)))


class _Without(Visitor):
    def enter_directive(self, node: DirectiveNode, *_: object) -> VisitorAction:
        return REMOVE if node.name.value in DIVIDING else None


class _Seen(Visitor):
    """Notes variables that are used, and fragments that are spread."""

    def __init__(self) -> None:
        super().__init__()
        self.variables: set[str] = set()
        self.spread: set[str] = set()

    def enter_variable_definition(self, _node: VariableDefinitionNode, *_: object) -> VisitorAction:
        return SKIP

    def enter_variable(self, node: VariableNode, *_: object) -> None:
        self.variables.add(node.name.value)

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
        self.spread.add(node.name.value)


def _lean(definition: DefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]) -> DefinitionNode:
    """Take out of an operation the variables that nothing uses any more."""
    if not isinstance(definition, OperationDefinitionNode):
        return definition
    seen, done, waiting = _Seen(), set[str](), list[Node]([definition])
    while waiting:
        visit(waiting.pop(), seen)
        waiting += [fragments[name] for name in seen.spread - done]
        done |= seen.spread
    kept = tuple(v for v in definition.variable_definitions or () if v.variable.name.value in seen.variables)
    return replace(definition, variable_definitions=kept)
