"""Places for connections, and patience: nobody waits longer than they may, and no place is ever lost."""

import asyncio
import socket
import time
from itertools import count

import pytest

from connectors.contract import Limits
from connectors.errors import SourceUnavailable
from connectors.transports.client import Client, HttpConnection
from connectors.transports.wire import connection as wire_connection
from connectors.transports.wire import pool
from connectors.transports.wire.patience import Patience
from tests.rooms.connectors.peer import Peer, Play, echo, told, value


@pytest.mark.parametrize("places", [1, 3])
def test_as_many_connections_as_there_are_places(play: Play, places: int) -> None:
    """Whoever comes when all are taken waits, first come first served, and everybody gets their own answer."""

    async def asking(client: Client, _: Peer) -> None:
        answers = await asyncio.gather(*(value(client, str(n)) for n in range(30)))
        assert answers == [f"/{n}" for n in range(30)]

    peer = play(echo, asking, Limits(concurrency=places))
    assert peer.most <= places
    asked = [int(path[1:]) for path in peer.requests]
    assert asked == list(range(30)) if places == 1 else sorted(asked) == list(range(30))


def test_a_connection_given_on_to_whoever_waits_is_looked_at_too(play: Play) -> None:
    """What comes behind one call's answer is not the next one's, though it waited for that very connection."""

    def script(peer: Peer, sock: socket.socket, number: int) -> None:
        while peer.heard(sock):
            sock.sendall(told(b'"%b"' % peer.requests[-1]))
            if number == 1:
                peer.go_on.wait(5)
                sock.sendall(told(b'"somebody else"'))
                peer.moment.set()

    async def asking(client: Client, peer: Peer) -> None:
        async def first() -> None:
            assert await value(client, "first") == "/first"
            peer.go_on.set()
            peer.moment.wait(5)  # its connection was given on, and whoever waits has not been woken yet

        assert (await asyncio.gather(first(), value(client, "second")))[1] == "/second"

    assert play(script, asking, Limits(concurrency=1)).connections == 2


def test_a_place_given_to_whoever_has_just_left_goes_on_to_the_next(play: Play) -> None:
    """Let go of between being given a place and taking it: the connection in it is asked by somebody else."""

    async def asking(client: Client, _: Peer) -> None:
        async def first() -> None:
            assert await value(client, "first") == "/first"
            second.cancel()

        beginning = asyncio.create_task(first())
        await asyncio.sleep(0)
        second = asyncio.create_task(value(client, "second"))
        await asyncio.wait([beginning, second])
        assert second.cancelled()
        assert await value(client, "third") == "/third"

    peer = play(echo, asking, Limits(concurrency=1))
    assert (peer.requests, peer.connections) == ([b"/first", b"/third"], 1)


def test_no_place_is_lost(play: Play) -> None:
    """Whatever becomes of a call, while it waits for a place, while it connects or while it is answered."""
    hang = count()

    def script(peer: Peer, sock: socket.socket, _: int) -> None:
        while peer.heard(sock):
            match peer.requests[-1]:
                case b"/hang":
                    next(hang)
                    sock.recv(1)
                case b"/gone":
                    return
                case b"/rubbish":
                    sock.sendall(b"rubbish")
                case path:
                    sock.sendall(told(b'"%b"' % path))

    async def asking(client: Client, _: Peer) -> None:
        for what in ("hang", "gone", "rubbish", "hang", "fine"):
            calls = [asyncio.create_task(client.get((what,))) for _n in range(6)]
            await asyncio.sleep(0.05)
            if what == "hang":
                for call in calls[::2]:
                    call.cancel()
            await asyncio.wait(calls)
        assert await asyncio.gather(*(value(client, str(n)) for n in range(4))) == ["/0", "/1", "/2", "/3"]
        assert client._door.pool._empty + len(client._door.pool._resting) == 2

    play(script, asking, Limits(deadline=0.3, concurrency=2))


def test_one_deadline_for_all_of_it(play: Play) -> None:
    """Waiting for a place, connecting, the answer and a second try: together no longer than a call may take."""

    def script(peer: Peer, sock: socket.socket, number: int) -> None:
        peer.heard(sock)
        if number == 1:
            time.sleep(0.2)
            sock.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        peer.go_on.wait(5)

    async def asking(client: Client, peer: Peer) -> None:
        began = time.monotonic()
        ends = list[float]()

        async def one() -> None:
            with pytest.raises(SourceUnavailable, match=r"^timed-out$"):
                await client.get(("a",))
            ends.append(time.monotonic() - began)

        await asyncio.gather(*(one() for _ in range(4)))
        assert max(ends) < 0.4 + 0.25
        peer.go_on.set()

    play(script, asking, Limits(deadline=0.4, concurrency=1))


