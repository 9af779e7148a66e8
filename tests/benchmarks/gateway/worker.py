"""One worker of the hub in a process of its own, as ``hub serve`` serves it, over nine agencies; what to ask it."""

import asyncio
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import aiohttp

from tests.benchmarks.bench_gateway import CHRONOLOGY, CONTEXT, WHO
from tests.benchmarks.gateway.governing import govern, signed_in
from tests.benchmarks.gateway.serving import process
from tests.benchmarks.gateway.upstream import EVENTS
from tests.benchmarks.open_loop import Ask


@dataclass(frozen=True, slots=True)
class Worker:
    """A hub that runs: its process, its port, and two questions for it."""

    pid: int
    port: int
    who: Ask
    chronology: Ask
    another: Ask
    """The first question, by somebody else."""
    agency: int
    """The port of one agency."""
    folder: Path

    @property
    def rss(self) -> float:
        """Give the MiB it takes now (Linux)."""
        status = Path(f"/proc/{self.pid}/status").read_text("ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1_024


@contextmanager
def hub(people: int = 1) -> Iterator[Worker]:
    """Run nine agencies, who know so many people, and one hub; end them."""
    agencies = process("-m", "tests.benchmarks.gateway.upstream", str(people))
    with tempfile.TemporaryDirectory() as name, agencies as upstream:
        assert upstream.stdout is not None
        told = {"BENCH_PORTS": upstream.stdout.readline().strip(), "BENCH_FOLDER": name}
        with process("-m", "tests.benchmarks.gateway.hub_served", **told) as running:
            assert running.stdout is not None
            port = int(running.stdout.readline())
            asyncio.run(_ready(port))
            yield _worker(running.pid, port, Path(name), int(told["BENCH_PORTS"].split()[0]))


def _worker(pid: int, port: int, folder: Path, agency: int) -> Worker:
    (person,) = asyncio.run(govern(folder, 1))
    url = f"http://127.0.0.1:{port}/graphql"

    def ask(query: str, word: bytes, times: int, who: str = "bench") -> Ask:
        body = json.dumps({"query": query, "variables": {"id": person, "context": CONTEXT}}).encode()
        return Ask(url, body, dict(signed_in(folder, who)), word, times)

    who = (WHO, b'"email"', 30)
    return Worker(pid, port, ask(*who), ask(CHRONOLOGY, b'"title"', EVENTS), ask(*who, "another"), agency, folder)


async def _ready(port: int) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(120):
        while True:
            async with session.get(f"http://127.0.0.1:{port}/readyz") as response:
                if response.status == HTTPStatus.OK:
                    return
            await asyncio.sleep(0.05)
