"""Fragments that spread themselves, found before a document is validated: validating it costs ten times as much."""

from collections.abc import Iterator

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    SelectionSetNode,
)

from hub.errors import Code
from hub.graphql.invalid import Invalid


def check_circles(document: DocumentNode) -> None:
    """Refuse a document with a fragment that spreads itself, by way of others too (GraphQL specification, 5.5.2.2)."""
    leads: dict[str, list[FragmentSpreadNode]] = {
        d.name.value: list(_spreads(d.selection_set))
        for d in document.definitions
        if isinstance(d, FragmentDefinitionNode)
    }
    done: set[str] = set()
    for first, spreads in leads.items():
        way = {first: iter(spreads)}  # from the first fragment to where the walk is; each is walked once
        while way:
            name, rest = next(reversed(way.items()))
            spread = next(rest, None)
            if spread is None:
                done.add(name)
                del way[name]
            elif (to := spread.name.value) in way:
                raise _circle(spread)
            elif to in leads and to not in done:
                way[to] = iter(leads[to])


def _spreads(selected: SelectionSetNode) -> Iterator[FragmentSpreadNode]:
    """Give what a selection spreads, at every depth."""
    waiting = [selected]
    while waiting:
        for node in waiting.pop().selections:
            if isinstance(node, FragmentSpreadNode):
                yield node
            elif isinstance(node, FieldNode | InlineFragmentNode) and node.selection_set:
                waiting.append(node.selection_set)


def _circle(spread: FragmentSpreadNode) -> Invalid:
    message = f"Cannot spread fragment '{spread.name.value}' within itself."
    return Invalid([GraphQLError(message, spread, extensions={"code": Code.GRAPHQL_VALIDATION_FAILED.value})])
