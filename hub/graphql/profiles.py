"""The schema as others compose it: one definition for each kind of gateway (Apollo Federation v2.9)."""

from dataclasses import replace
from enum import StrEnum
from functools import lru_cache

import strawberry
from graphql import (
    ConstDirectiveNode,
    DirectiveDefinitionNode,
    DirectiveNode,
    DocumentNode,
    FieldDefinitionNode,
    Node,
    ObjectTypeDefinitionNode,
    ScalarTypeDefinitionNode,
    TypeDefinitionNode,
    Visitor,
    VisitorAction,
    parse,
    print_ast,
    visit,
)
from graphql.language.visitor import REMOVE

from hub.graphql.arriving.undivided import DIVIDING

VERSION = "v2.9"
"""The newest version that every composition library in use reads."""

OWN = frozenset({"_entities", "_service", "_Entity", "_Service", "_Any"})
"""What a gateway adds itself."""

_ROOTS = frozenset({"Query", "Mutation", "Subscription"})

KEYS = {"Person": "id"}
"""Types that another graph may name, by their key."""


class Profile(StrEnum):
    """For whom a definition is written."""

    SERVED = "served"
    """As the hub serves it, with what each field is and how long each list is taken to be."""
    PLAIN = "plain"
    """For any gateway: keys and nothing that one of them refuses."""
    AUTHORISED = "authorised"
    """As plain, and every field of the root says that nobody reaches it who has not signed in."""
    FULL = "full"
    """As authorised, with what each field is and how long each list is taken to be."""


@lru_cache(maxsize=8)
def definition(schema: strawberry.Schema, profile: Profile) -> str:
    """Give the schema in GraphQL's schema definition language."""
    served = schema.as_str() + "\n"
    if profile is Profile.SERVED:
        return served
    document: DocumentNode = visit(parse(served), _Composed(profile))
    return f"{_link(profile)}\n\n{print_ast(document)}\n"


def _link(profile: Profile) -> str:
    names = ["@key", "@tag"] if profile is Profile.PLAIN else ["@key", "@tag", "@authenticated"]
    imported = ", ".join(f'"{name}"' for name in names)
    return f'extend schema @link(url: "https://specs.apollo.dev/federation/{VERSION}", import: [{imported}])'


class _Composed(Visitor):
    """Takes out what gateways add themselves, and puts in what they compose by."""

    def __init__(self, profile: Profile) -> None:
        super().__init__()
        self._profile = profile
        self._plain = profile is not Profile.FULL

    def enter(self, node: Node, *_: object) -> Node | VisitorAction:
        if isinstance(node, DirectiveDefinitionNode) and self._plain:
            return REMOVE
        if isinstance(node, DirectiveDefinitionNode) and node.name.value in DIVIDING:
            return REMOVE  # a gateway divides its own answers
        if isinstance(node, DirectiveNode) and self._plain and node.name.value in {"held", "listSize"}:
            return REMOVE
        if isinstance(node, TypeDefinitionNode | FieldDefinitionNode) and node.name.value in OWN:
            return REMOVE
        return None

    def leave(self, node: Node, *_: object) -> Node | None:
        if not isinstance(node, ObjectTypeDefinitionNode):
            return None
        return replace(node, directives=(*(node.directives or ()), *self._on(node.name.value)))

    def _on(self, name: str) -> tuple[ConstDirectiveNode, ...]:
        written = [f'@key(fields: "{KEYS[name]}")'] if name in KEYS else []
        if name in _ROOTS and self._profile is not Profile.PLAIN:
            written.append("@authenticated")
        return tuple(map(parse_directive, written))


def parse_directive(written: str) -> ConstDirectiveNode:
    """Read one directive."""
    (scalar,) = parse(f"scalar S {written}").definitions
    assert isinstance(scalar, ScalarTypeDefinitionNode)  # noqa: S101 -- written above
    (directive,) = scalar.directives or ()
    return directive
