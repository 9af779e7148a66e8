"""A server that writes bytes as they are, whole requests read first: for answers no library would send."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

Write = Callable[[bytes, bytes, asyncio.StreamWriter], Awaitable[None]]
"""Given a request's head and body, writes the answer."""


@asynccontextmanager
async def wire(write: Write, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Serve on a free port; yield it."""

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int((head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]) or 0)
            await write(head, await reader.readexactly(length), writer)
            await writer.drain()

    async with connections(one, tls) as port:
        yield port


@asynccontextmanager
async def connections(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """Serve whole connections on a free port; yield it."""
    running: set[asyncio.Task[None]] = set()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            # A task that ends cancelled is told of in the log (Python 3.11); this one is, whenever a test is over.
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await serve(reader, writer)
        finally:
            writer.close()
            running.discard(task)

    server = await asyncio.start_server(one, "127.0.0.1", 0, ssl=tls, backlog=4096)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in list(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection as a crashed machine's does: with a reset, not an end."""
    plug = writer.get_extra_info("socket")
    if plug is not None:
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def nobody() -> int:
    """Give a port where nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
    return port


async def drip(writer: asyncio.StreamWriter, every: float = 0.02) -> None:
    """Send a byte now and then, for ever."""
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(every)


async def for_ever() -> None:
    """Say nothing, until nobody listens any more."""
    await asyncio.Event().wait()
