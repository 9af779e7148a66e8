"""Where a question is, moment by moment: when it comes to each step, with sources that answer at once and after 20 ms.

``python -m tests.benchmarks.bench_timeline [ROUNDS]``: one hub in a process of its own, everything on over SQLite, not
waiting for its grid; who is involved at nine sources. Medians, in milliseconds since the request reached the hub.
"""

import asyncio
import http.client
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import orjson

from tests.benchmarks.bench_gateway import SLOW, WHO, Hub
from tests.benchmarks.gateway.governing import govern, signed_in
from tests.benchmarks.gateway.serving import process, ready, served
from tests.benchmarks.gateway.timing import Shot, Told
from tests.benchmarks.gateway.upstream import PEOPLE

ROUNDS: Final = 200
MOMENTS: Final = (
    ("asking begins: signed in, read, checked, planned", "answer", "begun", 0),
    ("counted", "count", "ended", 0),
    ("read who the person is", "known", "ended", 0),
    ("read what governs", "standing", "ended", 0),
    ("decided; the intent is handed to the ledger", "append", "begun", 0),
    ("the ledger's thread begins to write it", "write", "begun", 0),
    ("it is on the disk", "write", "ended", 0),
    ("that is known", "append", "ended", 0),
    ("the first source is asked", "ask", "begun", 0),
    ("the last source is asked", "ask", "begun", -1),
    ("the first answer comes", "came", "begun", 0),
    ("the last answer comes", "came", "begun", -1),
    ("all are mapped", "gather", "ended", 0),
    ("read again who and what governs", "standing", "ended", 1),
    ("released", "release", "ended", 0),
    ("the outcome is handed to the ledger", "append", "begun", 1),
    ("the ledger's thread begins to write it", "write", "begun", 1),
    ("it is on the disk", "write", "ended", 1),
    ("that is known", "append", "ended", 1),
    ("the answer is written and sent", "request", "ended", 0),
)
"""What is said of a moment, and the step whose beginning or end it is, the so manieth of a question."""

Noted = Sequence[tuple[str, str, float]]


def _got(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path)
    return connection.getresponse().read()


def _asked(shot: Shot, rounds: int) -> list[Noted]:
    """Ask so often, after a tenth that do not count; give what was noted of each question."""
    connection = http.client.HTTPConnection("127.0.0.1", shot.server.port)
    noted: list[Noted] = []
    for _ in range(rounds + rounds // 10):
        connection.request("POST", shot.path, shot.body, dict(shot.headers))
        response = connection.getresponse()
        shot.check(response.status, response.read())
        noted.append(orjson.loads(_got(shot.server.port, "/noted")))
    return noted[rounds // 10 :]


def _moments(noted: Noted) -> list[float]:
    """Give when a question came to each moment, in milliseconds since it reached the hub."""
    (begun,) = [at for name, end, at in noted if (name, end) == ("request", "begun")]
    times = [[at for name, end, at in noted if (name, end) == (step, edge)] for _, step, edge, _ in MOMENTS]
    return [(at[nth] - begun) * 1000 for at, (*_, nth) in zip(times, MOMENTS, strict=True)]


def _medians(shot: Shot, rounds: int) -> list[float]:
    return [statistics.median(column) for column in zip(*map(_moments, _asked(shot, rounds)), strict=True)]


def main(rounds: int) -> None:
    """Print the table."""
    with (
        tempfile.TemporaryDirectory() as folder,
        process("-m", "tests.benchmarks.gateway.upstream", str(PEOPLE)) as far,
    ):
        assert far.stdout is not None
        ports = far.stdout.readline().strip()
        told = {"BENCH_PORTS": ports, "BENCH_FOLDER": folder, "BENCH_STEP": "0"}
        with served("tests.benchmarks.gateway.hub_noted", **told) as server:
            ready(server.port)
            hub = Hub(server, signed_in(Path(folder)), asyncio.run(govern(Path(folder), PEOPLE)))
            shot = hub.shot(WHO, "id", Told(b'"email"', 30))
            at_once = _medians(shot, rounds)
            _got(int(ports.split()[0]), f"/wait?ms={SLOW}")
            slowly = _medians(shot, rounds // 2)
    print(f"| moment | sources answer at once | after {SLOW} ms |\n|---|---:|---:|")
    for (said, *_), quick, slow in zip(MOMENTS, at_once, slowly, strict=True):
        print(f"| {said} | {quick:.2f} | {slow:.2f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
