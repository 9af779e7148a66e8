"""Speakers: clients of a socket, spoken to message by message."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import orjson

Message = MutableMapping[str, Any]


class Speaker:
    """One client of a socket."""

    def __init__(self, app: Any, headers: dict[str, str], subprotocols: list[str]) -> None:
        self._came = asyncio.Queue[Message]()
        self._came.put_nowait({"type": "websocket.connect"})
        self._sent = asyncio.Queue[Message]()
        self.reads = asyncio.Event()
        self.reads.set()
        scope = {
            "type": "websocket", "path": "/graphql", "raw_path": b"/graphql", "query_string": b"", "scheme": "ws",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1), "server": ("hub", 80), "http_version": "1.1", "root_path": "",
            "subprotocols": subprotocols, "extensions": {"websocket.http.response": {}},
            "asgi": {"version": "3.0", "spec_version": "2.4"},
        }  # fmt: skip
        self.task = asyncio.create_task(app(scope, self._came.get, self._send))

    async def _send(self, message: Message) -> None:
        await self.reads.wait()
        await self._sent.put(message)

    def say(self, kind: str, name: str | None = None, payload: Any = None) -> None:
        """Send a message."""
        self.write(orjson.dumps({"type": kind, "id": name, "payload": payload}).decode())

    def write(self, text: str | None = None, binary: bytes | None = None) -> None:
        """Send whatever it is."""
        self._came.put_nowait({"type": "websocket.receive", "text": text, "bytes": binary})

    async def hear(self) -> Message:
        """Give the next thing the hub does: accepting, a message, closing, or refusing."""
        async with asyncio.timeout(10):
            came = await self._sent.get()
        return orjson.loads(came["text"]) if came["type"] == "websocket.send" else came

    async def told(self, name: str = "1") -> tuple[list[tuple[str, str]], Any]:
        """Give the next event of a watch: its changes and the person."""
        came = await self.hear()
        assert (came["type"], came["id"]) == ("next", name), came
        event = came["payload"]["data"]["involvementChanged"]
        return [(c["source"], c["change"]) for c in event["changes"]], event["person"]

    async def closed(self) -> tuple[int, str]:
        """Give the code it is closed with, and the reason."""
        came = await self.hear()
        assert came["type"] == "websocket.close", came
        self._came.put_nowait({"type": "websocket.disconnect", "code": came["code"]})
        return came["code"], came["reason"]

    async def leave(self) -> None:
        """Hang up, and wait until the hub has seen it."""
        self._came.put_nowait({"type": "websocket.disconnect", "code": 1001})
        await asyncio.wait_for(self.task, 10)
