"""What it costs to refuse: each request that asks for too much, beside an answer about one child at nine sources.

Processor time of one process, through the whole HTTP view with a token, the median of several.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import orjson

from tests.house import WHO, house
from tests.protocol.attacks import ATTACKS, WHY, body
from tests.rooms.graphql.conftest import Door, code, production_of

TIMES = 15


class _Answer:
    """One exchange with the application, without a client whose own work would be counted."""

    def __init__(self, sent: bytes) -> None:
        """Send these bytes."""
        self.sent: list[bytes] = [sent]
        self.content = b""

    def scope(self, token: str) -> dict[str, Any]:
        """Give the request as a server would."""
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json", "host": "hub"}
        written = [(name.encode(), value.encode()) for name, value in headers.items()]
        common = {"type": "http", "http_version": "1.1", "method": "POST", "path": "/graphql", "query_string": b""}
        return common | {"raw_path": b"/graphql", "headers": written, "scheme": "http", "root_path": ""}

    async def receive(self) -> dict[str, Any]:
        """Give the body, then nothing until the answer is there."""
        if not self.sent:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": self.sent.pop(), "more_body": False}

    async def send(self, message: Any) -> None:
        """Take the answer."""
        self.content += message.get("body", b"")


async def _cost(door: Door, sent: bytes, times: int) -> tuple[float, int, str]:
    """Give the median milliseconds of processor a request takes, the bytes of the answer and its code."""
    taken, token = [], door.token()
    for _ in range(times + 1):
        answer = _Answer(sent)
        started = time.process_time()
        await door.app(answer.scope(token), answer.receive, answer.send)
        taken.append((time.process_time() - started) * 1_000)
    told = orjson.loads(answer.content)
    return statistics.median(taken[1:]), len(answer.content), code(told) if "errors" in told else "answered"


async def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        async with house(Path(folder)) as home, production_of(home, Path(folder)) as door:
            normal = body(WHO, {"id": home.ids["maya"], "context": WHY})
            await _cost(door, normal, 5)
            normally, size, _ = await _cost(door, normal, 2 * TIMES)
            least, *_ = await _cost(door, body("{ me { name } }"), 2 * TIMES)
            print(f"An answer: {normally:.2f} ms of processor, {size} bytes. The least question: {least:.2f} ms.\n")
            print("| request | ms | of an answer | bytes | code |\n| --- | ---: | ---: | ---: | --- |")
            for name, sent in ATTACKS.items():
                ms, size, said = await _cost(door, sent, TIMES)
                print(f"| {name} | {ms:.2f} | {100 * ms / normally:.0f} % | {size} | `{said}` |", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
