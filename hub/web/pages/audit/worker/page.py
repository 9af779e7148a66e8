"""What a worker asked and searched in the name of the officer's agency, newest first."""

from typing import Any, Final

from hub.audit.accesses import Which
from hub.governance import overseeing
from hub.graphql.governing.room import by_of
from hub.web.pages.audit.asked import period
from hub.web.pages.audit.child.page import listed
from hub.web.pages.audit.looks import file_of
from hub.web.pages.visit import Sent, Shown, Visit

REPORT: Final = "worker"
LONGEST: Final = 200


async def worker(visit: Visit) -> Shown | Sent:
    """Ask for a worker, or list what they asked."""
    form = visit.form or {}
    wrong: dict[str, str] = {}
    when, named = period(form, wrong), form.get("worker", "")[:LONGEST]
    values: dict[str, Any] = {"tab": "worker", "errors": wrong, "typed": named, "when": when}
    if visit.form is not None:
        if not named:
            wrong["worker"] = "Enter the worker's id, as sign-in has it"
        elif not wrong:
            actor = visit.governing.acting.pseudonyms.actor(named)
            which = Which(actor=actor, organisation=visit.who.organisation, since=when.since, until=when.until)
            if form.get("act") == "csv":
                found = await overseeing.whole(visit.governing.acting, by_of(visit.who), REPORT, which)
                return file_of(found, "worker")
            values |= await listed(visit, REPORT, which)
    return Shown("audit/worker/page.html", "What a worker asked", {"looks": None, **values}, 400 if wrong else 200)
