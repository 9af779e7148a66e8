"""``hub policy`` as an officer types it: what it prints, and what it exits with."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hub.commands.policy import app, naming
from hub.governance.versions.shipped import shipped
from hub.governance.versions.version import Version
from hub.governance.versions.whole import written
from policies.example_files import FILE
from policies.reading import RULES, read_rules, shipped_agreements
from policies.rulebook import Rulebook
from policies.simulate.space import TooManySituations

ASKED = ("--role", "social-worker", "--agency", "county-council", "--purpose", "child_protection")


def policy(*words: str | Path) -> Result:
    """Type a command."""
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no hub of the developer's own be found."""
    monkeypatch.setenv("HUB_DATA", str(tmp_path / "no-hub"))


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Give a copy of the shipped agreements to edit."""
    return Path(shutil.copytree(str(shipped_agreements()), tmp_path / "agreements"))


def _edit(place: Path, old: str, new: str) -> None:
    text = place.read_text("utf-8")
    assert old in text
    place.write_text(text.replace(old, new), "utf-8")


# The shipped rules are clean, hold their examples, have no dead rule, and are no different from themselves.
@pytest.mark.parametrize("words", [("lint",), ("test",), ("dead",), ("diff", "shipped", "shipped")])
def test_the_shipped_rules_exit_0(words: tuple[str, ...]) -> None:
    done = policy(*words)
    assert (done.exit_code, done.stdout) == (0, "")
    assert policy(*words, "--json").exit_code == 0


# A wrong word is named with the nearest right one, on standard error, with exit code 2 and no traceback.
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("lint", "nowhere"), "no folder, file or stored version of the rules is called 'nowhere'"),
        (("diff", "shipped", "nowhere"), "nowhere"),
        (("test", "nowhere"), "neither a folder of agreements nor an exported file"),
        (("dead", "nowhere"), "nowhere"),
        (("who-can", "Professional.fone"), "did you mean 'Professional.phone'?"),
        (("who-can", "Plan.goals", "--service", "HELTH"), "did you mean 'HEALTH'?"),
        (("who-can", "Plan.goals", "--flag", "ADOPTON"), "did you mean 'ADOPTION'?"),
        (("who-can", "Plan.goals", "--label", "ADOPTON"), "did you mean 'ADOPTION'?"),
        (("explain", "Plan.goals", "--role", "social-wroker", *ASKED[2:], "--service", "HEALTH"), "'social-worker'?"),
        (("explain", "Plan.goals", *ASKED[:3], "County!", *ASKED[4:], "--service", "HEALTH"), "--agency"),
        (("explain", "Plan.goals", *ASKED, "--service", "HEALTH", "--fact", "consnt=GIVEN"), "did you mean 'consent'?"),
        (("explain", "Plan.goals", *ASKED, "--service", "HEALTH", "--fact", "consent=GIVN"), "did you mean 'GIVEN'?"),
        (("explain", "Plan.goals", *ASKED, "--service", "HEALTH", "--fact", "own=maybe"), "it must be one of: no, yes"),
        (("explain", "Plan.goals", *ASKED, "--service", "HEALTH", "--keep", "nowhere"), "is not an agreement's folder"),
    ],
)
def test_a_wrong_word_exits_2(words: tuple[str, ...], says: str) -> None:
    done = policy(*words)
    assert done.exit_code == 2
    assert says in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr


# A faulty table is what linting finds, by file and line; for a comparison it is wrong input.
def test_a_faulty_table_is_found(rules: Path) -> None:
    _edit(rules / "school" / RULES, ",allow,", ",Allow,")
    done = policy("lint", rules)
    assert done.exit_code == 1
    assert "error unreadable: school/rules.csv line 2: effect: 'Allow' is not a word it may use" in done.stdout
    assert json.loads(policy("lint", rules, "--json").stdout)[0]["error"] is True
    assert policy("diff", "shipped", rules).exit_code == 2


# One agreement alone is not weighed: the defaults would be missing.
def test_one_agreement_is_not_a_version(rules: Path) -> None:
    done = policy("dead", rules / "school")
    assert done.exit_code == 2
    assert "give the folder it is in" in done.stderr.replace("\n", " ")


# An edit is shown by each tool: the findings, the dead rule, the example that breaks, who gains and who loses.
def test_an_edit_is_seen_by_every_tool(rules: Path) -> None:
    school = (rules / "school" / RULES).read_text("utf-8").splitlines()
    twice = next(line for line in school if line.startswith("school-01")).replace("school-01", "school-77")
    (rules / "school" / RULES).write_text("\n".join([*school, twice.replace("own-records", "always")]) + "\n", "utf-8")
    lint = policy("lint", rules, "--against", "shipped", "--on", "2026-11-21")
    assert lint.exit_code == 1
    assert "error no-agreement: school-77" in lint.stdout
    assert "warning shadowed: school-01" in lint.stdout
    dead = policy("dead", rules)
    assert (dead.exit_code, dead.stdout) == (
        1, "school-01: another rule says as much wherever it applies: school-77\n"
    )  # fmt: skip
    assert json.loads(policy("dead", rules, "--json").stdout)[0]["by"] == ["school-77"]
    diff = policy("diff", "shipped", rules, "--most", "1")
    assert diff.exit_code == 1
    assert "gains" in diff.stdout
    assert "rights gained, 0 lost" in diff.stderr.replace("\n", " ")
    told = json.loads(policy("diff", "shipped", rules, "--json").stdout)
    assert told["gains"] > 0
    assert told["loses"] == 0
    assert {change["role"] for change in told["changes"]} == {"school-safeguarding-lead"}
    assert {change["service"] for change in told["changes"]} == {"EDUCATION"}


# More changes than asked for are counted, not printed.
def test_a_long_diff_is_cut_short(rules: Path) -> None:
    _edit(rules / "defaults" / RULES, "ADOPTION,always,deny,omit", "ADOPTION,always,deny,withhold")
    done = policy("diff", "shipped", rules, "--most", "1")
    assert "more changes: --json gives all" in done.stderr.replace("\n", " ")


# An example that the rules break is told with what it stands for.
def test_a_broken_example_exits_1(rules: Path) -> None:
    _edit(rules / "school" / FILE, '{ "Professional.phone" = "PERMIT" }', '{ "Professional.phone" = "MASK" }')
    done = policy("test", rules)
    assert done.exit_code == 1
    assert "expected MASK, the rules give PERMIT (school-03): The social worker's number." in done.stdout
    assert any(one["fault"] for one in json.loads(policy("test", rules, "--json").stdout))


# Guards are listed when asked for, and are nothing wrong.
def test_guards_are_nothing_wrong() -> None:
    done = policy("dead", "--guards", "--json")
    assert done.exit_code == 0
    assert {one["cause"] for one in json.loads(done.stdout)} == {"guard"}


# Who can see a field is told with the rules; nobody can see what is sealed.
def test_who_can_see_a_field() -> None:
    done = policy("who-can", "Address.postcode", "--service", "housing", "--flag", "CONFIDENTIAL_ADDRESS")
    assert done.exit_code == 1
    assert "social-worker" in done.stdout
    assert "social-worker-02" in done.stdout
    told = json.loads(policy("who-can", "Plan.goals", "--service", "HEALTH", "--json").stdout)
    assert {one["service"] for one in told} == {"HEALTH"}
    nobody = policy("who-can", "Involvement.service", "--label", "ADOPTION")
    assert (nobody.exit_code, nobody.stdout) == (0, "")


# A question is explained to the worker, who learns nothing of what is hidden, and to the auditor.
def test_a_question_is_explained() -> None:
    hidden = policy("explain", "Involvement.service", *ASKED, "--service", "HEALTH", "--label", "SEXUAL_HEALTH")
    held, not_held, auditor = hidden.stdout.splitlines()
    assert held.partition(": ")[2] == not_held.partition(": ")[2]
    assert "defaults-20" in auditor
    assert "defaults-20" not in held + not_held
    refused = policy("explain", "Plan.goals", *ASKED[:4], "--purpose", "CHILD_IN_NEED", "--service", "HEALTH",
                     "--fact", "own=no", "--fact", "basis_state=IN_FORCE")  # fmt: skip
    assert "Near miss: " in refused.stdout
    told = json.loads(policy("explain", "Plan.goals", *ASKED, "--service", "HEALTH", "--json").stdout)
    assert (told["verdict"], told["allow"]) == ("PERMIT", ["social-worker-01"])


# A question kept beside an agreement is run with it from then on, and breaks an edit that would change it.
def test_a_question_is_kept(rules: Path) -> None:
    words = (
        "explain",
        "Plan.goals",
        *ASKED,
        "--service",
        "HEALTH",
        "--rules",
        rules,
        "--keep",
        rules / "social-worker",
    )
    assert policy(*words).exit_code == 2
    assert policy(*words, "--why", "Enquiries see the plan's goals.").exit_code == 0
    assert policy("test", rules).exit_code == 0
    read_rules(rules)
    _edit(rules / "social-worker" / RULES, "social-worker-01,social-worker,*,CHILD_PROTECTION,*,*,*",
          "social-worker-01,social-worker,*,CHILD_PROTECTION,*,*,Birth.*")  # fmt: skip
    done = policy("test", rules)
    assert done.exit_code == 1
    assert "Enquiries see the plan's goals." in done.stdout


# An agreement without examples begins a file of them.
def test_a_first_question_is_kept(rules: Path) -> None:
    (rules / "school" / FILE).unlink()
    words = ("explain", "Plan.goals", *ASKED, "--service", "HEALTH", "--rules", rules, "--keep", rules / "school")
    assert policy(*words, "--why", "First.").exit_code == 0
    assert (rules / "school" / FILE).read_text("utf-8").startswith("on = ")


# What export writes is read wherever rules are named, with its examples; a file that is no export is wrong input.
def test_an_exported_version_is_read(tmp_path: Path) -> None:
    content = shipped()
    told = (content.rulebook.version, "0" * 64, content.rules, content.example_cells, None, "sub", "council", "why")
    whole = written(Version(*told, datetime(2026, 11, 21, tzinfo=UTC)))
    file = tmp_path / "version.json"
    file.write_bytes(whole)
    assert policy("diff", "shipped", file).exit_code == 0
    done = policy("test", file)
    assert (done.exit_code, f"{len(content.examples)} of {len(content.examples)} examples hold" in done.stderr) == (
        0,
        True,
    )
    file.write_bytes(whole.replace(b'"Plan.goals"', b'"Plan.gaols"'))
    assert "version.json: digest" in policy("diff", "shipped", file).stderr.replace("\n", " ")
    for text in ("[]", "{}", "not JSON", '{"rules": [1]}'):
        file.write_text(text, "utf-8")
        assert policy("diff", "shipped", file).exit_code == 2


# A store of versions adds its own way to find one, and rules too many to go through are refused in words.
def test_a_store_of_versions_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def stored(name: str) -> Rulebook | None:
        if name == "too-many":
            raise TooManySituations("the rules tell too many situations apart")
        return read_rules() if name == read_rules().version else None

    monkeypatch.setattr(naming, "FINDERS", [*naming.FINDERS, stored])
    assert policy("diff", "shipped", read_rules().version).exit_code == 0
    done = policy("diff", "shipped", "too-many")
    assert (done.exit_code, "too many situations" in done.stderr) == (2, True)


# What is no fault of the typist is not hidden as one.
def test_other_faults_are_not_swallowed() -> None:
    def broken() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), naming.exactly():
        broken()
