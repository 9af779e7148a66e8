"""Simple tests on a row: a path's value is, or is not, one of a few; or there is one at all."""

from collections.abc import Callable
from typing import Any, NamedTuple

from connectors.mapping.paths import path_getter
from connectors.mapping.reading import Row
from connectors.mapping.scalars import as_text, clean
from connectors.mapping.wrong import Where

_TESTS = ("in", "not_in", "present")


class Condition(NamedTuple):
    """A compiled test and the paths it looks at."""

    holds: Callable[[Row], bool]
    paths: frozenset[str]


def compile_conditions(spec: Any, where: Where) -> tuple[Condition, ...]:
    """Compile one test or a list of them."""
    return tuple(_compile(table, where) for table in where.tables(spec))


def _compile(table: Any, where: Where) -> Condition:
    where.only(table, ("path", *_TESTS))
    path = where.at("path").text(table.get("path"))
    if sum(t in table for t in _TESTS) != 1:
        raise where.wrong("needs exactly one of in, not_in, present")
    get, nulls = path_getter(path, where), where.nulls
    if "present" in table:
        wanted = table["present"]
        return Condition(lambda row: (clean(get(row), nulls) is not None) == wanted, frozenset({path}))
    negated = "not_in" in table
    listed = table["not_in"] if negated else table["in"]
    if not isinstance(listed, list | tuple):
        raise where.wrong("in and not_in take a list")
    values = frozenset(str(as_text(v)).casefold() for v in listed)

    def holds(row: Row) -> bool:
        value = clean(get(row), nulls)
        return (str(as_text(value)).casefold() in values) != negated if value is not None else negated

    return Condition(holds, frozenset({path}))
