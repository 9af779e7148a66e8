"""Goes wrong on purpose: an ASGI layer around a demo system, and a protocol that drops connections while it is down."""

import asyncio

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from hub.demo.faults import FaultKind
from hub.demo.systems.switch import Switch

HUGE_BYTES = 10 * 1024 * 1024
NOISE = b'\x00\xff{"almost": json, \xc3\x28' * 40
PAGE = b"<!doctype html><title>Sign in</title><h1>Your session has expired</h1>"


class Faulty:
    """Wraps a system; every request goes through the fault of the moment."""

    def __init__(self, app: ASGIApp, switch: Switch) -> None:
        self.app, self.switch = app, switch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the fault has it."""
        fault = self.switch.fault
        match fault.kind:
            case FaultKind.SLOW:
                await asyncio.sleep(fault.seconds)
                await self.app(scope, receive, send)
            case FaultKind.HANG:
                await _hang(receive)
            case FaultKind.GARBAGE:
                await _answer(send, 200, b"application/json", NOISE)
            case FaultKind.HTML:
                await _answer(send, 200, b"text/html; charset=utf-8", PAGE)
            case FaultKind.HUGE:
                await _answer(send, 200, b"application/json", b'{"padding":"' + b"x" * HUGE_BYTES + b'"}')
            case FaultKind.ERROR_500:
                await _answer(send, 500, b"application/json", b'{"error":"internal"}')
            case FaultKind.WRONG_TYPES:
                await _mistyped(self.app, scope, receive, send)
            case _:
                await self.app(scope, receive, send)


async def _hang(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _answer(send: Send, status: int, kind: bytes, body: bytes) -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _mistyped(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    said: list[Message] = []

    async def keep(message: Message) -> None:
        said.append(message)

    await app(scope, receive, keep)
    body = b"".join(m.get("body", b"") for m in said)
    kind = dict(said[0]["headers"]).get(b"content-type", b"application/json")
    await _answer(send, said[0]["status"], kind, orjson.dumps(_mistype(orjson.loads(body))))


def _mistype(value: object) -> object:
    match value:
        case dict():
            return {k: _mistype(v) for k, v in value.items()}
        case list():
            return [_mistype(v) for v in value]
        case str():
            return len(value)
        case bool() | None:
            return "perhaps"
        case _:
            return ["seven"]


def protocol(switch: Switch) -> type[HttpToolsProtocol]:
    """Make the protocol that resets every connection while the system is down."""

    class Dropping(HttpToolsProtocol):
        """Speaks HTTP unless the system is down."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's own signature
            """Take a connection, or reset it at once."""
            super().connection_made(transport)
            if switch.fault.kind is FaultKind.DOWN:
                transport.abort()

        def data_received(self, data: bytes) -> None:
            """Read a request, or reset the connection it came on."""
            if switch.fault.kind is FaultKind.DOWN:
                self.transport.abort()
            else:
                super().data_received(data)

    return Dropping
