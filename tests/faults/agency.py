"""``python -m tests.faults.agency``: agencies' systems in a process of their own, well, ill or dead by their address.

``/KIND/NAME/stays?who=…``: the kind says how it behaves, the name for whom it counts its requests. Prints its port.
"""

import asyncio
import collections
import contextlib
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

from tests.faults.kinds import ASKED, MEGABYTE, OWN
from tests.faults.web import CHUNK, bomb, whole
from tests.faults.wire import drip, for_ever, reset, wire

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
PAUSE = 0.01
"""Seconds a well system takes, as a database behind it would."""
RESETS = 0.3
STORED = 64 * MEGABYTE


class Agencies:
    """Every system, how often each was asked, and which are ill."""

    def __init__(self) -> None:
        """Begin with all of them well; chance is the same in every run."""
        self.counts: collections.Counter[str] = collections.Counter()
        self.ill: set[str] = set()
        self.chance = random.Random(7)  # noqa: S311 -- which requests are reset is no secret

    async def write(self, head: bytes, _body: bytes, writer: asyncio.StreamWriter) -> None:
        """Answer, or not."""
        url = urlsplit(head.split(b" ")[1].decode())
        _, kind, name, *_ = url.path.split("/")
        if kind == "told":
            writer.write(self._told(name))
            return
        self.counts[name] += 1
        if (kind == "resets" and self.chance.random() < RESETS) or kind == "outage":
            reset(writer)
        elif kind == "ill" and name in self.ill:
            writer.write(whole(b"{}", "application/json", status="500 Internal Server Error"))
        elif kind in _KINDS:
            await _KINDS[kind](writer)
        else:
            await asyncio.sleep(PAUSE)
            people = parse_qs(url.query).get("who", [ASKED])[0].split(",")
            rows = [{"who": person, "ref": "1", "team": OWN} for person in people]
            writer.write(whole(json.dumps({"items": rows}).encode(), "application/json"))

    def _told(self, what: str) -> bytes:
        """Be told who falls ill or gets well, or tell the counts."""
        kind, _, name = what.partition("-")
        if kind == "ill":
            self.ill.add(name)
        elif kind == "well":
            self.ill.discard(name)
        return whole(json.dumps(self.counts).encode(), "application/json")


async def _hang_in_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD)
    await writer.drain()
    await for_ever()


async def _hang(_writer: asyncio.StreamWriter) -> None:
    await for_ever()


async def _drip(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Content-Length: 99999\r\n\r\n")
    await drip(writer)


async def _endless(writer: asyncio.StreamWriter, most: int | None = None) -> None:
    writer.write(HEAD + b"Connection: close\r\n\r\n")
    sent = 0
    while most is None or sent < most:
        writer.write(CHUNK)
        sent += len(CHUNK)
        await writer.drain()


async def _stored(writer: asyncio.StreamWriter) -> None:
    await _endless(writer, STORED)


async def _bomb(writer: asyncio.StreamWriter) -> None:
    writer.write(whole(bomb(), "application/json", "Content-Encoding: gzip"))


async def _header(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"X: " + b"x" * MEGABYTE + b"\r\n\r\n{}")


_KINDS = {
    "drip": _drip, "hang": _hang, "hang in headers": _hang_in_headers, "hang%20in%20headers": _hang_in_headers,
    "endless": _endless, "gzip%20bomb": _bomb, "64%20MB": _stored, "1%20MB%20header": _header,
}  # fmt: skip
GREEDY = ("drip", "hang", "hang in headers", "endless", "gzip bomb", "64 MB", "1 MB header")
"""The faults of PROMISES C2."""


@contextlib.contextmanager
def running() -> Iterator["Running"]:
    """Run the agencies in a process of their own."""
    process = subprocess.Popen([sys.executable, "-m", "tests.faults.agency"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Running(f"http://127.0.0.1:{int(process.stdout.readline())}")
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


class Running:
    """The agencies as those who measure see them."""

    def __init__(self, base: str) -> None:
        """Keep their address."""
        self.base = base

    def at(self, kind: str, name: str) -> str:
        """Give a system's base address."""
        return f"{self.base}/{kind.replace(' ', '%20')}/{name}"

    def tell(self, what: str = "counts") -> dict[str, int]:
        """Say ``ill-NAME`` or ``well-NAME``; give how often each was asked."""
        with urlopen(f"{self.base}/told/{what}") as answer:  # noqa: S310 -- our own server on this machine
            counts: dict[str, int] = json.load(answer)
        return counts


async def _serve(say: Callable[[str], object]) -> None:
    async with wire(Agencies().write) as port:
        say(f"{port}\n")
        sys.stdout.flush()
        await for_ever()


if __name__ == "__main__":
    bomb()
    asyncio.run(_serve(sys.stdout.write))
