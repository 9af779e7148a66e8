"""Watches one run of pytest from within: what became of each test, why, and whose files were imported.

Loaded by ``-p tests.planted.watching`` in a process of its own; writes what it saw to the file that ``PLANTED_SEEN``
names. It tells a test that found something wrong from one that merely fell over. Once a case of a test has found
something the other cases of it are left out, and Hypothesis does not look for a smaller example.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

PACKAGES: Final = ("hub", "connectors", "policies", "schema", "tests")
SEEN: Final = "PLANTED_SEEN"
PASSED, FOUND, FELL, SKIPPED = "passed", "found", "fell", "skipped"
"""What became of a test: it passed, an assertion of its own failed, something else did, it did not run."""

_WORST: Final = (PASSED, SKIPPED, FELL, FOUND)
_LONGEST: Final = 300


def found(error: BaseException, root: Path) -> bool:
    """Say whether a test's own check failed: an assertion of the tests or of pytest, not one of what they test."""
    if isinstance(error, BaseExceptionGroup):
        return all(found(each, root) for each in error.exceptions)
    if isinstance(error, pytest.fail.Exception):
        return True
    return isinstance(error, AssertionError) and not _ours(error, root)


def _ours(error: BaseException, root: Path) -> bool:
    where, trace = Path(), error.__traceback__
    while trace is not None:
        where, trace = Path(trace.tb_frame.f_code.co_filename), trace.tb_next
    return any(where.is_relative_to(root / package) for package in PACKAGES[:-1])


def strangers(root: Path) -> list[str]:
    """Name the modules of ours that were imported from anywhere but the tree."""
    files = ((name, getattr(module, "__file__", None)) for name, module in list(sys.modules.items()))
    return sorted(n for n, f in files if f and n.partition(".")[0] in PACKAGES and not Path(f).is_relative_to(root))


class Watch:
    """Keeps what became of each test: the most telling of its parts."""

    def __init__(self, config: pytest.Config) -> None:
        """Watch a run."""
        self._root = config.rootpath
        self._ended: dict[str, tuple[str, str]] = {}
        self._found: set[str] = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Leave out a case of a test that has found something already."""
        if item.nodeid.partition("[")[0] in self._found:
            pytest.skip("another case found something")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[Any]) -> Iterator[None]:
        """Keep why a part of a test ended as it did."""
        report: Any = yield
        became = PASSED
        told = ""
        if report.failed and call.excinfo is not None:
            became = FOUND if found(call.excinfo.value, self._root) else FELL
            self._found |= {item.nodeid.partition("[")[0]} if became == FOUND else set()
            told = f"{type(call.excinfo.value).__name__}: {call.excinfo.value}"[:_LONGEST]
        elif report.skipped:
            became, told = SKIPPED, str(report.longrepr)[:_LONGEST]
        before = self._ended.get(item.nodeid, (PASSED, ""))
        self._ended[item.nodeid] = max(before, (became, told), key=lambda ended: _WORST.index(ended[0]))
        return report

    def pytest_sessionfinish(self) -> None:
        """Write what was seen."""
        seen = {"tests": self._ended, "strangers": strangers(self._root)}
        Path(os.environ[SEEN]).write_text(json.dumps(seen), "utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Begin to watch; Hypothesis draws the same each time."""
    import hypothesis

    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile("planted", derandomize=True, database=None, phases=phases)
    hypothesis.settings.load_profile("planted")
    config.pluginmanager.register(Watch(config))
