"""Saving a chronology, and taking a saved one away."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from hub.governance.acting import CannotBeDone
from hub.governance.curating import Curated, faults, save, take_away
from hub.graphql.governing.room import by_of
from hub.web.pages.child import HEAD, Child, child_of
from hub.web.pages.enhanced.lines import WANTED, Line, lines_of
from hub.web.pages.saved.compared import chosen_now
from hub.web.pages.saved.page import at, days, mine
from hub.web.pages.visit import Elsewhere, Shown, Visit


def _telling(line: Line) -> bool:
    """Say whether rules suggest it or somebody confirmed it; what somebody dismissed is neither."""
    return line.made.judgement.confirmed if line.made else bool(line.rules)


def _confirmed(line: Line) -> bool:
    return line.made is not None and line.made.judgement.confirmed


STARTS: Final[Mapping[str, tuple[str, Callable[[Line], bool]]]] = {
    "telling": ("Events that rules suggest or somebody confirmed; none that was dismissed", _telling),
    "confirmed": ("Only events that somebody confirmed", _confirmed),
    "every": ("Every event shown", lambda _: True),
}
"""What a new one begins with; the rest is left out, and can be put in one by one."""


async def keep(visit: Visit) -> Shown:
    """Show the form, or keep what it brought and open it."""
    person = await child_of(visit, WANTED)
    child, form, wrong = Child.of(person), visit.form, dict[str, str]()
    if form is not None:
        wrong = faults(form.get("name", ""), form.get("about", ""))
        if form.get("start") not in STARTS:
            wrong["start"] = "Choose which events it begins with"
        if not wrong:
            wrong = await _keep(visit, await lines_of(visit, person), form)
    given = {"start": "telling", "order": "oldest", "name": "", "about": ""} | dict(form or {})
    values = {
        "child": child,
        "person": person,
        "starts": [(code, words) for code, (words, _) in STARTS.items()],
        "given": given,
        "errors": wrong,
        "days": days(visit),
        "until": visit.governing.acting.clock() + timedelta(days=visit.governing.acting.saved_days),
    }
    return Shown("saved/new.html", "Save a chronology of your own", values, 400 if wrong else 200)


async def _keep(visit: Visit, lines: list[Line], form: Mapping[str, str]) -> dict[str, str]:
    """Keep it and go to it; else say why it cannot be kept."""
    named, by = visit.path["person"], by_of(visit.who)
    newest = form.get("order") == "newest"
    new = Curated("", named, by, visit.asks.purpose.value, newest, form["name"], form.get("about", ""))
    _, starts = STARTS[form["start"]]
    events = tuple(chosen_now(new, line, left_out=not starts(line)) for line in lines if line.key is not None)
    try:
        made = await save(visit.governing.acting, replace(new, events=events))
    except CannotBeDone as refused:
        return {"name": f"{refused}"[:1].upper() + f"{refused}"[1:]}
    raise Elsewhere(f"/children/{named}/saved/{made}?done=saved")


async def remove(visit: Visit) -> Shown:
    """Ask once more, or take it away for good."""
    curated = await mine(visit)
    if visit.form is not None:
        await take_away(visit.governing.acting, replace(curated, by=by_of(visit.who)))
        raise Elsewhere(f"/children/{visit.path['person']}/enhanced?gone=yes")
    person = await child_of(visit, HEAD)
    values = {"child": Child.of(person), "person": person, "curated": curated, "saved_at": at(curated.saved)}
    return Shown("saved/remove.html", "Take this chronology away?", values)
