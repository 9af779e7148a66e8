"""Events over HTTP, as GraphQL over Server-Sent Events has them in its distinct connections mode.

One response a watch: ``next`` with each event, ``complete`` where there will be no more. A stream that ends without
``complete`` was cut, and a client that asks again is right to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hub.errors import HubError
from hub.graphql.events import COMPLETE, EVENTS, NOT_KEPT, OFFER, event
from hub.graphql.leaving import LeftBehind, told_while_there
from hub.graphql.messages import Request as GraphQLRequest
from hub.graphql.ranges import liking
from hub.graphql.resolving import Resolving
from hub.graphql.watching.credential import Credential
from hub.graphql.watching.ending import COME_AGAIN, End
from hub.graphql.watching.room import Room
from hub.graphql.watching.watch import Body, Gone, Over, Watch
from hub.graphql.watching.watched import Watched
from hub.graphql.writing import written

CUT: Final = COME_AGAIN | {End.LEFT, End.SLOW, End.CREDENTIAL}
"""Ends after which ``complete`` would be a lie."""

GRACE: Final = 2.0
"""Seconds that a watch has to write down that its client left."""


def wants_events(accept: Sequence[str], version: str = "1.1") -> bool:
    """Say whether a client names events among what it accepts; no range that covers everything means them.

    Not to HTTP/1.0: a body of which the length is not known comes in chunks, which it does not read (RFC 9112, 6.1).
    """
    return version != "1.0" and liking(accept, OFFER) is not None


@dataclass(frozen=True, slots=True)
class Streaming:
    """What a request for events may become."""

    room: Room
    resolving: Resolving
    credential: Credential
    left_behind: LeftBehind

    def begin(self, sent: GraphQLRequest, text: str, watched: Watched, request_id: str) -> "EventStream":
        """Give the response of a watch; LIMIT where there is no place for one."""
        self.room.places.insist(self.credential.requester.subject)
        watch = Watch(self.room, self.resolving, sent, text, watched, self.credential, request_id)
        return EventStream(watch, self.left_behind)


class EventStream(Response):
    """The response that a watch is told in."""

    media_type = EVENTS

    def __init__(self, watch: Watch, left_behind: LeftBehind) -> None:
        """Take the watch; one that will not stop when its client is gone is given to ``left_behind``."""
        super().__init__(headers=NOT_KEPT)
        del self.headers["content-length"]
        self._watch = watch
        self._left_behind = left_behind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until the watch is over or nobody is there."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await told_while_there(self._tell(send), Request(scope, receive), self._left_behind, GRACE)

    async def _tell(self, send: Send) -> None:
        async def one(body: Body | None) -> None:
            try:
                await send(_part(b":\n\n" if body is None else event(written(body))))
            except OSError:
                raise Gone from None

        over = await self._watch.keep(one)
        if over.end not in {End.LEFT, End.SLOW}:
            await send(_part(_last(over)) | {"more_body": False})


def _last(over: Over) -> bytes:
    """Write how it ended: an error's code and words where there are any, and that there will be no more."""
    told = b"" if over.error is None else event(written(_of_error(over.error)))
    return told if over.end in CUT else told + COMPLETE


def _of_error(error: HubError) -> dict[str, Any]:
    return {"errors": [{"message": str(error), "extensions": error.extensions}]}


def _part(content: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": content, "more_body": True}
