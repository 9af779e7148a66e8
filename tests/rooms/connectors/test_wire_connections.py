"""Kept connections, on asyncio's own loop and on the one that serves: what one call leaves is never another's."""

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from itertools import count
from typing import Any

import pytest
import uvloop

from connectors.contract import Limits
from connectors.errors import SourceBroken, SourceError, SourceUnavailable
from connectors.transports.client import Client, HttpConnection
from connectors.transports.wire import connection as wire_connection
from connectors.transports.wire import dialling, pool
from connectors.transports.wire.dialling import dial
from connectors.transports.wire.origin import Origin
from connectors.transports.wire.patience import Patience
from tests.rooms.connectors.peer import HEAD, Peer, Script, playing, told

LOOPS: Mapping[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": uvloop.new_event_loop,
}
LIMITS = Limits(deadline=3.0, connect=1.0)
Asking = Callable[[Client, Peer], Awaitable[None]]


@pytest.fixture(params=LOOPS)
def play(request: pytest.FixtureRequest) -> Callable[..., Peer]:
    """Give what asks a peer that plays a script, on one loop and on the other."""

    def run(script: Script, asking: Asking, limits: Limits = LIMITS, **settings: Any) -> Peer:
        async def main(peer: Peer) -> None:
            client = Client(HttpConnection(base_url=peer.base, **settings), limits, "t.toml")
            try:
                await asking(client, peer)
            finally:
                await client.close()

        with playing(script) as peer, asyncio.Runner(loop_factory=LOOPS[request.param]) as runner:
            runner.run(main(peer))
        return peer

    return run


async def value(client: Client, *parts: str) -> Any:
    """Give what a source answers, or what is said of it where it does not."""
    try:
        page = await client.get(parts)
    except SourceError as error:
        return error
    assert page is not None
    return page.value


def echo(peer: Peer, sock: socket.socket, number: int) -> None:
    """Answer each request with its own path."""
    del number
    while peer.heard(sock):
        sock.sendall(told(b'"%b"' % peer.requests[-1]))


def test_a_connection_is_kept_after_an_exact_exchange(play: Callable[..., Peer]) -> None:
    """Ten calls one after the other take one connection; so does a 404 whose body came along."""

    async def asking(client: Client, _: Peer) -> None:
        for n in range(10):
            assert await value(client, str(n)) == f"/{n}"

    assert play(echo, asking).connections == 1

    def absent(peer: Peer, sock: socket.socket, _: int) -> None:
        while peer.heard(sock):
            sock.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone")

    async def missing(client: Client, _: Peer) -> None:
        for _n in range(3):
            assert await client.get(("a",)) is None

    assert play(absent, missing).connections == 1


@pytest.mark.parametrize("seen", [True, False], ids=["read by the loop", "still in the socket"])
@pytest.mark.parametrize("stray", [told(b'"somebody else"'), b"\r\n", b"x"], ids=["an answer", "a line", "a byte"])
def test_what_comes_unasked_is_never_given_to_the_next(play: Callable[..., Peer], stray: bytes, seen: bool) -> None:  # noqa: FBT001 -- a table's column
    """A second answer behind the first is nobody's: its connection is closed, whether or not the loop has read it."""

    def script(peer: Peer, sock: socket.socket, number: int) -> None:
        while peer.heard(sock):
            sock.sendall(told(b'"%b"' % peer.requests[-1]))
            if number == 1:
                peer.go_on.wait(5)
                sock.sendall(stray)
                peer.moment.set()

    async def asking(client: Client, peer: Peer) -> None:
        assert await value(client, "first") == "/first"
        peer.go_on.set()
        peer.moment.wait(5)  # the loop stands still meanwhile: it cannot have read what has come
        if seen:
            await asyncio.sleep(0.05)
        assert await value(client, "second") == "/second"

    assert play(script, asking).connections == 2


