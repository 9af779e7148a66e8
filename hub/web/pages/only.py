"""Pages that are for some roles only: everybody else is told so, whatever the page would have shown."""

from functools import wraps

from hub.errors import Code, HubError
from hub.web.pages.visit import Page, Sent, Shown, Visit
from policies.vocabulary import Role

REFUSED = "This page is for information governance officers. What you may open is named at the head of this page."


def only(roles: frozenset[Role], page: Page) -> Page:
    """Bar a page to every role but some, before anything of the question is looked at."""

    @wraps(page)
    async def barred(visit: Visit) -> Shown | Sent:
        if visit.who.role not in roles:
            raise HubError(Code.FORBIDDEN, REFUSED)
        return await page(visit)

    return barred
