"""A record's own function, written: of one row it reads what one ask needs, line after line, and makes the record.

What is written holds numbered names and the names of the fields a record declares, and nothing else: every path, code
and value of an agency's is handed to it as an object. Each field begins with what an honest value is, a text or a
listed code, and gives everything else to the reader that would have read it alone; so it says what that says.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, fields
from functools import lru_cache
from textwrap import indent
from typing import Any

from connectors.mapping.reading import Read, Reader

_TEXT = """\
{v} = {found}
if {v}.__class__ is str:
    {v} = {v}.strip()
    if {v} in {v}_nulls:
        {v} = None
elif {v} is not None:
    {v} = {v}_settle({v}, reading)
"""
_CODE = """\
{v} = {found}
if {v} is not None:
    {v} = {v}_listed[{v}] if {v}.__class__ is str and {v} in {v}_listed else {v}_settle({v}, reading)
"""
_OTHER = """\
{v} = {found}
if {v} is not None:
    {v} = {v}_settle({v}, reading)
"""
_READ = "{v} = {v}_read(row, reading)\n"
_UNLESS = "if {tests}:\n    return None\n"

_MADE_OTHERWISE = {"__new__", "__post_init__"}
_KEPT = 1_024
"""As many texts of functions are kept compiled: sources that ask alike of the same kind of record share one."""


class NotPlainError(TypeError):
    """A kind of record that is more than fields, each with a name of its own and a default that may be shared."""


def row_reader(kind: type[Any], first: Mapping[str, Reader], unless: Read | None, then: Mapping[str, Reader]) -> Read:
    """Make the function that makes a record of a row.

    ``first`` are the fields read at once: where all of them are null, and ``unless`` gives nothing either, the row is
    of no record. Without ``unless`` each row is. ``then`` are the fields that are read where there is a record.
    """
    names = _numbered((*first, *then))
    handed: dict[str, Any] = {"other": unless}
    written = ["get = row.get\n", *(_lines(names[name], reader, handed) for name, reader in first.items())]
    if unless is not None:
        tests = [*(f"{names[name]} is None" for name in first), "other(row, reading) is None"]
        written.append(_UNLESS.format(tests=" and ".join(tests)))
    written += [_lines(names[name], reader, handed) for name, reader in then.items()]
    return _made("row, reading", written, kind, names, handed)


def builder(kind: type[Any], given: Iterable[str]) -> Callable[..., Any]:
    """Make the function that makes a record of these fields' values, in this order."""
    names = _numbered(given)
    return _made(", ".join(names.values()), [], kind, names, {})


def defaults(kind: type[Any]) -> Mapping[str, Any]:
    """Give what a record has in the place of nothing, for the fields of which that is something."""
    return {field.name: default for field in fields(kind) if (default := _default(field)) is not None}


def _numbered(fields: Iterable[str]) -> dict[str, str]:
    return {name: f"v{number}" for number, name in enumerate(fields)}


def _lines(v: str, reader: Reader, handed: dict[str, Any]) -> str:
    """Write the lines that read one field, and hand over what they need."""
    value = reader.value
    if value is None:
        handed[f"{v}_read"] = reader.read
        return _READ.format(v=v)
    handed[f"{v}_settle"] = value.settle
    handed[f"{v}_get"] = value.get if value.key is None else value.key
    found = f"{v}_get(row)" if value.key is None else f"get({v}_get)"
    if value.nulls is not None:
        handed[f"{v}_nulls"] = value.nulls
        return _TEXT.format(v=v, found=found)
    if value.listed is not None:
        handed[f"{v}_listed"] = value.listed
        return _CODE.format(v=v, found=found)
    return _OTHER.format(v=v, found=found)


def _made(
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
    made: Callable[..., Any] = _compiled(given, "".join(lines), tuple(handed))(**handed)
    return made


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
