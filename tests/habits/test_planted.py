"""Every promise's tests have a fault to see; every fault still fits the tree; and planting can tell seen from not seen.

The faults themselves are planted by ``python -m tests.planted``, which takes more than half an hour of two cores.
"""

import ast
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.habits.repository import ROOT
from tests.planted import page
from tests.planted.fault import MUST, Fault, Piece, bare, faults, read, without
from tests.planted.running import Ended, run
from tests.planted.trying import Tried, Verdict, judged, one_of_each_first, try_all
from tests.planted.watching import FELL, FOUND, PASSED, SKIPPED, found
from tests.promised import CODES, HERE

FAULTS = faults()
PIECE = Piece(
    "tests/promised.py",
    'return tuple(test for test in self.shown if not _there(*test.split("::")))',
    "return self.shown[:0]",
)
QUICK = Fault(
    "F1",
    "tests that are gone are not missed",
    (PIECE,),
    ("habits/test_promises.py::test_a_test_that_is_gone_and_a_promise_that_is_missing_are_noticed",),
)
"""A fault that takes no time to see."""


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.promise}-{FAULTS.index(fault)}")
def test_a_fault_fits_the_tree(fault: Fault) -> None:
    """Its text stands once in its file; with it the file reads as Python and says something else; its tests exist."""
    for piece in fault.pieces:
        text = (ROOT / piece.file).read_text("utf-8")
        assert ast.dump(ast.parse(piece.planted(text))) != ast.dump(ast.parse(text))
    assert fault.seen_by
    for path, _, name in (bare(test).partition("::") for test in fault.seen_by):
        assert name in _named((HERE / path).read_text("utf-8")), fault.name


def _named(text: str) -> set[str]:
    """Name what a file of tests defines at its top."""
    body = ast.parse(text).body
    assigned = (target for node in body if isinstance(node, ast.Assign) for target in node.targets)
    return {getattr(node, "name", "") for node in body} | {getattr(target, "id", "") for target in assigned}


