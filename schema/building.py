"""Making records of values by a function written for it, line after line, as ``dataclasses`` does for a class.

What is written holds numbered names and the names of the fields a record declares, and nothing else: whatever else it
needs is handed to it as an object.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, fields
from functools import lru_cache
from textwrap import indent
from typing import Any

_MADE_OTHERWISE = {"__new__", "__post_init__"}
_KEPT = 1_024
"""As many texts of functions are kept compiled: what asks alike for the same kind of record shares one."""


class NotPlainError(TypeError):
    """A kind of record that is more than fields, each with a name of its own and a default that may be shared."""


@lru_cache(_KEPT)
def builder(kind: type[Any], given: tuple[str, ...]) -> Callable[..., Any]:
    """Make the function that makes a record of these fields' values, in this order."""
    names = numbered(given)
    return made(", ".join(names.values()), [], kind, names, {})


def defaults(kind: type[Any]) -> Mapping[str, Any]:
    """Give what a record has in the place of nothing, for the fields of which that is something."""
    return {field.name: default for field in fields(kind) if (default := _default(field)) is not None}


def numbered(fields: Iterable[str]) -> dict[str, str]:
    """Give each field the name its value has in what is written."""
    return {name: f"v{number}" for number, name in enumerate(fields)}


def made(
    given: str, written: Sequence[str], kind: type[Any], names: Mapping[str, str], handed: dict[str, Any]
) -> Callable[..., Any]:
    """Add the lines that make the record, each field in the order its kind declares them, and compile."""
    lines = [*written, "record = new(kind_of_record)\n"]
    handed |= {"new": object.__new__, "kind_of_record": _plain(kind)}
    for field in fields(kind):
        name, default = field.name, _default(field)
        said = names.get(name)
        if default is not None:
            handed[f"default_{name}"] = default
            said = f"{said} or default_{name}" if said else f"default_{name}"
        lines.append(f"record.{name} = {said}\n")
    function: Callable[..., Any] = _compiled(given, "".join(lines), tuple(handed))(**handed)
    return function


@lru_cache(_KEPT)
def _compiled(given: str, lines: str, handed: tuple[str, ...]) -> Callable[..., Any]:
    body = indent(f"{lines}return record\n", " " * 8)
    names: dict[str, Any] = {}
    exec(f"def made({', '.join(handed)}):\n    def make({given}):\n{body}    return make\n", names)  # noqa: S102 -- see the module
    made: Callable[..., Any] = names["made"]
    return made


def _plain(kind: type[Any]) -> type[Any]:
    if any(_MADE_OTHERWISE & vars(one).keys() for one in kind.__mro__[:-1]):
        raise NotPlainError(kind.__name__)
    return kind


def _default(field: "Field[Any]") -> Any:
    if not field.name.isidentifier() or field.default is MISSING:
        raise NotPlainError(field.name)
    return field.default
