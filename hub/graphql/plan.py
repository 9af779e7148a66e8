"""A plan: what each root field of an operation wants and how its answer is written, compiled once.

Plans are kept for the whole process, at most PLANS, by the document's digest and the steering members of closed lists.
"""

from dataclasses import dataclass, replace
from typing import Any

import strawberry
from graphql import FieldNode, GraphQLObjectType, OperationType, SourceLocation

from hub.answer.question import EXISTENCE, Wanted, wanted_of
from hub.answer.selection import Selection
from hub.graphql.arriving.layout import Dividing, Layout
from hub.graphql.kept import Kept
from hub.graphql.operation import Operation
from hub.graphql.projection import Project, Projector
from hub.graphql.schema import core_of, field_names
from hub.graphql.selection import Reader, object_of

PLANS = 512
"""Plans kept in one process, of all documents together."""

ENTITIES = "entities"
"""The root field by which a gateway asks for people by key."""

ABOUT_PEOPLE = frozenset({"person", "people", ENTITIES})
"""Root fields that ask about people the hub knows by id."""

WATCHED = "involvement_changed"
"""The root field of a subscription: about one person, told again when it changes."""

PLANNED = ABOUT_PEOPLE | {"search_people", "match_people", "me", "sources", WATCHED}


@dataclass(frozen=True, slots=True)
class Root:
    """One root field of a plan: what it wants and how its answer is written."""

    selection: Selection
    node: FieldNode
    place: SourceLocation
    wanted: Wanted
    project: Project | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The root fields of an operation; ``whole`` unless something in it is for the ordinary engine."""

    roots: tuple[Root, ...]

    @property
    def whole(self) -> bool:
        """Say whether every root field can be answered by this plan."""
        return all(r.project or r.selection.name == "__typename" for r in self.roots)


class Planner:
    """Compiles plans over one schema, and keeps those that nobody's values steer."""

    def __init__(self, schema: strawberry.Schema) -> None:
        """Take the schema whose names are mapped."""
        core = core_of(schema)
        self._roots = {kind: core.get_root_type(kind) for kind in (OperationType.QUERY, OperationType.SUBSCRIPTION)}
        names = field_names(schema)
        self._python_names = {(n.kind, n.graphql): n.python for n in names}
        self._projector = Projector(
            {(n.kind, n.python): n.graphql for n in names}, frozenset((n.kind, n.python) for n in names if n.method)
        )
        self._kept: Kept[tuple[object, ...], Plan] = Kept(PLANS)

    def plan(self, operation: Operation, variables: Any) -> Plan:
        """Give the plan of an operation under these variables: a kept one, or one made now."""
        if operation.key is None or operation.steering.open:
            return self._compile(operation, variables)
        key = (*operation.key, *operation.steering.values(variables.coerced))
        plan = self._kept.get(key)
        if plan is None:
            plan = self._compile(operation, variables)
            self._kept.keep(key, plan)
        return plan

    def layout(self, operation: Operation, variables: Any) -> Layout | None:
        """Give how the answer of a query may be divided; none where it is not to be."""
        root = self._roots[operation.node.operation]
        assert root is not None  # noqa: S101 -- build_schema gives both
        reader = Reader(operation.fragments, variables, self._python_names, root)
        return Dividing(reader, self._projector).layout(root, operation.node.selection_set)

    def _compile(self, operation: Operation, variables: Any) -> Plan:
        root = self._roots[operation.node.operation]
        assert root is not None  # noqa: S101 -- build_schema gives both
        reader = Reader(operation.fragments, variables, self._python_names, root)
        nodes: dict[str, FieldNode] = {}
        for node in reader.flat(operation.node.selection_set):
            nodes.setdefault(node.alias.value if node.alias else node.name.value, node)
        selections = reader.fields(root, [operation.node.selection_set])
        return Plan(tuple(self._root(root, s, nodes[s.key], operation) for s in selections))

    def _root(self, root: GraphQLObjectType, selection: Selection, node: FieldNode, operation: Operation) -> Root:
        project = None
        if selection.name in PLANNED:
            kind = object_of(root.fields[node.name.value].type)
            assert kind is not None  # noqa: S101 -- every planned root is an object
            project = self._projector.compile(kind, selection.children)
        return Root(selection, node, operation.places[id(node)], _wanted(selection), project)


def _wanted(selection: Selection) -> Wanted:
    """Give what a root field wants of people; of a watch at least whether a service knows the person."""
    if selection.name in ABOUT_PEOPLE:
        return wanted_of([selection])
    if selection.name != WATCHED:
        return Wanted()
    wanted = wanted_of(selection.named("person"))
    return replace(wanted, fields=wanted.fields | {EXISTENCE})
