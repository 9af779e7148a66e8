"""Every promise names tests that are there: a page of promises must not outlive what shows them."""

import re
from pathlib import Path

import pytest

from tests.promised import CODES, HERE, Promise, promised

PAGE = Path(__file__).parents[2] / "hub" / "docs" / "promises.md"
PROMISES = promised((HERE / "promised.toml").read_text("utf-8"))


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.code)
def test_each_promise_is_shown_by_tests_that_are_there(promise: Promise) -> None:
    """Or says plainly that it is not shown, and why."""
    assert promise.missing == ()
    assert promise.shown or promise.not_shown
    assert promise.says


def test_no_promise_is_missing() -> None:
    """Each is in the file, and on the page, once."""
    assert tuple(promise.code for promise in PROMISES) == CODES
    table = PAGE.read_text("utf-8").partition("<!-- table: promises -->")[2].partition("<!-- end -->")[0]
    assert tuple(re.findall(r"^\| ([A-Z]\d+) ", table, re.MULTILINE)) == CODES


def test_a_test_that_is_gone_and_a_promise_that_is_missing_are_noticed() -> None:
    """A name that no file has, a file that is not there, a row left out."""
    gone = ("habits/test_promises.py::test_that_never_was", "habits/test_nothing.py::test_no_promise_is_missing")
    assert Promise("F1", "", gone).missing == gone
    assert Promise("F1", "", ("habits/test_promises.py::test_no_promise_is_missing",)).missing == ()
    with pytest.raises(KeyError, match="F1"):
        promised("")


def test_what_was_measured_under_load_was_measured_for_each_promise_that_needs_it_and_holds() -> None:
    """The numbers on the page are whole: no promise that only a measurement shows is without one, and none fails."""
    table = PAGE.read_text("utf-8").partition("## Under load")[2]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if re.search(r" \| C\d ", line)]
    assert {row[1] for row in rows} == {"C1", "C2", "C5", "C6", "C7", "C8"}
    assert {row[-1] for row in rows} == {"yes"}
