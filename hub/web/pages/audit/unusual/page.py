"""Unusual use by the officer's own agency in a period, newest day first. A sign is a question, never a verdict."""

from datetime import date, timedelta
from typing import Any, Final

from hub.audit.accesses import Which
from hub.audit.unusual import MEANS, Sign
from hub.governance import overseeing
from hub.graphql.governing.room import by_of
from hub.web.pages.audit.asked import period
from hub.web.pages.spreadsheet import spreadsheet
from hub.web.pages.visit import Sent, Shown, Visit
from hub.web.pages.words import role_words

LATELY: Final = timedelta(days=28)
"""How far back is looked unless it is said otherwise."""

_NAMES: Final = {
    Sign.OUT_OF_HOURS: "Out of hours",
    Sign.NO_BUSINESS: "Nobody's business",
    Sign.VOLUME: "Many people in a day",
}


async def unusual(visit: Visit) -> Shown | Sent:
    """List signs."""
    first = (visit.governing.today - LATELY).isoformat()
    wrong: dict[str, str] = {}
    when = period({"since": first} | dict(visit.query), wrong)
    values: dict[str, Any] = {"tab": "unusual", "errors": wrong, "when": when, "signs": []}
    if not wrong:
        which = Which(organisation=visit.who.organisation, since=when.since, until=when.until)
        found = await overseeing.signs(visit.governing.acting, by_of(visit.who), which)
        if visit.query.get("as") == "csv":
            head = ("day", "sign", "worker", "role", "times", "first entry", "what it means")
            rows = [(u.day, u.sign.value, u.actor, u.role, u.count, u.record_id, MEANS[u.sign]) for u in found]
            return spreadsheet("unusual", head, rows)
        values["signs"] = [
            (date.fromisoformat(u.day), _NAMES[u.sign], MEANS[u.sign], role_words(u.role), u.actor[:8], u.count)
            for u in found
        ]
    return Shown("audit/unusual/page.html", "Unusual use", values, 400 if wrong else 200)
