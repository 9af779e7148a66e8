"""C7: a thousand calls, three in ten of which are reset; then an outage in which all are."""

from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, suppress

from connectors.contract import Limits
from connectors.errors import SourceUnavailable
from connectors.transports.client import Client, HttpConnection
from tests.faults.agency import Running
from tests.faults.measured import Measured

CALLS = 1_000
RATIO = 1.1


async def measure(agencies: Running) -> Iterable[Measured]:
    """Count at the agency what it was asked."""
    async with AsyncExitStack() as stack:

        async def each(kind: str, name: str, call: Callable[[Client, int], Awaitable[object]]) -> list[int]:
            client = Client(HttpConnection(base_url=f"{agencies.base}/{kind}"), Limits(), "load")
            stack.push_async_callback(client.close)
            for n in range(CALLS):
                with suppress(SourceUnavailable):
                    await call(client, n)
            return [count for key, count in agencies.tell().items() if key.startswith(name)]

        posts = await each("resets", "post-", lambda c, n: c.post((f"post-{n}",), {}))
        reads = await each("resets", "read-", lambda c, n: c.get((f"read-{n}",)))
        outage = await each("outage", "gone-", lambda c, n: c.get((f"gone-{n}",)))
    once = sum(count == 1 for count in posts)
    return [
        Measured(
            "C7", f"of {CALLS} posts, 30 % reset, seen exactly once", str(once), str(CALLS), once == len(posts) == CALLS
        ),
        Measured(
            "C7", f"of {CALLS} reads, 30 % reset, the most one was tried", str(max(reads)), "≤ 2", max(reads) <= 2
        ),
        *(_ratio(what, sum(counts)) for what, counts in (("30 % reset", reads), ("all reset", outage))),
    ]


def _ratio(what: str, attempts: int) -> Measured:
    ratio = attempts / CALLS
    return Measured(
        "C7",
        f"attempts for {CALLS} reads, {what}",
        f"{attempts} ({ratio:.2f} times)",
        f"≤ {RATIO} times",
        ratio <= RATIO,
    )