def test_no_fault_names_what_is_not_there(tmp_path: Path) -> None:
    """A fault that falls over by itself would show nothing."""
    for number, piece in enumerate(piece for fault in FAULTS for piece in fault.pieces):
        file = tmp_path / f"{number}-{Path(piece.file).name}"
        file.write_text(piece.planted((ROOT / piece.file).read_text("utf-8")), "utf-8")
    command = [Path(sys.executable).with_name("ruff"), "check", "--isolated", "--no-cache", "--select", "E9,F821,F823"]
    ended = subprocess.run([*command, tmp_path], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


def test_every_promise_that_must_has_a_fault() -> None:
    """Failing closed, durability, enumeration, linkage; which of their tests has none yet, the command says."""
    assert {f.promise for f in FAULTS} >= {code for code in CODES if code[0] in MUST}
    planted = {bare(test) for fault in FAULTS for test in fault.seen_by}
    assert not planted & {name.partition(" ")[2] for name in without()}


def test_no_fault_that_was_tried_went_unseen() -> None:
    """The page has a row of each as it is now: tried and seen by every test named, or not tried yet; none says no."""
    rows = page.rows(page.PAGE.read_text("utf-8"))
    untried = [page.row(fault, page.UNTRIED) for fault in FAULTS]
    assert [row for row, no in zip(rows, untried, strict=True) if row != no] == [
        page.row(fault, "yes") for fault, row, no in zip(FAULTS, rows, untried, strict=True) if row != no
    ]


def test_one_fault_of_each_promise_comes_first() -> None:
    """A run that is broken off has tried as many promises as it could."""
    first = one_of_each_first(FAULTS)
    assert set(first) == set(FAULTS)
    assert len({fault.promise for fault in first[: len({f.promise for f in FAULTS})]}) == len(
        {f.promise for f in FAULTS}
    )


def test_what_is_broken_is_seen_and_what_is_not_is_not() -> None:
    """Planted, run and judged from end to end: a true fault, and one that changes nothing."""
    nothing = replace(QUICK, broken="nothing", pieces=(replace(PIECE, becomes=f"{PIECE.was}  # nothing"),))
    tried: list[Tried] = []
    try_all([QUICK, nothing], 1, tried.extend)
    assert [each.verdict for each in tried] == [Verdict.SEEN, Verdict.NOT_SEEN]
    assert "assert" in tried[0].told


def test_what_falls_over_or_fails_without_the_fault_has_not_seen_it() -> None:
    """Nor has what did not run."""
    test = f"tests/{QUICK.seen_by[0]}"
    well, wrong, fell = (Ended({test: (became, "why")}) for became in (PASSED, FOUND, FELL))
    for without_it, with_it, verdict in (
        (well, wrong, Verdict.SEEN),
        (well, well, Verdict.NOT_SEEN),
        (well, fell, Verdict.BROKEN),
        (well, Ended(), Verdict.BROKEN),
        (wrong, wrong, Verdict.BROKEN),
        (Ended(), wrong, Verdict.BROKEN),
    ):
        (tried,) = judged(QUICK, without_it.of, with_it)
        assert tried.verdict is verdict


def test_a_fault_must_have_one_place() -> None:
    """Neither none nor two; and each of its parts."""
    with pytest.raises(ValueError, match="0 times"):
        PIECE.planted("")
    with pytest.raises(ValueError, match="2 times"):
        PIECE.planted(PIECE.was * 2)
    with pytest.raises(KeyError, match="broken"):
        list(read('[[F1]]\nwas = "a"\nseen_by = []'))


def test_only_a_tests_own_check_counts(tmp_path: Path) -> None:
    """An assertion in a test, or that nothing was raised; not one in what is tested, nor any other error."""
    (tmp_path / "hub").mkdir()
    ours = compile("assert False", str(tmp_path / "hub" / "inside.py"), "exec")
    for expected, broken in ((True, "assert 1 == 2"), (False, "raise KeyError"), (False, "exec(ours)")):
        with pytest.raises(Exception) as caught:  # noqa: PT011 -- whatever it is
            exec(broken, {"ours": ours})  # noqa: S102 -- of this test's own making
        assert found(caught.value, tmp_path) is expected
    with pytest.raises(pytest.fail.Exception) as failed:
        pytest.fail("nothing was raised")
    assert found(failed.value, tmp_path)
    assert found(ExceptionGroup("two", [AssertionError(), AssertionError()]), tmp_path)
    assert not found(ExceptionGroup("two", [AssertionError(), KeyError()]), tmp_path)


def test_of_several_cases_the_one_that_found_something_counts() -> None:
    """Then one that fell over, then one that did not run."""
    cases = {"tests/a.py::t[1]": (PASSED, ""), "tests/a.py::t[2]": (FOUND, "x"), "tests/a.py::t[3]": (FELL, "y")}
    assert Ended(cases).of("a.py::t") == (FOUND, "x")
    assert Ended(cases).of("a.py::t[3]") == (FELL, "y")
    assert Ended({"tests/a.py::t": (SKIPPED, "z")}).of("a.py::t") == (SKIPPED, "z")
    assert Ended(cases).of("a.py::u")[0] == FELL
    assert Ended({"tests/a.py::T::runTest": (FOUND, "z")}).of("a.py::T") == (FOUND, "z")
    assert Ended(cases, "pytest did not begin").of("a.py::t") == (FELL, "pytest did not begin")


def test_a_run_that_does_not_end_is_ended(tmp_path: Path) -> None:
    """After so many seconds, with whatever it started."""
    (tmp_path / "tests").mkdir()
    assert "had not ended" in run(tmp_path, ["nothing.py"], 0.01).wrong


def test_the_page_keeps_what_was_not_tried_again() -> None:
    """A fault that changed is not tried until it is; the others keep their rows."""
    text = f"words\n{page.BEGIN}{page.HEAD}{page.row(QUICK, 'yes')}{page.END}more\n"
    assert page.written(text, [QUICK], {}) == text
    other = replace(QUICK, broken="something else")
    assert page.written(text, [other], {}) == text.replace(page.row(QUICK, "yes"), page.row(other, page.UNTRIED))
