"""The commands of a version's life: one officer proposes, others approve, and each says what it did in a line."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hub.cli import app
from policies.reading import shipped_agreements


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Hub":
    monkeypatch.setenv("HUB_ENV", "development")
    return Hub(tmp_path)


class Hub:
    """A hub's own folder and its commands."""

    def __init__(self, folder: Path) -> None:
        from hub.keys import create_keys

        self.folder = folder / "data"
        create_keys(self.folder / "keys")
        (self.folder / "sources").mkdir(parents=True, exist_ok=True)

    def __call__(self, *words: str, code: int = 0) -> Result:
        done = CliRunner().invoke(app, ["policy", *words, "--data", str(self.folder)])
        assert done.exit_code == code, done.output
        assert "Traceback" not in done.output
        return done


def changed(folder: Path) -> Path:
    """Write the shipped agreements with one rule fewer."""
    for agreement in shipped_agreements().iterdir():
        if agreement.is_dir() and not agreement.name.startswith("_"):
            (folder / agreement.name).mkdir(parents=True)
            for file in agreement.iterdir():
                text = file.read_text("utf-8")
                if agreement.name == "health":
                    text = "" if file.name == "examples.toml" else text
                    text = "\n".join(line for line in text.splitlines() if not line.startswith("health-03")) + "\n"
                if text.strip():
                    (folder / agreement.name / file.name).write_text(text, "utf-8")
    return folder


