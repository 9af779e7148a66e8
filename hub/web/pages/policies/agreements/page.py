"""The agreements an agency is a party to: what each is worth today, when it is reviewed, and suspending one."""

from hub.governance.agreeing import agreements_in
from hub.governance.agreements import Status
from hub.graphql.governing.agreements import party_to, set_for
from hub.graphql.governing.problems import REFUSALS
from hub.web.pages.policies.agreed import STANDING, agreed
from hub.web.pages.visit import Elsewhere, Shown, Visit


async def agreements(visit: Visit) -> Shown:
    """List agreements, or suspend one or let it stand again."""
    room, wrong = visit.governing, {}
    if visit.form is not None:
        acts = {"suspend": Status.SUSPENDED, "lift": Status.SIGNED}
        try:
            named, act = visit.form.get("agreement", ""), acts[visit.form.get("act", "")]
            await set_for(room, named, act, visit.who)
            raise Elsewhere("/policies/agreements")
        except KeyError:
            wrong["agreements"] = "Choose what to do"
        except REFUSALS as refused:
            wrong["agreements"] = f"{str(refused)[:1].upper()}{str(refused)[1:]}"
    own, today = visit.who.organisation, room.today
    found = [one for one in await agreements_in(room.acting.database) if party_to(one, own)]
    ordered = sorted(found, key=lambda one: (one.state_on(today) not in STANDING, one.review, one.id))
    values = {
        "tab": "agreements",
        "errors": wrong,
        "agreements": [agreed(one, own, today) for one in ordered],
        "own": own,
        "done": visit.query.get("done", ""),
    }
    return Shown("policies/agreements/page.html", "Agreements", values, 400 if wrong else 200)
