"""The contact sheet: whom to ring about a child, who asked and why, and what is missing, on one sheet of A4."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from hub.answer.question import Wanted
from hub.web.pages.child import Child, child_of, fields_of
from hub.web.pages.involved.page import open_addresses
from hub.web.pages.involved.panels import Gap, Panel, State, panels_of, together
from hub.web.pages.visit import Shown, Visit
from hub.web.pages.words import plainly
from schema.records import Involvement, Professional, Status

LISTS: Final = ("names", "births", "addresses", "flags", "involvements")
_LEFT: Final = frozenset(
    {
        "Birth.ethnicity",
        "Birth.sex",
        "Birth.date_of_death",
        "Address.uprn",
        "Involvement.reason",
        "Involvement.notes",
        *(f"Plan.{name}" for name in ("type", "start", "end", "review_due", "category", "goals", "needs")),
    }
)
WANTED: Final = Wanted(fields=fields_of(LISTS, _LEFT), lists=frozenset(LISTS), beside=frozenset({"emergency_access"}))
"""A sheet of paper leaves the building: it asks for less than the screen, and says whom to ring."""

MOST_PEOPLE: Final = 4
"""People named of one involvement; how many more there are is said."""
MOST_GAPS: Final = 10
"""Lines of gaps; how many more there are is said."""

ROOMY: Final = 30
PLAIN: Final = 48
"""Lines up to which the larger and the middle size of type fit one sheet."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One involvement as the sheet has it: what, since when, whom to ring first."""

    what: str
    level: str
    when: str
    people: tuple[Professional, ...]
    more: int
    desk: str
    desk_phone: str


@dataclass(frozen=True, slots=True)
class Row:
    """One source's row."""

    panel: Panel
    entries: tuple[Entry, ...]
    earlier: int

    @property
    def lines(self) -> int:
        """Say how many lines the row takes, roughly."""
        return max(1, sum(1 + len(e.people) + bool(e.desk) for e in self.entries) + bool(self.earlier))


async def sheet(visit: Visit) -> Shown:
    """Show the sheet: on the screen as it prints."""
    person = await child_of(visit, WANTED)
    child, panels = Child.of(person), panels_of(person, WANTED.fields)
    rows = [_row(panel) for panel in panels]
    gaps = together(panels)
    values = {
        "child": child,
        "person": person,
        "rows": rows,
        "flags": person.flags or [],
        "addresses": open_addresses(person.addresses or ()),
        "no_addresses": person.addresses is None,
        "gaps": gaps[:MOST_GAPS],
        "more_gaps": max(0, len(gaps) - MOST_GAPS),
        "size": size_of(rows, gaps),
    }
    return Shown("sheet/page.html", f"Contact sheet: {child.name}", values)


def size_of(rows: Iterable[Row], gaps: Sequence[Gap]) -> str:
    """Choose the largest type with which everything fits one sheet."""
    lines = sum(row.lines for row in rows) + 2 * min(len(gaps), MOST_GAPS)
    return "roomy" if lines <= ROOMY else "plain" if lines <= PLAIN else "dense"


def _row(panel: Panel) -> Row:
    """Draw up a row: what is not over, each with its people; of what is over only the latest."""
    entries = tuple(_entry(i, past=panel.state is State.PAST) for i in panel.first)
    return Row(panel, entries, len(panel.earlier))


def _entry(held: Involvement, *, past: bool) -> Entry:
    where = ", ".join(dict.fromkeys(part for part in (held.organisation, held.team, held.sub_service) if part))
    here = [one for one in held.professionals or () if past or one.status is not Status.HISTORIC]
    named = [one for one in here if one.name]
    desk = held.duty_desk
    return Entry(
        where or "Involvement",
        plainly(held.threshold) if held.threshold else "",
        _when(held),
        tuple(named[:MOST_PEOPLE]),
        max(0, len(named) - MOST_PEOPLE),
        (desk.team or "Duty desk") if desk and desk.phone else "",
        (desk.phone or "") if desk else "",
    )


def _when(held: Involvement) -> str:
    began = f"{held.start:%d.%m.%Y}" if held.start else "start not recorded"
    if held.end:
        return f"{began} to {held.end:%d.%m.%Y}"
    return f"since {began}" if held.start else began
