"""A version: its rules, its examples, where it comes from. Its id begins a digest of every cell of its rules."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.governance.versions.example_cells import cells_of, example_of
from policies.examples import Example
from policies.rows import RuleRow
from policies.rulebook import Rulebook
from policies.validation import RulebookError, read_row

SHORT = 12
"""How many hexadecimal digits of the digest name a version."""

MOST_RULES = 10_000
"""More rules than this are no agreement anybody has read."""

Cells = Mapping[str, str]
"""One row of a table: its cells by the names of their columns."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the rules as it was stored; nothing in it ever changes."""

    id: str
    digest: str
    rules: tuple[Cells, ...]
    examples: tuple[Cells, ...]
    parent: str | None
    author: str
    agency: str
    reason: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Content:
    """What a version is made of, before it is stored: a rulebook that exists, and the examples it keeps."""

    rulebook: Rulebook
    examples: tuple[Example, ...] = ()

    @property
    def rules(self) -> tuple[Cells, ...]:
        """Give the cells of its rules, in order of id."""
        return tuple(row.cells() for row in self.rulebook.rows)

    @property
    def example_cells(self) -> tuple[Cells, ...]:
        """Give the cells of its examples, in their order."""
        return tuple(map(cells_of, self.examples))


def content_of(rows: Iterable[RuleRow], examples: Iterable[Example] = ()) -> Content:
    """Make a version's content: every row validated, proved against Casbin, the examples run; or RulebookError."""
    kept = tuple(examples)
    return Content(Rulebook(rows, kept), kept)


def read_content(rules: Sequence[Cells], examples: Sequence[Cells]) -> Content:
    """Make content of cells; RulebookError lists every fault of every row."""
    rows: list[RuleRow] = []
    read: list[Example] = []
    faults: list[str] = []
    for cells in rules:
        try:
            rows.append(read_row(cells))
        except RulebookError as error:
            faults += [f"rule {cells.get('id', '')!r}: {fault}" for fault in error.faults]
    for cells in examples:
        try:
            read.append(example_of(cells))
        except RulebookError as error:
            faults += error.faults
    if faults:
        raise RulebookError(faults)
    return content_of(rows, read)


def digest_of(tables: Iterable[Cells]) -> str:
    """Give the SHA-256 of rows of cells, in the order they come in."""
    return hashlib.sha256(json.dumps([dict(cells) for cells in tables], sort_keys=True).encode()).hexdigest()
