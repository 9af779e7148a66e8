"""The hub over the cast, keeping watches, in a process of its own: ``python -m tests.timing.standing FOLDER STEP``.

Prints one line of JSON as ``served`` does. While it runs a child changes: the one a request names (``x-changing``), at
the hub and at the police; looks are made longer by as much as a request asks for (``x-inside``).
"""

import asyncio
import itertools
import json
import secrets
import socket
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import uvicorn
import uvloop
from sqlalchemy import delete
from starlette.types import ASGIApp, Receive, Scope, Send

from connectors.contract import Ask, Reply
from hub.governance.consent import ConsentState
from hub.governance.register import put_consent
from hub.governance.standing_read import CONSENT
from hub.graphql.watching import watch
from hub.graphql.watching.bounds import Bounds
from schema.records import Involvement, Status
from schema.services import Service
from tests.house import House, house
from tests.rooms.answer.test_beside import said
from tests.rooms.graphql.watchers import post_of
from tests.timing.questions import add_children
from tests.timing.served import INSIDE, busy
from tests.timing.watches import BEAT, ELSEWHERE, EVERY

BOUNDS = Bounds(every=EVERY, beat=BEAT, most=1_000, each=1_000, begun=1_000_000)


class Changes:
    """Somebody changes all the time."""

    def __init__(self, home: House) -> None:
        """Begin with whoever is not watched."""
        self._home = home
        self.child = ELSEWHERE
        self._status = Status.CURRENT
        home.connectors["police"].misbehave = self._police

    async def for_ever(self) -> None:
        """Change consent to what the police show, and what they hold, a little sooner than looks come."""
        for turn in itertools.count():
            self._status = (Status.CURRENT, Status.HISTORIC)[turn % 2]
            state = (ConsentState.GIVEN, ConsentState.REFUSED)[turn % 2]
            consent = replace(said(self._home, state, "mother", self.child), services=frozenset({Service.POLICE}))
            async with self._home.database.begin() as connection:  # one row, or the table would grow and be slower
                await connection.execute(delete(CONSENT).where(CONSENT.c.person_id == consent.person_id))
                await put_consent(connection, consent, secrets.token_hex(16))
            await asyncio.sleep(EVERY * 0.7)

    def _police(self, ask: Ask) -> Reply:
        reply = self._home.connectors["police"].reply(ask)
        records = {
            person: [replace(r, status=self._status) if isinstance(r, Involvement) else r for r in held]
            for person, held in reply.records.items()
        }
        return replace(reply, records=records)


def changing(app: ASGIApp, changes: Changes) -> ASGIApp:
    """Note who is to change, and how much longer looks are to take."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        asked = dict(scope["headers"])
        INSIDE.set(float(asked.get(b"x-inside", b"0")))
        changes.child = asked.get(b"x-changing", ELSEWHERE.encode()).decode()
        await app(scope, receive, send)

    return answer


def later(answers: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Answer later, by as much as is asked for."""

    async def answered(*given: Any) -> Any:
        busy(INSIDE.get())
        return await answers(*given)

    return answered


async def serve(folder: Path, step: float) -> None:
    """Serve until the process is ended."""
    add_children()
    watch.JITTER = 0.0  # type: ignore[misc] -- looks are told apart by their moments, which would only be blurred
    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with house(folder) as home, post_of(home, folder, BOUNDS, step=step) as post:
            changes = Changes(home)
            post.room.asking.answers = later(post.room.asking.answers)  # type: ignore[method-assign] -- what is measured
            told = {"port": listening.getsockname()[1], "token": post.token("early-help"), "ids": home.ids}
            behind = asyncio.create_task(changes.for_ever())
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()
            config = uvicorn.Config(changing(post.app, changes), log_config=None, lifespan="off", access_log=False)
            await uvicorn.Server(config).serve(sockets=[listening])
            behind.cancel()


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1]), float(sys.argv[2])))  # as ``hub serve`` does
