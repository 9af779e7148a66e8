"""``python -m tests.timing [ROUNDS]``: can what may not be told of be told by the clock? Prints a table.

Every round asks each question once, in an order of its own, over one connection: 1 000 rounds unless told otherwise.
AUC 0.5 tells nothing, 1 or 0 everything. The null control says how much is chance; the control that is 0.1 ms later
says whether so small a difference could be seen here at all.
"""

import http.client
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping
from typing import Any

from tests.timing.auc import auc, quickest
from tests.timing.questions import CASES, PAIRS, Case

ROUNDS = 1_000
WARM = 100
AGAIN = 10
"""How often somebody asks the same to keep the quickest."""


def body_of(case: Case, ids: Mapping[str, str]) -> bytes:
    """Write a request; nobody's id is new each time."""
    person = str(uuid.uuid4()) if case.child is None else ids[case.child]
    context = {"purpose": case.purpose, "reference": "TIMING 1"}
    return json.dumps({"query": case.query, "variables": {"id": person, "context": context}}).encode()


def fire(connection: http.client.HTTPConnection, case: Case, told: Mapping[str, Any]) -> float:
    """Ask once, and give the seconds until the answer was read."""
    headers = {
        "Authorization": f"Bearer {told['tokens'][case.who]}",
        "Content-Type": "application/json",
        "X-Later": "1" if case.later else "0",
    }
    body = body_of(case, told["ids"])
    started = time.perf_counter()
    connection.request("POST", "/graphql", body, headers)
    response = connection.getresponse()
    answer = response.read()
    spent = time.perf_counter() - started
    assert response.status == http.HTTPStatus.OK, answer[:300]
    assert b'"errors"' not in answer, answer[:300]
    return spent


def measure(told: Mapping[str, Any], rounds: int) -> dict[str, list[float]]:
    """Ask everything, round after round."""
    connection = http.client.HTTPConnection("127.0.0.1", told["port"])
    order, times = random.Random(7), {name: list[float]() for name in CASES}  # noqa: S311 -- an order, no secret
    for number in range(WARM + rounds):
        for name in order.sample(list(CASES), len(CASES)):
            spent = fire(connection, CASES[name], told)
            if number >= WARM:
                times[name].append(spent)
    return times


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(line + "\n")


def table(times: Mapping[str, list[float]]) -> None:
    """Print what came of it."""
    say(f"| one | other | what | AUC | AUC, quickest of {AGAIN} | median ms | median ms |")
    say("|---|---|---|---|---|---|---|")
    for one, other, what in PAIRS:
        first, second = times[one], times[other]
        again = auc(quickest(first, AGAIN), quickest(second, AGAIN))
        middle = f"{statistics.median(first) * 1000:.3f} | {statistics.median(second) * 1000:.3f}"
        say(f"| {one} | {other} | {what} | {auc(first, second):.3f} | {again:.3f} | {middle} |")


def main(rounds: int) -> None:
    """Start the hub, measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.timing.served", folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as serving:
            try:
                assert serving.stdout is not None
                times = measure(json.loads(serving.stdout.readline()), rounds)
            finally:
                serving.terminate()
    say(f"{rounds} of each, interleaved.\n")
    table(times)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
