"""Bad input: hostile text, too much of anything, words of no list. Refused with its place, and never loaded."""

import csv
import tracemalloc
from io import StringIO
from pathlib import Path
from random import Random

import pytest

from policies.reading import MOST_BYTES, read_rules
from policies.rows import COLUMNS
from policies.rulebook import MOST_RULES, Rulebook
from policies.validation import LONGEST_CELL, MOST_FAULTS, RulebookError, read_row
from tests.rooms.policies.rules import cells, rule

HOSTILE = (
    "\x00",
    "social-worker\x00",
    "social\u200b-worker",
    "\uff53ocial-worker",
    "s\u043ecial-worker",
    "=cmd|' /C calc'!A0",
    "'; drop table policy_rule; --",
    "__import__('os').system('id')",
    "{{7*7}}",
    "%s%n",
    "../../etc/passwd",
    "\u202esocial-worker",
    "social-worker\r\nanalyst",
    "a" * (LONGEST_CELL + 1),
    "\ud800",
    "🙂",
)


# Whatever text stands in a cell of words, it is refused by its column's name, and briefly.
@pytest.mark.parametrize("column", [c for c in COLUMNS if c != "why"])
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_refused(column: str, text: str) -> None:
    with pytest.raises(RulebookError) as refused:
        read_row(cells(**{column: text}))
    assert all(len(fault) < 5_000 for fault in refused.value.faults)
    assert any(fault.startswith(column) for fault in refused.value.faults)


# What a rule is for is said in text that can be printed on one line, and not in a book.
@pytest.mark.parametrize("text", ["", "  ", "bell\x07", "two\nlines", "\u202ebackwards", "x" * (LONGEST_CELL + 1)])
def test_why_is_one_line_of_text(text: str) -> None:
    with pytest.raises(RulebookError, match="why"):
        read_row(cells(why=text))


# Random bytes in a file are refused with the file's name, whatever they are.
@pytest.mark.parametrize("seed", range(20))
def test_random_bytes_are_refused(tmp_path: Path, seed: int) -> None:
    (tmp_path / "local").mkdir()
    (tmp_path / "local" / "rules.csv").write_bytes(Random(seed).randbytes(seed * 97))  # noqa: S311 -- noise
    with pytest.raises(RulebookError, match=r"local/rules\.csv"):
        read_rules(tmp_path)


def _table(rows: list[dict[str, str]]) -> str:
    text = StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return text.getvalue()


# A file cut anywhere in its last row is refused: half an import is none.
def test_a_half_written_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "local").mkdir()
    whole = _table([cells(), cells(id="rule-2")])
    start = whole.rindex("rule-2")
    for end in range(start + 1, whole.index("A rule for a test.", start) + 1, 3):
        (tmp_path / "local" / "rules.csv").write_text(whole[:end], "utf-8")
        with pytest.raises(RulebookError, match=r"local/rules\.csv line 3"):
            read_rules(tmp_path)


# A hundred thousand rules are refused at once, by number, from a file or from memory, and take no memory to speak of.
def test_too_many_rules_are_refused(tmp_path: Path) -> None:
    one = rule()
    tracemalloc.start()
    with pytest.raises(RulebookError, match=f"more than {MOST_RULES:,} rules"):
        Rulebook(one for _ in range(100_000))
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()
    (tmp_path / "local").mkdir()
    head, row = _table([cells()]).splitlines()
    (tmp_path / "local" / "rules.csv").write_text("\n".join([head, *(100_000 * [row])]), "utf-8")
    with pytest.raises(RulebookError, match=f"more than {MOST_BYTES:,} bytes"):
        read_rules(tmp_path)


# Of a file full of faults the first few hundred are told and the rest is not even read.
def test_faults_are_told_to_a_measure(tmp_path: Path) -> None:
    (tmp_path / "local").mkdir()
    (tmp_path / "local" / "rules.csv").write_text(
        _table([cells(id=f"rule-{n}", role=f"nobody-{n}", when="never", why="") for n in range(4_000)]), "utf-8"
    )
    with pytest.raises(RulebookError) as refused:
        read_rules(tmp_path)
    assert len(refused.value.faults) == MOST_FAULTS + 1
    assert refused.value.faults[-1] == "and more like these"
    assert refused.value.faults[0].startswith("local/rules.csv line 2: role: 'nobody-0'")


# A word of a rule is never a role's parent: roles have no links, so there is none to go in a circle.
def test_roles_cannot_be_cyclic() -> None:
    for link in ("g social-worker analyst", "social-worker=analyst", "social-worker>analyst"):
        with pytest.raises(RulebookError, match="role"):
            read_row(cells(role=link))
