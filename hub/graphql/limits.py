"""Limits on a document, counted with its fragments spread, and on how many values come with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from hub.errors import Code, HubError

TOKENS = 1_000
LONGEST_TEXT = 16_384
"""Characters of a document."""
BODY = 256 * 1024
VALUES = 1_000
"""Values in the variables of one request, at every depth: what each costs to check is much more than to count."""

LONGEST_VALUE = 65_536
"""Characters of one value in the variables."""

VARIABLE_ERRORS = 5
"""Mistakes in the variables after which no more are looked for: each is a message somebody has to build."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most a document may have of each."""

    depth: int = 10
    aliases: int = 15
    directives: int = 20
    root_fields: int = 5
    fields: int = 500


@dataclass(slots=True)
class _Count:
    aliases: int = 0
    directives: int = 0
    fields: int = 0


def check_values(variables: Mapping[str, object]) -> None:
    """Refuse variables that hold too many values, or one too long, before any is compared with the schema."""
    count = 0
    waiting: list[Any] = [variables]
    while waiting:
        inner = waiting.pop()
        count += len(inner)
        if count > VALUES:
            raise HubError(Code.LIMIT, f"more than {VALUES} values in the variables")
        values = inner.values() if isinstance(inner, Mapping) else inner
        for value in values:
            kind = type(value)
            if kind is dict or kind is list:
                waiting.append(value)
            elif kind is str and len(value) > LONGEST_VALUE:
                raise HubError(Code.LIMIT, f"a value longer than {LONGEST_VALUE} characters in the variables")


def check_limits(document: DocumentNode, limits: Limits) -> None:
    """Refuse a document that asks for too much; validated first, so that no fragment spreads itself."""
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            count = _Count()
            roots = _walk(operation.selection_set, fragments, count, limits, 1)
            if roots > limits.root_fields:
                raise HubError(Code.LIMIT, f"more than {limits.root_fields} root fields")


def _walk(
    selected: SelectionSetNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    count: _Count,
    limits: Limits,
    depth: int,
) -> int:
    """Count what is selected, fragments spread; give how many fields stand at this level."""
    if depth > limits.depth:
        raise HubError(Code.LIMIT, f"deeper than {limits.depth} levels")
    here = 0
    for node in selected.selections:
        count.directives += len(node.directives or ())
        if isinstance(node, FieldNode):
            here += 1
            count.fields += 1
            count.aliases += node.alias is not None
            if node.selection_set:
                _walk(node.selection_set, fragments, count, limits, depth + 1)
        elif isinstance(node, InlineFragmentNode):
            here += _walk(node.selection_set, fragments, count, limits, depth)
        elif isinstance(node, FragmentSpreadNode):
            here += _walk(fragments[node.name.value].selection_set, fragments, count, limits, depth)
        _check(count, limits)
    return here


def _check(count: _Count, limits: Limits) -> None:
    for name in ("aliases", "directives", "fields"):
        if getattr(count, name) > getattr(limits, name):
            raise HubError(Code.LIMIT, f"more than {getattr(limits, name)} {name}")
