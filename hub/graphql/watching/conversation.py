"""One socket, from its first message to its last: who it is for, and the watches kept over it.

Queries and mutations are refused: over HTTP they have a status, and a client that leaves is seen at once.
"""

import asyncio
import contextlib
import time
from typing import Any, Final

from starlette.websockets import WebSocket, WebSocketDisconnect

from hub.errors import Code, HubError
from hub.graphql.failures import as_hub_error
from hub.graphql.grid import until_next_step
from hub.graphql.invalid import Invalid
from hub.graphql.reading import Refused, request_of
from hub.graphql.watching.credential import Credential
from hub.graphql.watching.ending import COME_AGAIN, End
from hub.graphql.watching.hall import Hall
from hub.graphql.watching.spoken import (
    ACK,
    COMPLETE,
    ERROR,
    INIT,
    NEXT,
    PING,
    PONG,
    SUBSCRIBE,
    Close,
    Said,
    forbidden,
    heard,
    later,
    message,
    restart,
)
from hub.graphql.watching.watch import Body, Gone, Over, Watch
from hub.graphql.writing import written
from hub.identity.unauthenticated import Unauthenticated
from hub.store.database import StoreUnavailable

BY_POST: Final = "A socket is for subscriptions: ask queries and mutations by POST."
AT_ONCE: Final = "As many subscriptions as one socket takes are open on it."

GRACE: Final = 2.0
"""Seconds that watches have to write down that their client left."""


