"""Find a child: the form, and what it found. The search is sent, never written in an address."""

from hub.errors import Code, HubError
from hub.web.pages.find.form import FIELDS, Typed, read
from hub.web.pages.find.results import Results, results_of, why
from hub.web.pages.visit import Shown, Visit
from schema.services import SERVICES


async def find(visit: Visit) -> Shown:
    """Show the form, or search by what it brought."""
    context = visit.asks.context
    if visit.form is None:
        return _page(dict.fromkeys(FIELDS, ""), {}, None)
    typed = read(visit.form)
    if typed.wrong:
        return _page(typed.given, typed.wrong, None)
    try:
        answer = await visit.asking.search(visit.who, visit.request_id, typed.asked, context)
    except HubError as refused:
        if refused.code is not Code.BAD_USER_INPUT:
            raise
        return _page(typed.given, {_blamed(typed): str(refused)}, None)
    return _page(typed.given, {}, results_of(answer))


def _blamed(typed: Typed) -> str:
    """Name the field beside which a refusal of the index is said."""
    return "number" if typed.asked.identifier else "family"


def _page(given: object, wrong: object, results: Results | None) -> Shown:
    title = "Find a child" if results is None else results.heading
    values = {"given": given, "errors": wrong, "results": results, "why": why, "services": SERVICES}
    return Shown("find/page.html", title, values, 400 if wrong else 200)
