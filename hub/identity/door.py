"""The door: who is asking, by what their request shows. Every endpoint that answers about people asks it first."""

from starlette.requests import Request

from hub.identity.proxies import Proxies
from hub.identity.requester import Requester
from hub.identity.tokens import TokenReader
from hub.identity.unauthenticated import Unauthenticated

NO_PROXIES = Proxies()


class Door:
    """Names the requester of an HTTP request, before its body is read."""

    def __init__(self, tokens: TokenReader, proxies: Proxies = NO_PROXIES) -> None:
        """Take what reads bearer tokens, and the proxies that are believed about certificates."""
        self._tokens = tokens
        self._proxies = proxies

    async def requester(self, request: Request) -> Requester:
        """Give who is asking, or raise Unauthenticated."""
        given = request.headers.getlist("authorization")
        if len(given) > 1:
            raise Unauthenticated("two-credentials")
        shown = self._proxies.shown(request)
        return await self._tokens.requester(given[0] if given else None, shown.certificate)

    async def insist(self, request: Request, requester: Requester) -> None:
        """Ask once more before anything is sent: Unauthenticated where a partner's client was revoked or changed.

        A person's bearer token stands until it expires: nobody takes it back, so there is nothing to ask again.
        """
        if requester.bound is not None and await self.requester(request) != requester:
            raise Unauthenticated("changed-meanwhile")
