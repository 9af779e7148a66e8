"""The hub over the cast, in a process of its own, over real HTTP: ``python -m tests.timing.served FOLDER``.

Prints one line of JSON: its port, a token for each asker, and the id of each child.
"""

import json
import socket
import sys
import time
from pathlib import Path

import uvicorn
import uvloop
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.house import house
from tests.rooms.graphql.conftest import door_of
from tests.timing.questions import CASES, add_children

LATER = 0.0001
"""Seconds added to the answer of a request that asks for it: what the measurement must be able to see."""


def delaying(app: ASGIApp) -> ASGIApp:
    """Answer a request whose ``x-later`` is 1 a little later, without letting anything else run."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if (b"x-later", b"1") in scope["headers"]:
            until = time.perf_counter() + LATER
            while time.perf_counter() < until:
                pass
        await app(scope, receive, send)

    return answer


async def serve(folder: Path) -> None:
    """Serve until the process is ended."""
    add_children()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with house(folder) as home, door_of(home, folder) as door:
            tokens = {case.who: door.token(case.who) for case in CASES.values()}
            told = {"port": listening.getsockname()[1], "tokens": tokens, "ids": home.ids}
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()
            config = uvicorn.Config(delaying(door.app), log_config=None, lifespan="off", access_log=False)
            await uvicorn.Server(config).serve(sockets=[listening])


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1])))  # as ``hub serve`` does
