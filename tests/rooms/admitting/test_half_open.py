"""Half-open connections, over real sockets: they are closed after a while, and meanwhile keep nobody out."""

import asyncio
import contextlib

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from hub.admitting import half_open
from hub.admitting.half_open import Impatient

MANY = 100
WHOLE = b"GET / HTTP/1.1\r\nHost: hub\r\n\r\n"
BEGINNINGS = (b"", b"G", b"GET / HTTP/1.1\r\nHost: h", WHOLE + b"GET / HT")


async def _answered(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    return await reader.readexactly(len(b"here"))


async def test_connections_on_which_no_request_comes_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """G6: whether nothing came, a part, or a part after a whole one; who sends whole requests stays as ever."""
    monkeypatch.setattr(half_open, "HEAD_SECONDS", 0.3)

    async def here(_: Request) -> Response:
        return PlainTextResponse("here")

    app = Starlette(routes=[Route("/", here)])
    config = uvicorn.Config(app, port=0, http=Impatient, log_config=None, lifespan="off", timeout_keep_alive=60)
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment] # the tests keep theirs
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(20):
        while not server.started:  # noqa: ASYNC110 -- uvicorn tells of it by this alone
            await asyncio.sleep(0.005)
        port = server.servers[0].sockets[0].getsockname()[1]
        opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(MANY)]
        for place, (_, writer) in enumerate(opened):
            writer.write(BEGINNINGS[place % len(BEGINNINGS)])
        stays, asks = await asyncio.open_connection("127.0.0.1", port)
        asks.write(WHOLE)
        assert await _answered(stays) == b"here"
        for place, (reader, _) in enumerate(opened):
            if place % len(BEGINNINGS) == 3:
                await _answered(reader)
            with contextlib.suppress(ConnectionResetError):
                assert await reader.read() == b""
        asks.write(WHOLE)
        assert await _answered(stays) == b"here"
        for _, writer in (*opened, (stays, asks)):
            writer.close()
        server.should_exit = True
        await serving