def test_a_version_from_proposal_to_roll_back(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Propose, approve, publish, see the history, replay, export, roll back: all without code."""
    first = hub("activate").output.split()[-1]
    hub("activate", code=1)
    said = hub("propose", str(changed(tmp_path / "rules")), "--reason", "fewer", "--as", "council-ig")
    version = next(line for line in said.output.splitlines() if len(line.strip()) == 12).strip()
    assert "lost" in said.output
    hub("approve", version, "--as", "council-ig", code=1)
    hub("publish", version, "--as", "council-ig", code=1)
    assert "approved" in hub("approve", version, "--as", "other-council").output
    hub("schedule", version, "--at", "soon", "--as", "council-ig", code=1)
    hub("schedule", version, "--at", "2999-01-01T08:00+00:00", "--as", "council-ig")
    assert version in hub("publish", version, "--as", "council-ig").output
    acts = [step["act"] for step in json.loads(hub("history", version, "--json").stdout)]
    assert acts == ["draft", "lint", "simulate", "propose", "approve", "schedule", "activate"]
    assert "supersede" in hub("history").output
    told = json.loads(hub("replay", first, version, "--since", "2026-01-01", "--json").stdout)
    assert (told["decisions"], told["notReplayable"], told["fields"]) == (0, 0, [])
    assert "0 decisions" in hub("replay", first, version).output
    hub("replay", first, version, "--since", "yesterday", code=1)
    monkeypatch.setenv("HUB_DATA", str(hub.folder))
    assert CliRunner().invoke(app, ["policy", "diff", first, version, "--json"]).exit_code == 1
    assert CliRunner().invoke(app, ["policy", "diff", first, "0123456789ab"]).exit_code == 2
    assert first in hub("rollback", "--reason", "too few", "--as", "council-ig").output


def test_a_version_is_carried_whole_or_not_at_all(hub: Hub, tmp_path: Path) -> None:
    """An export comes back as a draft of another hub; cut off, altered or overwritten it is refused, with its place."""
    version = hub("activate").output.split()[-1]
    file = tmp_path / "version.json"
    hub("export", version, str(file))
    assert "never written over" in hub("export", version, str(file), code=1).output
    hub("export", version, str(tmp_path / "no" / "where.json"), code=1)
    who = ("--reason", "from the other hub", "--as", "council-ig")
    assert "stored already" in hub("import", str(file), *who, code=1).output
    whole = file.read_bytes()
    for name, content, said in (
        ("half.json", whole[: len(whole) // 2], "line"),
        ("altered.json", whole.replace(b'"allow"', b'"Allow"', 1), "digest"),
        ("list.json", b"[]", "not a JSON object"),
    ):
        (tmp_path / name).write_bytes(content)
        assert said in hub("import", str(tmp_path / name), *who, code=1).output
    hub("import", str(tmp_path / "nowhere.json"), *who, code=1)
    elsewhere = Hub(tmp_path / "elsewhere")
    assert version in elsewhere("import", str(file), *who).output
    assert len(json.loads(hub("history", "--json").stdout)) == 1


def test_who_acts_is_said_by_a_token_or_outside_production_by_an_agency(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody acts without saying who they are, and in production only a token says it."""
    from hub.identity.development_issuer import DevelopmentIssuer
    from hub.identity.requester import Requester
    from hub.settings import Environment

    hub("activate")
    assert "say who you are" in hub("rollback", "--reason", "x", code=1).output
    assert "not an agency" in hub("rollback", "--reason", "x", "--as", "Not One", code=1).output
    (tmp_path / "bad").write_text("nothing")
    hub("rollback", "--reason", "x", "--token-file", str(tmp_path / "bad"), code=1)
    for role, said in (("social-worker", "only an ig-officer"), ("ig-officer", "no version counted before")):
        worker = Requester("sub-1", "Somebody", role, "council", "tests")
        token = DevelopmentIssuer(hub.folder, Environment.DEVELOPMENT).token(worker, audience="children-hub")
        (tmp_path / role).write_text(token)
        assert said in hub("rollback", "--reason", "x", "--token-file", str(tmp_path / role), code=1).output
    assert "no version nowhere" in hub("export", "nowhere", str(tmp_path / "x"), code=1).output
    for name in ("ENV=production", "SOURCES=s", "KEYS=k", "ISSUER=i", "JWKS_FILE=j", "DATABASE_URL=sqlite:///x.db"):
        monkeypatch.setenv(f"HUB_{name.partition('=')[0]}", name.partition("=")[2])
    from hub.commands.policy.desk import officer
    from hub.governance.versions.errors import VersionRefused
    from hub.settings import read_settings

    with pytest.raises(VersionRefused, match="in production a token"):
        asyncio.run(officer(read_settings(), "council", None))


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """Give the folder of a hub with a version that counts and one that was proposed, and their ids."""
    folder = tmp_path_factory.mktemp("begun")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HUB_ENV", "development")
        hub = Hub(folder)
        first = hub("activate").output.split()[-1]
        said = hub("propose", str(changed(folder / "rules")), "--reason", "fewer", "--as", "council-ig")
    return folder, first, next(line for line in said.output.splitlines() if len(line.strip()) == 12).strip()


@pytest.fixture
def proposed(begun: tuple[Path, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Hub":
    """Give a copy of it for each test."""
    monkeypatch.setenv("HUB_ENV", "development")
    shutil.copytree(begun[0], tmp_path / "copy")
    return Hub(tmp_path / "copy")


def _line(hub: "Hub", *words: str) -> str:
    """Run a command that is refused in one line on standard error, with exit code 1, and give the line."""
    done = hub(*words, code=1)
    assert done.stderr.startswith("hub: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


def _acts(hub: "Hub", version: str) -> list[tuple[str, str, str]]:
    return [(s["act"], s["agency"], s["reason"]) for s in json.loads(hub("history", version, "--json").stdout)]


def test_a_version_is_withdrawn_by_whoever_brought_it_and_drafted_again(
    proposed: Hub, begun: tuple[Path, str, str]
) -> None:
    """With a reason that is kept; never by another agency, nor twice, nor what counts; then it may begin anew."""
    hub, (folder, first, version) = proposed, begun
    mine, theirs = ("--as", "council-ig"), ("--as", "other-council")
    before = _acts(hub, version)
    assert hub("withdraw", version, *mine, code=2).stderr.count("--reason")
    assert "reason" in _line(hub, "withdraw", version, "--reason", "  ", *mine)
    assert "by council-ig alone" in _line(hub, "withdraw", version, "--reason", "not ours", *theirs)
    assert "0123456789ab" in _line(hub, "withdraw", "0123456789ab", "--reason", "none", *mine)
    assert "say who you are" in _line(hub, "withdraw", version, "--reason", "nobody")
    assert _line(hub, "withdraw", first, "--reason", "it counts", *mine)
    assert _acts(hub, version) == before
    assert f"{version} is withdrawn" in hub("withdraw", version, "--reason", "too few", *mine).output
    assert _acts(hub, version)[-1] == ("withdraw", "council-ig", "too few")
    for words in (("withdraw", version, "--reason", "again", *mine), ("approve", version, *theirs)):
        assert _line(hub, *words)
    again = hub("propose", str(folder / "rules"), "--reason", "after all", *mine).output
    assert version in again
    assert _acts(hub, version)[-1][0] == "propose"


def test_a_version_is_rejected_and_cannot_count(proposed: Hub, begun: tuple[Path, str, str]) -> None:
    """With a reason that is kept, before it counts and not after; nothing that was not proposed is rejected."""
    hub, (_, first, version) = proposed, begun
    other = ("--as", "other-council")
    assert hub("reject", version, *other, code=2).stderr.count("--reason")
    assert "reason" in _line(hub, "reject", version, "--reason", "", *other)
    assert "0123456789ab" in _line(hub, "reject", "0123456789ab", "--reason", "none", *other)
    assert "say who you are" in _line(hub, "reject", version, "--reason", "nobody")
    assert "not an agency" in _line(hub, "reject", version, "--reason", "x", "--as", "Not One")
    assert _line(hub, "reject", first, "--reason", "it counts", *other)
    assert f"{version} is rejected" in hub("reject", version, "--reason", "too few see it", *other).output
    assert _acts(hub, version)[-1] == ("reject", "other-council", "too few see it")
    for words in (
        ("reject", version, "--reason", "again", *other),
        ("approve", version, *other),
        ("publish", version, "--as", "council-ig"),
        ("schedule", version, "--at", "2999-01-01T08:00+00:00", "--as", "council-ig"),
    ):
        assert _line(hub, *words)
    assert _acts(hub, version)[-1][0] == "reject"


def test_wrong_words_of_the_other_steps_are_refused_in_one_line(proposed: Hub, tmp_path: Path) -> None:
    """A folder that is none, a version that is none, a reason that says nothing; and no step is taken."""
    hub, mine = proposed, ("--as", "council-ig")
    before = json.loads(hub("history", "--json").stdout)
    for words, why in (
        (("propose", str(tmp_path / "nowhere"), "--reason", "x", *mine), "cannot be read"),
        (("propose", "--reason", "  ", *mine), "say why"),
        (("propose", "--reason", "the same", *mine), "stored already"),
        (("approve", "0123456789ab", *mine), "0123456789ab"),
        (("publish", "0123456789ab", *mine), "0123456789ab"),
        (("schedule", "0123456789ab", "--at", "2999-01-01T08:00", *mine), "0123456789ab"),
        (("rollback", "0123456789ab", "--reason", "x", *mine), "0123456789ab"),
    ):
        assert why in _line(hub, *words), words
    assert json.loads(hub("history", "--json").stdout) == before
