"""A source that has a name: a resolver that hangs, a balancer with nobody behind it."""

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from threading import Event
from typing import Any

import pytest

from connectors.contract import Limits
from connectors.errors import SourceError, SourceUnavailable
from connectors.transports import addresses
from connectors.transports.wire import lookup, pool
from connectors.transports.wire.answer import Reading
from connectors.transports.wire.connection import Connection
from connectors.transports.wire.origin import Origin
from connectors.transports.wire.patience import Patience
from tests.rooms.connectors.peer import LIMITS, LOOPS, Peer, playing, told

NAMED = "agency.example"
Pooled = Callable[[pool.Pool], Awaitable[None]]


def pooled(loop: str, port: int, asking: Pooled, limits: Limits = LIMITS, name: str = NAMED) -> None:
    """Let somebody ask a source that has a name."""

    async def main() -> None:
        asked = pool.Pool(Origin(f"http://{name}", name, port, secure=False), None, limits)
        try:
            await asking(asked)
        finally:
            await asked.close()

    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(main())


async def heard(asked: pool.Pool, seconds: float = LIMITS.deadline) -> str:
    """Ask, and give the answer or why there is none."""
    reading = Reading(lambda status, _: status == 200, 1000)
    try:
        await asked.ask(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", reading, time.monotonic() + seconds)
    except SourceError as error:
        return str(error)
    return reading.body().decode()


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("says", [b"", b"220 hello\r\n"], ids=["nothing", "something"])
def test_a_source_that_hangs_up_at_once_is_said_at_once(
    monkeypatch: pytest.MonkeyPatch, loop: str, says: bytes
) -> None:
    """A balancer with nobody behind it, a source that takes no more connections: nobody waits for their deadline."""

    async def here(host: str, port: int) -> list[str]:
        del host, port
        return ["127.0.0.1", "127.0.0.1"]  # several, so that it is over before the call goes on

    def script(peer: Peer, sock: socket.socket, number: int) -> None:
        if number == 5:
            peer.heard(sock)
            sock.sendall(told(b'"at last"'))
        else:
            sock.sendall(says)

    async def asking(asked: pool.Pool) -> None:
        began = time.monotonic()
        for _n in range(4):
            assert await heard(asked) in {"unreachable", "not-http"}
        assert time.monotonic() - began < 2.0
        assert await heard(asked) == '"at last"'

    monkeypatch.setattr(lookup, "outward", here)
    with playing(script) as peer:
        pooled(loop, peer.port, asking, Limits(deadline=3.0, concurrency=1))


@pytest.mark.parametrize("loop", LOOPS)
def test_a_resolver_that_hangs_for_one_name_holds_no_other_up(monkeypatch: pytest.MonkeyPatch, loop: str) -> None:
    """However many wait for the name it is looked up once at a time; a slow look is of use to whoever asks next."""
    asked_for, go_on = list[str](), Event()
    theirs = socket.getaddrinfo

    def looked_up(host: str, port: int, *rest: Any, **more: Any) -> Any:
        if not host.endswith(".example"):
            return theirs(host, port, *rest, **more)
        asked_for.append(host)
        if host == NAMED:
            go_on.wait(10)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    async def asking(asked: pool.Pool) -> None:
        other = pool.Pool(
            Origin("http://other.example", "other.example", asked.origin.port, secure=False), None, LIMITS
        )
        calls = [asyncio.create_task(heard(asked, 0.2)) for _n in range(40)]
        await asyncio.sleep(0)
        assert await heard(other) == "1"
        assert set(await asyncio.gather(*calls)) == {"timed-out"}
        assert asked_for == [NAMED, "other.example"]
        await other.close()
        late = asyncio.create_task(heard(asked))
        asyncio.get_running_loop().call_later(0.1, go_on.set)  # after what a connection may take
        assert await late == "1"
        assert asked_for == [NAMED, "other.example"]

    def script(peer: Peer, sock: socket.socket, _: int) -> None:
        while peer.heard(sock):
            sock.sendall(told(b"1"))

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    monkeypatch.setattr(addresses, "forbidden", lambda _: False)
    with playing(script) as peer:
        pooled(loop, peer.port, asking, Limits(deadline=3.0, connect=0.05, concurrency=64))
    go_on.set()


async def test_a_certificate_refused_before_anything_is_asked_is_said() -> None:
    """A source that speaks TLS 1.3 refuses the hub's certificate when the connection is made: that is ``tls``."""
    with playing(lambda peer, sock, _: peer.heard(sock) and None) as peer:
        _, made = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", peer.port)
        made.connection_lost(ssl.SSLError("alert unknown ca"))
        with pytest.raises(SourceUnavailable, match=r"^tls$"):
            await made.exchange(
                b"GET / HTTP/1.1\r\n\r\n", Reading(lambda *_: True, 1), Patience(), time.monotonic() + 1
            )
        made.close()
    assert peer.requests == []


async def test_a_name_that_cannot_be_looked_up_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither where there is no thread left to look in, nor where nobody waits any more."""

    def none(*_: Any, **__: Any) -> None:
        message = "can't start new thread"
        raise RuntimeError(message)

    monkeypatch.setattr(addresses.Thread, "start", none)
    with pytest.raises(OSError, match="no thread"):
        await addresses.outward("agency.example", 443)
