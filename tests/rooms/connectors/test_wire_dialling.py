"""Where a name leads, and who is there."""

import asyncio
import socket
import ssl
import time
from typing import Any

import pytest

from connectors.errors import SourceUnavailable
from connectors.transports.client import Client, HttpConnection
from connectors.transports.wire import dialling, lookup
from connectors.transports.wire.dialling import dial
from connectors.transports.wire.origin import Origin
from tests.rooms.connectors.peer import LIMITS, Peer, playing, told, value


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

    async def dialled(base: str, connect: float, tls: ssl.SSLContext | None = None) -> None:
        origin = Origin.of(base)
        await dial(origin, lookup.Lookup(origin), tls, connect=connect, until=time.monotonic() + 1.0)

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(SourceUnavailable, match=r"^unreachable$"):
            await dialled(f"http://127.0.0.1:{taken.getsockname()[1]}", 1.0)
    with pytest.raises(SourceUnavailable, match=r"^timed-out$"):
        await dialled("http://127.0.0.1:1", -1.0)

    async def nowhere(host: str, port: int) -> list[str]:
        del host, port
        raise OSError(0, "no address that may be called")

    monkeypatch.setattr(lookup, "outward", nowhere)
    with pytest.raises(SourceUnavailable, match=r"^unreachable$"):
        await dialled("https://agency.example", 1.0, ssl.create_default_context())
