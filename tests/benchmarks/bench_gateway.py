"""The hub, everything on, beside the raw fan-out and plain Strawberry: one worker each, side by side in one run.

``python -m tests.benchmarks gateway [ROUNDS]`` prints the tables. Ratios taken in one run matter; absolute times drift.
On a machine that does other work the processor's time is the steadier of the two.
"""

import asyncio
import http.client
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.gateway.governing import govern, signed_in
from tests.benchmarks.gateway.serving import Server, process, ready, served
from tests.benchmarks.gateway.timing import Shot, Told, Took, rate, took
from tests.benchmarks.gateway.upstream import EVENTS, PEOPLE

ROUNDS = 400
SLOW = 20
"""Milliseconds each agency takes in the second table."""

RAW, PLAIN, HUB, WORK = "raw fan-out", "plain Strawberry", "hub, everything on", "the same, not waiting for its grid"
"""The hub lets answers leave at whole steps of five milliseconds; the last is the same hub with a step of nought."""

ABOUT = """
  involvements { id service status subService organisation team start end
    professionals { id name role team phone email status provenance { source } } }
  sources { source outcome } withheld { path code }"""
WHO = f"""query Who($id: ID!, $context: RequestContext!) {{ person(id: $id, context: $context) {{ {ABOUT} }} }}"""
MANY = (
    f"""query Who($ids: [ID!]!, $context: RequestContext!) {{ people(ids: $ids, context: $context) {{ {ABOUT} }} }}"""
)
CHRONOLOGY = """
query Chronology($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) {
  chronology(services: [SOCIAL_CARE]) {
    id date endDate kind title summary impact actionTaken outcome service } } }
"""
PLAIN_WHO = """query($people: String! = "P1") { involvements(people: $people) {
  id status subService organisation team start end
  professionals { id name role team phone email status } } }"""
PLAIN_CHRONOLOGY = "{ chronology { id date endDate kind title summary impact actionTaken outcome service } }"
CONTEXT = {"purpose": "CHILD_PROTECTION", "reference": "BENCH 1"}


@dataclass(frozen=True, slots=True)
class Question:
    """A question as each of the three is asked it; ``part`` of the rounds is enough for one that takes long."""

    name: str
    shots: Mapping[str, Shot]
    part: int
    flying: int = 16
    """In flight at once, where answers a second are counted."""


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub that runs, who asks it, and the people it knows."""

    server: Server
    headers: Mapping[str, str]
    people: Sequence[str]

    def shot(self, query: str, named: str, told: Told) -> Shot:
        """Ask it about one of its people, or all."""
        about = self.people[0] if named == "id" else list(self.people)
        return _graphql(self.server, query, {named: about, "context": CONTEXT}, self.headers, told)


@dataclass(frozen=True, slots=True)
class Place:
    """The servers beside each other."""

    raw: Server
    plain: Server
    hubs: Mapping[str, Hub]

    def questions(self) -> Sequence[Question]:
        """Give the three questions, as each server is asked them."""
        named = ",".join(f"P{n}" for n in range(1, PEOPLE + 1))
        email, title, emails = Told(b'"email"', 30), Told(b'"title"', EVENTS), Told(b'"email"', 30 * PEOPLE)
        return (
            Question(
                "who is involved (9 sources, 30 professionals)",
                {
                    RAW: Shot(self.raw, "/who", b"", {}, email),
                    PLAIN: _graphql(self.plain, PLAIN_WHO, {}, {}, email),
                    **{name: hub.shot(WHO, "id", email) for name, hub in self.hubs.items()},
                },
                1,
            ),
            Question(
                "chronology (1 000 events x 10 fields)",
                {
                    RAW: Shot(self.raw, "/chronology", b"", {}, title),
                    PLAIN: _graphql(self.plain, PLAIN_CHRONOLOGY, {}, {}, title),
                    **{name: hub.shot(CHRONOLOGY, "id", title) for name, hub in self.hubs.items()},
                },
                5,
            ),
            Question(
                "who is involved with 100 children",
                {
                    RAW: Shot(self.raw, "/who", named.encode(), {}, emails),
                    PLAIN: _graphql(self.plain, PLAIN_WHO, {"people": named}, {}, emails),
                    **{name: hub.shot(MANY, "ids", emails) for name, hub in self.hubs.items()},
                },
                20,
                4,
            ),
        )


def _graphql(
    server: Server, query: str, variables: Mapping[str, object], headers: Mapping[str, str], told: Told
) -> Shot:
    body = json.dumps({"query": query, "variables": variables}).encode()
    return Shot(server, "/graphql", body, {"Content-Type": "application/json", **headers}, told)


def measure(show: Callable[[str], None], rounds: int) -> None:
    """Start everything, measure, print the tables."""
    with (
        tempfile.TemporaryDirectory() as name,
        process("-m", "tests.benchmarks.gateway.upstream", str(PEOPLE)) as far,
        ExitStack() as stack,
    ):
        assert far.stdout is not None
        ports = far.stdout.readline().strip()
        raw = stack.enter_context(served("tests.benchmarks.gateway.raw", BENCH_PORTS=ports))
        plain = stack.enter_context(served("tests.benchmarks.gateway.plain", BENCH_PORTS=ports))
        hubs = {
            HUB: stack.enter_context(hub_of(Path(name) / "hub", ports)),
            WORK: stack.enter_context(hub_of(Path(name) / "work", ports, BENCH_STEP="0")),
        }
        place = Place(raw, plain, hubs)
        _at_once(show, place, rounds)
        _slowly(show, place, int(ports.split()[0]), rounds)


@contextmanager
def hub_of(folder: Path, ports: str, **more: str) -> Iterator[Hub]:
    """Run a hub over the benchmark's agencies, its agreements signed."""
    folder.mkdir()
    with served("tests.benchmarks.gateway.hub_app", BENCH_PORTS=ports, BENCH_FOLDER=str(folder), **more) as server:
        ready(server.port)
        yield Hub(server, signed_in(folder), asyncio.run(govern(folder, PEOPLE)))


def _at_once(show: Callable[[str], None], place: Place, rounds: int) -> None:
    show("| question | | ms on the clock | x raw | ms of its processor | x raw | answers/s | in flight |")
    show("|---|---|---|---|---|---|---|---|")
    for question in place.questions():
        timed = took(question.shots, max(20, rounds // question.part))
        for name, its in timed.items():
            per_second = rate(question.shots[name], max(32, 4 * rounds // question.part), question.flying)
            show(f"| {question.name} | {name} | {_columns(its, timed[RAW])} | {per_second:.0f} | {question.flying} |")


def _columns(its: Took, raw: Took) -> str:
    clock, processor = its.clock / raw.clock, its.processor / raw.processor if raw.processor else 0.0
    return f"{its.clock:.2f} | {clock:.2f} | {its.processor:.2f} | {processor:.2f}"


def _slowly(show: Callable[[str], None], place: Place, port: int, rounds: int) -> None:
    """Ask who is involved while every agency takes a while."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", f"/wait?ms={SLOW}")
    connection.getresponse().read()
    show(f"\n| who is involved, each source answering after {SLOW} ms | ms on the clock | beyond the source |")
    show("|---|---|---|")
    for name, its in took(place.questions()[0].shots, max(20, rounds // 4)).items():
        show(f"| {name} | {its.clock:.2f} | {its.clock - SLOW:.2f} |")


if __name__ == "__main__":
    measure(print, int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
