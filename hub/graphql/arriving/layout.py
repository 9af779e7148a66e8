"""How an answer about people may be divided: which fields may come later, and which lists in pieces.

Read of the directives on what is selected of a person. The draft lets a service answer sooner than it was asked to (the
note on ``if`` in section 3.13): a directive anywhere else is passed over, since what stands inside a record comes with
its source, and what stands beside a person with the first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLDeferDirective,
    GraphQLDirective,
    GraphQLError,
    GraphQLObjectType,
    GraphQLStreamDirective,
    InlineFragmentNode,
    SelectionSetNode,
)
from graphql.execution.values import get_directive_values

from hub.answer.question import FILTERED
from hub.answer.selection import Selection
from hub.errors import Code, HubError
from hub.graphql.projection import Project, Projector
from hub.graphql.scanning import LONGEST_NAME
from hub.graphql.selection import Reader, null_argument, object_of
from schema.person import PARTS
from schema.services import Service

ASKED_ABOUT: Final = frozenset({"person", "people"})
"""The root fields whose answers may be divided."""

FIRST: Final = 0
"""The group of what is in the first part."""

ALWAYS: Final = frozenset({"__typename", "id", "emergency_access"})
"""What of a person waits for no source."""

NEVER_NULL: Final = frozenset({"sources", "withheld"})
"""Lists with something of every source that may begin empty: an empty one says nothing of what is held."""

BY_SOURCE: Final = frozenset(PARTS) | NEVER_NULL
"""Lists whose items are of one source each."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One field of a person: how it is written, and what it waits for.

    ``groups`` are those it may come with. ``streamed`` is how many items a list may begin with, none for what comes
    whole; ``services`` those it is narrowed to.
    """

    key: str
    name: str
    project: Project
    groups: tuple[int, ...]
    streamed: int | None
    label: str | None
    services: frozenset[Service] | None


@dataclass(frozen=True, slots=True)
class Group:
    """A fragment that may come later: its label, and the group it stands in."""

    label: str | None
    within: int


@dataclass(frozen=True, slots=True)
class Layout:
    """How one root field's answer may be divided. The first group is what is not deferred."""

    key: str
    many: bool
    groups: tuple[Group, ...]
    pieces: tuple[Piece, ...]

    @property
    def most_pending(self) -> int:
        """Give how many parts of one person may be outstanding at once."""
        return len(self.groups) - 1 + sum(piece.streamed is not None for piece in self.pieces)


class Dividing:
    """Reads how one operation is to be divided."""

    def __init__(self, reader: Reader, projector: Projector) -> None:
        """Take what reads its selections, and what compiles them."""
        self._reader = reader
        self._projector = projector
        self._groups = [Group(None, FIRST)]
        self._found: dict[str, list[tuple[int, FieldNode]]] = {}

    def layout(self, root: GraphQLObjectType, selected: SelectionSetNode) -> Layout | None:
        """Give the layout of a query that asks one thing, about people, and divides it; none of any other."""
        nodes = list(self._reader.flat(selected))
        keys = {_key(node): node for node in nodes}
        if len(keys) != 1:
            return None
        ((key, first),) = keys.items()
        if first.name.value not in ASKED_ABOUT:
            return None
        kind = object_of(root.fields[first.name.value].type)
        assert kind is not None  # noqa: S101 -- both fields hold objects
        for node in nodes:
            assert node.selection_set is not None  # noqa: S101 -- validated: they hold objects
            self._walk(node.selection_set, FIRST)
        pieces = tuple(self._piece(kind, name, found) for name, found in self._found.items())
        layout = Layout(key, first.name.value == "people", tuple(self._groups), pieces)
        return layout if layout.most_pending else None

    def _walk(self, selected: SelectionSetNode, group: int) -> None:
        for node in self._reader.included(selected):
            if isinstance(node, FieldNode):
                self._found.setdefault(_key(node), []).append((group, node))
            elif isinstance(node, InlineFragmentNode):
                self._walk(node.selection_set, self._deferred(node, group))
            elif isinstance(node, FragmentSpreadNode):
                inner = self._reader.fragments[node.name.value].selection_set
                self._walk(inner, self._deferred(node, group))

    def _deferred(self, node: InlineFragmentNode | FragmentSpreadNode, group: int) -> int:
        """Give the group of what a fragment holds: a new one where it is deferred."""
        given = self._given(GraphQLDeferDirective, node)
        if given is None or not given["if"]:
            return group
        self._groups.append(Group(_label(given), group))
        return len(self._groups) - 1

    def _piece(self, kind: GraphQLObjectType, key: str, found: Sequence[tuple[int, FieldNode]]) -> Piece:
        nodes = [node for _, node in found]
        selection = self._reader.field(kind, key, nodes)
        given = self._given(GraphQLStreamDirective, nodes[0]) if selection.name in BY_SOURCE else None
        streamed = given is not None and given["if"]
        return Piece(
            key,
            selection.name,
            self._projector.compile(kind, (selection,)),
            self._outermost(group for group, _ in found),
            max(0, given["initialCount"] or 0) if given is not None and streamed else None,
            _label(given) if given is not None and streamed else None,
            _narrowed(selection),
        )

    def _outermost(self, groups: Iterable[int]) -> tuple[int, ...]:
        """Leave out groups that stand in another of them: what is there already does not come again."""
        among = dict.fromkeys(groups)
        return tuple(group for group in among if not any(outer in among for outer in self._outside(group)))

    def _outside(self, group: int) -> Iterable[int]:
        while group != FIRST:
            group = self._groups[group].within
            yield group

    def _given(self, directive: GraphQLDirective, node: Any) -> Mapping[str, Any] | None:
        if not node.directives:
            return None
        try:
            return get_directive_values(directive, node, self._reader.variables)
        except GraphQLError:
            raise null_argument() from None


def _key(node: FieldNode) -> str:
    return node.alias.value if node.alias else node.name.value


def _label(given: Mapping[str, Any]) -> str | None:
    label: str | None = given.get("label")
    if label is not None and len(label) > LONGEST_NAME:
        raise HubError(Code.LIMIT, f"a label longer than {LONGEST_NAME} characters")
    return label


def _narrowed(selection: Selection) -> frozenset[Service] | None:
    named = selection.arguments.get("services") if selection.name in FILTERED else None
    return frozenset(map(Service, named)) if isinstance(named, list) else None