def test_a_token_is_waited_for_no_longer_than_its_call(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits behind others for a token that does not come is told when their own time is up."""
    monkeypatch.setenv("SECRET", "s")

    def script(peer: Peer, sock: socket.socket, _: int) -> None:
        peer.heard(sock)
        peer.go_on.wait(5)

    async def asking(_: Client, peer: Peer) -> None:
        auth = {"kind": "oauth2", "client_id": "hub", "client_secret": {"env": "SECRET"}, "token_url": f"{peer.base}/t"}
        connection = HttpConnection.model_validate({"base_url": peer.base, "auth": auth})
        client = Client(connection, Limits(deadline=0.3), "t.toml")
        began = time.monotonic()
        assert {str(one) for one in await asyncio.gather(*(value(client, "a") for _n in range(5)))} == {"timed-out"}
        assert time.monotonic() - began < 1.2
        await client.close()
        peer.go_on.set()

    play(script, asking)


def test_a_call_let_go_of_closes_its_connection_at_once(play: Play) -> None:
    """Within a tenth of a second the source knows that nobody waits (PROMISES C8)."""
    closed = list[float]()

    def script(peer: Peer, sock: socket.socket, _: int) -> None:
        peer.heard(sock)
        peer.moment.set()
        if not sock.recv(1):
            closed.append(time.monotonic())

    async def asking(client: Client, peer: Peer) -> None:
        call = asyncio.create_task(client.get(("a",)))
        await asyncio.to_thread(peer.moment.wait, 5)
        call.cancel()
        let_go = time.monotonic()
        await asyncio.wait([call])
        await asyncio.sleep(0.2)
        assert call.cancelled()
        assert closed
        assert closed[0] - let_go < 0.1

    play(script, asking)


def test_what_rested_too_long_is_closed(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is used, and by itself where nobody comes."""
    monkeypatch.setattr(wire_connection, "KEPT", 0.05)
    monkeypatch.setattr(pool, "KEPT", 0.08)
    ended = list[bytes]()

    def script(peer: Peer, sock: socket.socket, _: int) -> None:
        while peer.heard(sock):
            sock.sendall(told(b"1"))
        ended.append(b"")

    async def asking(client: Client, peer: Peer) -> None:
        await value(client, "a")
        await asyncio.sleep(0.06)
        await value(client, "b")
        assert peer.connections == 2
        await asyncio.sleep(0.2)
        assert len(ended) == 2

    play(script, asking)


def test_closing_lets_go_of_everything(play: Play) -> None:
    """Whoever waits is told at once, and nothing is asked any more."""

    def script(peer: Peer, sock: socket.socket, _: int) -> None:
        peer.heard(sock)
        sock.recv(1)

    async def asking(client: Client, _: Peer) -> None:
        calls = [asyncio.create_task(client.get(("a",))) for _n in range(3)]
        await asyncio.sleep(0.05)
        await client.close()
        done, _ = await asyncio.wait(calls, timeout=1)
        assert [type(call.exception()) for call in done] == [SourceUnavailable] * 3
        with pytest.raises(SourceUnavailable, match=r"^closed$"):
            await client.get(("a",))

    play(script, asking, Limits(concurrency=2))

    async def connecting(client: Client, _: Peer) -> None:
        call = asyncio.create_task(client.get(("a",)))
        await asyncio.sleep(0)
        await client.close()
        with pytest.raises(SourceUnavailable, match=r"^closed$"):
            await call

    assert play(script, connecting).requests == []


async def test_whoever_has_least_patience_is_told_first() -> None:
    """One timer for all, set for whoever is next; whoever has their answer is told nothing."""
    patience, now, ends = Patience(), time.monotonic(), list[str]()
    for name, seconds in (("last", 0.12), ("first", 0.02), ("answered", 0.04), ("second", 0.06)):
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiter.add_done_callback(lambda one, name=name: ends.append(f"{name} {one.exception()}"))  # type: ignore[misc] -- bound
        patience.begin(waiter, now + seconds)
        if name == "answered":
            waiter.set_result(None)
    await asyncio.wait([waiter])
    patience.close()
    await asyncio.sleep(0)
    assert ends == ["answered None", "first timed-out", "second timed-out", "last closed"]
