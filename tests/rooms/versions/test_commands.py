"""The commands of a version's life: one officer proposes, others approve, and each says what it did in a line."""

import asyncio
import json
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
        (self.folder / "sources").mkdir(parents=True)

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
