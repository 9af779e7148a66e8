"""Agencies' systems for tests: real HTTP on a free port of this machine, well behaved or not."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager
from threading import Thread
from typing import Any

from aiohttp import web
from aiohttp.test_utils import RawTestServer

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
Wire = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """Serve every request with one handler, in a thread with a loop of its own; yield the base address."""
    started: Future[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        server, stop = RawTestServer(handler, host="127.0.0.1"), asyncio.Event()
        await server.start_server(access_log=None)
        started.set_result((server.port or 0, asyncio.get_running_loop(), stop))
        await stop.wait()
        await server.close()

    thread = Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    port, loop, stop = await asyncio.wrap_future(started)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(stop.set)
        await asyncio.to_thread(thread.join, 5)


@asynccontextmanager
async def on_the_wire(write: Wire) -> AsyncIterator[str]:
    """Serve bytes as they are written, for answers no library would send; yield the base address."""
    running: set[asyncio.Task[None]] = set()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            await write(head, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            running.discard(task)

    server = await asyncio.start_server(one, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in list(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def answer(value: Any, status: int = 200, **headers: str) -> web.Response:
    """Answer with JSON."""
    named = {k.replace("_", "-"): v for k, v in headers.items()}
    return web.Response(text=json.dumps(value), status=status, content_type="application/json", headers=named)
