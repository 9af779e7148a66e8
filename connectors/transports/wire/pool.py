"""The connections to one origin: so many at once, kept between calls, each asked by one call at a time."""

import asyncio
import ssl
import time
from collections import deque

from connectors.contract import Limits
from connectors.errors import SourceUnavailable
from connectors.transports.wire.answer import Reading
from connectors.transports.wire.connection import KEPT, Connection
from connectors.transports.wire.dialling import dial
from connectors.transports.wire.lookup import Lookup
from connectors.transports.wire.origin import Origin
from connectors.transports.wire.patience import Patience


class Pool:
    """Places for connections: each is empty, asked, or holds one that rests."""

    def __init__(self, origin: Origin, tls: ssl.SSLContext | None, limits: Limits) -> None:
        """Begin with empty places."""
        self.origin = origin
        self._lookup = Lookup(origin)
        self._tls = tls
        self._connect = limits.connect
        self._empty = limits.concurrency
        self._resting: list[Connection] = []
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()
        self._patience = Patience()
        self._tidying: asyncio.TimerHandle | None = None
        self._closed = False
        self._distrusted = False
        """Whether the origin once sent what nobody asked for: from then on each connection is asked once."""

    async def ask(self, request: bytes, reading: Reading, until: float) -> None:
        """Send a request and read its answer, all of it until then by the monotonic clock; raises what went wrong.

        A request is written once. A connection that was closed while it rested is found out before anything is
        written to it, and another is used: nothing of the request has left, so that this is as safe for a post as
        for a read. One that is closed from then on fails the call, because what became of the request is not known.
        """
        connection = self._rested() or await self._made(until)
        if self._closed:  # while it was made
            connection.close()
            raise SourceUnavailable("closed")
        try:
            await connection.exchange(request, reading, self._patience, until)
        finally:
            self._back(connection)

    async def close(self) -> None:
        """Close every connection, whatever is under way."""
        self._closed = True
        self._patience.close()
        if self._tidying is not None:
            self._tidying.cancel()
        for connection in self._resting:
            connection.close()
        self._resting.clear()
        for turn in self._waiting:
            if not turn.done():
                turn.set_exception(SourceUnavailable("closed"))

    def _rested(self) -> Connection | None:
        """Give a connection that may be asked: the one that rested least."""
        if any(connection.unasked for connection in self._resting):
            self._distrust()
        while self._resting:
            connection = self._resting.pop()
            if connection.ready:
                return connection
            self._drop(connection)
            self._empty += 1
        return None

    async def _made(self, until: float) -> Connection:
        """Make a connection as soon as there is a place for it, or use one that is given back meanwhile."""
        if self._closed:
            raise SourceUnavailable("closed")
        if self._empty:
            self._empty -= 1
        else:
            connection = await self._turn(until)
            if connection is not None and connection.ready:
                return connection
            if connection is not None:
                self._drop(connection)
        try:
            return await dial(self.origin, self._lookup, self._tls, connect=self._connect, until=until)
        except BaseException:
            self._pass_on(None)
            raise

    async def _turn(self, until: float) -> Connection | None:
        """Wait for a place, in the order of coming; give the connection that is in it, if any."""
        turn: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(until - time.monotonic()):
                return await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._pass_on(turn.result())  # it came, and nobody is there to take it
            if not isinstance(error, TimeoutError):
                raise
        raise SourceUnavailable("timed-out")

    def _back(self, connection: Connection) -> None:
        if connection.clean and not self._closed:
            self._pass_on(connection)
            return
        self._drop(connection)
        self._pass_on(None)

    def _drop(self, connection: Connection) -> None:
        """Close what is not used again; its place is the caller's to give on."""
        connection.part(self._distrust)
        if connection.unasked:
            self._distrust()

    def _distrust(self) -> None:
        """Keep no connection any more: what came unasked once may be on its way again, and looks like an answer."""
        self._distrusted = True
        for connection in self._resting:
            connection.close()
            self._empty += 1
        self._resting.clear()

    def _pass_on(self, connection: Connection | None) -> None:
        """Give a place to whoever waited longest, or keep what is in it; nothing of an origin that is not trusted."""
        if connection is not None and self._distrusted:
            connection.close()
            connection = None
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return
        if connection is None:
            self._empty += 1
            return
        self._resting.append(connection)
        if self._tidying is None:
            self._tidying = asyncio.get_running_loop().call_later(KEPT, self._tidy)

    def _tidy(self) -> None:
        """Close what has rested too long; look again while something rests."""
        self._tidying = None
        resting, self._resting = self._resting, []
        for connection in resting:
            if connection.ready and not self._distrusted:
                self._resting.append(connection)
            else:
                self._drop(connection)
                self._empty += 1
        if self._resting:
            self._tidying = asyncio.get_running_loop().call_later(KEPT, self._tidy)
