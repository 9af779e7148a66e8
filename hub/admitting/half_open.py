"""Connections on which no whole request comes: closed after a while, and bounded, so that they keep nobody else out.

uvicorn waits for ever for the rest of a request's head, reads one of any length, and takes any number of requests that
are sent without waiting for an answer; its own patience begins after an answer.
"""

import asyncio
from collections import deque
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from hub.admitting.connections import Connections, State
from hub.admitting.resting import resting
from hub.identity.proxies import subscriber

HEAD_SECONDS: Final = 15.0
"""Seconds in which a request's first line and headers must have come."""
HEAD_BYTES: Final = 65_536
"""Bytes of them, and at most one read of the network more."""
AHEAD: Final = 4
"""Requests that may be sent on one connection before the first of them is answered."""
REST: Final = 1.0
"""Seconds for which nothing is read from whoever does not heed when they are told to come again."""
HEEDLESS: Final = 3
"""How often they were told within as many seconds."""

_TOO_LONG: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: 26\r\nconnection: close\r\n\r\n"
    b"The headers are too long.\n"
)


class TooMany(Exception):
    """More was asked on one connection than is waited for."""


class Impatient(HttpToolsProtocol):
    """uvicorn's protocol, that waits so long for a request's head and no longer."""

    def __init__(self, *args: Any, connections: Connections, **given: Any) -> None:
        """Take what uvicorn gives, and where connections are counted."""
        super().__init__(*args, **given)
        self._connections = connections
        self._waiting: asyncio.TimerHandle | None = None
        self._head = 0
        self._told: deque[float] = deque(maxlen=HEEDLESS)
        self.address = ""
        self.state = State.SILENT

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Wait for the first request."""
        super().connection_made(transport)
        self.address = subscriber(self.client[0] if self.client else "")
        self._connections.opened(self)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Read what came; no further where a head has no end."""
        waiting = self._waiting
        super().data_received(data)
        if waiting is not None and self._waiting is waiting:
            self._head += len(data)
            if self._head > HEAD_BYTES and not self.transport.is_closing():
                self.transport.write(_TOO_LONG)
                self.transport.close()

    def on_message_begin(self) -> None:
        """Wait for the rest of a request that has begun."""
        if len(self.pipeline) >= AHEAD:
            raise TooMany  # the parser stops, and uvicorn answers 400
        super().on_message_begin()
        resting(self.scope, self._rest)
        self._wait()

    def on_headers_complete(self) -> None:
        """Wait no more: what comes now has a patience of its own."""
        self._stop()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Take note that somebody waits for an answer now."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.state = State.ASKED
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Take note that nobody does, unless more was asked meanwhile."""
        super().on_response_complete()
        if self.cycle.response_complete:
            self.state = State.SILENT

    def handle_websocket_upgrade(self) -> None:
        """Go on as a socket, which is counted as long as it is there."""
        self.state = State.SOCKET
        super().handle_websocket_upgrade()
        speaking = self.transport.get_protocol()
        if isinstance(speaking, Socket):
            speaking.began_as = self

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop()
        self.left()
        super().connection_lost(exc)

    def left(self) -> None:
        """Say that it is there no more."""
        self._connections.closed(self)

    def cut(self) -> None:
        """Cut it, without a word."""
        self.transport.abort()

    def _rest(self) -> None:
        """Read nothing for a while: asked again at once, refusing alone would take all of the processor."""
        now = self.loop.time()
        self._told.append(now)
        if len(self._told) == HEEDLESS and now - self._told[0] < REST:
            self._told.clear()
            self.flow.pause_reading()
            self.loop.call_later(REST, self._rested)

    def _rested(self) -> None:
        if not self.transport.is_closing():
            self.flow.resume_reading()

    def _wait(self) -> None:
        if self._waiting is None:
            self._head = 0
            self._waiting = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        self._waiting = None
        self.transport.abort()


class Socket(WebSocketsSansIOProtocol):
    """uvicorn's protocol of sockets, that says when it is there no more."""

    began_as: Impatient | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Say so."""
        if self.began_as is not None:
            self.began_as.left()
        super().connection_lost(exc)
