"""Find a child: the form, and what it found. The search is sent, held sealed for the session, and in no address.

A form that can be searched with is held and the browser sent to a random name for it (POST, redirect, GET), so that
back from a child's page leads to the results without sending anything again. What was found is held nowhere: whoever
comes back searches anew, and is decided on anew.
"""

from hub.identity.held_searches import held, hold
from hub.web.pages.find.form import FIELDS, Typed, read
from hub.web.pages.find.results import Results, results_of, why
from hub.web.pages.visit import Elsewhere, Shown, Visit
from schema.services import SERVICES


async def find(visit: Visit) -> Shown:
    """Show the form; what it brings is held, and looked for at an address of its own."""
    _ = visit.asks
    if visit.form is None:
        empty = read({}, visit.asking.now().date())
        return _page(Typed(dict.fromkeys(FIELDS, ""), empty.asked, {}), None, over=visit.query.get("held") == "no")
    typed = read(visit.form, visit.asking.now().date())
    if typed.wrong:
        return _page(typed, None)
    acting = visit.governing.acting
    name = await hold(acting.database, acting.sealer, visit.session.reference, typed.given)
    raise Elsewhere(f"/find/{name}")


async def found(visit: Visit) -> Shown:
    """Search by what is held under the address, and show what was found."""
    acting, context = visit.governing.acting, visit.asks.context
    given = await held(acting.database, acting.sealer, visit.session.reference, visit.path["search"])
    if given is None:
        raise Elsewhere("/find?held=no")
    typed = read(given, visit.asking.now().date())
    answer = await visit.asking.search(visit.who, visit.request_id, typed.asked, context)
    return _page(typed, results_of(answer))


def _page(typed: Typed, results: Results | None, *, over: bool = False) -> Shown:
    title = "Find a child" if results is None else results.heading
    values = {
        "given": typed.given,
        "errors": typed.wrong,
        "others": typed.others,
        "over": over,
        "results": results,
        "why": why,
        "services": SERVICES,
    }
    return Shown("find/page.html", title, values, 400 if typed.wrong else 200)
