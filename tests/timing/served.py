"""The hub over the cast, in a process of its own, over real HTTP: ``python -m tests.timing.served FOLDER STEP``.

Prints one line of JSON: its port, a token for each asker, and the id of each child. Answers are made later by as much
as a request asks for, inside the work (``x-inside``) or after it has left the grid (``x-after``), both in seconds; and
each says how long its thread was at work (``x-work``), which no other process adds to.
"""

import json
import socket
import sys
import time
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import uvicorn
import uvloop
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.graphql.execution import Executor
from tests.house import house
from tests.rooms.graphql.conftest import door_of
from tests.timing.questions import CASES, add_children

INSIDE: ContextVar[float] = ContextVar("INSIDE", default=0.0)


def busy(seconds: float) -> None:
    """Let nothing else run for a while."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


class Late(Executor):
    """The hub's executor, later by as much as is asked for."""

    def __init__(self, inner: Executor) -> None:
        """Stand in its place."""
        self.__dict__ = inner.__dict__

    async def run(self, *args: Any, **given: Any) -> Any:
        """Answer later."""
        busy(INSIDE.get())
        return await super().run(*args, **given)


def timed(app: ASGIApp) -> ASGIApp:
    """Delay as asked, and say how long the thread was at work."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        asked = dict(scope["headers"])
        INSIDE.set(float(asked.get(b"x-inside", b"0")))
        started = time.thread_time_ns()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                work = str(time.thread_time_ns() - started).encode()
                message["headers"] = [*message["headers"], (b"x-work", work)]
                busy(float(asked.get(b"x-after", b"0")))
            await send(message)

        await app(scope, receive, sending)

    return answer


async def serve(folder: Path, step: float) -> None:
    """Serve until the process is ended."""
    add_children()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with house(folder) as home, door_of(home, folder, Late(home.executor), step) as door:
            tokens = {case.who: door.token(case.who) for case in CASES.values()}
            told = {"port": listening.getsockname()[1], "tokens": tokens, "ids": home.ids}
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()
            config = uvicorn.Config(timed(door.app), log_config=None, lifespan="off", access_log=False)
            await uvicorn.Server(config).serve(sockets=[listening])


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1]), float(sys.argv[2])))  # as ``hub serve`` does
