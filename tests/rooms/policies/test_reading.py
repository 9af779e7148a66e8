"""Reading agreements' tables: faults by file and line, all at once; and the agreements that come with the hub."""

import csv
import re
from pathlib import Path

import pytest

from policies.example_files import FILE, read_examples
from policies.facts import AgreementState, BasisState, ConsentState
from policies.reading import read_rules, shipped_agreements
from policies.rows import COLUMNS
from policies.validation import RulebookError
from schema.labels import Label
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
        assert {entry.name for entry in agreement.iterdir()} == {"rules.csv", FILE, "README.md"}
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
    told = shipped_agreements().joinpath(agreement, FILE).read_text("utf-8")
    turned = re.sub(r'= "(PERMIT|MASK|BROKER|WITHHOLD|OMIT)"', _turned, told)
    (tmp_path / agreement / FILE).write_text(turned, "utf-8")
    faults = _faults(tmp_path)
    assert len(faults) == told.count("[[examples]]") > 0
    assert all(fault.startswith(f"{agreement}/{FILE} example ") for fault in faults)


def _turned(verdict: re.Match[str]) -> str:
    return '= "BROKER"' if verdict[1] != "BROKER" else '= "PERMIT"'


# Faults of several rows and files are told together, each with its file and line.
def test_every_fault_has_its_file_and_line(tmp_path: Path) -> None:
    _agreement(tmp_path, cells(), cells(id="rule-2", role="nobody"), name="a")
    place = _agreement(tmp_path, cells(id="rule-3", effect="Deny"), name="b")
    (place / FILE).write_text("role = 1\n", "utf-8")
    faults = _faults(tmp_path)
    assert [fault.split(": ")[0] for fault in faults] == [
        "a/rules.csv line 3",
        "b/rules.csv line 2",
        "b/examples.toml",
    ]


EXAMPLES = """
on = 2026-09-01
[facts]
basis = "CHILDREN_ACT_1989_S47"
consent = "NOT_RECORDED"
agreement = { start = 2026-01-01, review = 2026-06-30, expires = 2026-12-31 }
relationship = "REFERENCE_GIVEN"
objection = "NONE"
not_to_share = "NONE"
[people.sam]
role = "social-worker"
agency = "county-council"
[children.robin]
flags = ["ADOPTION"]
[[examples]]
why = "A number to ring."
who = "sam"
purpose = "CHILD_PROTECTION"
service = "HEALTH"
expect = { "Professional.phone" = "PERMIT" }
"""


# An example's dates are read on its own day: the same file says the same whatever today is.
@pytest.mark.parametrize(
    ("on", "agreement", "basis"),
    [
        ("2025-12-31", AgreementState.NONE, BasisState.IN_FORCE),
        ("2026-06-30", AgreementState.IN_FORCE, BasisState.IN_FORCE),
        ("2026-07-01", AgreementState.PAST_REVIEW, BasisState.IN_FORCE),
        ("2027-01-01", AgreementState.EXPIRED, BasisState.IN_FORCE),
        ("1991-10-13", AgreementState.NONE, BasisState.NOT_COMMENCED),
    ],
)
def test_an_examples_clock_is_fixed(on: str, agreement: AgreementState, basis: BasisState) -> None:
    for text in (EXAMPLES.replace("2026-09-01", on), EXAMPLES + f"on = {on}\n"):
        (example,) = read_examples(text, "local")
        assert (example.facts.agreement, example.facts.basis_state) == (agreement, basis)


# Consent may be told by its dates; after it ends none is recorded, and from its withdrawal it is withdrawn.
@pytest.mark.parametrize(
    ("dates", "state"),
    [
        ("given = 2026-08-01", ConsentState.GIVEN),
        ("given = 2026-09-02", ConsentState.NOT_RECORDED),
        ("given = 2026-08-01, expires = 2026-08-31", ConsentState.NOT_RECORDED),
        ("given = 2026-08-01, withdrawn = 2026-09-01", ConsentState.WITHDRAWN),
        ("given = 2026-08-01, withdrawn = 2026-09-02", ConsentState.GIVEN),
    ],
)
def test_an_examples_consent_has_dates(dates: str, state: ConsentState) -> None:
    (example,) = read_examples(EXAMPLES + f"facts = {{ consent = {{ {dates} }} }}\n", "local")
    assert example.facts.consent is state


