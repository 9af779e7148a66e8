"""The hub, everything on, beside the raw fan-out and plain Strawberry: one worker each, side by side in one run.

``python -m tests.benchmarks.bench_gateway`` prints the table. Ratios taken in one run matter; absolute times drift.
"""

import asyncio
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import aiohttp

from connectors.contract import LocalId
from hub.governance.agreements import Agreement, Status
from hub.governance.data_items import EVERYTHING
from hub.governance.register import Register
from hub.identity.development_issuer import DevelopmentIssuer
from hub.identity.requester import Requester
from hub.keys import read_keys
from hub.people.index import PersonIndex
from hub.settings import Environment
from hub.store.database import Database
from schema.purposes import Purpose
from tests.benchmarks.gateway.upstream import EVENTS, SERVICES

ROUNDS = 400
CONCURRENT = 16
AT_ONCE = 1_500

WHO = """
query Who($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) {
  involvements { id service status subService organisation team start end
    professionals { id name role team phone email status provenance { source } } }
  sources { source outcome } withheld { path code } } }
"""
CHRONOLOGY = """
query Chronology($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) {
  chronology(services: [SOCIAL_CARE]) {
    id date endDate kind title summary impact actionTaken outcome service } } }
"""
PLAIN_WHO = """{ involvements { id status subService organisation team start end
  professionals { id name role team phone email status } } }"""
PLAIN_CHRONOLOGY = "{ chronology { id date endDate kind title summary impact actionTaken outcome service } }"


@dataclass(frozen=True, slots=True)
class Shot:
    """One request to one server."""

    port: int
    path: str
    body: bytes
    headers: dict[str, str]
    expects: int


