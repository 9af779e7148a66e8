"""Bringing in an agreement: pasted or chosen as a file, checked and said in words, and then kept.

Checking keeps nothing. By the agency whose data it is about alone: nobody opens another's records.
"""

from hub.graphql.governing.agreements import Written, brought_in, read_for
from hub.graphql.governing.problems import REFUSALS
from hub.web.pages.policies.agreed import agreed
from hub.web.pages.visit import Elsewhere, Shown, Visit

EMPTY = "Paste the agreement, or choose its file"


async def bring_in(visit: Visit) -> Shown:
    """Ask for an agreement, say what it would be, or keep it."""
    form = visit.form or {}
    document, wrong = form.get("document", ""), dict[str, str]()
    read: Written | None = None
    try:
        if visit.form is not None and not document:
            wrong["document"] = EMPTY
        elif form.get("act") == "save":
            await brought_in(visit.governing, document, visit.who)
            raise Elsewhere("/policies/agreements?done=yes")
        elif visit.form is not None:
            read = await read_for(visit.governing, document, visit.who)
    except REFUSALS as refused:
        wrong["document"] = f"{str(refused)[:1].upper()}{str(refused)[1:]}"
    own, today = visit.who.organisation, visit.governing.today
    values = {
        "tab": "agreements",
        "errors": wrong,
        "document": document,
        "own": own,
        "read": read,
        "would_be": agreed(read.agreement, own, today) if read else None,
        "before": agreed(read.before, own, today) if read and read.before else None,
    }
    title = "What this agreement says" if read else "Bring in an agreement"
    return Shown("policies/importing/page.html", title, values, 400 if wrong else 200)
