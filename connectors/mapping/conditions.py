"""Simple tests on a row: a path's value is, or is not, one of a few; or there is one at all."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from connectors.mapping.columns import each_that_differs, values_of
from connectors.mapping.paths import path_getter
from connectors.mapping.reading import Row
from connectors.mapping.scalars import as_text, clean
from connectors.mapping.wrong import Where

_TESTS = ("in", "not_in", "present")


class Condition(NamedTuple):
    """A compiled test and the paths it looks at."""

    holds: Callable[[Row], bool]
    every: Callable[[Sequence[Row]], list[bool]]
    """Of each of many rows whether it holds."""
    paths: frozenset[str]


def compile_conditions(spec: Any, where: Where) -> tuple[Condition, ...]:
    """Compile one test or a list of them."""
    return tuple(_compile(table, where) for table in where.tables(spec))


def _compile(table: Any, where: Where) -> Condition:
    where.only(table, ("path", *_TESTS))
    path = where.at("path").text(table.get("path"))
    if sum(t in table for t in _TESTS) != 1:
        raise where.wrong("needs exactly one of in, not_in, present")
    tell = _tell(table, where)
    get, values = path_getter(path, where), values_of(path, where)
    return Condition(
        holds=lambda row: tell(get(row)),
        every=lambda rows: each_that_differs(values(rows), tell),
        paths=frozenset({path}),
    )


def _tell(table: Mapping[str, Any], where: Where) -> Callable[[Any], bool]:
    """Give what tells of a raw value whether it is as wanted."""
    nulls = where.nulls
    if "present" in table:
        wanted = table["present"]
        return lambda value: (clean(value, nulls) is not None) == wanted
    negated = "not_in" in table
    listed = table["not_in"] if negated else table["in"]
    if not isinstance(listed, list | tuple):
        raise where.wrong("in and not_in take a list")
    known = frozenset(str(as_text(v)).casefold() for v in listed)

    def tell(value: Any) -> bool:
        value = clean(value, nulls)
        return (str(as_text(value)).casefold() in known) != negated if value is not None else negated

    return tell
