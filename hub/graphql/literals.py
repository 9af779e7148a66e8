"""Literals in a document: each may be somebody's name, number or date of birth.

A document that holds one is answered and forgotten; the same question put with variables is kept, and is quicker.
"""

import re
from typing import Any

from graphql import (
    DocumentNode,
    EnumValueNode,
    FloatValueNode,
    IntValueNode,
    NameNode,
    StringValueNode,
    Visitor,
    visit,
)

NUMBERED = re.compile(r"\d{4}")
"""A name the client chose (an alias, say) with so many digits in a row may have been made from a number or a date."""


class _Literals(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.personal = False

    def enter(self, node: Any, *_: object) -> None:
        if isinstance(node, StringValueNode | IntValueNode | FloatValueNode):
            self.personal = True
            self.found.add(node.value)
        elif isinstance(node, EnumValueNode):
            self.found.add(node.value)
        elif isinstance(node, NameNode) and NUMBERED.search(node.value):
            self.personal = True


class _Unplaced(Visitor):
    def enter(self, node: Any, *_: object) -> None:
        object.__setattr__(node, "loc", None)  # nodes are frozen, but nobody else holds this tree yet


def _visited(node: DocumentNode) -> _Literals:
    literals = _Literals()
    visit(node, literals)
    return literals


def literals_of(node: DocumentNode) -> frozenset[str]:
    """Give every literal as it is written, whatever it means."""
    return frozenset(value for value in _visited(node).found if value)


def may_hold_a_value(node: DocumentNode) -> bool:
    """Say whether a document could hold a value of somebody's: any literal that no closed list bounds."""
    return _visited(node).personal


def forget_text(node: DocumentNode) -> None:
    """Cut a document's tree off from its text, which its nodes otherwise hold, comments and all."""
    visit(node, _Unplaced())
