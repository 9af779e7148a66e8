"""``hub documents``: an officer registers what a partner's client may run, sees it and revokes it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from hub.cli import app
from tests.rooms.graphql.test_trusted import ME, SOURCES
from tests.small_hub import settings_in


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run commands over a folder that holds nothing but one source and one client."""
    from hub.keys import create_keys

    settings_in(tmp_path)
    create_keys(tmp_path / "keys")
    monkeypatch.setenv("HUB_ENV", "development")
    monkeypatch.setenv("HUB_DATA", str(tmp_path))

    def run(*given: Any, code: int = 0) -> Result:
        done = CliRunner().invoke(app, list(map(str, given)))
        assert done.exit_code == code, done.output
        assert "Traceback" not in done.output
        return done

    return run


def test_documents_from_their_first_day_to_their_last(hub: Callable[..., Result], tmp_path: Path) -> None:
    """An officer registers a manifest, sees what it is bound to, and revokes it; each act is in the ledger."""
    officer = ("--by", "demo:olive", "--organisation", "made-up-homes")
    may = ("--purpose", "SAFEGUARDING_TRIAGE", "--source", "housing")
    whose = ("--name", "Homes", "--for", "made-up-homes", "--role", "front-door-worker")
    hub("clients", "add", "homes", *whose, *may, *officer)
    manifest = tmp_path / "persisted-documents.json"
    manifest.write_text(json.dumps({"mine": ME, "sources": SOURCES}), "utf-8")
    add = ("documents", "add", "homes", "--manifest", manifest, "--purpose", "SAFEGUARDING_TRIAGE", *officer)
    assert "2 documents registered for homes, 0 were there." in hub(*add).output
    assert "0 documents registered for homes, 2 were there." in hub(*add).output
    assert "mine" in hub("documents", "list").output
    told = json.loads(hub("documents", "list", "homes", "--json").stdout)
    assert [(d["id"], d["purpose"], d["revoked"]) for d in told] == [
        ("mine", "SAFEGUARDING_TRIAGE", False),
        ("sources", "SAFEGUARDING_TRIAGE", False),
    ]
    assert "1 documents of homes are revoked" in hub("documents", "revoke", "homes", "mine", *officer).output
    assert "name documents, or say --all" in hub("documents", "revoke", "homes", *officer, code=1).output
    assert "1 documents of homes are revoked" in hub("documents", "revoke", "homes", "--all", *officer).output
    assert "no such client" in hub("documents", "add", "nobody", *add[3:], code=1).output
    manifest.write_text("{", "utf-8")
    assert "not JSON" in hub(*add, code=1).output
