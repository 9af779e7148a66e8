"""Writing rows: objects of one selection written from the columns they were read in, without a record of any of them.

A table is written once for everybody who has rows of it under one stamp, and each is given theirs of what is written.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hub.graphql.forms import Form, How, Written, writer
from schema.rows import Several, Stamp, Table, picked, still_rows

if TYPE_CHECKING:
    from hub.graphql.projection import Project


class RowsWriter:
    """Writes lists of objects of which some are still rows."""

    def __init__(self, project: "Project") -> None:
        """Take what writes them where they are made."""
        self._project = project
        self._written: dict[tuple[int, int], Sequence[Written]] = {}

    def each(self, lists: Sequence[Sequence[Any] | None]) -> list[Sequence[Written | None] | None]:
        """Write several lists; none stays none."""
        return [None if held is None else self._list(held) for held in lists]

    def _list(self, held: Sequence[Any]) -> Sequence[Written | None]:
        if not isinstance(held, Several):
            return self._part(held)
        every = [one for part in held.parts for one in self._part(part)]
        return every if held.order is None else picked(every, held.order)

    def _part(self, part: Sequence[Any]) -> Sequence[Written | None]:
        if not self._project.plain or not still_rows(part) or part.stamp is None:
            return self._project.some(part)
        key = id(part.table), id(part.stamp)
        written = self._written.get(key)
        if written is None:
            written = self._written[key] = _written(self._project, part.table, part.stamp)
        return picked(written, part.places)


def _written(project: "Project", table: Table, stamp: Stamp) -> list[Written]:
    """Write every row of a table."""
    form: Form = tuple((key, (how if how is How.TYPE else How.INSIDE, name)) for key, (how, name) in project.form)
    inside = iter(project.inside)
    columns = [
        _inside(next(inside).project, name, table, stamp) if how is How.INSIDE else _column(name, table, stamp)
        for _, (how, name) in project.form
        if how is not How.TYPE
    ]
    return writer(form)(range(table.size), (), *columns)


def _column(name: str, table: Table, stamp: Stamp) -> Sequence[Any]:
    if name == "id":
        return stamp.ids(table.columns.get(name) or [""] * table.size)
    return table.columns.get(name) or [None] * table.size


def _inside(project: "Project", name: str, table: Table, stamp: Stamp) -> Sequence[Any]:
    """Write what every row holds of other objects: where it is from, and the records in it."""
    if name == "provenance":
        return [*project.each([stamp.provenance])] * table.size
    within = table.within.get(name)
    if within is None:
        return [None] * table.size
    return within.placed(_written(project, within.table, stamp), within.counts)
