"""The pages for connector authors run as they stand; the table of promises is what the kit prints today."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from connectors.conformance import PROMISES
from connectors.registry import known_systems
from hub.cli import app
from tests.habits.pages import Block, Outcome, Reader, blocks
from tests.habits.repository import ROOT
from tests.systems.stages import STAGES

DOCS = ROOT / "hub" / "docs"
PAGES = ("connect-rest.md", "connect-csv.md", "connector-author.md")
PROMISED = re.compile(r"(<!-- promises -->\n)(.*?)(<!-- end -->)", re.DOTALL)


# Whoever follows a page in an empty folder sees what the page says, to the letter.
@pytest.mark.parametrize("page", PAGES)
def test_the_page_runs(page: str, tmp_path: Path) -> None:
    text = (DOCS / page).read_text("utf-8")
    with Reader(tmp_path) as reader:
        outcomes = reader.follow(text)
    assert outcomes
    for outcome in outcomes:
        assert outcome.code == 0, outcome.printed
        assert outcome.as_told(), f"write it anew: python -m tests.habits.pages hub/docs/{page}\n{outcome.printed}"


# A system is connected by its TOML alone: the only code on the two pages is the system that stands in.
@pytest.mark.parametrize(
    ("page", "files"), [("connect-rest.md", {".py", ".toml"}), ("connect-csv.md", {".csv", ".toml"})]
)
def test_only_toml_is_written(page: str, files: set[str]) -> None:
    written = [b for b in blocks((DOCS / page).read_text("utf-8")) if b.what == "file"]
    assert {Path(b.name).suffix for b in written} == files
    (toml,) = [b for b in written if b.name.endswith(".toml")]
    assert 'system = "plain"' in toml.text


# The check of a page can fail: another output, a missing word, a file that is not as shown.
def test_a_page_that_is_wrong_is_noticed(tmp_path: Path) -> None:
    said = Block("text", "two … four\n", 0, 0, "", "")
    assert Outcome("", said, "two │ three │ four\n", 0).as_told()
    assert not Outcome("", said, "two five\n", 0).as_told()
    page = "```sh\necho 1 > made\n```\n\n<!-- shown: made -->\n```python\n2\n```\n"
    with Reader(tmp_path) as reader, pytest.raises(AssertionError, match="does not hold"):
        reader.follow(page)


@pytest.fixture(scope="module")
def promised() -> str:
    done = CliRunner().invoke(app, ["sources", "promises", "--markdown"])
    assert done.exit_code == 0, done.output
    return done.stdout


# The committed table is what the kit finds today, at every system of the demo; nothing in it is broken.
def test_the_table_of_promises_is_todays(promised: str) -> None:
    found = PROMISED.search((DOCS / "connector-author.md").read_text("utf-8"))
    assert found is not None
    assert found[2] == promised, "write it anew: hub sources promises --markdown"
    assert "BROKEN" not in promised
    assert promised.count("| caught |") == len(PROMISES)


# Every system of the demo is tried with every promise.
def test_every_promise_is_tried(promised: str) -> None:
    head, _, *rows = [line.split(" | ") for line in promised.splitlines() if line.startswith("|")]
    assert len(head) == 1 + 1 + 9
    assert [row[0].removeprefix("| ").replace(" ", "_") for row in rows] == list(PROMISES)


# Every system that ships has a stage at which the kit is run against it.
def test_every_shipped_system_is_tried() -> None:
    assert {name.partition(":")[0] for name in STAGES} == set(known_systems())
