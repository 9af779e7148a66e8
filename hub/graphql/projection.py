"""A selection compiled once into a projection: from decided, typed records straight to the answer's plain values.

The answer is the ordinary engine's, to the byte: enums by name, dates and times in ISO 8601, keys in the order
selected. The engine's cost per leaf is what this saves: objects are written many at a time, by an expression made for
their selection, and one that several hold is written once. So what is written may be shared, and is not written upon.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from itertools import chain, islice
from operator import attrgetter, methodcaller
from typing import Any

from graphql import GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLOutputType, get_named_type

from hub.answer.selection import Selection

Written = dict[str, Any]
Arguments = dict[str, Any]
_NOTHING = id(None)

FORMS = 1024
"""Functions kept: one for each combination of keys and fields selected of a type, and never of a value."""


class _How(Enum):
    """How the value of a field is had."""

    TYPE = auto()
    HELD = auto()
    METHOD = auto()
    INSIDE = auto()


_Form = tuple[_How, str]
"""How it is had, and the name of the type, the place or the method."""


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
        written = iter(self.project.some(list(chain.from_iterable(filter(None, held)))))
        return [None if several is None else list(islice(written, len(several))) for several in held]


@dataclass(frozen=True, slots=True)
class Project:
    """Writes objects of one type as a selection asks: those they hold first, then each with them in their places."""

    write: Callable[..., list[Written]]
    given: Sequence[Arguments]
    inside: tuple[_Inside, ...]

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
        inside = [
            self._inside(kind, s) for s, (_, (how, _)) in zip(selections, form, strict=True) if how is _How.INSIDE
        ]
        return Project(_writing(form), [dict(s.arguments) for s in selections], tuple(inside))

    def _form(self, kind: GraphQLObjectType, selection: Selection) -> _Form:
        """Say how a field's value is had."""
        if selection.name == "__typename":
            return _How.TYPE, kind.name
        if isinstance(get_named_type(self._declared(kind, selection)), GraphQLObjectType):
            return _How.INSIDE, selection.name  # it may have nothing selected at all
        return _How.METHOD if (kind.name, selection.name) in self._methods else _How.HELD, selection.name

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


@lru_cache(maxsize=FORMS)
def _writing(form: tuple[tuple[str, _Form], ...]) -> Callable[..., list[Written]]:
    """Make ``lambda every, given, in0: [{key: own.name, key: part0} for own, part0 in zip(every, in0)]``.

    A method has its arguments given. Written out it costs a third of what looking each name up in a loop does.
    """
    own = ast.Name("own", ast.Load())
    values, inside = list[ast.expr](), list[str]()
    for place, (_, (how, name)) in enumerate(form):
        held = ast.Attribute(own, name, ast.Load())
        match how:
            case _How.TYPE:
                values.append(ast.Constant(name))
            case _How.HELD:
                values.append(held)
            case _How.METHOD:
                arguments = ast.Subscript(ast.Name("given", ast.Load()), ast.Constant(place), ast.Load())
                values.append(ast.Call(held, [], [ast.keyword(None, arguments)]))
            case _How.INSIDE:
                values.append(ast.Name(f"part{len(inside)}", ast.Load()))
                inside.append(f"in{len(inside)}")
    lists = ["every", *inside]
    target = ast.Tuple(
        [ast.Name(n, ast.Store()) for n in ("own", *(f"part{n}" for n in range(len(inside))))], ast.Store()
    )
    together = ast.Call(ast.Name("zip", ast.Load()), [ast.Name(name, ast.Load()) for name in lists], [])
    one = ast.Dict([ast.Constant(key) for key, _ in form], values)
    takes = ast.arguments([], [ast.arg(name) for name in ("every", "given", *inside)], None, [], [], None, [])
    every = ast.ListComp(one, [ast.comprehension(target, together, [], 0)])
    tree = ast.fix_missing_locations(ast.Expression(ast.Lambda(takes, every)))
    code = compile(tree, "<selection>", "eval")
    write: Callable[..., list[Written]] = eval(code, {"__builtins__": {"zip": zip}})  # noqa: S307 -- made of nodes and not of text: a key is a constant, whatever it spells
    return write
