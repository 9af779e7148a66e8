"""Kept connections, on asyncio's own loop and on the one that serves: what one call leaves is never another's."""

import asyncio
import socket
from contextlib import suppress
from typing import Any

import pytest

from connectors.contract import Limits
from connectors.errors import SourceBroken, SourceUnavailable
from connectors.transports.client import Client, HttpConnection
from connectors.transports.wire import pool
from tests.rooms.connectors.peer import HEAD, LOOPS, Peer, Play, echo, playing, told, value


def test_a_connection_is_kept_after_an_exact_exchange(play: Play) -> None:
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
def test_what_comes_unasked_is_never_given_to_the_next(play: Play, stray: bytes, seen: bool) -> None:  # noqa: FBT001 -- a table's column
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


UNASKED_WHEN = ["behind an answer", "while it rested", "before it was tidied away", "still in the socket"]


@pytest.mark.parametrize("when", UNASKED_WHEN)
def test_whoever_sent_something_unasked_once_is_asked_over_each_connection_once(
    play: Play, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may do so again at a moment when it cannot be told from an answer: nothing may be left for another child."""
    behind, tidied = when == "behind an answer", when == "before it was tidied away"
    if tidied:
        monkeypatch.setattr(pool, "KEPT", 0.1)

    def script(peer: Peer, sock: socket.socket, number: int) -> None:
        while peer.heard(sock):
            answer = told(b'"%b"' % peer.requests[-1])
            sock.sendall(answer * 2 if behind and number == 1 else answer)
            if number == 1:
                peer.go_on.wait(5)
                sock.sendall(answer)
                peer.moment.set()

    async def asking(client: Client, peer: Peer) -> None:
        if behind:
            assert isinstance(await value(client, "first"), SourceBroken)
        else:
            assert await value(client, "first") == "/first"
            peer.go_on.set()
            peer.moment.wait(5)
            if when != "still in the socket":
                await asyncio.sleep(0.3 if tidied else 0.05)
        assert [await value(client, f"{n}") for n in range(3)] == ["/0", "/1", "/2"]

    assert play(script, asking).connections == 4


@pytest.mark.parametrize("seen", [True, False], ids=["read by the loop", "still in the socket"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_connection_closed_while_it_rested_costs_nobody_anything(
    play: Play,
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


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_loop_that_is_over_takes_its_connections_along() -> None:
    """A command may run one loop after another: nothing of the last is used, and patience ends in the next too."""

    def script(peer: Peer, sock: socket.socket, number: int) -> None:
        while peer.heard(sock):
            if number > 2:
                peer.go_on.wait(5)
            sock.sendall(told(b"%d" % number))

    async def asked(client: Client) -> Any:
        return await value(client, "a")

    with playing(script) as peer:
        client = Client(HttpConnection(base_url=peer.base), Limits(deadline=0.3), "t.toml")
        for loop, answered in (("asyncio", 1), ("asyncio", 2), ("uvloop", None)):
            with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
                found = runner.run(asked(client))
                assert found == answered or (isinstance(found, SourceUnavailable) and found.code == "timed-out")


def test_a_post_hung_up_on_once_it_was_sent_is_an_error_and_not_repeated(play: Play) -> None:
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
def test_a_connection_the_source_will_close_is_not_used_again(play: Play, ends: bytes) -> None:
    """Though it is still open when the next call comes."""

    def script(peer: Peer, sock: socket.socket, _: int) -> None:
        while peer.heard(sock):
            sock.sendall(ends)

    async def asking(client: Client, _: Peer) -> None:
        for _n in range(3):
            assert await value(client, "a") == 1

    assert play(script, asking).connections == 3


def test_a_body_that_ends_with_the_connection_is_read(play: Play) -> None:
    """Neither length nor chunks: whole when it is closed."""

    def script(peer: Peer, sock: socket.socket, _: int) -> None:
        peer.heard(sock)
        sock.sendall(HEAD + b"\r\n[1,")
        sock.sendall(b"2]")

    async def asking(client: Client, _: Peer) -> None:
        assert await value(client, "a") == [1, 2]

    assert play(script, asking).connections == 1


@pytest.mark.parametrize("stray", [b"[]", None], ids=["an empty list", "no such thing"])
def test_an_answer_on_its_way_when_the_next_question_is_sent_is_known_where_a_source_names_what_it_answers(
    play: Play, stray: bytes | None
) -> None:
    """Empty it would read as none held: a name that comes back says whose it is, and then nothing is kept any more."""

    def script(peer: Peer, sock: socket.socket, _: int) -> None:
        before = b""
        while head := peer.heard(sock):
            name = next((b"\r\n" + f for f in head.split(b"\r\n") if f.startswith(b"X-Request-ID: ")), b"")
            if len(peer.requests) == 2:  # what was sent twice arrives now, before the answer
                sock.sendall(_named(before, stray))
                peer.go_on.wait(5)
            before = name
            with suppress(OSError):
                sock.sendall(_named(name, b'"%b"' % peer.requests[-1]))
            if len(peer.requests) == 2:
                peer.moment.set()

    async def asking(client: Client, peer: Peer) -> None:
        assert await value(client, "0") == "/0"
        second = await value(client, "1")
        assert str(second) == ("another-answer" if client._echoes else "[]")
        peer.go_on.set()
        await asyncio.to_thread(peer.moment.wait, 5)
        await asyncio.sleep(0.02)  # the loop reads what came
        assert [await value(client, n) for n in "23"] == ["/2", "/3"]
        assert peer.connections == 3

    play(script, asking, echoes="X-Request-ID")
    if stray:
        play(script, asking)


def _named(name: bytes, body: bytes | None) -> bytes:
    if body is None:
        return b"HTTP/1.1 404 No%b\r\nContent-Length: 0\r\n\r\n" % name
    return HEAD.rstrip() + name + b"\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


def test_an_answer_to_what_was_not_sent_yet_is_none(play: Play) -> None:
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


def test_an_early_refusal_is_heard(play: Play) -> None:
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
