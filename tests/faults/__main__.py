"""``python -m tests.faults``: every fault at every transport, judged. ``python -m tests.faults load``: many at once.

``load`` alone, or with the names of what to measure, prints the tables of ``hub/docs/promises.md``. Exit status 1 where
anything is not as it ought to be.
"""

import asyncio
import platform
import sys

from tests.faults import databases, load
from tests.faults.expected import EXPECTED, told
from tests.faults.judge import DEADLINE, GRACE, MOST, Expected, wrong
from tests.faults.kinds import MEGABYTE, Transport
from tests.faults.matrix import run


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def matrix() -> bool:
    """Print the matrix as measured; say whether all of it is as it ought to be."""
    faults: list[str] = []
    say(f"Python {platform.python_version()}, {platform.machine()}; each source may take {DEADLINE} s\n")
    say(f"{'fault':20}{'transport':10}{'outcome and code':48}{'time':>8}{'peak RSS':>10}  verdict")
    with databases.postgresql() as server:
        for fault, row in EXPECTED.items():
            for transport in Transport:
                cell = row[transport]
                if not isinstance(cell, Expected):
                    say(f"{fault:20}{transport:10}{told(cell)}")
                    continue
                seen = asyncio.run(run(transport, fault, server))
                found = wrong(seen, cell)
                faults += [f"{fault} at {transport}: {each}" for each in found]
                what = f"{seen.outcome} {seen.code}".strip()
                measured = f"{seen.seconds:6.2f} s{seen.grown // MEGABYTE:+7} MB"
                say(f"{fault:20}{transport:10}{what:48}{measured}  {'; '.join(found) or 'as it ought to be'}")
    say(f"\nJudged: outcome, code, values; within {DEADLINE + GRACE} s;")
    say(f"growth of peak RSS within {MOST // MEGABYTE} MB;")
    say("no value in a log at its lowest level, a code or another's records; the neighbour's answer whole.")
    for each in faults:
        say(f"WRONG: {each}")
    return not faults


def main(arguments: list[str]) -> int:
    """Print what is asked for."""
    if arguments[:1] == ["load"]:
        return 0 if load.main(arguments[1:], say) else 1
    return 0 if matrix() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