# A child's flags, a basis stated outright and a bare truth reach the facts; every field expected is an example.
def test_an_example_states_its_facts() -> None:
    told = EXAMPLES.replace('PERMIT" }', 'PERMIT", "Plan.goals" = "OMIT" }')
    told += 'child = "robin"\nlabels = ["MENTAL_HEALTH"]\nfacts = { own = true, basis_state = "ENDED" }\n'
    examples = read_examples(told, "local")
    assert [(e.field, e.expect) for e in examples] == [("Professional.phone", "PERMIT"), ("Plan.goals", "OMIT")]
    assert (examples[0].facts.own, examples[0].facts.basis_state) == (True, BasisState.ENDED)
    assert (examples[0].facts.flags, examples[0].labels) == ({Label.ADOPTION}, {Label.MENTAL_HEALTH})


# A wrong example is told by its file, its number and the word, with the nearest right one where there is one.
@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("on = 2026", "on = = 2026", "f: it is not well-formed TOML"),
        ("on = 2026-09-01", "on = 2026-09-01T00:00:00", "f: on: say which day"),
        ("on = 2026-09-01", "no = 1", "f: 'no' is not a word it may use; it must be one of: children"),
        ("[[examples]]", "[examples]", "f: examples: each is a [[examples]] table"),
        ("on = 2026-09-01", "on = 2026-09-01\nexamples = [1]\n[x]", "f: "),
        ('agency = "county-council"', 'agency = "County Council"', "f: people.sam: agency"),
        (
            '"social-worker"',
            '"social-wroker"',
            "f: people.sam: role: 'social-wroker' is not a word it may use; did you",
        ),
        ('["ADOPTION"]', '"ADOPTION"', "f: flags: it must be a list"),
        ("[children.robin]\nflags =", "[children]\nrobin =", "f: children.robin: it must be a table"),
        ('who = "sam"', 'who = "sma"', "f example 1: who: 'sma' is not a word it may use; did you mean 'sam'?"),
        ('who = "sam"', "who = 1", "f example 1: who: 1 is not a word it may use; it must be one of: sam"),
        ('"HEALTH"', '"HEALHT"', "f example 1: service: 'HEALHT' is not a word it may use; did you mean 'HEALTH'?"),
        ('"Professional.phone"', '"Professional.fone"', "f example 1: expect: 'Professional.fone'"),
        ('"PERMIT" }', '"ALLOW" }', "f example 1: Professional.phone: 'ALLOW' is not a word it may use"),
        ('{ "Professional.phone" = "PERMIT" }', "{}", "f example 1: expect: name a field"),
        ('why = "A number to ring."', "", "f example 1: why: say in English"),
        ('purpose = "CHILD', 'on = "today"\npurpose = "CHILD', "f example 1: on: it must be a day"),
        ('basis = "CHILDREN_ACT_1989_S47"', "", "f example 1: facts: basis must be said"),
        ("start = 2026-01-01,", "", "f example 1: facts: start: it must be a day"),
        ('purpose = "CHILD', 'facts = { own = "yes" }\npurpose = "CHILD', "f example 1: facts: own: it must be true"),
        ('purpose = "CHILD', 'facts = { owned = true }\npurpose = "CHILD', "f example 1: 'owned' is not a word"),
        (
            '[children.robin]\nflags = ["ADOPTION"]',
            "",
            "f example 1: child: 'robin' is not a word it may use; there is",
        ),
    ],
)
def test_a_wrong_example_is_told_by_its_place(old: str, new: str, says: str) -> None:
    with pytest.raises(RulebookError) as refused:
        read_examples((EXAMPLES + 'child = "robin"\n').replace(old, new, 1), "f")
    assert refused.value.faults[0].startswith(says)


# A file that is not text is a fault with its place, as a table is.
def test_an_example_file_that_is_not_text(tmp_path: Path) -> None:
    (_agreement(tmp_path, cells()) / FILE).write_bytes(b"\xff\xfe")
    assert _faults(tmp_path) == ("local/examples.toml: the file cannot be read as UTF-8 text",)


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
