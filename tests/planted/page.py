"""The page of what was planted: one row a fault, with the tests that saw it; of faults not tried, the row it had."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tests.habits.repository import ROOT
from tests.planted.fault import Fault
from tests.planted.trying import Tried

PAGE: Final = ROOT / "hub" / "docs" / "planted.md"
BEGIN, END = "<!-- planted -->\n", "<!-- end -->"
HEAD: Final = "| promise | what was broken | in | seen by | seen |\n| --- | --- | --- | --- | --- |\n"
UNTRIED: Final = "not tried"


def row(fault: Fault, seen: str) -> str:
    """Write a fault's row."""
    tests = ", ".join(f"`{test.partition('::')[2]}`" for test in fault.seen_by)
    files = ", ".join(f"`{file}`" for file in dict.fromkeys(piece.file for piece in fault.pieces))
    cells = (fault.promise, fault.broken, files, tests, seen)
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |\n"


def rows(text: str) -> list[str]:
    """Give the rows a page has."""
    return text.partition(BEGIN)[2].partition(END)[0].removeprefix(HEAD).splitlines(keepends=True)


def outcome(tried: Iterable[Tried]) -> str:
    """Say in a word whether every test that was to see a fault saw it, and otherwise which did not and how."""
    unseen = [f"{each.verdict} ({each.test.partition('::')[2]})" for each in tried if not each.seen]
    return "; ".join(unseen) or "yes"


def written(text: str, faults: Sequence[Fault], tried: Mapping[Fault, Sequence[Tried]]) -> str:
    """Give a page with what was tried on it."""
    before = {line.rpartition(" | ")[0]: line.rpartition(" | ")[2].removesuffix(" |\n") for line in rows(text)}
    new = (row(f, outcome(tried[f]) if f in tried else before.get(_but_seen(f), UNTRIED)) for f in faults)
    head, _, rest = text.partition(BEGIN)
    return f"{head}{BEGIN}{HEAD}{''.join(new)}{END}{rest.partition(END)[2]}"


def _but_seen(fault: Fault) -> str:
    return row(fault, "").rpartition(" | ")[0]