class Conversation:
    """What is said over one socket that was accepted."""

    def __init__(self, socket: WebSocket, hall: Hall, shown: Credential | None) -> None:
        """Take the socket, and the credential its handshake showed, if any."""
        self._socket = socket
        self._hall = hall
        self._shown = shown
        self._open: dict[str, asyncio.Task[None]] = {}
        self._closing: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sending = asyncio.Lock()

    async def introduced(self) -> Credential:
        """Wait for the first message, and give whom it names; Close where none comes, or names nobody."""
        try:
            async with asyncio.timeout(self._hall.patience):
                while (said := await self._heard()).kind != INIT:
                    await self._before(said)
                started = time.perf_counter()
                try:
                    return await self._hall.arrivals.in_a_message(self._socket, self._shown, said.payload)
                except Unauthenticated as error:
                    self._hall.unauthenticated(error.code)
                    await until_next_step(started, self._hall.room.step)
                    raise forbidden() from None
                except StoreUnavailable:
                    raise later() from None
        except TimeoutError:
            raise Close(4408, "Connection initialisation timeout") from None

    async def _before(self, said: Said) -> None:
        if said.kind == SUBSCRIBE:
            raise Close(4401, "Unauthorized")
        if said.kind == PING:
            await self._say(message(PONG))

    async def hold(self, credential: Credential) -> None:
        """Keep watches as they are asked for, until somebody ends it: Close says with which code."""
        await self._say(message(ACK))
        ends = [asyncio.create_task(one) for one in (self._listen(credential), self._live(credential))]
        try:
            done, _ = await asyncio.wait((*ends, self._closing), return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                one.result()
        finally:
            await self._end(*ends, *self._open.values())

    async def _end(self, *tasks: asyncio.Task[None]) -> None:
        for task in tasks:
            task.cancel()
        done, stuck = await asyncio.wait(tasks, timeout=GRACE)
        for task in done:
            if not task.cancelled():
                task.exception()  # looked at, so that the loop does not print it
        for still_going in stuck:
            self._hall.left_behind(still_going)

    async def _listen(self, credential: Credential) -> None:
        while True:
            said = await self._heard()
            if said.kind == INIT:
                raise Close(4429, "Too many initialisation requests")
            if said.kind == PING:
                await self._say(message(PONG))
            elif said.kind == SUBSCRIBE:
                await self._subscribe(said, credential)
            elif said.kind == COMPLETE and (task := self._open.pop(said.id, None)) is not None:
                await self._end(task)

    async def _live(self, credential: Credential) -> None:
        """Look now and then whether the socket may stay: its credential, its time, the hub itself."""
        ends = time.monotonic() + self._hall.room.bounds.longest
        while time.monotonic() < ends:
            if await self._hall.room.places.stopped_within(self._hall.room.bounds.beat):
                raise restart()
            if self._open:
                continue  # each watch looks at it as often, and writes down that this is what ended it
            try:
                await credential.insist()
            except Unauthenticated:
                raise forbidden() from None
            except StoreUnavailable:
                raise later() from None
        raise Close(1000, "Long enough")

    async def _subscribe(self, said: Said, credential: Credential) -> None:
        if said.id in self._open:
            raise Close(4409, "Subscriber already exists")
        if len(self._open) >= self._hall.room.bounds.each:
            await self._say(message(ERROR, said.id, [_told(HubError(Code.LIMIT, AT_ONCE))]))
            return
        self._open[said.id] = asyncio.create_task(self._answered(said, credential))

    async def _answered(self, said: Said, credential: Credential) -> None:
        """Keep one watch, and say how it ended."""
        started = time.perf_counter()
        watch = await self._watch(said, credential)
        if isinstance(watch, Watch):
            last = self._last(said.id, await watch.keep(lambda body: self._next(said.id, body)))
        else:
            await until_next_step(started, self._hall.room.step)
            last = message(ERROR, said.id, watch)
        if self._open.get(said.id) is asyncio.current_task():
            del self._open[said.id]
        if last is not None:
            with contextlib.suppress(Gone):
                await self._say(last)

    async def _watch(self, said: Said, credential: Credential) -> Watch | list[dict[str, Any]]:
        """Give the watch that is asked for, or what is wrong with it."""
        hall, request_id = self._hall, self._hall.request_id()
        try:
            sent = request_of(said.payload)
            asked, who = await hall.resolving.resolved(sent, credential.requester)
            watched = hall.executor.watched(asked, who, request_id)
            if watched is None:
                return [_told(HubError(Code.BAD_USER_INPUT, BY_POST))]
        except Invalid as invalid:
            return [dict(error.formatted) for error in invalid.errors]
        except Refused as refused:
            return [_told(HubError(Code.BAD_USER_INPUT, str(refused)))]
        except Exception as error:  # noqa: BLE001 -- whatever happens, the client gets a code and no more
            known = as_hub_error(error)
            if known.code is Code.INTERNAL:
                hall.room.observer.internal(request_id, error)
            return [_told(known)]
        return Watch(hall.room, hall.resolving, sent, asked.query, watched, credential, request_id)

    def _last(self, name: str, over: Over) -> dict[str, Any] | None:
        """Give the last message of a watch; none where the whole socket is to be closed, or nobody is there."""
        if over.end is End.LEFT:
            return None
        if over.end in COME_AGAIN or over.end in {End.SLOW, End.CREDENTIAL}:
            self._close(
                restart() if over.end is End.STOPPING else forbidden() if over.end is End.CREDENTIAL else later()
            )
            return None
        if over.error is not None:
            return message(ERROR, name, [_told(over.error)])
        return message(COMPLETE, name)

    def _close(self, close: Close) -> None:
        if not self._closing.done():
            self._closing.set_exception(close)
            self._closing.exception()  # looked at, so that the loop does not print it where nobody waits any more

    async def _next(self, name: str, body: Body | None) -> None:
        """Send an event. Of signs of life there are the socket's own."""
        if body is not None:
            await self._say(message(NEXT, name, body))

    async def _heard(self) -> Said:
        came = await self._socket.receive()
        if came["type"] == "websocket.disconnect":
            raise Gone
        return heard(came.get("text"))

    async def _say(self, said: dict[str, Any]) -> None:
        async with self._sending:
            try:
                await self._socket.send_text(written(said).decode())
            except (WebSocketDisconnect, RuntimeError):
                raise Gone from None


def _told(error: HubError) -> dict[str, Any]:
    return {"message": str(error), "extensions": error.extensions}
