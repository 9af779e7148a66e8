"""What a watch rests on: a token or a session that must still hold before anything more is told."""

from dataclasses import dataclass, field
from typing import Protocol

from starlette.requests import HTTPConnection

from hub.identity.cookie_credential import CookieCredential
from hub.identity.door import Door
from hub.identity.requester import Requester


class Credential(Protocol):
    """Who asked, and whether they still may."""

    @property
    def requester(self) -> Requester:
        """Who asked."""
        ...

    async def insist(self) -> None:
        """Ask again: Unauthenticated where it is over, StoreUnavailable where nobody can say."""
        ...


@dataclass(frozen=True, slots=True)
class ByToken:
    """A bearer token: over when it expires, or when its partner's client is revoked or changed."""

    door: Door
    connection: HTTPConnection = field(repr=False)
    requester: Requester

    async def insist(self) -> None:
        """Read the token anew."""
        await self.door.stands(self.connection, self.requester)


@dataclass(frozen=True, slots=True)
class BySession:
    """A session: over when it was ended or idles, and a watch does not keep it from idling."""

    cookie: CookieCredential
    connection: HTTPConnection = field(repr=False)
    requester: Requester

    async def insist(self) -> None:
        """Look for the session's row."""
        await self.cookie.insist(self.connection)
