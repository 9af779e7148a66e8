"""Reading agreements' tables: faults by file and line, all at once; and the agreements that come with the hub."""

import csv
from pathlib import Path

import pytest

from policies.examples import EXAMPLE_COLUMNS
from policies.reading import read_rules, shipped_agreements
from policies.rows import COLUMNS
from policies.validation import RulebookError
from tests.rooms.policies.rules import cells

HEADER = ",".join(COLUMNS)


def _agreement(folder: Path, *rows: dict[str, str], name: str = "local", encoding: str = "utf-8") -> Path:
    place = folder / name
    place.mkdir()
    with (place / "rules.csv").open("w", encoding=encoding, newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        table.writerows(rows)
    return place


def _faults(folder: Path) -> tuple[str, ...]:
    with pytest.raises(RulebookError) as refused:
        read_rules(folder)
    return refused.value.faults


# The shipped agreements make a rulebook, and every one of them has rules, examples and a page in plain English.
def test_the_shipped_agreements_stand() -> None:
    rulebook = read_rules()
    names = set()
    for agreement in shipped_agreements().iterdir():
        names.add(agreement.name)
        assert {entry.name for entry in agreement.iterdir()} == {"rules.csv", "examples.csv", "README.md"}
        prefix = {row["id"].rpartition("-")[0] for row in _table(agreement.joinpath("rules.csv").read_text("utf-8"))}
        assert prefix == {agreement.name}
    assert {row.id.rpartition("-")[0] for row in rulebook.rows} == names


def _table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


# Any shipped example turned round refuses the rulebook: the examples are really run.
@pytest.mark.parametrize("agreement", sorted(a.name for a in shipped_agreements().iterdir()))
def test_a_shipped_example_turned_round_is_noticed(agreement: str, tmp_path: Path) -> None:
    for source in shipped_agreements().iterdir():
        place = tmp_path / source.name
        place.mkdir()
        (place / "rules.csv").write_text(source.joinpath("rules.csv").read_text("utf-8"), "utf-8")
    examples = _table(shipped_agreements().joinpath(agreement, "examples.csv").read_text("utf-8"))
    with (tmp_path / agreement / "examples.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, EXAMPLE_COLUMNS)
        table.writeheader()
        table.writerows(row | {"expect": "BROKER" if row["expect"] != "BROKER" else "PERMIT"} for row in examples)
    faults = _faults(tmp_path)
    assert len(faults) == len(examples)
    assert all(fault.startswith(f"{agreement}/examples.csv line ") for fault in faults)


# Faults of several rows and files are told together, each with its file and line.
def test_every_fault_has_its_file_and_line(tmp_path: Path) -> None:
    _agreement(tmp_path, cells(), cells(id="rule-2", role="nobody"), name="a")
    place = _agreement(tmp_path, cells(id="rule-3", effect="Deny"), name="b")
    (place / "examples.csv").write_text("role,expect\nanalyst,PERMIT\n", "utf-8")
    faults = _faults(tmp_path)
    assert [fault.split(": ")[0] for fault in faults] == [
        "a/rules.csv line 3",
        "b/rules.csv line 2",
        "b/examples.csv line 1",
    ]


# An example with a wrong word is told by its file and line too.
def test_a_wrong_example_has_its_line(tmp_path: Path) -> None:
    place = _agreement(tmp_path, cells())
    (place / "examples.csv").write_text(",".join(EXAMPLE_COLUMNS) + "\n" + "x," * 13 + "x\n", "utf-8")
    assert _faults(tmp_path)[0].startswith("local/examples.csv line 2: ")


# An agreement without rules, with other columns, of other bytes or of broken CSV is refused.
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "the file is missing"),
        (b"", "line 1: the columns must be"),
        (b"id,role\n", "line 1: the columns must be"),
        (HEADER.upper().encode(), "line 1: the columns must be"),
        (b"\xff\xfe", "cannot be read as UTF-8"),
        (f'{HEADER}\n"rule-1"x,*\n'.encode(), "not well-formed CSV"),
        (f"{HEADER}\nrule-1,*\n".encode(), "the column is missing"),
        (f"{HEADER}\n{',' * 20}\n".encode(), "there is no such column"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, content: bytes | None, says: str) -> None:
    (tmp_path / "local").mkdir()
    if content is not None:
        (tmp_path / "local" / "rules.csv").write_bytes(content)
    assert says in _faults(tmp_path)[0]


# A folder with no agreements is no rulebook.
def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("Not an agreement.", "utf-8")
    (tmp_path / "__pycache__").mkdir()
    assert _faults(tmp_path) == ("there is not one rule",)


# A table saved by a spreadsheet with a byte order mark reads as one without.
def test_a_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    _agreement(tmp_path, cells(), encoding="utf-8-sig")
    assert [row.id for row in read_rules(tmp_path).rows] == ["rule-1"]
