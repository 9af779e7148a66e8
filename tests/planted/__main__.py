"""``python -m tests.planted``: plant every fault, each in a copy of the tree, and see that the tests named see it.

With promises (``F2 L1``) or words of what is broken, those alone. ``--write`` puts what was seen on the page
``hub/docs/planted.md``, ``--unseen`` tries what is not on it yet. Exit status 1 where a test did not see what it ought
to; tests that have no fault yet are named.
"""

import argparse
import sys
from collections.abc import Sequence

from tests.planted import page
from tests.planted.fault import Fault, faults, without
from tests.planted.trying import Tried, try_all

AT_ONCE = 2


def arguments(given: Sequence[str]) -> argparse.Namespace:
    """Read what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.planted", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("promises", nargs="*", metavar="PROMISE", help="a code as F2, or a word of what is broken")
    parser.add_argument("--write", action="store_true", help="put what was seen on hub/docs/planted.md")
    parser.add_argument("--unseen", action="store_true", help="those alone that the page does not say were seen")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, help="how many copies to try at once (2)")
    return parser.parse_args(given)


def chosen(every: Sequence[Fault], words: Sequence[str]) -> list[Fault]:
    """Give the faults asked for: all, where none is."""
    return [f for f in every if not words or f.promise in words or any(word in f.broken for word in words)]


def say(each: Tried) -> None:
    """Print what became of one fault at one test."""
    told = f"      {' '.join(each.told.split())}\n" if each.told else ""
    sys.stdout.write(f"{each.fault.promise:5} {each.verdict:16} {each.fault.broken}\n      {each.test}\n{told}")
    sys.stdout.flush()


def sum_up(tried: Sequence[Tried], missing: Sequence[str]) -> bool:
    """Print how much was seen and what was not; say whether all was."""
    unseen = [each for each in tried if not each.seen]
    faults, tests = (len({part(each) for each in tried}) for part in (lambda t: t.fault, lambda t: t.test))
    sys.stdout.write(f"\n{faults} faults, {tests} tests; not seen: {len(unseen)}\n")
    sys.stdout.writelines(f"{each.verdict}: {each.fault.name}: {each.test}\n" for each in unseen)
    sys.stdout.writelines(f"no fault: {name}\n" for name in missing)
    return not unseen


def main(given: Sequence[str]) -> int:
    """Try what is asked for; give 1 where anything is not seen."""
    asked = arguments(given)
    every = faults()
    trying = chosen(every, asked.promises)
    if asked.unseen:
        seen = set(page.rows(page.PAGE.read_text("utf-8")))
        trying = [fault for fault in trying if page.row(fault, "yes") not in seen]
    if not trying:
        sys.stderr.write("There is no such fault to try. They are in tests/planted/faults.\n")
        return 2
    tried: dict[Fault, Sequence[Tried]] = {}

    def told(one: Sequence[Tried]) -> None:
        tried[one[0].fault] = one
        for each in one:
            say(each)
        if asked.write:  # at once: a run that is broken off keeps what it came to
            page.PAGE.write_text(page.written(page.PAGE.read_text("utf-8"), every, tried), "utf-8")

    try:
        try_all(trying, asked.at_once, told)
    except KeyboardInterrupt:
        sys.stderr.write("Broken off.\n")
        return 130
    all_tried = [each for fault in trying for each in tried[fault]]
    return 0 if sum_up(all_tried, without() if not asked.promises else []) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
