"""A second person: a colleague agrees, for an hour at most, to one worker's looking at one child's records."""

import re
from collections.abc import Mapping
from typing import Final

from hub.governance.acting import CannotBeDone
from hub.governance.second_person import LONGEST
from hub.graphql.governing.emergencies import agreed
from hub.graphql.governing.entitled import WORKERS, insist
from hub.web.pages.child import HEAD, Child, child_of
from hub.web.pages.visit import Shown, Visit

_NUMBER: Final = re.compile(r"[0-9]{1,2}")


async def second_person(visit: Visit) -> Shown:
    """Show the form, or agree."""
    insist(visit.who, WORKERS)
    person = await child_of(visit, HEAD)
    given: Mapping[str, str] = visit.form or {"minutes": str(LONGEST)}
    errors: dict[str, str] = {}
    if visit.form is not None:
        errors = await _agree(visit, given)
    child = Child.of(person)
    values = {
        "child": child,
        "person": person,
        "tab": "",
        "errors": errors,
        "worker": given.get("worker", ""),
        "minutes": given.get("minutes", ""),
        "done": visit.form is not None and not errors,
    }
    return Shown(
        "second_person/page.html", f"Agree to a colleague's look at {child.name}", values, 400 if errors else 200
    )


async def _agree(visit: Visit, given: Mapping[str, str]) -> dict[str, str]:
    minutes = given.get("minutes", "")
    if not _NUMBER.fullmatch(minutes):
        return {"minutes": f"Say for how many minutes, up to {LONGEST}"}
    try:
        await agreed(visit.governing, visit.path["person"], given.get("worker", ""), int(minutes), visit.who)
    except CannotBeDone as refused:
        return {"minutes" if refused.code == "too-long" else "worker": f"{refused}".capitalize()}
    return {}
