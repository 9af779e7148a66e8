"""A saved chronology, opened: every event decided anew, what changed since it was saved said, what is gone counted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Final

from hub.governance.acting import CannotBeDone, Note
from hub.governance.curating import LONGEST_NOTE, Curated, alter, faults, kept_of
from hub.graphql.governing.room import by_of
from hub.web.pages.child import Child, child_of
from hub.web.pages.enhanced.lines import HEADINGS, WANTED, Line, lines_of, row_of
from hub.web.pages.enhanced.made_of import ids_of, who_reads
from hub.web.pages.involved.panels import UNKNOWN, Panel, panels_of, together
from hub.web.pages.saved.compared import (
    Entry,
    Opened,
    as_chosen,
    as_read,
    chosen_now,
    compared,
    taken_over,
)
from hub.web.pages.spreadsheet import spreadsheet
from hub.web.pages.visit import Elsewhere, NoSuchPage, Sent, Shown, Visit
from hub.web.pages.words import plainly
from schema.person import Person
from schema.purposes import Purpose

CHANGED_AGAIN: Final = "Something changed again since you opened this page: read what it says now, and keep it then"
_DIGITS: Final = 10


@dataclass(frozen=True, slots=True)
class Look:
    """One opening of a saved chronology: what was saved, the answer, and the two beside each other."""

    curated: Curated
    person: Person
    lines: tuple[Line, ...]
    panels: tuple[Panel, ...]
    opened: Opened


async def mine(visit: Visit) -> Curated:
    """Give what the address names, of the child it names and of whoever asks; NoSuchPage for anything else."""
    kept = await kept_of(visit.governing.acting, await ids_of(visit), by_of(visit.who))
    found = next((one for one in kept.found if one.id == visit.path["saved"]), None)
    if found is None:
        raise NoSuchPage
    return found


async def look(visit: Visit) -> Look:
    """Open it: the child is asked about anew, and everything decided as of now."""
    curated = await mine(visit)
    person = await child_of(visit, WANTED)
    lines = tuple(as_chosen(curated, await lines_of(visit, person)))
    panels = tuple(panels_of(person, WANTED.fields))
    return Look(curated, person, lines, panels, compared(curated, lines, panels, await who_reads(visit, WANTED)))


async def saved(visit: Visit) -> Shown:
    """Show it; a form of it changes one event of it, what it is called, or takes it over as it stands."""
    found = await look(visit)
    errors = await _change(visit, found) if visit.form is not None else {}
    child, curated, opened = Child.of(found.person), found.curated, found.opened
    asks = visit.asks
    values = {
        "child": child,
        "person": found.person,
        "curated": curated,
        "saved_at": at(curated.saved),
        "changed_at": at(curated.changed),
        "until": at(curated.until),
        "days": days(visit),
        "saved_for": _purpose(curated),
        "other_purpose": curated.purpose != asks.purpose.value,
        "opened": opened,
        "as_read": as_read(taken_over(curated, found.lines, found.panels)),
        "years": [(year, list(of_it)) for year, of_it in groupby(opened.entries, key=_year)],
        "errors": errors,
        "given": {name: (visit.form or {}).get(name, "") for name in _TYPED},
        "done": visit.query.get("done", ""),
        "unknown": [p for p in found.panels if p.state in UNKNOWN],
        "silent": [p for p in found.panels if p.answer.outcome != "RECORDS"],
        "gaps": together(found.panels),
        "plainly": plainly,
    }
    return Shown("saved/page.html", f"Saved chronology of {child.name}", values, 400 if errors else 200)


def at(seconds: int) -> datetime:
    """Give a moment of the database's as a page says it."""
    return datetime.fromtimestamp(seconds, UTC)


def days(visit: Visit) -> str:
    """Say for how long one is kept after its last change."""
    number = visit.governing.acting.saved_days
    return f"{number} day" if number == 1 else f"{number} days"


def _purpose(curated: Curated) -> Purpose | None:
    return Purpose.__members__.get(curated.purpose)


def _year(entry: Entry) -> str:
    day = entry.line.event.date
    return str(day.year) if day else "No date recorded"


async def _change(visit: Visit, found: Look) -> dict[str, str]:
    """Do what a form says and go back to where it was sent from; else say what is wrong, by field.

    A form changes what its page showed and nothing else: the page names the edition, and what was read on it.
    """
    form = visit.form or {}
    curated = replace(found.curated, edition=_edition(form))
    act, place = form.get("act", ""), ""
    if act == "about":
        if wrong := faults(form.get("name", ""), form.get("about", "")):
            return wrong
        newest = form.get("order") == "newest"
        altered = replace(curated, name=form["name"], about=form.get("about", ""), newest_first=newest)
    elif act == "longer":
        altered = curated  # any change is one that it is kept from
    elif act == "accept" and curated.purpose == visit.asks.purpose.value:
        altered = taken_over(curated, found.lines, found.panels)
        if form.get("read") != as_read(altered):
            return {"changes": CHANGED_AGAIN}
    elif act == "event":
        entry = _named(found, form.get("source", ""), form.get("event", ""))
        before = curated.of(entry.key)
        note = form.get("note", "") if entry.readable else before.note if before else ""
        if len(note) > LONGEST_NOTE:
            return {f"n-{entry.key[0]}-{entry.key[1]}": f"Use at most {LONGEST_NOTE} characters for a note"}
        chosen = before or chosen_now(curated, entry.line, left_out=False)  # a note takes no change of it over
        chosen = replace(chosen, left_out=form.get("in") != "yes", note=note)
        altered, place = curated.with_event(chosen), f"#e-{entry.key[0]}-{entry.key[1]}"
    else:
        raise NoSuchPage
    try:
        await alter(visit.governing.acting, replace(altered, by=by_of(visit.who)))
    except CannotBeDone as refused:
        return {"changes": f"{refused}"[:1].upper() + f"{refused}"[1:]}
    raise Elsewhere(f"/children/{visit.path['person']}/saved/{curated.id}?done={act}{place}")


def _edition(form: Mapping[str, str]) -> int:
    """Give the edition a page was of; none there is, where it does not say."""
    told = form.get("edition", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < _DIGITS else -1


def _named(found: Look, source: str, event: str) -> Entry:
    """Give the event a form names, of those that are shown."""
    for entry in (*found.opened.entries, *found.opened.left_out, *found.opened.new):
        if entry.key == (source, event):
            return entry
    raise NoSuchPage


_TYPED: Final = ("act", "event", "source", "in", "note", "name", "about")
"""What a form may have brought, to be shown again beside what is wrong with it."""

_MORE: Final = ("Your note", "Since you saved it")


async def saved_export(visit: Visit) -> Sent:
    """Send it as a file for spreadsheets, as far as it may be shown now. That it was taken out is in the ledger."""
    found = await look(visit)
    entries = found.opened.entries
    rows = [(*row_of(e.line), "Not shown to you" if e.note is None else e.note, "; ".join(e.changed)) for e in entries]
    facts = {"events": f"n-{len(rows)}"}
    note = Note("chronology-exported", found.curated.id, visit.path["person"], facts)
    await visit.governing.acting.note(by_of(visit.who), note)
    return spreadsheet("saved-chronology", (*HEADINGS, *_MORE), rows)
