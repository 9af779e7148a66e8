"""Who looked at a child, newest first: what concerns the officer's agency. That it was asked is in the ledger first."""

from typing import Any, Final

from hub.audit.accesses import Which
from hub.governance import overseeing
from hub.graphql.governing.room import by_of
from hub.web.pages.audit.asked import NOBODY, about_child, ids_of, names, period
from hub.web.pages.audit.looks import PAGE, file_of, looks
from hub.web.pages.visit import Sent, Shown, Visit

REPORT: Final = "child"


async def child(visit: Visit) -> Shown | Sent:
    """Ask for a child, or list who looked."""
    form = visit.form or {}
    wrong: dict[str, str] = {}
    when = period(form, wrong)
    values: dict[str, Any] = {"tab": "child", "errors": wrong, "typed": form.get("child", ""), "when": when}
    if visit.form is not None:
        ids = await ids_of(visit, form.get("child", ""))
        if ids is None:
            wrong["child"] = NOBODY
        elif not wrong:
            which = about_child(visit, ids, when)
            if form.get("act") == "csv":
                found = await overseeing.whole(visit.governing.acting, by_of(visit.who), REPORT, which)
                return file_of(found, "who-looked")
            values |= await listed(visit, REPORT, which)
    return Shown("audit/child/page.html", "Who looked at a child", {"looks": None, **values}, 400 if wrong else 200)


async def listed(visit: Visit, report: str, which: Which) -> dict[str, Any]:
    """Give a page of a report, and where the next begins."""
    after = (visit.form or {}).get("after", "")
    found = await overseeing.page(visit.governing.acting, by_of(visit.who), report, which, limit=PAGE, after=after)
    return {"looks": looks(found, names(visit)), "after": found[-1].cursor if len(found) == PAGE else ""}