@pytest.mark.parametrize("seen", [True, False], ids=["read by the loop", "still in the socket"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_connection_closed_while_it_rested_costs_nobody_anything(
    play: Callable[..., Peer],
    method: str,
    seen: bool,  # noqa: FBT001 -- a table's column
) -> None:
    """Found out before anything is written: each request is made once, a post too, and each is answered."""

    def script(peer: Peer, sock: socket.socket, number: int) -> None:
        while peer.heard(sock):
            sock.sendall(told(b"1"))
            if number == 1:
                peer.go_on.wait(5)
                sock.shutdown(socket.SHUT_RDWR)
                peer.moment.set()
                return

    async def asking(client: Client, peer: Peer) -> None:
        for n in range(3):
            assert (await client.get((str(n),)) if method == "GET" else await client.post((str(n),), {})) is not None
            if n == 0:
                peer.go_on.set()
                peer.moment.wait(5)
                if seen:
                    await asyncio.sleep(0.05)

    peer = play(script, asking)
    assert (peer.requests, peer.connections) == ([b"/0", b"/1", b"/2"], 2)


def test_a_post_hung_up_on_once_it_was_sent_is_an_error_and_not_repeated(play: Callable[..., Peer]) -> None:
    """What became of it is not known; over a kept connection as over a new one."""

    def script(peer: Peer, sock: socket.socket, _: int) -> None:
        peer.heard(sock)
        sock.sendall(told(b"1"))
        peer.heard(sock)  # and says nothing to the second

    async def asking(client: Client, _: Peer) -> None:
        await client.post(("a",), {})
        with pytest.raises(SourceUnavailable, match=r"^unreachable$"):
            await client.post(("b",), {})

    peer = play(script, asking)
    assert (peer.requests, peer.connections) == ([b"/a", b"/b"], 1)


@pytest.mark.parametrize(
    "ends",
    [
        HEAD + b"Content-Length: 1\r\nConnection: close\r\n\r\n1",
        b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n1",
    ],
    ids=["says so", "of HTTP/1.0"],
)
def test_a_connection_the_source_will_close_is_not_used_again(play: Callable[..., Peer], ends: bytes) -> None:
    """Though it is still open when the next call comes."""

    def script(peer: Peer, sock: socket.socket, _: int) -> None:
        while peer.heard(sock):
            sock.sendall(ends)

    async def asking(client: Client, _: Peer) -> None:
        for _n in range(3):
            assert await value(client, "a") == 1

    assert play(script, asking).connections == 3


def test_a_body_that_ends_with_the_connection_is_read(play: Callable[..., Peer]) -> None:
    """Neither length nor chunks: whole when it is closed."""

    def script(peer: Peer, sock: socket.socket, _: int) -> None:
        peer.heard(sock)
        sock.sendall(HEAD + b"\r\n[1,")
        sock.sendall(b"2]")

    async def asking(client: Client, _: Peer) -> None:
        assert await value(client, "a") == [1, 2]

    assert play(script, asking).connections == 1


def test_an_answer_to_what_was_not_sent_yet_is_none(play: Callable[..., Peer]) -> None:
    """What answers before all of a request has left did not hear it."""

    def hasty(peer: Peer, sock: socket.socket, _: int) -> None:
        sock.recv(10)
        sock.sendall(told(b"1"))
        peer.go_on.wait(5)

    async def much(client: Client, peer: Peer) -> None:
        with pytest.raises(SourceBroken, match=r"^not-http$"):
            await client.post(("a",), ["x" * 12_000_000])
        peer.go_on.set()

    play(hasty, much)


def test_an_early_refusal_is_heard(play: Callable[..., Peer]) -> None:
    """A source may refuse what is too long while it is still being sent; that connection is not used again."""

    def refuses(peer: Peer, sock: socket.socket, _: int) -> None:
        sock.recv(10)
        sock.sendall(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
        peer.go_on.wait(5)

    async def much(client: Client, peer: Peer) -> None:
        for _ in range(2):
            with pytest.raises(SourceBroken, match=r"^status-413$"):
                await client.post(("a",), ["x" * 12_000_000])
        peer.go_on.set()

    assert play(refuses, much).connections == 2


@pytest.mark.parametrize("places", [1, 3])
def test_as_many_connections_as_there_are_places(play: Callable[..., Peer], places: int) -> None:
    """Whoever comes when all are taken waits, first come first served, and everybody gets their own answer."""

    async def asking(client: Client, _: Peer) -> None:
        answers = await asyncio.gather(*(value(client, str(n)) for n in range(30)))
        assert answers == [f"/{n}" for n in range(30)]

    peer = play(echo, asking, Limits(concurrency=places))
    assert peer.most <= places
    asked = [int(path[1:]) for path in peer.requests]
    assert asked == list(range(30)) if places == 1 else sorted(asked) == list(range(30))


def test_a_connection_given_on_to_whoever_waits_is_looked_at_too(play: Callable[..., Peer]) -> None:
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


def test_a_place_given_to_whoever_has_just_left_goes_on_to_the_next(play: Callable[..., Peer]) -> None:
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


def test_no_place_is_lost(play: Callable[..., Peer]) -> None:
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


def test_one_deadline_for_all_of_it(play: Callable[..., Peer]) -> None:
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


def test_a_call_let_go_of_closes_its_connection_at_once(play: Callable[..., Peer]) -> None:
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


def test_what_rested_too_long_is_closed(play: Callable[..., Peer], monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_closing_lets_go_of_everything(play: Callable[..., Peer]) -> None:
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


# --- where a name leads ----------------------------------------------------------------------------------------------


async def test_the_next_address_is_tried_beside_one_that_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """And at once after one that fails; the families by turns; whoever connects first is taken and no other kept."""
    tried, closed = list[str](), list[str]()

    class Made:
        def __init__(self, host: str) -> None:
            self.host = host

        def close(self) -> None:
            closed.append(self.host)

    async def to(host: str) -> Any:
        tried.append(host)
        if host.startswith("silent"):
            await asyncio.sleep(60)
        if host.startswith("slow"):
            await asyncio.sleep(0.02)
        if host.startswith("no"):
            raise ConnectionRefusedError
        return Made(host)

    monkeypatch.setattr(dialling, "_NEXT", 0.01)
    assert (await dialling._first(["silent:6", "no:6", "silent4", "no4", "yes4"], to)).host == "yes4"  # type: ignore[attr-defined] -- ours here
    assert tried == ["silent:6", "silent4", "no:6", "no4", "yes4"]
    with pytest.raises(ConnectionRefusedError):
        await dialling._first(["no4", "no:6"], to)
    taken = (await dialling._first(["slow4", "slow:6"], to)).host  # type: ignore[attr-defined] -- ours here
    await asyncio.sleep(0)
    assert closed in ([], ["slow4" if taken == "slow:6" else "slow:6"])


async def test_a_name_of_this_machine_is_called_where_the_file_says_so() -> None:
    """``localhost`` is looked up and called; of its addresses the one that listens is found."""

    def one(peer: Peer, sock: socket.socket, _: int) -> None:
        peer.heard(sock)
        sock.sendall(told(b"1"))

    with playing(one) as peer:
        client = Client(HttpConnection(base_url=f"http://localhost:{peer.port}"), LIMITS, "t.toml")
        assert await value(client, "a") == 1
        await client.close()


async def test_nobody_at_an_address_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused, silent, or a name that leads only to this machine."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(SourceUnavailable, match=r"^unreachable$"):
            await dial(Origin.of(f"http://127.0.0.1:{taken.getsockname()[1]}"), None, 1.0)
    with pytest.raises(SourceUnavailable, match=r"^timed-out$"):
        await dial(Origin.of("http://127.0.0.1:1"), None, -1.0)

    async def nowhere(host: str, port: int) -> list[str]:
        del host, port
        raise OSError(0, "no address that may be called")

    monkeypatch.setattr(dialling, "outward", nowhere)
    with pytest.raises(SourceUnavailable, match=r"^unreachable$"):
        await dial(Origin.of("https://agency.example"), ssl.create_default_context(), 1.0)
