"""Literals in a document: each may be somebody's name, number or date of birth.

A document that holds one is answered and forgotten; the same question put with variables is kept, and is quicker.
"""

import re
from typing import Any

from graphql import (
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    EnumValueNode,
    FloatValueNode,
    IntValueNode,
    NameNode,
    StringValueNode,
    Visitor,
    visit,
)

from hub.graphql.arriving.undivided import DIVIDING

NUMBERED = re.compile(r"\d{4}")
"""A name the client chose (an alias, say) with so many digits in a row may have been made from a number or a date."""


LABEL = re.compile(r"[_A-Za-z][_A-Za-z0-9$.-]{0,127}")
"""A label of ``@defer`` or ``@stream`` that is a name the client chose, as an alias is."""

COUNT = re.compile(r"\d{1,3}")
"""A number of items that ``@stream`` begins with."""


class _Literals(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.personal = False
        self._chosen: set[int] = set()

    def enter(self, node: Any, *_: object) -> None:
        if isinstance(node, StringValueNode | IntValueNode | FloatValueNode):
            self.personal = self.personal or id(node) not in self._chosen
            self.found.add(node.value)
        elif isinstance(node, DirectiveNode) and node.name.value in DIVIDING:
            self._chosen |= {id(one.value) for one in node.arguments or () if _chosen(one)}
        elif isinstance(node, EnumValueNode):
            self.found.add(node.value)
        elif isinstance(node, NameNode) and NUMBERED.search(node.value):
            self.personal = True


def _chosen(argument: ArgumentNode) -> bool:
    """Say whether a directive's argument can hold no value of somebody's: a label like a name, or a small number."""
    value = argument.value
    if isinstance(value, StringValueNode):
        return LABEL.fullmatch(value.value) is not None and not NUMBERED.search(value.value)
    return isinstance(value, IntValueNode) and COUNT.fullmatch(value.value) is not None


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
