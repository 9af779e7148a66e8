"""Reading: agreements' tables into a rulebook. The only place where the rules touch a disk, once."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import StringIO
from typing import Final

from policies.example_files import FILE, read_examples
from policies.examples import Example
from policies.rows import COLUMNS, RuleRow
from policies.rulebook import Rulebook
from policies.validation import MOST_FAULTS, RulebookError, read_row

RULES: Final = "rules.csv"

MOST_BYTES: Final = 4_000_000
"""What a file of an agreement may hold: more than the most rules a version may have."""


def shipped_agreements() -> Traversable:
    """Give the folder of the agreements that come with the hub."""
    return files("policies").joinpath("agreements")


@dataclass(frozen=True, slots=True)
class Written:
    """What a folder of agreements says: every rule and every example, not yet a rulebook."""

    rows: tuple[RuleRow, ...]
    examples: tuple[Example, ...]


def read_rules(folder: Traversable | None = None) -> Rulebook:
    """Read every agreement in a folder into one rulebook; RulebookError lists every fault by file and line.

    An agreement is a folder with ``rules.csv`` and, if it has any, ``examples.toml``. Without a folder, the shipped
    agreements are read.
    """
    written = read_written(folder)
    return Rulebook(written.rows, written.examples)


def read_written(folder: Traversable | None = None) -> Written:
    """Read what ``read_rules`` reads, without running the examples: for those who must see which of them fail."""
    rows: list[RuleRow] = []
    examples: list[Example] = []
    faults: list[str] = []
    for agreement in sorted((folder or shipped_agreements()).iterdir(), key=lambda entry: entry.name):
        if agreement.is_dir() and not agreement.name.startswith(("_", ".")):
            rows += _rules(agreement, faults)
            examples += _examples(agreement, faults)
    if faults:
        raise RulebookError(faults)
    return Written(tuple(rows), tuple(examples))


def _rules(agreement: Traversable, faults: list[str]) -> Iterator[RuleRow]:
    for where, cells in _table(agreement, faults):
        try:
            yield read_row(cells)
        except RulebookError as error:
            faults += [f"{where}: {fault}" for fault in error.faults]


def _examples(agreement: Traversable, faults: list[str]) -> list[Example]:
    file, place = agreement.joinpath(FILE), f"{agreement.name}/{FILE}"
    text = _text(file, place, faults) if file.is_file() else None
    try:
        return [] if text is None else read_examples(text, place)
    except RulebookError as error:
        faults += error.faults
        return []


def _text(file: Traversable, place: str, faults: list[str]) -> str | None:
    try:
        with file.open("rb") as opened:
            held = opened.read(MOST_BYTES + 1)
        if len(held) > MOST_BYTES:
            faults.append(f"{place}: the file has more than {MOST_BYTES:,} bytes")
            return None
        return held.decode("utf-8-sig")
    except (UnicodeDecodeError, OSError):
        faults.append(f"{place}: the file cannot be read as UTF-8 text")
        return None


def _table(agreement: Traversable, faults: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    file, place = agreement.joinpath(RULES), f"{agreement.name}/{RULES}"
    if not file.is_file():
        faults.append(f"{place}: the file is missing")
        return
    text = _text(file, place, faults)
    if text is None:
        return
    lines = csv.DictReader(StringIO(text, newline=""), restkey="(beyond the last column)", strict=True)
    try:
        if tuple(lines.fieldnames or ()) != COLUMNS:
            faults.append(f"{place} line 1: the columns must be, in this order, {','.join(COLUMNS)}")
            return
        for cells in lines:
            if len(faults) > MOST_FAULTS:
                return
            yield f"{place} line {lines.line_num}", cells
    except csv.Error:
        faults.append(f"{place} line {lines.line_num}: it is not well-formed CSV")
