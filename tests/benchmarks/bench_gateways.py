"""Gateways a user might pick instead, beside the hub and the raw fan-out: one worker each, side by side in one run.

``python -m tests.benchmarks gateways [ROUNDS]`` installs them from npm by their lock files, once, and says which could
not be. They sign nobody in, decide nothing and write nothing down; the hub does all of it. Apollo Gateway and Hive
Gateway ask nine GraphQL graphs that answer as the nine agencies do; GraphQL Mesh, Mercurius and the hub ask the
agencies themselves.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.benchmarks.bench_gateway import CHRONOLOGY, HUB, MANY, RAW, WHO, WORK, Hub, hub_of
from tests.benchmarks.gateway import subgraphs
from tests.benchmarks.gateway.serving import Server, process, served
from tests.benchmarks.gateway.timing import Shot, Told, rate, took
from tests.benchmarks.gateway.upstream import EVENTS, PEOPLE, SERVICES
from tests.nodes import NODE, install

HERE: Final = Path(__file__).parent
COMPOSERS: Final = HERE.parent / "federation" / "composers"
GATEWAYS: Final = HERE / "gateways"
JSON: Final = {"Content-Type": "application/json"}
ROUNDS: Final = 200
FLYING: Final = 16

MERCURIUS_WHO: Final = f"{{ involvements {{ {subgraphs.INVOLVED} }} }}"
MERCURIUS_CHRONOLOGY: Final = f"{{ chronology {{ {subgraphs.EVENT} }} }}"
MESH_INVOLVED: Final = (
    "{ items { ref state part organisation team from to workers { workerId name role team phone email state } } }"
)
MESH_WHO: Final = "{ " + " ".join(f"i{n} {MESH_INVOLVED}" for n in range(len(SERVICES))) + " }"
MESH_MANY: Final = "{ " + " ".join(f"a{n} {MESH_INVOLVED}" for n in range(len(SERVICES))) + " }"
MESH_CHRONOLOGY: Final = "{ chronology { items { ref on until kind title summary impact action outcome } } }"
MERCURIUS_MANY: Final = f"{{ everybody {{ {subgraphs.INVOLVED} }} }}"


@contextmanager
def node(folder: Path, program: str, *given: str, said: str = "") -> Iterator[Server]:
    """Run a program of node that says its port, and end it."""
    running = subprocess.Popen(
        [NODE, program, *given],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write(said)
        running.stdin.close()
        yield Server(int(running.stdout.readline()), running.pid)
    finally:
        running.kill()  # it has nothing to save, and some do not end when asked to
        running.wait(10)


def asked(server: Server, query: str, told: Told) -> Shot:
    """Ask a gateway."""
    return Shot(server, "/graphql", json.dumps({"query": query}).encode(), JSON, told)


class Asked(NamedTuple):
    """A gateway that runs, and each question as it is asked it."""

    server: Server
    who: str
    chronology: str
    many: str


class Others:
    """The gateways that could be installed, and why the rest could not."""

    def __init__(self, stack: ExitStack, ports: str) -> None:
        """Start what can be started."""
        self.running: dict[str, Asked] = {}
        self.missing: dict[str, str] = {}
        for name, start in {
            "Apollo Gateway": lambda: self._federated(stack, "apollo"),
            "Hive Gateway": lambda: self._federated(stack, "hive"),
            "GraphQL Mesh": lambda: self._mesh(stack, ports),
            "Mercurius, compiled": lambda: self._mercurius(stack, ports),
        }.items():
            try:
                self.running[name] = start()
            except (pytest.skip.Exception, OSError, ValueError) as error:
                self.missing[name] = str(error)

    @staticmethod
    def _federated(stack: ExitStack, gateway: str) -> Asked:
        install(COMPOSERS)
        graphs = stack.enter_context(process("-m", "tests.benchmarks.gateway.subgraphs"))
        assert graphs.stdout is not None
        told = [
            {"name": f"g{place}", "url": f"http://127.0.0.1:{port}/graphql", "sdl": subgraphs.definition(place)}
            for place, port in enumerate(graphs.stdout.readline().split())
        ]
        said = json.dumps({"gateway": gateway, "subgraphs": told})
        server = stack.enter_context(node(COMPOSERS, "serve.mjs", said=said))
        return Asked(server, subgraphs.WHO, subgraphs.CHRONOLOGY, subgraphs.MANY)

    @staticmethod
    def _mesh(stack: ExitStack, ports: str) -> Asked:
        install(GATEWAYS)
        server = stack.enter_context(node(GATEWAYS, "mesh.mjs", *ports.split()))
        return Asked(server, MESH_WHO, MESH_CHRONOLOGY, MESH_MANY)

    @staticmethod
    def _mercurius(stack: ExitStack, ports: str) -> Asked:
        install(GATEWAYS)
        server = stack.enter_context(node(GATEWAYS, "mercurius.mjs", *ports.split()))
        return Asked(server, MERCURIUS_WHO, MERCURIUS_CHRONOLOGY, MERCURIUS_MANY)


class Question(NamedTuple):
    """A question as each server is asked it; ``part`` of the rounds is enough, ``flying`` of it at once."""

    shots: dict[str, Shot]
    part: int
    flying: int = FLYING


def questions(raw: Server, others: Others, hubs: Mapping[str, Hub]) -> dict[str, Question]:
    """Give the three questions."""
    email, title, emails = Told(b'"email"', 30), Told(b'"title"', EVENTS), Told(b'"email"', 30 * PEOPLE)
    named = ",".join(f"P{n}" for n in range(1, PEOPLE + 1)).encode()
    who = {RAW: Shot(raw, "/who", b"", {}, email)}
    chronology = {RAW: Shot(raw, "/chronology", b"", {}, title)}
    many = {RAW: Shot(raw, "/who", named, {}, emails)}
    for name, its in others.running.items():
        who[name], chronology[name] = asked(its.server, its.who, email), asked(its.server, its.chronology, title)
        many[name] = asked(its.server, its.many, emails)
    for name, hub in hubs.items():
        who[name], chronology[name] = hub.shot(WHO, "id", email), hub.shot(CHRONOLOGY, "id", title)
        many[name] = hub.shot(MANY, "ids", emails)
    return {
        "who is involved (9 sources)": Question(who, 1),
        "chronology (1 000 events x 10 fields)": Question(chronology, 4),
        "who is involved with 100 children": Question(many, 10, 4),
    }


def measure(show: Callable[[str], None], rounds: int) -> None:
    """Start everything, measure, print the table."""
    upstream = process("-m", "tests.benchmarks.gateway.upstream", str(PEOPLE))
    with tempfile.TemporaryDirectory() as name, upstream as far, ExitStack() as stack:
        assert far.stdout is not None
        ports = far.stdout.readline().strip()
        raw = stack.enter_context(served("tests.benchmarks.gateway.raw", BENCH_PORTS=ports))
        hubs = {
            HUB: stack.enter_context(hub_of(Path(name) / "hub", ports)),
            WORK: stack.enter_context(hub_of(Path(name) / "work", ports, BENCH_STEP="0")),
        }
        others = Others(stack, ports)
        show("| question | | ms on the clock | x raw | ms of its processor | answers/s | in flight |")
        show("|---|---|---:|---:|---:|---:|---:|")
        for question, (shots, part, flying) in questions(raw, others, hubs).items():
            timed = took(shots, max(20, rounds // part))
            for name_, its in timed.items():
                per_second = rate(shots[name_], max(32, 2 * rounds // part), flying)
                clock = f"{its.clock:.2f} | {its.clock / timed[RAW].clock:.2f}"
                show(f"| {question} | {name_} | {clock} | {its.processor:.2f} | {per_second:.0f} | {flying} |")
        for gateway, why in others.missing.items():
            show(f"\n{gateway} was not measured: {why}")


if __name__ == "__main__":
    measure(print, int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
