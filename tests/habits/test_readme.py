"""The README and the pages beside it are true: commands run, tables are the code's, links lead somewhere."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.habits.repository import ROOT, files, unwanted
from tests.habits.tables import PLACE, TABLES, documents, renewed

README = (ROOT / "README.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
FAULTS = ("--slow", "health=3s", "--down", "police")
SERVES = re.compile(r"http://127\.0\.0\.1:(\d+)/graphql")


def blocks(language: str) -> list[str]:
    """Give the README's blocks of one language."""
    return [text for kind, text in BLOCK.findall(README) if kind == language]


@dataclass(frozen=True)
class Demo:
    """The demo as a newcomer runs it: where, on which port, and what it printed before it served."""

    folder: Path
    port: str
    printed: str

    def run(self, block: str) -> subprocess.CompletedProcess[str]:
        """Run a block of the README where the demo runs, with the demo's port in place of 8000."""
        block = block.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}").replace(
            "/hub ask ", f"/hub ask --port {self.port} "
        )
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=self.folder, env=_environment(), capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Run the demo with the README's faults, forty children and whatever port is free."""
    folder = tmp_path_factory.mktemp("newcomer")
    (folder / ".venv").symlink_to(sys.prefix, target_is_directory=True)
    running = subprocess.Popen(
        [folder / ".venv/bin/hub", "demo", "--children", "40", "--port", "0", *FAULTS],
        cwd=folder, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    impatience = threading.Timer(120, running.kill)
    impatience.start()
    try:
        printed, port = "", None
        assert running.stdout is not None
        while "Ctrl-C" not in printed and (line := running.stdout.readline()):
            printed += line
            port = port or SERVES.search(line)
        assert port, f"the demo did not serve: {printed}{running.stderr.read() if running.stderr else ''}"
        yield Demo(folder, port[1], printed)
    finally:
        impatience.cancel()
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=30)


# Every shell command of the README runs, against a demo started as it says, and is answered.
@pytest.mark.parametrize("block", blocks("sh"))
def test_commands_run(demo: Demo, block: str) -> None:
    done = demo.run(block)
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert '"errors"' not in done.stdout


# The README's commands are answered with what the README says of them.
def test_commands_are_answered_as_told(demo: Demo) -> None:
    answers = "".join(demo.run(block).stdout for block in blocks("sh"))
    for told in ("withheld", "ring the team", '"outcome":"POSSIBLE"', "as it was written", '{"status":"ready"}', "ssd"):
        assert told in answers


# The faults of the README's example are said in the demo's answer in the words the README shows.
def test_the_demo_says_what_was_wrong(demo: Demo) -> None:
    (shown,) = blocks("text")
    for words in ("Maya Kowalczyk, born 09 Mar ", "did not answer", "too slow", "Grace Attwater, front door"):
        assert words in shown
        assert words in demo.printed
    assert f'make demo ARGS="{" ".join(FAULTS)}"' in README


# Each make command of the README is one that make has, and carries its arguments on.
@pytest.mark.parametrize("line", sorted(set(re.findall(r"^make .*$", "\n".join(blocks("console")), re.MULTILINE))))
def test_make_knows_its_commands(line: str) -> None:
    done = subprocess.run(
        ["bash", "-c", line.replace("make ", "make -n ", 1)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    if carried := re.search(r'ARGS="(.*)"', line):
        assert f"hub demo {carried[1]}" in done.stdout


# A command that needs no hub of its own says what it is for; the README lists it in the same words.
@pytest.mark.parametrize("document", documents(), ids=lambda p: str(p.relative_to(ROOT)))
def test_tables_are_the_codes_own(document: Path) -> None:
    text = document.read_text("utf-8")
    assert renewed(text) == text, "write the tables anew: python -m tests.habits.tables"


# The tables a page is read for are there; one that is out of step would be noticed.
def test_the_tables_are_there() -> None:
    places = {
        str(d.relative_to(ROOT)): {name for _, name, _, _ in PLACE.findall(d.read_text("utf-8"))} for d in documents()
    }
    assert {name for each in places.values() for name in each} == set(TABLES)
    assert {"commands", "settings", "people"} <= places["README.md"]
    assert {"outcomes", "reasons", "purposes", "errors"} <= places["hub/docs/partner.md"]
    stale = README.replace("`HUB_PORT` | `8000`", "`HUB_PORT` | `8001`")
    assert stale != README
    assert renewed(stale) == README


def _anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


# Every relative link of a page leads to a file or folder, and to a heading where it names one.
@pytest.mark.parametrize("document", documents(), ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    for link in LINK.findall(document.read_text("utf-8")):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        assert not anchor or anchor in _anchors(target), link


# Every page under hub/docs is reached from the README.
def test_every_page_is_linked() -> None:
    reached: set[Path] = set()
    ahead = [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in reached:
            continue
        reached.add(page)
        links = (page.parent / link.partition("#")[0] for link in LINK.findall(page.read_text("utf-8")))
        ahead += [p.resolve() for p in links if p.suffix == ".md" and p.exists()]
    assert set(documents()) <= reached


# No file of the repository names a machine's path, a registry, a secret or a folder beside it.
def test_nothing_of_ours_leaks() -> None:
    found = []
    for path in files():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {what}" for what in unwanted(text)]
    assert found == []


# What is looked for is found where it is.
@pytest.mark.parametrize(
    "planted",
    [
        "see /ho" + "me/someone/notes",
        "https://py" + "pi.org/simple",
        "-----BEGIN PRIVATE" + " KEY-----",
        "gh" + "p_" + "a" * 36,
        "../sha" + "red/notes.md",
    ],
)
def test_a_leak_is_noticed(planted: str) -> None:
    assert list(unwanted(f"a line\n{planted}\n"))
