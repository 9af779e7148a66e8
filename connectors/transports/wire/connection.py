"""One connection: a request, its answer, and then either perfectly clean or closed.

It is used again only after an exchange that was exact to its last byte, and only where nothing has come since:
otherwise what one child's question left behind could be read as the answer to another's (RFC 9112 section 11.2).
"""

import asyncio
import select
import ssl
import time
from collections.abc import Callable
from typing import Final, cast

from connectors.errors import SourceUnavailable
from connectors.transports.wire.answer import UNASKED, Reading
from connectors.transports.wire.patience import Patience

SOON: Final = 0.1
"""Seconds in which what has come is read before a connection is closed: the loop's next turn, as a rule."""

KEPT: Final = 15.0
"""Seconds a connection may rest. Systems close theirs after some time, and firewalls forget them without a word."""


class Connection(asyncio.Protocol):
    """A connection to an origin; made by the loop, asked by one call at a time."""

    def __init__(self) -> None:
        """Begin before it is made."""
        self._transport: asyncio.Transport
        self._arrived = select.poll()
        self._reading: Reading | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._fresh = True
        self.unasked = False
        """Whether anything came on it that nobody asked for, or that is no answer."""
        self._lost = "unreachable"
        self._tls: ssl.SSLObject | None = None
        self._said_its_end = False
        """Whether the source itself ended the connection, as far as can be known."""
        self._told: Callable[[], None] = lambda: None
        self._rested = time.monotonic()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport, and watch its socket for what comes unasked."""
        self._loop = asyncio.get_running_loop()
        self._transport = cast("asyncio.Transport", transport)  # of a stream; uvloop's is none of asyncio's own
        self._tls = transport.get_extra_info("ssl_object")
        self._arrived.register(transport.get_extra_info("socket").fileno(), select.POLLIN)

    @property
    def clean(self) -> bool:
        """Whether its last exchange was exact, and nothing is known to have come since."""
        return self._fresh

    @property
    def ready(self) -> bool:
        """Whether it may be asked: it is clean and has not rested too long, and nothing has come, not even its end.

        The socket itself is looked at, because what has come may not have been read by the loop yet. So no request
        is begun on a connection that is known to be closed, and none is answered by what was there before it.
        """
        return (
            self._fresh
            and time.monotonic() - self._rested < KEPT
            and not self._transport.is_closing()
            and not self._arrived.poll(0)
            and self._loop is asyncio.get_running_loop()
        )

    async def exchange(self, request: bytes, reading: Reading, patience: Patience, until: float) -> None:
        """Send a request and read its answer; raises what went wrong. Cancelled or late, it closes at once."""
        if not self._fresh or self._transport.is_closing():  # since it was made: who would say that, nobody hears
            reading.close()
            raise SourceUnavailable(self._lost)
        waiter = self._waiter = self._loop.create_future()
        self._reading, self._fresh = reading, False
        patience.begin(waiter, until)
        try:
            self._transport.write(request)
            await waiter
        finally:
            patience.end(waiter)
            self._reading = self._waiter = None
            reading.close()
            if not self._fresh:
                self._transport.abort()
        if reading.failure is not None:
            self.unasked = reading.failure.code in UNASKED
            if self.unasked:
                self.close()  # what it answered may still come
            raise reading.failure

    def part(self, unasked: Callable[[], None]) -> None:
        """Ask nothing more. What has come and was not read yet is: if it is more than its end, ``unasked`` is told."""
        ours = self._loop is asyncio.get_running_loop() and not self._transport.is_closing()
        if self._fresh and ours and self._arrived.poll(0):
            self._fresh, self._told = False, unasked
            self._loop.call_later(SOON, self.close)
        else:
            self.close()

    def close(self) -> None:
        """Close it at once, whatever is under way."""
        self._fresh = False
        if not self._loop.is_closed():  # which closed it already
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Read on; what nobody asked for spoils the connection."""
        reading = self._reading
        if reading is None:
            self.unasked = True
            self.close()
            self._told()
            return
        # Something of the request still waits to be sent: what comes now cannot have been meant as its answer.
        reading.early |= self._transport.get_write_buffer_size() > 0
        reading.feed(data)
        if reading.over:
            self._over(reading)

    def eof_received(self) -> None:
        """Learn that no more will come. Over TLS whoever cut the line could say so: only close_notify is the source."""
        self._said_its_end = self._tls is None or _notified(self._tls)

    def connection_lost(self, error: Exception | None) -> None:
        """Tell whoever waits: what ends with the connection is whole then, and anything else is cut off."""
        self._fresh = False
        if isinstance(error, ssl.SSLError):  # a certificate of ours, say, is refused when all is connected (TLS 1.3)
            self._lost = "tls"
        reading = self._reading
        if reading is None:
            return
        reading.ended(cut=error is not None or not self._said_its_end)
        if isinstance(error, ssl.SSLError):
            reading.failure = SourceUnavailable(self._lost)
        self._over(reading)

    def _over(self, reading: Reading) -> None:
        """Wake whoever waits. From here on, nothing more is theirs."""
        self._reading = None
        self._fresh, self._rested = reading.clean, time.monotonic()
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def _notified(tls: ssl.SSLObject) -> bool:
    """Say whether close_notify came: reading on then gives nothing, and without it is told to wait for more."""
    try:
        return tls.read(1) == b""
    except ssl.SSLError:
        return False
