"""Reading: agreements' tables into a rulebook. The only place where the rules touch a disk, once."""

import csv
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import StringIO

from policies.examples import EXAMPLE_COLUMNS, Example, read_example
from policies.rows import COLUMNS, RuleRow
from policies.rulebook import Rulebook
from policies.validation import RulebookError, read_row


def shipped_agreements() -> Traversable:
    """Give the folder of the agreements that come with the hub."""
    return files("policies").joinpath("agreements")


def read_rules(folder: Traversable | None = None) -> Rulebook:
    """Read every agreement in a folder into one rulebook; RulebookError lists every fault by file and line.

    An agreement is a folder with ``rules.csv`` and, if it has any, ``examples.csv``. Without a folder, the shipped
    agreements are read.
    """
    rows: list[RuleRow] = []
    examples: list[Example] = []
    faults: list[str] = []
    for agreement in sorted((folder or shipped_agreements()).iterdir(), key=lambda entry: entry.name):
        if agreement.is_dir() and not agreement.name.startswith(("_", ".")):
            rows += _rules(agreement, faults)
            examples += _examples(agreement, faults)
    if faults:
        raise RulebookError(faults)
    return Rulebook(rows, examples)


def _rules(agreement: Traversable, faults: list[str]) -> Iterator[RuleRow]:
    for where, cells in _table(agreement, "rules.csv", COLUMNS, faults, needed=True):
        try:
            yield read_row(cells)
        except RulebookError as error:
            faults += [f"{where}: {fault}" for fault in error.faults]


def _examples(agreement: Traversable, faults: list[str]) -> Iterator[Example]:
    for where, cells in _table(agreement, "examples.csv", EXAMPLE_COLUMNS, faults, needed=False):
        try:
            yield read_example(cells, where)
        except RulebookError as error:
            faults += error.faults


def _table(
    agreement: Traversable, name: str, columns: tuple[str, ...], faults: list[str], *, needed: bool
) -> Iterator[tuple[str, dict[str, str]]]:
    file = agreement.joinpath(name)
    place = f"{agreement.name}/{name}"
    if not file.is_file():
        faults += [f"{place}: the file is missing"] * needed
        return
    try:
        text = file.read_text("utf-8-sig")
    except (UnicodeDecodeError, OSError):
        faults.append(f"{place}: the file cannot be read as UTF-8 text")
        return
    lines = csv.DictReader(StringIO(text, newline=""), restkey="(beyond the last column)", strict=True)
    try:
        if tuple(lines.fieldnames or ()) != columns:
            faults.append(f"{place} line 1: the columns must be, in this order, {','.join(columns)}")
            return
        for cells in lines:
            yield f"{place} line {lines.line_num}", cells
    except csv.Error:
        faults.append(f"{place} line {lines.line_num}: it is not well-formed CSV")
