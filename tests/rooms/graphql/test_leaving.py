"""Clients that leave: over a real socket, whoever hangs up is no longer worked for, and the ledger says so."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
import uvicorn

from connectors.contract import Ask
from hub.audit.reports import who_looked
from hub.graphql import leaving
from hub.graphql.messages import Result
from tests.house import WHO
from tests.rooms.graphql.conftest import CONTEXT, Door
from tests.rooms.graphql.watchers import Post


@contextlib.asynccontextmanager
async def listening(door: Door | Post) -> AsyncIterator[int]:
    """Serve the door on a free port; yield the port."""
    config = uvicorn.Config(door.app, host="127.0.0.1", port=0, log_config=None, lifespan="off")
    running = uvicorn.Server(config)
    running.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment] # the tests keep theirs
    task = asyncio.create_task(running.serve())
    try:
        while not running.started:
            assert not task.done()
            await asyncio.sleep(0.005)
        yield running.servers[0].sockets[0].getsockname()[1]
    finally:
        running.should_exit = True
        await task


def asking(door: Door) -> bytes:
    """Write a request about Maya by hand."""
    body = orjson.dumps({"query": WHO, "variables": {"id": door.home.ids["maya"], "context": CONTEXT}})
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {door.token()}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def of_old(port: int, token: str, accept: str, query: str, variables: Any) -> tuple[int, Any]:
    """Ask as HTTP/1.0 does, which knows no chunks (RFC 9112, section 6.1); give the status and what is told."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    asked = orjson.dumps({"query": query, "variables": variables})
    head = f"POST /graphql HTTP/1.0\r\nAuthorization: Bearer {token}\r\nAccept: {accept}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(asked)}\r\n\r\n"
    writer.write(head.encode() + asked)
    try:
        async with asyncio.timeout(10):
            told = await reader.readuntil(b"\r\n\r\n")
            assert b"chunked" not in told
            return int(told.split(b" ", 2)[1]), orjson.loads(await reader.read())
    finally:
        writer.close()


async def hang_up_after(door: Door, port: int, begun: asyncio.Event) -> None:
    """Ask about Maya, and close the connection once a source is being asked."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(asking(door))
    await begun.wait()
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("times", [1, 5])
async def test_a_client_that_hangs_up_is_no_longer_worked_for(door: Door, times: int) -> None:
    """Within a second every source is let go of, the ledger says that the question was abandoned, no task is left."""
    connectors, begun, calls = door.home.connectors.values(), asyncio.Event(), []

    async def hang(ask: Ask) -> None:
        calls.append(ask)
        begun.set()
        await asyncio.Event().wait()

    for connector in connectors:
        connector.misbehave = hang
    async with listening(door) as port:
        tasks = len(asyncio.all_tasks())
        for _ in range(times):
            begun.clear()
            await hang_up_after(door, port, begun)
        async with asyncio.timeout(1):
            while len(asyncio.all_tasks()) > tasks:  # noqa: ASYNC110 -- the end of a task of others is no event
                await asyncio.sleep(0.01)
        assert sum(c.cancelled for c in connectors) == len(calls) >= times
        subject = door.home.answerer.preparer.pseudonyms.subject(door.home.ids["maya"])
        told = await who_looked(door.home.database, subject)
    assert [look.ended for look in told] == ["The person asking left before the answer was shown."] * times
    assert f'hub_requests_total{{status="499"}} {times}.0' in door.home.observer.metrics().decode()
    assert "internal-error" not in door.log()


async def test_a_client_that_waits_is_answered_over_the_same_socket_again(door: Door) -> None:
    """Watching for a client that leaves takes nothing from one that stays and asks again."""
    body = b'{"query":"{ me { name } }"}'
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {door.token()}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    async with listening(door) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(3):
            writer.write(head.encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            length = int(answer.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            assert answer.startswith(b"HTTP/1.1 200")
            assert b'"data"' in await reader.readexactly(length)
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize("ends", ["quietly", "badly"])
async def test_work_that_will_not_stop_is_left_behind(
    door: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, ends: str
) -> None:
    """A task that swallows its cancellation holds up nobody: a code is logged, and it may end when it likes."""
    monkeypatch.setattr(leaving, "GRACE", 0.05)
    begun, let_go, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def refuse(*_: object) -> Result:
        begun.set()
        try:
            while not let_go.is_set():
                with contextlib.suppress(asyncio.CancelledError):
                    await let_go.wait()
            if ends == "badly":
                raise KeyError("Quillfeather")
        finally:
            ended.set()
        return Result({})

    door.home.executor.run = refuse  # type: ignore[method-assign]
    async with listening(door) as port:
        await hang_up_after(door, port, begun)
        async with asyncio.timeout(5):
            while "hub_requests_total{" not in door.home.observer.metrics().decode():  # noqa: ASYNC110 -- a count is no event
                await asyncio.sleep(0.01)
        assert not ended.is_set()
        assert '"code": "will-not-stop"' in door.log()
        assert 'status="499"' in door.home.observer.metrics().decode()
        let_go.set()
        await ended.wait()
    assert "Quillfeather" not in door.log() + caplog.text
