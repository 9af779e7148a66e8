"""Runs tests in a copy of the tree, in a process of its own, for so long and no longer."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.planted.fault import bare
from tests.planted.watching import FELL, FOUND, PASSED, SEEN, SKIPPED

LONGEST: Final = 240.0
"""Seconds a fault's tests may take; a test that then has not ended has not seen it."""

_WITHOUT: Final = tuple(word for name in ("schemathesis", "faker", "pytest_cov") for word in ("-p", f"no:{name}"))
"""Plug-ins that no test of a promise uses: to load them takes longer than most tests."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of the tests of one run, each with what it told, and what went wrong with the run itself."""

    tests: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    wrong: str = ""

    def of(self, test: str) -> tuple[str, str]:
        """Give what became of a test: of all its cases, the one that found something, before one that fell over."""
        if self.wrong:
            return FELL, self.wrong
        cases = [e for node, e in self.tests.items() if _is(node if "[" in test else bare(node), f"tests/{test}")]
        for became in (FOUND, FELL, SKIPPED, PASSED):
            for case in cases:
                if case[0] == became:
                    return case
        return FELL, "it did not run"


def _is(node: str, test: str) -> bool:
    """Say whether what ran is a test that is named, or one of its class."""
    return node == test or node.startswith(f"{test}::")


def run(tree: Path, tests: Sequence[str], seconds: float = LONGEST) -> Ended:
    """Run tests of a tree; whatever they leave behind them is taken away."""
    with TemporaryDirectory(prefix="seen-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # a PostgreSQL server started by root is another user's
        return _run(tree, tests, Path(folder) / "seen.json", seconds)


def _run(tree: Path, tests: Sequence[str], seen: Path, seconds: float) -> Ended:
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "tests.planted.watching", *_WITHOUT]
    process = subprocess.Popen(
        [*command, *(f"tests/{test}" for test in tests)],
        cwd=tree, env=_environment(tree, seen), start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
    )  # fmt: skip
    try:
        said, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return Ended(wrong=f"it had not ended after {seconds:.0f} s")
    if not seen.is_file():
        return Ended(wrong=f"pytest did not begin: {said.strip()[-300:]}")
    told = json.loads(seen.read_text("utf-8"))
    if told["strangers"]:
        return Ended(wrong=f"{told['strangers'][0]} was not imported from the copy")
    if not told["tests"]:
        return Ended(wrong=f"nothing was collected: {said.strip()[-300:]}")
    return Ended({test: (became, what) for test, (became, what) in told["tests"].items()})


def _environment(tree: Path, seen: Path) -> dict[str, str]:
    """Give the environment: no settings of a hub, everything from the copy."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CI", "HUB_", "PYTEST_", "COV"))}
    return {**kept, "PYTHONPATH": str(tree), "TMPDIR": str(seen.parent), SEEN: str(seen)}
