"""A way to PostgreSQL that can be cut: bytes are passed on until they are not, and nobody is told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from sqlalchemy.engine import make_url


class Way:
    """Connections through one port; while ``cut`` they stay open and nothing passes, as in a partition."""

    def __init__(self) -> None:
        """Begin whole."""
        self.whole = asyncio.Event()
        self.whole.set()
        self._tasks: set[asyncio.Task[None]] = set()

    def cut(self) -> None:
        """Let nothing pass from now on."""
        self.whole.clear()

    def mend(self) -> None:
        """Let everything pass again, what waited first."""
        self.whole.set()

    async def both(self, near: asyncio.StreamWriter, mine: asyncio.StreamReader, socket: str) -> None:
        """Pass one connection's bytes both ways."""
        reader, writer = await asyncio.open_unix_connection(socket)
        for source, sink in ((mine, writer), (reader, near)):
            task = asyncio.create_task(self._pass(source, sink))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                await self.whole.wait()
                sink.write(data)
                await sink.drain()
        sink.close()

    async def close(self) -> None:
        """Let go of every connection."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def way_to(server: str) -> AsyncIterator[tuple[Way, str]]:
    """Open a way to a server that listens on a socket in a folder; give it and the address through it."""
    url, way = make_url(server), Way()
    socket = f"{url.query['host']}/.s.PGSQL.5432"
    listening = await asyncio.start_server(lambda r, w: way.both(w, r, socket), "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    try:
        yield way, f"postgresql://postgres@127.0.0.1:{port}/{url.database}?ssl=disable"
    finally:
        listening.close()
        await way.close()
