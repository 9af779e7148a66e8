"""What a source of the officer's agency was asked, by organisation and purpose, and how often it gave records."""

from typing import Any

from hub.audit.accesses import Which
from hub.governance import overseeing
from hub.graphql.governing.room import by_of
from hub.web.pages.audit.asked import names, period, sources_of
from hub.web.pages.spreadsheet import spreadsheet
from hub.web.pages.visit import Sent, Shown, Visit
from hub.web.pages.words import PURPOSES
from schema.purposes import Purpose


async def source(visit: Visit) -> Shown | Sent:
    """Ask for a source, or count what it was asked."""
    query, own, called = visit.query, sources_of(visit), names(visit)
    wrong: dict[str, str] = {}
    when = period(query, wrong)
    named = query.get("source", "")
    values: dict[str, Any] = {
        "tab": "source",
        "errors": wrong,
        "when": when,
        "own": own,
        "named": named,
        "tallies": None,
    }
    if named and named not in own:
        wrong["source"] = "Your agency has no source of that id"
    elif named and not wrong:
        which = Which(source=named, since=when.since, until=when.until)
        found = await overseeing.tallied(visit.governing.acting, by_of(visit.who), which)
        rows = [
            (called.get(t.organisation, t.organisation), PURPOSES[Purpose[t.purpose]], t.asked, t.records)
            for t in found
        ]
        if query.get("as") == "csv":
            return spreadsheet("source", ("organisation", "purpose", "asked", "gave records"), rows)
        values["tallies"] = rows
    return Shown("audit/source/page.html", "What a source was asked", values, 400 if wrong else 200)
