"""How often a source is asked when it hangs up: once for each call, and for reads a few times more in all."""

import asyncio
import collections
import contextlib

import pytest

from connectors.contract import Limits
from connectors.errors import SourceUnavailable
from connectors.transports.client import Client, HttpConnection
from tests.serving import on_the_wire

CALLS = 60


async def attempts(method: str, answered: int) -> collections.Counter[bytes]:
    """Call that many times; the source answers every so manieth request and hangs up on the others."""
    seen: collections.Counter[bytes] = collections.Counter()

    async def write(head: bytes, writer: asyncio.StreamWriter) -> None:
        seen[head.split(b" ")[1]] += 1
        if answered and seen.total() % answered == 0:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
            await writer.drain()

    async with on_the_wire(write) as base:
        client = Client(HttpConnection(base_url=base), Limits(), "t")
        for n in range(CALLS):
            with contextlib.suppress(SourceUnavailable):
                await (client.get((str(n),)) if method == "GET" else client.post((str(n),), {}))
        await client.close()
    return seen


async def test_an_outage_is_not_made_worse() -> None:
    """A source that hangs up on everybody is asked a tenth more often than it would be, and once more, at most."""
    seen = await attempts("GET", 0)
    assert len(seen) == CALLS
    assert seen.total() <= CALLS * 1.1 + 1
    assert max(seen.values()) == 2


@pytest.mark.parametrize("answered", [0, 2, 3])
async def test_a_post_that_is_hung_up_on_is_sent_once(answered: int) -> None:
    """Whatever became of it, over a new connection or a kept one."""
    assert set((await attempts("POST", answered)).values()) == {1}
