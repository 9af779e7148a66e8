"""Without the keys of its database the hub starts sealed: it answers nobody, and serves once they are there."""

import io
import json
from pathlib import Path

import pytest

import hub.joined
import hub.upkeep
from hub.joined import open_hub
from hub.keys import create_keys
from tests.small_hub import served, settings_in, until_ready


@pytest.mark.parametrize("wrong", [None, "0" * 64, "no key at all"])
async def test_a_hub_with_no_or_another_kek_is_sealed_until_the_right_one_is_there(
    tmp_path: Path, wrong: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 wherever it is asked, no word of anything in it, no traceback in the log; the right key needs no restart."""
    monkeypatch.setattr(hub.upkeep, "SEALED_FOR", 0.01)
    monkeypatch.setattr(hub.joined, "create_keys", lambda _: None)  # as in production, where none is made
    settings, log = settings_in(tmp_path), io.StringIO()
    create_keys(settings.keys_folder)
    async with open_hub(settings):
        pass
    kek = settings.keys_folder / "kek.key"
    right = kek.read_text()
    kek.unlink()
    if wrong is not None:
        kek.write_text(wrong)
    async with served(settings, log) as (client, _):
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()) == (503, {"status": "not ready", "waitingFor": "keys"})
        assert (await client.get("/healthz")).status_code == 200
        addresses = ("/graphql", "/access/v1/evaluation", "/metrics", "/.well-known/authzen-configuration")
        for path in (*addresses, "/oauth/token", "/oauth/jwks", "/.well-known/oauth-authorization-server"):
            refused = await client.post(path, json={"query": "{ __typename }"})
            refused = refused if refused.status_code != 405 else await client.get(path)
            assert refused.status_code == 503, path
            assert refused.json()["error"].startswith("sealed")
        kek.write_text(right)
        await until_ready(client)
    said = [json.loads(line) for line in log.getvalue().splitlines()]
    assert {"event": "not-ready", "code": "keys"}.items() <= said[0].items()
    assert "Traceback" not in log.getvalue()
