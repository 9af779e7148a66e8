"""Tries faults: each test that is to see one must pass without it and find it when it is there."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from threading import Lock

from tests.planted import tree
from tests.planted.fault import Fault
from tests.planted.running import LONGEST, Ended, run
from tests.planted.watching import FOUND, PASSED


class Verdict(StrEnum):
    """Whether a test saw a fault."""

    SEEN = "yes"
    """It passes without the fault, and with it a check of its own fails."""
    NOT_SEEN = "NO: it passed"
    """It passes all the same: the test is hollow."""
    BROKEN = "NO: it broke"
    """It failed for another reason, did not run or did not end; or it fails without the fault."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One fault, one test, whether the test saw it, and what it said."""

    fault: Fault
    test: str
    verdict: Verdict
    told: str = ""

    @property
    def seen(self) -> bool:
        """Say whether it was seen."""
        return self.verdict is Verdict.SEEN


class Unplanted:
    """What becomes of tests without any fault: run when it is first asked, a folder's at once."""

    def __init__(self, clean: Path, faults: Sequence[Fault]) -> None:
        """Take the clean tree, and the faults whose tests it may be asked about."""
        tests = sorted({test for fault in faults for test in fault.seen_by}, key=lambda test: (_folder(test), test))
        self._clean = clean
        self._folders = {folder: list(group) for folder, group in groupby(tests, key=_folder)}
        self._locks = {folder: Lock() for folder in self._folders}
        self._ended: dict[str, Ended] = {}

    def of(self, test: str) -> tuple[str, str]:
        """Give what became of a test."""
        folder = _folder(test)
        with self._locks[folder]:
            if folder not in self._ended:
                tests = self._folders[folder]
                self._ended[folder] = run(self._clean, tests, LONGEST * len(tests))
        return self._ended[folder].of(test)


def _folder(test: str) -> str:
    return test.partition("::")[0].rpartition("/")[0]


def judged(fault: Fault, without: Callable[[str], tuple[str, str]], planted: Ended) -> Iterator[Tried]:
    """Judge each of a fault's tests by what became of it without the fault and with it."""
    for test in fault.seen_by:
        before, why = without(test)
        became, told = planted.of(test)
        if before != PASSED:
            yield Tried(fault, test, Verdict.BROKEN, f"without the fault: {before} {why}")
        elif became == FOUND:
            yield Tried(fault, test, Verdict.SEEN, told)
        else:
            yield Tried(fault, test, Verdict.NOT_SEEN if became == PASSED else Verdict.BROKEN, told)


def one_of_each_first(faults: Sequence[Fault]) -> list[Fault]:
    """Order faults so that each promise's first come first: a run that is broken off has then tried the most."""
    turns: Counter[str] = Counter()
    placed = []
    for fault in faults:
        placed.append((turns[fault.promise], fault))
        turns[fault.promise] += 1
    return [fault for _, fault in sorted(placed, key=lambda one: one[0])]


def try_all(faults: Sequence[Fault], at_once: int, say: Callable[[Sequence[Tried]], None]) -> None:
    """Try faults, so many at once; what became of each is said as soon as it is known."""
    with TemporaryDirectory(prefix="planted-") as folder, ThreadPoolExecutor(at_once) as pool:
        clean = tree.clean(Path(folder) / "clean")
        without = Unplanted(clean, faults)

        def one(place: int, fault: Fault) -> None:
            copy = tree.planted(fault, clean, Path(folder) / str(place))
            tried = list(judged(fault, without.of, run(copy, fault.seen_by)))
            rmtree(copy, ignore_errors=True)
            say(tried)

        trying = [pool.submit(one, place, fault) for place, fault in enumerate(one_of_each_first(faults))]
        try:
            for each in trying:
                each.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
