"""While a service is slow: a page at once, to which each service's panel comes as it answers, and then the whole.

Most often everybody has answered before PATIENCE is over, and none of this is seen: the question is asked once. Where
not, it is given up, which the ledger is told, and asked again service by service, and whole. Without a script the
browser goes on to the whole page by itself, which is complete within the deadline.
"""

from typing import Final

from hub.answer.question import Wanted
from hub.web.pages.child import Child, child_of, fields_of
from hub.web.pages.involved.panels import UNKNOWN, panels_of
from hub.web.pages.visit import NoSuchPage, Shown, Visit
from hub.web.pages.words import plainly
from schema.fields import FieldId
from schema.services import SERVICES, Service

PATIENCE = 0.8
"""Seconds for which everybody is waited for before a page is shown without them."""

_LEFT: Final = frozenset(
    FieldId(name)
    for name in (
        "Involvement.reason",
        "Involvement.notes",
        "Plan.review_due",
        "Plan.category",
        "Plan.goals",
        "Plan.needs",
    )
)


def page(visit: Visit) -> Shown:
    """Show a place for each service that is connected. It says nothing of the child, of whom nothing is known yet."""
    asked = {s.config.service for s in visit.governing.preparer.sources}
    places = [(s.value, SERVICES[s].label) for s in SERVICES if s in asked]
    return Shown(
        "involved/waiting.html", "Who is involved: asking", {"child_id": visit.path["person"], "places": places}
    )


async def panel(visit: Visit) -> Shown:
    """Give one service's panel, by itself: a question of its own, decided and written down like any other."""
    named = visit.query.get("service", "")
    if named not in {s.value for s in Service}:
        raise NoSuchPage
    wanted = Wanted(fields_of(("involvements",), _LEFT), frozenset({"involvements"}), frozenset({Service(named)}))
    said = {"plainly": plainly, "service": SERVICES[Service(named)].label}
    try:
        person = await child_of(visit, wanted)
    except NoSuchPage:  # of a service that may not be looked into alone everybody is nobody: the whole page says more
        return Shown("involved/panel.html", "", {"child": None, "panels": [], "unknown": []} | said)
    panels = panels_of(person, wanted.fields)
    values = {
        "child": Child.of(person),
        "panels": panels,
        "unknown": [p for p in panels if p.state in UNKNOWN],
        **said,
    }
    return Shown("involved/panel.html", "", values)
