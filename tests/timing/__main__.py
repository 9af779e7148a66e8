"""``python -m tests.timing [ROUNDS]``: can what may not be told of be told by the clock? Prints tables.

Every round asks each question once, in an order of its own, over one connection: 1 000 rounds unless told otherwise.
AUC 0.5 tells nothing, 1 or 0 everything. With the grid it is by the time until the answer was read. Without it, it is
by the time the answering thread was at work, too: no other process adds to that, so that a tenth of a millisecond is
seen where the clock on the wall cannot see it.

``python -m tests.timing watches [ROUNDS [MILLISECONDS…]]`` keeps watches in place of asking: what can be seen of how
long each look took, by when signs of life come, on grids of so many milliseconds (5 and none unless told otherwise).
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
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.timing import watched, watches
from tests.timing.auc import auc, quickest
from tests.timing.questions import CASES, PAIRS, STEP, Case

Times = Mapping[str, Sequence[tuple[float, ...]]]

ROUNDS = 1_000
WARM = 100
AGAIN = 10
"""How often somebody asks the same to keep the quickest."""


def body_of(name: str, case: Case, ids: Mapping[str, str]) -> bytes:
    """Write a request. Nobody has one id throughout, as somebody has: what was asked before is remembered of either."""
    person = str(uuid.uuid5(uuid.NAMESPACE_OID, name)) if case.child is None else ids[case.child]
    context = {"purpose": case.purpose, "reference": "TIMING 1"}
    return json.dumps({"query": case.query, "variables": {"id": person, "context": context}}).encode()


def fire(connection: http.client.HTTPConnection, name: str, case: Case, told: Mapping[str, Any]) -> tuple[float, float]:
    """Ask once, and give the seconds until the answer was read, and those its thread was at work."""
    headers = {
        "Authorization": f"Bearer {told['tokens'][case.who]}",
        "Content-Type": "application/json",
        "X-Inside": str(case.inside),
        "X-After": str(case.after),
    }
    body = body_of(name, case, told["ids"])
    started = time.perf_counter()
    connection.request("POST", "/graphql", body, headers)
    response = connection.getresponse()
    answer = response.read()
    spent = time.perf_counter() - started
    assert response.status == http.HTTPStatus.OK, answer[:300]
    assert b'"errors"' not in answer, answer[:300]
    return spent, int(response.headers["x-work"]) / 1e9


def measure(told: Mapping[str, Any], rounds: int) -> Times:
    """Ask everything, round after round."""
    connection = http.client.HTTPConnection("127.0.0.1", told["port"])
    order, times = random.Random(7), {name: list[tuple[float, float]]() for name in CASES}  # noqa: S311 -- an order, no secret
    for number in range(WARM + rounds):
        for name in order.sample(list(CASES), len(CASES)):
            spent = fire(connection, name, CASES[name], told)
            if number >= WARM:
                times[name].append(spent)
    return times


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def table(times: Times, which: int, by: str, pairs: Sequence[tuple[str, str, str]] = PAIRS) -> None:
    """Print what came of it."""
    say(f"| one | other | what | AUC, {by} | AUC, quickest of {AGAIN} | median ms | median ms |")
    say("|---|---|---|---|---|---|---|")
    for one, other, what in pairs:
        first, second = ([each[which] for each in times[name]] for name in (one, other))
        again = auc(quickest(first, AGAIN), quickest(second, AGAIN))
        middle = f"{statistics.median(first) * 1000:.3f} | {statistics.median(second) * 1000:.3f}"
        say(f"| {one} | {other} | {what} | {auc(first, second):.3f} | {again:.3f} | {middle} |")
    say("")


def served(
    step: float,
    rounds: int,
    module: str = "tests.timing.served",
    measured: Callable[[Mapping[str, Any], int], Times] = measure,
) -> Times:
    """Start the hub, its answers on a grid of so many seconds, and measure."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", module, folder, str(step)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as serving:
            try:
                assert serving.stdout is not None
                return measured(json.loads(serving.stdout.readline()), rounds)
            finally:
                serving.terminate()


def main(rounds: int) -> None:
    """Measure with the grid and without; print."""
    say(f"{rounds} of each, interleaved. With the grid, {STEP * 1000:.0f} ms:\n")
    table(served(STEP, rounds), 0, "until read")
    bare = served(0.0, rounds)
    say("Without it, by the clock and by the thread's time at work:\n")
    table(bare, 0, "until read")
    table(bare, 1, "at work")


def main_of_watches(rounds: int, steps: Sequence[float]) -> None:
    """Keep watches on each of these grids; print."""
    for step in steps:
        say(f"{rounds} looks of each, a grid of {step * 1000:.0f} ms:\n")
        seen = served(step, rounds, "tests.timing.standing", watched.measure)
        table(seen, 0, "from sign to sign", watches.PAIRS)


if __name__ == "__main__":
    which = sys.argv[1:2] == ["watches"]
    try:
        numbers = [float(word) for word in sys.argv[1 + which :]]
    except ValueError:
        sys.exit(__doc__)
    counted = int(numbers[0]) if numbers else ROUNDS
    if which:
        main_of_watches(counted, [number / 1000 for number in numbers[1:]] or [STEP, 0.0])
    else:
        main(counted)
