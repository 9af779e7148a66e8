"""Records put back into columns: what a source's mapping gives of many rows, made of any records a test has."""

from collections.abc import Sequence
from dataclasses import fields
from itertools import chain, groupby
from typing import Any

from hub.answer.shapes import SHAPES
from schema.rows import Rows, together
from schema.tables import Table, Within


def tabled(records: Sequence[Any]) -> Sequence[Any]:
    """Give the records of each kind that stand beside each other as rows of a table; what is no record stays."""
    return together(
        tuple(its) if kind not in SHAPES else Rows(table_of(kind, its), range(len(its)))
        for kind, its in ((kind, list(some)) for kind, some in groupby(records, type))
    )


def table_of(kind: type[Any], records: Sequence[Any]) -> Table:
    """Put records of one kind into columns: fields that none of them has are left out, as where none was read.

    What cannot stand in a table, such as nothing where a list of records belongs, is put among the columns.
    """
    names = [f.name for f in fields(kind) if f.name != "provenance"]
    columns: dict[str, list[Any]] = {name: [getattr(one, name) for one in records] for name in names}
    within: dict[str, Within] = {}
    for name, inner, many in _parts(kind):
        held = [one if many else [] if one is None else [one] for one in columns[name]]
        if all(type(some) is list and all(type(one) is inner for one in some) for some in held):
            del columns[name]
            every = list(chain.from_iterable(held))
            within[name] = Within(table_of(inner, every), [len(some) for some in held], many)
    default = {f.name: f.default for f in fields(kind)}
    kept = {name: column for name, column in columns.items() if any(value != default[name] for value in column)}

    return Table(kind, len(records), kept, within)


def _parts(kind: type[Any]) -> list[tuple[str, type[Any], bool]]:
    known = {shape.name: cls for cls, shape in SHAPES.items()}
    return [(name, known[inner], many) for _, name, inner, many in SHAPES[kind].within]
