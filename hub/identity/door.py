"""The door: who is asking, by what their request shows. Every endpoint that answers about people asks it first."""

from starlette.requests import HTTPConnection

from hub.identity.named import note
from hub.identity.partners.relaying import HEADER, Relaying
from hub.identity.proxies import NO_PROXIES, Proxies
from hub.identity.requester import Requester
from hub.identity.tokens import TokenReader
from hub.identity.unauthenticated import Unauthenticated


class Door:
    """Names the requester of an HTTP request, before its body is read."""

    def __init__(self, tokens: TokenReader, proxies: Proxies = NO_PROXIES, relaying: Relaying | None = None) -> None:
        """Take what reads bearer tokens, the proxies believed about certificates, and what reads other hubs' word."""
        self._tokens = tokens
        self._proxies = proxies
        self._relaying = relaying

    def address(self, connection: HTTPConnection) -> str:
        """Give whose address a request came from, as far as a proxy that is believed says so."""
        return self._proxies.subscriber(connection)

    async def requester(self, request: HTTPConnection) -> Requester:
        """Give who is asking, or raise Unauthenticated."""
        requester = await self._requester(request, again=False)
        note(request, requester)
        return requester

    async def _requester(self, request: HTTPConnection, *, again: bool) -> Requester:
        given = request.headers.getlist("authorization")
        if len(given) > 1:
            raise Unauthenticated("two-credentials")
        shown = self._proxies.shown(request)
        requester = await self._tokens.requester(given[0] if given else None, shown.certificate)
        if self._relaying is None:
            return requester
        return await self._relaying.read(requester, request.headers.getlist(HEADER), again=again)

    async def insist(self, request: HTTPConnection, requester: Requester) -> None:
        """Ask once more before anything is sent: Unauthenticated where a partner's client was revoked or changed.

        A person's bearer token stands until it expires: nobody takes it back, so there is nothing to ask again.
        """
        if requester.bound is not None and await self._requester(request, again=True) != requester:
            raise Unauthenticated("changed-meanwhile")

    async def stands(self, request: HTTPConnection, requester: Requester) -> None:
        """Ask whether a credential still holds: Unauthenticated where it is over, or names somebody else by now.

        For whoever goes on being told: their token may expire meanwhile.
        """
        if await self._requester(request, again=True) != requester:
            raise Unauthenticated("changed-meanwhile")
