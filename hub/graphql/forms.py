"""Forms: which keys an object is written with and how the value of each is had; and what writes objects of a form."""

import ast
from collections.abc import Callable
from enum import Enum, auto
from functools import lru_cache
from typing import Any, TypeAlias

Written: TypeAlias = dict[str, Any]

FORMS = 1024
"""Functions kept: one for each combination of keys and fields selected of a type, and never of a value."""


class How(Enum):
    """How the value of a field is had."""

    TYPE = auto()
    HELD = auto()
    METHOD = auto()
    INSIDE = auto()


Form: TypeAlias = tuple[tuple[str, tuple[How, str]], ...]
"""For each key how it is had, and the name of the type, the place or the method."""


@lru_cache(maxsize=FORMS)
def writer(form: Form) -> Callable[..., list[Written]]:
    """Make ``lambda every, given, in0: [{key: own.name, key: part0} for own, part0 in zip(every, in0)]``.

    A method has its arguments given. Written out it costs a third of what looking each name up in a loop does.
    """
    own = ast.Name("own", ast.Load())
    values, inside = list[ast.expr](), list[str]()
    for place, (_, (how, name)) in enumerate(form):
        held = ast.Attribute(own, name, ast.Load())
        match how:
            case How.TYPE:
                values.append(ast.Constant(name))
            case How.HELD:
                values.append(held)
            case How.METHOD:
                arguments = ast.Subscript(ast.Name("given", ast.Load()), ast.Constant(place), ast.Load())
                values.append(ast.Call(held, [], [ast.keyword(None, arguments)]))
            case How.INSIDE:
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
