"""Paths: where in a row a value is. A column's name in a table; JMESPath in a JSON object."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from connectors.mapping.reading import Row
from connectors.mapping.wrong import Where

Get = Callable[[Row], Any]

_PLAIN = re.compile(r"[\w@-]+(?:\[\d+\])*(?:\.[\w@-]+(?:\[\d+\])*)*")
_STEP = re.compile(r"[\w@-]+|\[\d+\]")


def is_key(path: str, where: Where) -> bool:
    """Whether a path is simply a key of the row."""
    return where.tabular or re.fullmatch(r"[\w@-]+", path) is not None


def path_getter(path: str, where: Where) -> Get:
    """Compile a path; SourceMisconfigured where it is not JMESPath."""
    if is_key(path, where):
        return lambda row: row.get(path)
    if _PLAIN.fullmatch(path):
        return _walk(path)
    try:
        search = jmespath.compile(path).search
    except JMESPathError:
        raise where.wrong(f"{path!r} is not a JMESPath expression") from None
    return search  # type: ignore[no-any-return] # jmespath publishes no types


def inner_rows(each: Get | None, row: Row, *, knowing: bool = True) -> list[Row]:
    """Give the objects of a row's list; the row itself where no list is meant.

    Each knows its row as ``_parent``, but where it is ``knowing`` of nothing because no path looks there.
    """
    if each is None:
        return [row]
    found = each(row)
    listed = found if isinstance(found, list) else [found]
    objects = [item for item in listed if item.__class__ is dict or isinstance(item, Mapping)]
    return [{**item, "_parent": row} for item in objects] if knowing else objects


def all_inner_rows(each: Get, rows: Sequence[Row], *, knowing: bool) -> Sequence[Sequence[Row]]:
    """Give each row's objects; the lists as they stand, where they are lists of objects and nothing else."""
    if not knowing:
        found = list(map(each, rows))
        if {list}.issuperset(map(type, found)) and {dict}.issuperset(map(type, chain.from_iterable(found))):
            return found
    return [inner_rows(each, row, knowing=knowing) for row in rows]


def may_look_up(paths: Iterable[str]) -> bool:
    """Say whether one of these paths may look at ``_parent``: any that names it, or that is no plain one."""
    return any("_parent" in path or _PLAIN.fullmatch(path) is None for path in paths)


def _walk(path: str) -> Get:
    steps = tuple(int(s[1:-1]) if s.startswith("[") else s for s in _STEP.findall(path))

    def walk(row: Row) -> Any:
        value: Any = row
        for step in steps:
            if isinstance(step, str):
                value = value.get(step) if isinstance(value, Mapping) else None
            else:
                value = value[step] if isinstance(value, list) and step < len(value) else None
            if value is None:
                return None
        return value

    return walk
