"""The enhanced chronology: what is recorded on one side; on the other what rules suggest and people made of it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Final

from hub.governance.acting import CannotBeDone, Note
from hub.governance.curating import kept_of
from hub.governance.judging import LONGEST, Judgement, Significance, judge
from hub.graphql.governing.room import by_of
from hub.web.pages.child import Child, child_of
from hub.web.pages.enhanced.lines import HEADINGS, WANTED, Line, lines_of, row_of
from hub.web.pages.enhanced.made_of import ids_of
from hub.web.pages.enhanced.naming import names, place_of, whole_name
from hub.web.pages.enhanced.patterns import moves, patterns
from hub.web.pages.enhanced.suggesting import RULES, told
from hub.web.pages.involved.panels import UNKNOWN, panels_of, together
from hub.web.pages.spreadsheet import spreadsheet
from hub.web.pages.visit import Elsewhere, NoSuchPage, Sent, Shown, Visit
from hub.web.pages.words import plainly
from schema.person import Person

SHOWING: Final = {
    "": "Every event",
    "suggested": "Suggested, and not judged yet",
    "confirmed": "Confirmed by somebody",
}


async def enhanced(visit: Visit) -> Shown:
    """Show it; a form of it judges one event."""
    person = await child_of(visit, WANTED)
    errors, given = dict[str, str](), dict(visit.form or {})
    if visit.form is not None:
        errors = await _judge(visit, person, given)
    child, lines = Child.of(person), await lines_of(visit, person)
    held = person.chronology() or []
    panels = panels_of(person, WANTED.fields)
    show = visit.query.get("show", "")
    newest = visit.query.get("order") == "newest"
    kept = [line for line in (reversed(lines) if newest else lines) if _shows(line, show)]
    mine = await kept_of(visit.governing.acting, await ids_of(visit), by_of(visit.who))
    values = {
        "child": child,
        "person": person,
        "tab": "enhanced",
        "errors": errors,
        "given": {name: given.get(name, "") for name in ("event", "source", "verdict", "note", "significance")},
        "years": [(year, list(of_it)) for year, of_it in groupby(kept, key=_year)],
        "count": len(kept),
        "held": len(lines),
        "waiting": sum(_shows(line, "suggested") for line in lines),
        "strengths": _named(lines, "strengths"),
        "needs": _named(lines, "needs"),
        "tried": [line for line in lines if line.event.action_taken or line.event.outcome],
        "patterns": patterns(held, person.addresses or (), person.today),
        "moves": moves(held),
        "rules": RULES,
        "showing": SHOWING,
        "show": show,
        "significances": [(one.name, one.value) for one in Significance],
        "longest": LONGEST,
        "unknown": [p for p in panels if p.state in UNKNOWN],
        "silent": [p for p in panels if p.answer.outcome != "RECORDS"],
        "gaps": together(panels),
        "plainly": plainly,
        "judging": visit.query.get("judge", ""),
        "done": visit.query.get("done") == "yes",
        "gone": visit.query.get("gone") == "yes",
        "newest": newest,
        "mine": [(one, _at(one.changed), _at(one.until)) for one in mine.found],
        "damaged": mine.damaged,
    }
    return Shown("enhanced/page.html", f"Enhanced chronology of {child.name}", values, 400 if errors else 200)


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _shows(line: Line, show: str) -> bool:
    if show == "suggested":
        return bool(line.rules) and line.made is None
    return show != "confirmed" or (line.made is not None and line.made.judgement.confirmed)


def _year(line: Line) -> str:
    return str(line.event.date.year) if line.event.date else "No date recorded"


def _named(lines: Sequence[Line], name: str) -> list[tuple[str, str, date | None]]:
    """Give each need or strength that a source names, once, with who named it first and when."""
    found: dict[str, tuple[str, str, date | None]] = {}
    for line in lines:
        for one in told(getattr(line.event, name)):
            found.setdefault(one.casefold(), (one, line.source, line.event.date))
    return list(found.values())


async def _judge(visit: Visit, person: Person, form: dict[str, str]) -> dict[str, str]:
    """Keep what a form says of an event that was shown, and go back to it; else say what is wrong.

    Of a page that was opened before another event of its id came, the form is taken to name what it named then.
    """
    held = person.chronology() or []
    place = place_of((form.get("source", ""), form.get("event", "")), held)
    shown = None if place is None else names(held)[place]
    whole = None if place is None else whole_name(held[place])
    if shown is None or whole is None:
        raise NoSuchPage
    form |= {"source": shown[0], "event": shown[1]}
    if form.get("verdict") not in {"confirm", "dismiss"}:
        return {"verdict": "Choose whether you confirm or dismiss it"}
    if form.get("significance") not in Significance.__members__:
        return {"significance": "Choose what it was"}
    significance, confirmed = Significance[form["significance"]], form["verdict"] == "confirm"
    who = visit.who
    judged = Judgement("", visit.path["person"], *whole, significance, confirmed, who.subject, who.role, "", 0, 0)
    try:
        await judge(visit.governing.acting, judged, form.get("note", ""), by_of(who))
    except CannotBeDone as refused:
        return {"note": str(refused)[:1].upper() + str(refused)[1:]}
    raise Elsewhere(f"/children/{visit.path['person']}/enhanced?done=yes#e-{shown[0]}-{shown[1]}")


async def export(visit: Visit) -> Sent:
    """Send one child's enhanced chronology as a file for spreadsheets. That it was taken out is in the ledger."""
    person = await child_of(visit, WANTED)
    lines = await lines_of(visit, person)
    await visit.governing.acting.note(
        by_of(visit.who), Note("chronology-exported", "one-person", visit.path["person"], {"events": f"n-{len(lines)}"})
    )
    return spreadsheet("chronology", HEADINGS, [row_of(line) for line in lines])
