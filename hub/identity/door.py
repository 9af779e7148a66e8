"""The door: who is asking, by what their request shows. Every endpoint that answers about people asks it first."""

from starlette.requests import Request

from hub.identity.requester import Requester
from hub.identity.tokens import TokenReader
from hub.identity.unauthenticated import Unauthenticated


class Door:
    """Names the requester of an HTTP request, before its body is read."""

    def __init__(self, tokens: TokenReader) -> None:
        """Take what reads bearer tokens."""
        self._tokens = tokens

    async def requester(self, request: Request) -> Requester:
        """Give who is asking, or raise Unauthenticated."""
        given = request.headers.getlist("authorization")
        if len(given) > 1:
            raise Unauthenticated("two-credentials")
        return await self._tokens.requester(given[0] if given else None)
