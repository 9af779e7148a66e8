"""A selection compiled once into a projection: from decided, typed records straight to the answer's plain values.

The answer is the ordinary engine's, to the byte: enums by name, dates and times in ISO 8601, keys in the order
selected. The engine's cost per leaf is what this saves: objects are written many at a time, by an expression made for
their selection, and one that several hold is written once. So what is written may be shared, and is not written upon.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from operator import attrgetter, methodcaller
from typing import Any

from graphql import GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLOutputType, get_named_type

from hub.answer.selection import Selection
from hub.graphql.forms import Form, How, Written, writer
from hub.graphql.tabular import written_of
from schema.rows import Rows, Several

Arguments = dict[str, Any]
_NOTHING = id(None)
_ROWS = frozenset({Rows, Several})


@dataclass(frozen=True, slots=True)
class _Inside:
    """A field that holds objects: what reads it, what writes them, and whether they are a list."""

    read: Callable[[Any], Any]
    project: "Project"
    many: bool

    def each(self, values: Sequence[Any]) -> Sequence[Any]:
        """Write what several objects hold there."""
        held = list(map(self.read, values))
        if not self.many:
            return self.project.some(held)
        if any(type(several) in _ROWS for several in held):
            return written_of(self.project, held)
        written = iter(self.project.some(list(chain.from_iterable(filter(None, held)))))
        return [None if several is None else list(islice(written, len(several))) for several in held]


@dataclass(frozen=True, slots=True)
class Project:
    """Writes objects of one type as a selection asks: those they hold first, then each with them in their places."""

    form: Form
    write: Callable[..., list[Written]]
    given: Sequence[Arguments]
    inside: tuple[_Inside, ...]
    plain: bool
    """Whether nothing is had by calling a method of theirs, nor of those inside."""

    def __call__(self, value: Any) -> Written:
        """Write one."""
        (written,) = self.each([value])
        return written

    def each(self, values: Sequence[Any]) -> list[Written]:
        """Write several."""
        return self.write(values, self.given, *[part.each(values) for part in self.inside])

    def some(self, values: Sequence[Any]) -> Sequence[Written | None]:
        """Write several, of which some are nothing and some the same."""
        ids = set(map(id, values))
        if len(ids) == len(values) and _NOTHING not in ids:
            return self.each(values)
        different = {id(value): value for value in values if value is not None}
        made = dict(zip(different, self.each(list(different.values())), strict=True))
        return [made.get(id(value)) for value in values]


class Projector:
    """Compiles selections over one schema. ``graphql_names`` maps (type, Python name) to the GraphQL field name."""

    def __init__(self, graphql_names: dict[tuple[str, str], str], methods: frozenset[tuple[str, str]]) -> None:
        """Take how names map, and which fields are methods with arguments."""
        self._names = graphql_names
        self._methods = methods

    def compile(self, kind: GraphQLObjectType, selections: Sequence[Selection]) -> Project:
        """Give what writes objects of this type as they are asked for."""
        form = tuple((s.key, self._form(kind, s)) for s in selections)
        inside = [self._inside(kind, s) for s, (_, (how, _)) in zip(selections, form, strict=True) if how is How.INSIDE]
        methods = any((kind.name, s.name) in self._methods for s in selections)
        plain = not methods and all(part.project.plain for part in inside)
        return Project(form, writer(form), [dict(s.arguments) for s in selections], tuple(inside), plain)

    def _form(self, kind: GraphQLObjectType, selection: Selection) -> tuple[How, str]:
        """Say how a field's value is had."""
        if selection.name == "__typename":
            return How.TYPE, kind.name
        if isinstance(get_named_type(self._declared(kind, selection)), GraphQLObjectType):
            return How.INSIDE, selection.name  # it may have nothing selected at all
        return How.METHOD if (kind.name, selection.name) in self._methods else How.HELD, selection.name

    def _declared(self, kind: GraphQLObjectType, selection: Selection) -> GraphQLOutputType:
        declared: GraphQLOutputType = kind.fields[self._names[kind.name, selection.name]].type
        return declared

    def _inside(self, kind: GraphQLObjectType, selection: Selection) -> _Inside:
        """Give what writes the objects that a field holds, or its method gives."""
        declared = self._declared(kind, selection)
        inner = get_named_type(declared)
        assert isinstance(inner, GraphQLObjectType)  # noqa: S101 -- by its form
        bare = declared.of_type if isinstance(declared, GraphQLNonNull) else declared
        read: Callable[[Any], Any] = attrgetter(selection.name)
        if (kind.name, selection.name) in self._methods:
            read = methodcaller(selection.name, **selection.arguments)
        return _Inside(read, self.compile(inner, selection.children), isinstance(bare, GraphQLList))
