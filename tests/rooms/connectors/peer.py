"""A source of raw bytes for tests of the wire: each connection is played by a script, in a thread of its own."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Any

import uvloop

from connectors.contract import Limits
from connectors.errors import SourceError
from connectors.transports.client import Client, HttpConnection

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def told(value: bytes) -> bytes:
    """Give a whole answer."""
    return HEAD + b"Content-Length: %d\r\n\r\n" % len(value) + value


class Peer:
    """Counts connections and requests; what a script needs to say to the test goes through ``moment``."""

    def __init__(self, listening: socket.socket) -> None:
        """Begin with nobody connected."""
        self.port: int = listening.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.connections = 0
        self.open = self.most = 0
        self.requests: list[bytes] = []
        self.moment, self.go_on = Event(), Event()

    def heard(self, sock: socket.socket) -> bytes:
        """Read one request: its head, and a body by its length; nothing where the connection has ended."""
        data = b""
        while b"\r\n\r\n" not in data:
            more = sock.recv(65_536)
            if not more:
                return b""
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        length = next((int(f[15:]) for f in head.split(b"\r\n") if f.lower().startswith(b"content-length:")), 0)
        while len(body) < length:
            body += sock.recv(65_536)
        self.requests.append(head.split(b" ")[1])
        return head


Script = Callable[[Peer, socket.socket, int], None]
"""Plays a connection, the so manieth."""


@contextmanager
def playing(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[Peer]:
    """Play a script to whoever connects."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)  # much that nobody reads stays where it was
    peer, threads = Peer(listening), list[Thread]()

    def play(sock: socket.socket, number: int) -> None:
        with suppress(OSError), tls.wrap_socket(sock, server_side=True) if tls else sock as spoken:
            spoken.settimeout(5)
            script(peer, spoken, number)
        peer.open -= 1

    def listen() -> None:
        with suppress(OSError):
            while True:
                sock, _ = listening.accept()
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # what was sent has arrived
                peer.connections += 1
                peer.open += 1
                peer.most = max(peer.most, peer.open)
                threads.append(Thread(target=play, args=(sock, peer.connections), daemon=True))
                threads[-1].start()

    accepting = Thread(target=listen, daemon=True)
    accepting.start()
    try:
        yield peer
    finally:
        peer.go_on.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for thread in (accepting, *threads):
            thread.join(5)


LOOPS: Mapping[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": uvloop.new_event_loop,
}
LIMITS = Limits(deadline=3.0, connect=1.0)
Asking = Callable[[Client, Peer], Awaitable[None]]


class Play:
    """Asks a peer that plays a script, on one of the two loops."""

    def __init__(self, loop: str) -> None:
        """Choose the loop."""
        self._loop = LOOPS[loop]

    def __call__(self, script: Script, asking: Asking, limits: Limits = LIMITS, **more: Any) -> Peer:
        """Play and ask; give the peer as it was in the end."""

        async def main(peer: Peer) -> None:
            client = Client(HttpConnection(base_url=peer.base, **more), limits, "t.toml")
            try:
                await asking(client, peer)
            finally:
                await client.close()

        with playing(script) as peer, asyncio.Runner(loop_factory=self._loop) as runner:
            runner.run(main(peer))
        return peer


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
