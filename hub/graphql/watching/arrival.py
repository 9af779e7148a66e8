"""Who opens a socket: named by a session's cookie, a bearer token in a header, or one in the first message.

A browser sends cookies along with any socket, whoever's page opens it, and no page can add a header: so a session is
taken only where the browser says that the page is the hub's own (OWASP, Cross-Site WebSocket Hijacking).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import HTTPConnection

from hub.graphql.watching.credential import BySession, ByToken, Credential
from hub.identity.cookie_credential import CookieCredential
from hub.identity.door import Door
from hub.identity.unauthenticated import Unauthenticated

AUTHORIZATION = "authorization"


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Names whoever opens a socket."""

    door: Door
    cookie: CookieCredential | None

    async def at_the_door(self, connection: HTTPConnection) -> Credential | None:
        """Give what the handshake shows; none where the first message is to. Else as of a question."""
        if AUTHORIZATION in connection.headers:
            return await self._by_token(connection)
        if self.cookie is None or not self.cookie.brought(connection):
            return None
        return BySession(self.cookie, connection, await self.cookie.connecting(connection))

    async def in_a_message(
        self, connection: HTTPConnection, shown: Credential | None, payload: Mapping[str, Any]
    ) -> Credential:
        """Give what the first message shows, or what the handshake did: never both, whichever was meant."""
        given = [value for name, value in payload.items() if name.lower() == AUTHORIZATION]
        if shown is not None and not given:
            return shown
        if shown is not None or len(given) != 1 or not isinstance(given[0], str):
            raise Unauthenticated("two-credentials" if shown is not None or len(given) > 1 else "no-bearer-token")
        return await self._by_token(_with(connection, given[0]))

    async def _by_token(self, connection: HTTPConnection) -> Credential:
        return ByToken(self.door, connection, await self.door.requester(connection))


def _with(connection: HTTPConnection, authorization: str) -> HTTPConnection:
    """Give a connection as if its handshake had had this header."""
    try:
        value = authorization.encode("ascii")
    except UnicodeEncodeError:
        raise Unauthenticated("no-bearer-token") from None
    headers = [*connection.scope["headers"], (AUTHORIZATION.encode(), value)]
    return HTTPConnection({**connection.scope, "headers": headers})
