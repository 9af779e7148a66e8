"""Writing rows: objects of one selection written from the columns they were read in, without a record of any of them.

The rows that leave of a table under one stamp are written together, and no others of it; each list is given its own.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from hub.graphql.forms import Form, How, Written, writer
from schema.rows import Several, still_rows
from schema.tables import Stamp, Table, picked

if TYPE_CHECKING:
    from hub.graphql.projection import Project

_List: TypeAlias = Sequence[Written | None]
_Order: TypeAlias = Sequence[int] | None


def written_of(project: "Project", lists: Sequence[Sequence[Any] | None]) -> list[_List | None]:
    """Write several lists, of which some are still rows; none stays none."""
    sheets = _Sheets(project)
    later = [None if held is None else _taken(held, sheets) for held in lists]
    return [None if its is None else _put_together(*its) for its in later]


class _Sheet:
    """Some objects that are written together, when the first of them is wanted."""

    def __init__(self, write: Callable[[Sequence[int]], _List]) -> None:
        self._write = write
        self.places: list[int] = []
        self._written: _List | None = None

    def between(self, start: int, end: int) -> _List:
        """Give what was written of some, of all that were taken."""
        if self._written is None:
            self._written = self._write(self.places)
        return self._written[start:end]


_Taken: TypeAlias = tuple[_Sheet, int, int]


class _Sheets:
    """A sheet for each table and the stamp under which its rows leave, and one for each part of made records."""

    def __init__(self, project: "Project") -> None:
        self._project = project
        self._of: dict[tuple[int, int], _Sheet] = {}

    def take(self, part: Sequence[Any], places: _Order) -> _Taken:
        """Have some of a part written, or all of it."""
        project = self._project
        if not (project.plain and still_rows(part) and part.stamp is not None):
            made = part if places is None else picked(part[:], places)
            return _Sheet(lambda _: project.some(made)), 0, len(made)
        sheet = self._of.get((id(part.table), id(part.stamp)))
        if sheet is None:
            sheet = self._of[id(part.table), id(part.stamp)] = self._sheet(part.table, part.stamp)
        start = len(sheet.places)
        sheet.places += part.places if places is None else picked(part.places, places)
        return sheet, start, len(sheet.places)

    def _sheet(self, table: Table, stamp: Stamp) -> _Sheet:
        return _Sheet(lambda places: _written(self._project, table.some(places), stamp))


def _taken(held: Sequence[Any], sheets: _Sheets) -> tuple[list[_Taken], _Order]:
    """Have a list written, and say in which order what is written of its parts stands in it."""
    if not isinstance(held, Several):
        return [sheets.take(held, None)], None
    order = held.order
    if order is None or len(order) == sum(map(len, held.parts)):
        return [sheets.take(part, None) for part in held.parts], order
    kept = sorted(order)  # some are left out, and are not written
    starts = list(accumulate(map(len, held.parts), initial=0))
    ends = [bisect_left(kept, start) for start in starts]
    taken = [
        sheets.take(part, [place - start for place in kept[first:last]])
        for part, start, (first, last) in zip(held.parts, starts, pairwise(ends), strict=False)
    ]
    ranks = {place: rank for rank, place in enumerate(kept)}
    return taken, [ranks[place] for place in order]


def _put_together(taken: Sequence[_Taken], order: _Order) -> _List:
    every = [one for sheet, start, end in taken for one in sheet.between(start, end)]
    return every if order is None else picked(every, order)


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
