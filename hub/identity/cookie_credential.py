"""A session as a credential: what a question brings when a page of the hub asks it, beside bearer tokens."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from hub.identity.cookies import Cookies
from hub.identity.named import note
from hub.identity.requester import Requester
from hub.identity.same_site import asked_by_a_page, from_here
from hub.identity.sessions import Sessions
from hub.identity.unauthenticated import Unauthenticated


class Forged(Exception):
    """A cookie came with a request that no page of the hub sent: it is not even looked at."""


@dataclass(frozen=True, slots=True)
class CookieCredential:
    """Names whoever has the session of a request's cookie."""

    sessions: Sessions
    cookies: Cookies
    origin: str

    def brought(self, request: HTTPConnection) -> bool:
        """Say whether a request brings a session and no token: a token is never passed over for a cookie."""
        return "authorization" not in request.headers and self.cookies.session in request.cookies

    async def requester(self, request: HTTPConnection) -> Requester:
        """Name the requester: Forged, Unauthenticated, or StoreUnavailable where nobody can say."""
        if not asked_by_a_page(request, self.origin):
            raise Forged
        return await self._named(request)

    async def stands(self, request: HTTPConnection) -> bool:
        """Say whether the session still stands: asked once more before anything is sent."""
        token = self.cookies.read(request, self.cookies.session)
        return token is not None and await self.sessions.read(token, used=False) is not None

    async def insist(self, request: HTTPConnection) -> None:
        """Ask once more before anything is sent: Unauthenticated where the session ended meanwhile."""
        if not await self.stands(request):
            raise Unauthenticated("session-ended")

    async def connecting(self, connection: HTTPConnection) -> Requester:
        """Name whoever opens a socket: a browser says of which page it is, in ``Origin``, and it must be the hub's."""
        if "origin" not in connection.headers or not from_here(connection, self.origin):
            raise Forged
        return await self._named(connection)

    async def _named(self, connection: HTTPConnection) -> Requester:
        token = self.cookies.read(connection, self.cookies.session)
        session = await self.sessions.read(token) if token else None
        if session is None:
            raise Unauthenticated("no-session")
        note(connection, session.requester)
        return session.requester
