"""Connections of strangers, over real sockets: silent ones are closed after a while, and meanwhile keep nobody out."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from websockets.asyncio.client import ClientConnection, connect

from hub.admitting import half_open
from hub.admitting.connections import Connections, State
from hub.admitting.half_open import AHEAD, HEAD_BYTES, HEEDLESS, Impatient, Socket
from hub.admitting.resting import rest

MANY = 100
WHOLE = b"GET / HTTP/1.1\r\nHost: hub\r\n\r\n"
WAITS = b"GET /waits HTTP/1.1\r\nHost: hub\r\n\r\n"
BODY = b"POST / HTTP/1.1\r\nHost: hub\r\nContent-Length: 9\r\n\r\nsome"
BEGINNINGS = (b"", b"G", b"GET / HTTP/1.1\r\nHost: h", WHOLE + b"GET / HT")
FLOODS, ANOTHER = "127.0.0.1", "127.0.0.2"

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Served:
    """A server, and the lines opened to it."""

    port: int
    connections: Connections
    go: asyncio.Event
    lines: list[Line]
    sockets: list[ClientConnection]

    async def line(self, said: bytes = b"", address: str = FLOODS) -> Line:
        """Open a line from an address, and say something."""
        line = await asyncio.open_connection("127.0.0.1", self.port, local_addr=(address, 0))
        self.lines.append(line)
        line[1].write(said)
        return line

    async def asks(self, address: str = FLOODS) -> Line:
        """Open a line, and ask something that is not answered yet."""
        before = self.under_way()
        line = await self.line(WAITS, address)
        while self.under_way() == before and not line[0].at_eof():  # noqa: ASYNC110 -- a number, and no event
            await asyncio.sleep(0.005)
        assert self.under_way() == before + 1
        return line

    def under_way(self) -> int:
        """Give on how many lines somebody waits for an answer."""
        return sum(one.state is State.ASKED for held in self.connections._held.values() for one in held)

    async def socket(self) -> ClientConnection:
        """Open a socket."""
        self.sockets.append(await connect(f"ws://127.0.0.1:{self.port}/"))
        return self.sockets[-1]

    async def counted(self, many: int) -> None:
        """Wait until so many are counted."""
        while self.connections._all != many:  # noqa: ASYNC110 -- a number, and no event
            await asyncio.sleep(0.005)


class Refuses:
    """Answers as the door refuses."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("here")(scope, receive, send)
        rest(scope)


@contextlib.asynccontextmanager
async def serving(most: int = 1_000) -> AsyncIterator[Served]:
    """Serve on a free port, as the hub does."""
    go = asyncio.Event()

    async def here(request: Request) -> Response:
        await request.body()
        return PlainTextResponse("here")

    async def waits(_: Request) -> Response:
        await go.wait()
        return PlainTextResponse("here")

    async def speaks(socket: WebSocket) -> None:
        await socket.accept()
        await socket.receive()

    routes = [
        Route("/", here, methods=["GET", "POST"]),
        Route("/waits", waits),
        Route("/busy", Refuses()),
        WebSocketRoute("/", speaks),
    ]
    served = Served(0, Connections(most), go, [], [])
    http = partial(Impatient, connections=served.connections)
    given = {"port": 0, "log_config": None, "lifespan": "off", "timeout_keep_alive": 60, "ws": Socket}
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), http=http, **given))  # type: ignore[arg-type] # as served
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment] # the tests keep theirs
    running = asyncio.create_task(server.serve())
    async with asyncio.timeout(20):
        while not server.started:  # noqa: ASYNC110 -- uvicorn tells of it by this alone
            await asyncio.sleep(0.005)
        served.port = server.servers[0].sockets[0].getsockname()[1]
        yield served
        go.set()
        for _, writer in served.lines:
            writer.close()
        for socket in served.sockets:
            await socket.close()
        await served.counted(0)
        server.should_exit = True
        await running


async def answered(line: Line) -> bytes:
    """Read one answer."""
    try:
        head = await line[0].readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as cut:
        head = cut.partial
    assert head.startswith(b"HTTP/1.1 200"), head
    return await line[0].readexactly(len(b"here"))


async def is_cut(line: Line) -> bool:
    """Wait until nothing more comes; say whether nothing had."""
    try:
        return await line[0].read() == b""
    except ConnectionResetError:
        return True