@contextmanager
def process(*command: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Run a server, and end it."""
    running = subprocess.Popen(
        [sys.executable, *command],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield running
    finally:
        running.terminate()
        running.wait(10)


@contextmanager
def served(module: str, **environment: str) -> Iterator[int]:
    """Serve an ASGI application by uvicorn, one worker; give its port."""
    port = free_port()
    command = ("-m", "uvicorn", f"{module}:app", "--port", str(port), "--log-level", "error", "--no-access-log")
    with process(*command, **environment):
        _await(port)
        yield port


def free_port() -> int:
    import socket

    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port


def _await(port: int) -> None:
    for _ in range(600):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(port)


def _ready(port: int) -> None:
    for _ in range(600):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/readyz")
        if connection.getresponse().status == http.HTTPStatus.OK:
            return
        time.sleep(0.05)
    raise TimeoutError("the hub did not get ready")


async def sign(database: Database) -> None:
    """Sign an agreement of every agency of the benchmark with the front door."""
    agency = "bench-front-door"
    await Register(database).record_agreements(
        Agreement(
            f"{s}",
            "Benchmark",
            f"bench-{s.lower().replace('_', '-')}",
            frozenset({agency}),
            frozenset(Purpose),
            date(2020, 1, 1),
            date(2090, 1, 1),
            date(2099, 1, 1),
            (EVERYTHING,),
            Status.SIGNED,
        )
        for s in SERVICES
    )


async def _govern(folder: Path) -> str:
    """Sign the agreements, and give the hub's id of the benchmark's person."""
    database = Database(f"sqlite:///{folder / 'hub.db'}")
    await sign(database)
    index = PersonIndex(database, read_keys(folder / "keys"), lambda: datetime.now(UTC))
    found = await index.by_local("social-care", [LocalId("P1")])
    await database.close()
    return found[LocalId("P1")]


def _hub_shots(port: int, folder: Path, person: str) -> tuple[Shot, Shot]:
    issuer = DevelopmentIssuer(folder, Environment.DEVELOPMENT)
    token = issuer.token(
        Requester("bench", "Bench", "front-door-worker", "bench-front-door", "bench"), audience="children-hub"
    )
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    variables = {"id": person, "context": {"purpose": "CHILD_PROTECTION", "reference": "BENCH 1"}}

    def shot(query: str, expects: int) -> Shot:
        body = json.dumps({"query": query, "variables": variables}).encode()
        return Shot(port, "/graphql", body, headers, expects)

    return shot(WHO, 30), shot(CHRONOLOGY, EVENTS)


def _check(shot: Shot, body: bytes) -> None:
    """Insist that the answer is whole: a benchmark of refusals would be quick."""
    marker = b'"email"' if shot.expects != EVENTS else b'"title"'
    assert body.count(marker) == shot.expects, body[:300]


def _fire(connection: http.client.HTTPConnection, shot: Shot) -> float:
    started = time.perf_counter()
    connection.request("POST", shot.path, shot.body, shot.headers)
    response = connection.getresponse()
    body = response.read()
    spent = time.perf_counter() - started
    assert response.status == http.HTTPStatus.OK, body[:300]
    _check(shot, body)
    return spent


def medians(shots: dict[str, Shot]) -> dict[str, float]:
    """Fire each in turn, round after round, and give the median of each in milliseconds."""
    connections = {name: http.client.HTTPConnection("127.0.0.1", s.port) for name, s in shots.items()}
    times: dict[str, list[float]] = {name: [] for name in shots}
    for n in range(ROUNDS):
        for name, shot in shots.items():
            spent = _fire(connections[name], shot)
            if n >= ROUNDS // 10:
                times[name].append(spent)
    return {name: statistics.median(t) * 1000 for name, t in times.items()}


async def _rate(shot: Shot, most: int) -> float:
    left = iter(range(most))
    url = f"http://127.0.0.1:{shot.port}{shot.path}"
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def one() -> None:
            for _ in left:
                async with session.post(url, data=shot.body, headers=shot.headers) as response:
                    await response.read()
                    assert response.status == http.HTTPStatus.OK

        started = time.perf_counter()
        await asyncio.gather(*(one() for _ in range(CONCURRENT)))
        return most / (time.perf_counter() - started)


def rates(shots: dict[str, Shot], most: int) -> dict[str, float]:
    """Give answers per second at sixteen in flight."""
    return {name: asyncio.run(_rate(shot, most)) for name, shot in shots.items()}


def measure(show: Callable[[str], None]) -> None:
    """Start everything, measure, print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with process("-m", "tests.benchmarks.gateway.upstream") as upstream:
            assert upstream.stdout is not None
            ports = upstream.stdout.readline().strip()
            environment: dict[str, Any] = {"BENCH_PORTS": ports, "BENCH_FOLDER": str(folder)}
            with (
                served("tests.benchmarks.gateway.hub_app", **environment) as hub,
                served("tests.benchmarks.gateway.raw", **environment) as raw,
                served("tests.benchmarks.gateway.plain", **environment) as plain,
            ):
                _ready(hub)
                person = asyncio.run(_govern(folder))
                _table(show, hub, raw, plain, folder, person)


def _table(show: Callable[[str], None], hub: int, raw: int, plain: int, folder: Path, person: str) -> None:
    who, chronology = _hub_shots(hub, folder, person)
    headers = {"Content-Type": "application/json"}

    def plain_shot(query: str, expects: int) -> Shot:
        return Shot(plain, "/graphql", json.dumps({"query": query}).encode(), headers, expects)

    questions = {
        "who is involved (9 sources, 30 professionals)": {
            "raw fan-out": Shot(raw, "/who", b"{}", headers, 30),
            "plain Strawberry": plain_shot(PLAIN_WHO, 30),
            "hub, everything on": who,
        },
        "chronology (1 000 events x 10 fields)": {
            "raw fan-out": Shot(raw, "/chronology", b"{}", headers, EVENTS),
            "plain Strawberry": plain_shot(PLAIN_CHRONOLOGY, EVENTS),
            "hub, everything on": chronology,
        },
    }
    show("| question | | median ms, one at a time | x raw | answers/s, 16 in flight |")
    show("|---|---|---|---|---|")
    for question, shots in questions.items():
        timed = medians(shots)
        per_second = rates(shots, AT_ONCE if "who" in question else AT_ONCE // 5)
        for name, value in timed.items():
            show(f"| {question} | {name} | {value:.2f} | {value / timed['raw fan-out']:.2f} | {per_second[name]:.0f} |")


if __name__ == "__main__":
    measure(print)
