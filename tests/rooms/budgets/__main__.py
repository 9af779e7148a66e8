"""``python -m tests.rooms.budgets [CHILDREN]``: one user who wants 500 children, at the limits that ship (E3).

Prints a table of how many were answered, by the way they were asked for; 1 where two ways come to different counts or
the ledger tells of others. Nobody is made to wait between answers: the ladder's wait is switched off.
"""

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hub.budgets.limits import Ladder, Limits
from tests.rooms.budgets.spending import Came, spend

ROW = "| {} | {} | {} | {} |\n"


def main(arguments: Sequence[str]) -> int:
    """Spend, and print what each way came to."""
    children = int(arguments[0]) if arguments else 500
    limits = Limits(ladder=Ladder(slow_seconds=0))
    stop = limits.user.people_hour * limits.ladder.stop // 100
    with tempfile.TemporaryDirectory() as folder:
        came = asyncio.run(spend(Path(folder), None, limits, children))
    sys.stdout.write(ROW.format("way", "answered", "asked, by the ledger", "refused, by the ledger"))
    sys.stdout.write(ROW.format("---", "---:", "---:", "---:"))
    for one in came:
        sys.stdout.write(ROW.format(one.way, one.answered, one.asked_in_ledger, one.refused_in_ledger))
    return int(any(not _right(one, min(stop, children), children) for one in came))


def _right(one: Came, stop: int, children: int) -> bool:
    return (one.answered, one.asked_in_ledger, one.refused_in_ledger) == (stop, stop, children - stop)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