async def test_connections_on_which_no_request_comes_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """G6: whether nothing came, a part, or a part after a whole one; who sends whole requests stays as ever."""
    monkeypatch.setattr(half_open, "HEAD_SECONDS", 0.3)
    async with serving() as served:
        opened = [await served.line(BEGINNINGS[place % len(BEGINNINGS)]) for place in range(MANY)]
        stays = await served.line(WHOLE)
        assert await answered(stays) == b"here"
        for place, line in enumerate(opened):
            if place % len(BEGINNINGS) == 3:
                await answered(line)
            assert await is_cut(line)
        stays[1].write(WHOLE)
        assert await answered(stays) == b"here"


async def test_whoever_has_most_connections_gives_one_up_to_the_next() -> None:
    """The oldest silent one: whether nothing came, all is answered, or a body is on its way. Another is let in."""
    async with serving(most=6) as served:
        asked = await served.asks()
        others = await served.line(WHOLE, ANOTHER)
        assert await answered(others)
        silent = [await served.line(said) for said in (b"", WHOLE, BODY, b"GET")]
        assert await answered(silent[1])
        await served.counted(6)
        for place, line in enumerate(silent[:3]):
            assert await answered(await served.line(WHOLE, f"127.0.0.{3 + place}"))
            assert await is_cut(line)
        others[1].write(WHOLE)
        assert await answered(others), "whoever has fewer keeps theirs"
        served.go.set()
        assert await answered(asked), "what is being answered is not cut"


async def test_where_all_are_used_the_newest_of_whoever_has_most_is_cut() -> None:
    """For another address alone: sockets first, after what is silent. They are counted as long as they are there."""
    async with serving(most=3) as served:
        socket, lasts = await served.socket(), await served.socket()
        silent = await served.line()
        await served.counted(3)
        asked = [await served.asks()]
        assert await is_cut(silent)
        assert await is_cut(await served.line(WHOLE)), "an address does not cut its own sockets"
        asked.append(await served.asks(ANOTHER))
        await socket.wait_closed()
        await lasts.close()
        await served.counted(2)
        asked.append(await served.asks())
        assert await is_cut(await served.line(WHOLE)), "nor what is being answered"
        assert await answered(await served.line(WHOLE, ANOTHER))
        assert await is_cut(asked[-1]), "the newest of whoever has most"
        served.go.set()
        for line in asked[:-1]:
            assert await answered(line)


async def test_a_head_without_an_end_is_read_so_far_and_no_further() -> None:
    """431, on a new line and on one that was answered before; a large body is none."""
    async with serving() as served:
        for line in (await served.line(), await served.line(WHOLE)):
            line[1].write(b"GET / HTTP/1.1\r\nHost: hub\r\nX: ")
            with contextlib.suppress(ConnectionError):
                for _ in range(64):
                    line[1].write(b"x" * (HEAD_BYTES // 4))
                    await line[1].drain()
            with contextlib.suppress(ConnectionError):
                assert b"HTTP/1.1 431" in await line[0].read()
            await served.counted(len(served.lines) - served.lines.index(line) - 1)
        large = await served.line(b"POST / HTTP/1.1\r\nHost: hub\r\nContent-Length: 300000\r\n\r\n" + b"x" * 300_000)
        assert await answered(large)


async def test_no_more_is_taken_ahead_than_a_few_requests() -> None:
    """Whoever sends many without waiting for an answer is told so; a few are answered in order."""
    async with serving() as served:
        few = await served.line(WHOLE * (AHEAD // 2))
        for _ in range(AHEAD // 2):
            assert await answered(few)
        assert b"HTTP/1.1 400" in await (await served.line(WHOLE * AHEAD * 20))[0].read()


async def test_nothing_is_read_for_a_while_from_whoever_does_not_heed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks at once however often they are told to come again is heard later; who heeds is heard at once."""
    monkeypatch.setattr(half_open, "REST", 0.2)
    async with serving() as served:
        heedless = await served.line()
        times = [asyncio.get_running_loop().time()]
        for _ in range(HEEDLESS + 1):
            heedless[1].write(WHOLE.replace(b"/", b"/busy", 1))
            assert await answered(heedless)
            times.append(asyncio.get_running_loop().time())
        assert times[-1] - times[-2] > 0.15
        gone = await served.line()
        for _ in range(HEEDLESS):
            gone[1].write(WHOLE.replace(b"/", b"/busy", 1))
            assert await answered(gone)
        gone[1].close()
        monkeypatch.setattr(half_open, "REST", 0.0)
        for _ in range(HEEDLESS + 1):
            heedless[1].write(WHOLE.replace(b"/", b"/busy", 1))
            assert await answered(heedless)
