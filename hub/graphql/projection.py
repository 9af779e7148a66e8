"""A selection compiled once into a projection: from decided, typed records straight to the answer's plain values.

The answer is the ordinary engine's, to the byte: enums by name, dates and times in ISO 8601, keys in the order
selected. The engine's cost per leaf is what this saves.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from graphql import GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLOutputType, get_named_type

from hub.answer.selection import Selection

Project = Callable[[Any], Any]


class Projector:
    """Compiles selections over one schema. ``graphql_names`` maps (type, Python name) to the GraphQL field name."""

    def __init__(self, graphql_names: dict[tuple[str, str], str], methods: frozenset[tuple[str, str]]) -> None:
        """Take how names map, and which fields are methods with arguments."""
        self._names = graphql_names
        self._methods = methods

    def compile(self, kind: GraphQLObjectType, selections: Sequence[Selection]) -> Project:
        """Give a function from an object of this type to its part of the answer."""
        if all(self._plain(kind, s) for s in selections):
            return _columns([s.key for s in selections], [s.name for s in selections])
        if all(self._held(kind, s) for s in selections):
            inner = [(s.key, self._within(kind, s)) for s in selections if not self._plain(kind, s)]
            return _columns_within([s.key for s in selections], [s.name for s in selections], inner)
        fields = [(s.key, self._field(kind, s)) for s in selections]

        def project(value: Any) -> dict[str, Any]:
            return {key: read(value) for key, read in fields}

        return project

    def _held(self, kind: GraphQLObjectType, selection: Selection) -> bool:
        """Say whether a field is held by its object, and not made by a method or by its type."""
        return selection.name != "__typename" and (kind.name, selection.name) not in self._methods

    def _plain(self, kind: GraphQLObjectType, selection: Selection) -> bool:
        return self._held(kind, selection) and self._inner(kind, selection) is None

    def _declared(self, kind: GraphQLObjectType, selection: Selection) -> GraphQLOutputType:
        declared: GraphQLOutputType = kind.fields[self._names[kind.name, selection.name]].type
        return declared

    def _inner(self, kind: GraphQLObjectType, selection: Selection) -> GraphQLObjectType | None:
        """Give the type of the objects a field holds; none for a leaf. An object may have nothing selected at all."""
        named = get_named_type(self._declared(kind, selection))
        return named if isinstance(named, GraphQLObjectType) else None

    def _field(self, kind: GraphQLObjectType, selection: Selection) -> Project:
        if selection.name == "__typename":
            name = kind.name
            return lambda _: name
        read = self._read(kind, selection)
        if self._inner(kind, selection) is None:
            return read
        within = self._within(kind, selection)
        return lambda value: within(read(value))

    def _within(self, kind: GraphQLObjectType, selection: Selection) -> Project:
        """Give a function from what a field of objects holds to its part of the answer."""
        declared, inner_kind = self._declared(kind, selection), self._inner(kind, selection)
        assert inner_kind is not None  # noqa: S101 -- asked of fields that hold objects alone
        inner = self.compile(inner_kind, selection.children)
        bare = declared.of_type if isinstance(declared, GraphQLNonNull) else declared
        return _each(inner) if isinstance(bare, GraphQLList) else _one(inner)

    def _read(self, kind: GraphQLObjectType, selection: Selection) -> Project:
        if (kind.name, selection.name) not in self._methods:
            return attrgetter(selection.name)
        name, arguments = selection.name, dict(selection.arguments)
        return lambda value: getattr(value, name)(**arguments)


def _columns(keys: list[str], names: list[str]) -> Project:
    if not names:
        return lambda _: {}
    if len(names) == 1:
        key, only = keys[0], attrgetter(names[0])
        return lambda value: {key: only(value)}
    read = attrgetter(*names)
    return lambda value: dict(zip(keys, read(value)))  # noqa: B905 -- as many as were compiled; it costs a fifth to check


def _columns_within(keys: list[str], names: list[str], inner: list[tuple[str, Project]]) -> Project:
    """Read everything at once, then put the answer's part in the place of each object held."""
    plain = _columns(keys, names)
    if len(inner) == 1:
        ((only, within),) = inner

        def project_one(value: Any) -> Any:
            made = plain(value)
            made[only] = within(made[only])
            return made

        return project_one

    def project(value: Any) -> Any:
        made = plain(value)
        for key, within in inner:
            made[key] = within(made[key])
        return made

    return project


def _each(inner: Project) -> Project:
    def project(held: Any) -> list[Any] | None:
        return None if held is None else [None if item is None else inner(item) for item in held]

    return project


def _one(inner: Project) -> Project:
    def project(held: Any) -> Any:
        return None if held is None else inner(held)

    return project
