"""Sending an answer in parts: as ``multipart/mixed``, or as events of which each is a part.

One part is under way at a time: whoever does not read holds up their own answer, for so many seconds, and the next part
is decided only when the one before has been taken.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hub.admitting.working import note_work
from hub.errors import Code, HubError
from hub.graphql.arriving.accepts import Form
from hub.graphql.arriving.arriving import Arriving
from hub.graphql.arriving.begun import Begun
from hub.graphql.arriving.delivery import Payload
from hub.graphql.events import COMPLETE, EVENTS, NOT_KEPT, event
from hub.graphql.failures import as_hub_error
from hub.graphql.grid import until_next_step
from hub.graphql.leaving import LeftBehind, told_while_there
from hub.graphql.watching.bounds import SLOW
from hub.graphql.watching.credential import Credential
from hub.graphql.writing import written
from hub.identity.unauthenticated import Unauthenticated

THE_REST: Final = "Something went wrong in the hub, and the rest of this answer does not come. Quote the request id."
OVER: Final = "Your sign-in ended while this answer was on its way, so the rest of it does not come."

_TYPES: Final = {
    Form.MIXED: 'multipart/mixed; boundary="-"',
    Form.MIXED_NAMED: 'multipart/mixed; boundary="-"; incrementalSpec=v0.2',
    Form.EVENTS: f"{EVENTS}; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Parting:
    """What a request may become whose client accepts parts. ``started`` is when it came, of ``perf_counter``."""

    form: Form
    credential: Credential
    left_behind: LeftBehind
    internal: Callable[[str, BaseException], None]
    started: float
    step: float
    begun: Begun


class PartsResponse(Response):
    """The response an answer is told in part by part; its first part is there."""

    def __init__(self, parting: Parting, arriving: Arriving, request_id: str, note: str | None) -> None:
        """Take the answer, and what is told beside it."""
        super().__init__(headers=NOT_KEPT, media_type=None)
        del self.headers["content-length"]
        self.headers["content-type"] = _TYPES[parting.form]
        self._parting = parting
        self._arriving = arriving
        self._request_id = request_id
        self._telling = False
        beside = {"requestId": request_id, "cost": arriving.cost, "note": note}
        self._beside = {name: value for name, value in beside.items() if value is not None}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send parts until there are no more or nobody is there."""
        try:
            note_work(scope)
            await told_while_there(self._tell(send), Request(scope, receive), self._parting.left_behind)
        finally:
            if not self._telling:  # cancelled before its first step, it runs nothing: not its own end either
                await self._arriving.close()

    async def _tell(self, send: Send) -> None:
        self._telling = True
        error: BaseException | None = None
        try:
            await self._sent(send, {"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            delivery = self._arriving.delivery
            await self._part(send, {"hasNext": False} | delivery.take() | {"extensions": self._beside}, first=True)
            while not delivery.over:
                payload, error = await self._next()
                await self._part(send, payload)
        except (OSError, TimeoutError):
            return  # nobody reads
        finally:
            await self._arriving.close(error)

    async def _next(self) -> tuple[Payload, Exception | None]:
        """Give the next part; one that says why there is none, and what happened."""
        arriving, credential = self._arriving, self._parting.credential
        try:
            await arriving.waited()
            await credential.insist()
            while not await arriving.told():
                await arriving.waited()
                await credential.insist()
            await until_next_step(self._parting.started, self._parting.step)
            await credential.insist()
        except Unauthenticated as error:
            return arriving.delivery.failed(HubError(Code.UNAUTHENTICATED, OVER)), error
        except Exception as error:  # noqa: BLE001 -- whatever happens, the client gets a code and no more
            known = as_hub_error(error)
            if known.code is Code.INTERNAL:
                self._parting.internal(self._request_id, error)
                known = HubError(Code.INTERNAL, THE_REST)
            return arriving.delivery.failed(known), error
        return arriving.delivery.take(), None

    async def _part(self, send: Send, payload: Payload, *, first: bool = False) -> None:
        body, last = written(payload), not payload["hasNext"]
        if self._parting.form is Form.EVENTS:
            content = event(body) + (COMPLETE if last else b"")
        else:
            content = _mixed(body, first=first, last=last)
        await self._sent(send, {"type": "http.response.body", "body": content, "more_body": not last})

    async def _sent(self, send: Send, message: dict[str, Any]) -> None:
        """Send, and give up on a client that does not read."""
        async with asyncio.timeout(SLOW):
            await send(message)


def _mixed(body: bytes, *, first: bool, last: bool) -> bytes:
    """Write a part with the delimiter that ends it, so that a client need not wait for the next to read it."""
    head = b"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"
    return (b"---" if first else b"") + head + body + b"\r\n---" + (b"--\r\n" if last else b"")
