"""The coverage gates can fail: each is shown green, then red for its own part of the tree and no other."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import UNMEASURED
from tests.coverage_gates import GATES, main, measure, table

ROOT = Path(__file__).parents[2]
PLACES = {
    "policies": "policies/decide.py",
    "hub/answer": "hub/answer/path.py",
    "hub/audit": "hub/audit/ledger.py",
    "connectors' contract": "connectors/errors.py",
    "hub, the rest": "hub/app.py",
    "connectors, the rest": "connectors/source.py",
    "schema": "schema/fields.py",
}


def summary(missing_lines: int = 0, missing_branches: int = 0) -> dict[str, Any]:
    """Give a file's summary as coverage's JSON report has it: a hundred lines and a hundred branches."""
    return {
        "summary": {
            "num_statements": 100,
            "num_branches": 100,
            "covered_lines": 100 - missing_lines,
            "covered_branches": 100 - missing_branches,
            "missing_lines": missing_lines,
            "missing_branches": missing_branches,
        }
    }


def red(files: dict[str, Any]) -> list[str]:
    return [r.gate.name for r in measure(files) if not r.ok]


def test_whatever_is_left_unmeasured_exists() -> None:
    """One that was renamed is measured again, and slow, until it is named here anew."""
    assert [name for name in UNMEASURED if not (ROOT / "tests" / name).exists()] == []


def test_every_gate_has_its_place() -> None:
    """Every file of the four packages is some gate's, and one's only."""
    assert {g.name for g in GATES} == set(PLACES)
    for package in ("hub", "connectors", "policies", "schema"):
        for path in (ROOT / package).rglob("*.py"):
            inside = path.relative_to(ROOT).as_posix()
            assert len([g for g in GATES if g.holds(inside)]) == 1, inside


def test_all_green_when_all_is_reached() -> None:
    """Whole coverage opens every gate."""
    rows = measure({path: summary() for path in PLACES.values()})
    assert all(r.ok for r in rows)
    assert "NOT REACHED" not in table(rows)


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("kind", ["missing_lines", "missing_branches"])
def test_each_gate_can_be_red(name: str, kind: str) -> None:
    """One line or branch too few shuts that gate, names the file, and leaves the others open."""
    gate = next(g for g in GATES if g.name == name)
    allowed = round(200 * (100 - gate.least) / 100)
    files = {path: summary() for path in PLACES.values()}
    files[PLACES[name]] = summary(**{kind: allowed})
    assert red(files) == []
    files[PLACES[name]] = summary(**{kind: allowed + 1})
    assert red(files) == [name]
    said = table(measure(files))
    assert f"    {PLACES[name]}" in said
    assert "NOT REACHED" in said


@pytest.mark.parametrize("name", PLACES)
def test_what_was_never_measured_is_red(name: str) -> None:
    """A package whose files are missing from the data is not taken for covered."""
    files = {path: summary() for where, path in PLACES.items() if where != name}
    assert red(files) == [name]
    assert "nothing was measured" in table(measure(files))


TREE = {
    **dict.fromkeys(PLACES.values(), "def reached():\n    return 1\n\n\nif reached():\n    pass\n"),
    "connectors/contract.py": "x = 1\n",
}
RUN = "import runpy, sys\n" + "\n".join(f"runpy.run_path({path!r})" for path in TREE)


def make_tree(folder: Path, **changed: str) -> None:
    for path, text in TREE.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(changed.get(path, text), "utf-8")
    (folder / "run.py").write_text(RUN, "utf-8")
    config = '[tool.coverage.run]\nbranch = true\nsource = ["."]\nomit = ["run.py"]\nparallel = true\n'
    config += "relative_files = true\n"
    config += '[tool.coverage.report]\npartial_branches = ["if reached"]\n'
    (folder / "pyproject.toml").write_text(config, "utf-8")


def measured(folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run a small tree under coverage, in a process of its own, and hold it to the gates."""
    monkeypatch.chdir(folder)
    for name in ("COVERAGE_FILE", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    subprocess.run([sys.executable, "-m", "coverage", "run", "run.py"], check=True, cwd=folder)
    return main(folder)


def test_real_data_files_are_combined_and_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What coverage itself wrote, in parallel files, is read: green where all is reached."""
    make_tree(tmp_path)
    assert list(tmp_path.glob(".coverage*")) == []
    assert measured(tmp_path, monkeypatch) == 0
    assert "hub/answer" in capsys.readouterr().out


def test_a_process_that_ended_late_adds_to_what_was_combined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs that each reach a half are one whole: the second does not replace the first."""
    make_tree(tmp_path)
    first, *rest = RUN.splitlines()
    (tmp_path / "run.py").write_text("\n".join([first, *rest[:3]]), "utf-8")
    assert measured(tmp_path, monkeypatch) == 1
    assert (tmp_path / ".coverage").exists()
    (tmp_path / "run.py").write_text("\n".join([first, *rest[3:]]), "utf-8")
    assert measured(tmp_path, monkeypatch) == 0


def test_real_data_with_something_missed_is_red(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A function nobody called shuts the gate it is behind."""
    missed = TREE["hub/answer/path.py"] + "\n\ndef never():\n    return 2\n"
    make_tree(tmp_path, **{"hub/answer/path.py": missed})
    assert measured(tmp_path, monkeypatch) == 1
    said = capsys.readouterr().out
    assert "hub/answer/path.py" in said
    assert said.count("NOT REACHED") == 1


def test_no_data_is_red(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Gates without coverage to read do not open."""
    make_tree(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COVERAGE_FILE", raising=False)
    assert main(tmp_path) == 1
    assert "no coverage to read" in capsys.readouterr().out
