"""Connections that strangers hold and do not use, and what somebody else's questions take meanwhile.

``python -m tests.benchmarks half_open [seconds of each]``. They come from one address and are opened again as often as
they are cut; whoever asks comes from another.
"""

import asyncio
import contextlib
import sys
from typing import Final

from tests.benchmarks.gateway.worker import Worker, hub
from tests.benchmarks.open_loop import at, offer

SECONDS: Final = 10.0
RATE: Final = 5
FLOODS, ANOTHER = "127.0.0.3", "127.0.0.2"
HEAD: Final = b"POST /graphql HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\n"
KINDS: Final = {
    "silent": b"",
    "half a head": HEAD,
    "half a body": HEAD + b'Content-Length: 900\r\n\r\n{"query": ',
    "asking without end": HEAD + b"Content-Length: 2\r\n\r\n{}",
}
MANY: Final = (50, 500, 2_000)
ROWS: Final = (
    "| connections | kept trying | cut and opened again | another asks | is answered | p50 ms | p95 ms | p99 ms "
    "| RSS MiB |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
)


class Strangers:
    """So many who each hold one connection."""

    def __init__(self, port: int, said: bytes) -> None:
        self._port = port
        self._said = said
        self.cut = 0

    async def hold(self) -> None:
        """Open a connection, say something, and wait; again and again."""
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port, local_addr=(FLOODS, 0))
                try:
                    writer.write(self._said)
                    while await reader.read(65_536):
                        writer.write(self._said if self._said.endswith(b"}") else b"")
                finally:
                    writer.close()
            self.cut += 1
            await asyncio.sleep(0.2)


async def measure(served: Worker, seconds: float) -> None:
    """Let strangers hold so many of each kind; print a line for each."""
    await offer([served.another], 20, 2, local=ANOTHER)
    print(ROWS, flush=True)
    for kind, many in (("none", 0), *((kind, many) for kind in KINDS for many in MANY)):
        strangers = Strangers(served.port, KINDS.get(kind, b""))
        holding = [asyncio.create_task(strangers.hold()) for _ in range(many)]
        await asyncio.sleep(2)
        became = await offer([served.another], RATE, seconds, local=ANOTHER)
        times = became.answered
        print(
            f"| {kind} | {many} | {strangers.cut} | {became.asked} | {len(times)} | {at(times, 0.5)} "
            f"| {at(times, 0.95)} | {at(times, 0.99)} | {served.rss:.0f} |",
            flush=True,
        )
        for one in holding:
            one.cancel()
        await asyncio.gather(*holding, return_exceptions=True)


def main(seconds: float = SECONDS) -> None:
    """Run it and print the table."""
    with hub() as served:
        asyncio.run(measure(served, seconds))


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)
