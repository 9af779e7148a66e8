"""Every promise names tests that are there: a page of promises must not outlive what shows them."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "hub" / "docs" / "promises.md"
ROW = re.compile(r"^\| ([CDEFGL]\d+) .*$", re.MULTILINE)
FILE = re.compile(r"\]\(([^)]+)\)([^\[|]*)")
ROWS = {m.group(1): m.group(0) for m in ROW.finditer(PAGE.read_text("utf-8"))}


@pytest.mark.parametrize("promise", sorted(ROWS, key=lambda code: (code[0], int(code[1:]))))
def test_each_promise_is_shown_by_tests_that_are_there(promise: str) -> None:
    named = 0
    for path, tests in FILE.findall(ROWS[promise]):
        source = (PAGE.parent / path).resolve().read_text("utf-8")
        for test in re.findall(r"`(test_\w+)`", tests):
            assert f"def {test}(" in source, test
            named += 1
    assert named


def test_no_promise_is_missing() -> None:
    said = [*(f"C{n}" for n in range(1, 11)), "F1", "F7", "D1", "D2", "D3", "D4", "D5", "G3", "G4", "G5", "E8"]
    assert list(ROWS) == said


def test_what_was_measured_under_load_was_measured_for_each_promise_that_needs_it_and_holds() -> None:
    """The numbers on the page are whole: no promise that only a measurement shows is without one, and none fails."""
    table = PAGE.read_text("utf-8").partition("## Under load")[2]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if re.search(r" \| C\d ", line)]
    assert {row[1] for row in rows} == {"C1", "C2", "C5", "C6", "C7", "C8"}
    assert {row[-1] for row in rows} == {"yes"}
