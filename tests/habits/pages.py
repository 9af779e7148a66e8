"""Pages that run: a document's files are written, its commands are run in order, its outputs are compared.

``<!-- file: name -->`` above a block writes it; ``<!-- background -->`` above a ``sh`` block starts it and waits for
its port; every other ``sh`` block is run, and the ``text`` block after it is what it prints, where ``…`` is anything.
``<!-- shown: name -->`` above a block says that it is part of a file the commands made.
``python -m tests.habits.pages PAGE…`` writes the outputs anew.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

BLOCK = re.compile(
    r"(?:<!-- (?:(?P<what>file|shown): (?P<name>[^\n]+?)|(?P<background>background)) -->\n)?"
    r"^```(?P<language>\w+)\n(?P<text>.*?)^```",
    re.DOTALL | re.MULTILINE,
)
PORT = "8731"
"""The port that pages name; a free one stands in for it."""

_LINES = re.compile(r"[\s━─┏┓┳┡╇┩│┃└┴┘├┼┤]+")


@dataclass(frozen=True)
class Block:
    """One block of a page: its language, its text, where that text stands, and what is to be done with it."""

    language: str
    text: str
    start: int
    end: int
    what: str
    name: str


@dataclass
class Outcome:
    """What a command printed, and the block of the page that says what it prints."""

    command: str
    said: Block | None
    printed: str
    code: int

    def as_told(self) -> bool:
        """Whether the page tells what was printed; spaces and the lines of tables do not count."""
        if self.said is None:
            return True
        told = "".join(".*" if part == "…" else re.escape(part) for part in re.split("(…)", _plain(self.said.text)))
        return re.fullmatch(told, _plain(self.printed), re.DOTALL) is not None


def blocks(text: str) -> list[Block]:
    """Give a page's blocks in order."""
    return [
        Block(
            m["language"],
            m["text"],
            m.start("text"),
            m.end("text"),
            m["what"] or m["background"] or "",
            m["name"] or "",
        )
        for m in BLOCK.finditer(text)
    ]


@dataclass
class Reader:
    """Somebody who follows a page in an empty folder: ``with Reader(folder) as reader: reader.follow(text)``."""

    folder: Path
    port: str = field(default_factory=lambda: str(_free_port()))
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End whatever was started."""
        self._stack.close()

    def follow(self, text: str) -> list[Outcome]:
        """Write every file and run every command; give what was printed."""
        found = blocks(text)
        outcomes: list[Outcome] = []
        for block, after in zip(found, [*found[1:], None], strict=True):
            if block.what == "file":
                self._write(block)
            elif block.what == "shown":
                made = (self.folder / block.name).read_text("utf-8")
                assert block.text in made, f"{block.name} does not hold what the page shows of it"
            elif block.what == "background":
                self._start(block)
            elif block.language == "sh":
                said = after if after is not None and after.language == "text" and not after.what else None
                outcomes.append(self._run(block, said))
        return outcomes

    def _write(self, block: Block) -> None:
        path = self.folder / block.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text.replace(PORT, self.port), "utf-8")

    def _run(self, block: Block, said: Block | None) -> Outcome:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block.text.replace(PORT, self.port)],
            cwd=self.folder, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=60, check=False,
        )  # fmt: skip
        return Outcome(block.text, said, done.stdout.replace(self.port, PORT), done.returncode)

    def _start(self, block: Block) -> None:
        running = subprocess.Popen(
            ["bash", "-c", f"exec env {block.text.replace(PORT, self.port)}"],
            cwd=self.folder, env=_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._stack.callback(_end, running)
        assert running.stderr is not None
        line = ""
        while "running on" not in line:
            line = running.stderr.readline()
            assert line, "it did not begin to serve"


def _end(running: "subprocess.Popen[str]") -> None:
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=10)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HUB_", "COVERAGE"))}
    offline = {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return {**kept, **offline, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"}


def _plain(text: str) -> str:
    return _LINES.sub(" ", text).strip()


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


def renewed(text: str) -> str:
    """Give a page with its outputs as they are now, where they are not as told."""
    with tempfile.TemporaryDirectory() as folder, Reader(Path(folder)) as reader:
        outcomes = reader.follow(text)
    for outcome in reversed(outcomes):
        if outcome.said is not None and not outcome.as_told():
            lines = "".join(f"{line.rstrip()}\n" for line in outcome.printed.splitlines())
            text = text[: outcome.said.start] + lines + text[outcome.said.end :]
    return text


if __name__ == "__main__":
    for page in map(Path, sys.argv[1:]):
        page.write_text(renewed(page.read_text("utf-8")), "utf-8")
