"""What is promised, and the tests that show it: read from ``promised.toml``, printed as the table of the documents."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
COUNTS: Final = {"F": 9, "D": 7, "C": 10, "G": 8, "E": 8, "L": 12, "A": 1, "W": 5}
"""How many promises there are of each kind: failing closed, durability, connectors, GraphQL, extraction, linkage,
admission, watching."""

CODES: Final = tuple(f"{kind}{number}" for kind, count in COUNTS.items() for number in range(1, count + 1))


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise: its code, what is promised in a line, the tests that show it, and what none shows."""

    code: str
    says: str
    shown: tuple[str, ...]
    not_shown: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """The tests that are named and are not there."""
        return tuple(test for test in self.shown if not _there(*test.split("::")))

    @property
    def row(self) -> tuple[str, str, str]:
        """The row as the table has it: the tests by the file they are in."""
        files: dict[str, list[str]] = {}
        for path, _, name in (test.partition("::") for test in self.shown):
            files.setdefault(path, []).append(f"`{name}`")
        shown = (f"[{Path(path).name}](../../tests/{path}) {', '.join(names)}" for path, names in files.items())
        return f"{self.code} {self.says}", "; ".join(shown), self.not_shown


def promised(text: str) -> tuple[Promise, ...]:
    """Read the promises, in the table's order; KeyError names one that is not among them."""
    found = tomllib.loads(text)
    rows = {c: Promise(c, r["says"], tuple(r["shown"]), r.get("not_shown", "")) for c, r in found.items()}
    return tuple(rows.pop(code) for code in CODES) + tuple(rows.values())


def rows() -> Iterator[tuple[str, str, str]]:
    """Give the rows of the table."""
    return (promise.row for promise in promised((HERE / "promised.toml").read_text("utf-8")))


def _there(path: str, name: str) -> bool:
    file = HERE / path
    return (
        file.is_file() and re.search(rf"^(async def |def )?{name}\b", file.read_text("utf-8"), re.MULTILINE) is not None
    )
