"""What a question costs whatever it asks: who one is, one record of one source, and who is involved at nine.

``python -m tests.benchmarks.bench_least [ROUNDS]``: one hub in a process of its own, everything on, not waiting for its
grid, over the benchmark's agencies on loopback, which answer at once and after 20 ms. The processor's time is that of
all its threads.
"""

import http.client
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.bench_gateway import SLOW, WHO, Hub, hub_of
from tests.benchmarks.gateway.serving import process
from tests.benchmarks.gateway.timing import Told, took
from tests.benchmarks.gateway.upstream import PEOPLE

ROUNDS = 400
ME = "query Me { me { name } }"
LEAST = """query Least($id: ID!, $context: RequestContext!) {
  person(id: $id, context: $context) { involvements(services: [HOUSING]) { id status } } }"""
QUESTIONS = (
    ("who I am: no source, no ledger", ME, Told(b'"name"', 1)),
    ("one record of one source", LEAST, Told(b'"status"', 1)),
    ("who is involved: nine sources, thirty professionals", WHO, Told(b'"email"', 30)),
)


def _show(hub: Hub, rounds: int, waiting: str) -> None:
    shots = {name: hub.shot(query, "id", told) for name, query, told in QUESTIONS}
    for name, its in took(shots, rounds).items():
        print(f"| {name} | {waiting} | {its.clock:.2f} | {its.processor:.2f} |", flush=True)


def main(rounds: int) -> None:
    """Print the table."""
    with (
        tempfile.TemporaryDirectory() as folder,
        process("-m", "tests.benchmarks.gateway.upstream", str(PEOPLE)) as far,
    ):
        assert far.stdout is not None
        ports = far.stdout.readline().strip()
        with hub_of(Path(folder) / "hub", ports, BENCH_STEP="0") as hub:
            print("| question | sources answer | ms on the clock | ms of its processor |\n|---|---|---:|---:|")
            _show(hub, rounds, "at once")
            agency = http.client.HTTPConnection("127.0.0.1", int(ports.split()[0]))
            agency.request("GET", f"/wait?ms={SLOW}")
            agency.getresponse().read()
            _show(hub, rounds // 4, f"after {SLOW} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
