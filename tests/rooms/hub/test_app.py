"""The application as it is served: its doors, its readiness, and what it says when it cannot start."""

import asyncio
import io
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import httpx2
import orjson
import pytest
from typer.testing import CliRunner

from hub import upkeep
from hub.app import create_app
from hub.audit.errors import LedgerUnavailable
from hub.cli import app as cli
from hub.identity.development_issuer import DevelopmentIssuer
from hub.identity.requester import Requester
from hub.observing import Observer
from hub.settings import Environment
from hub.web.status import VERSION
from tests.cast import NOW
from tests.small_hub import served, settings_in, until_ready


async def test_the_doors_of_a_running_hub(tmp_path: Path) -> None:
    """Health, readiness, version, metrics and GraphQL, each as documented; anything else is JSON, to people a page."""
    log = io.StringIO()
    settings = settings_in(tmp_path)
    async with served(settings, log) as (client, hub):
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        await until_ready(client)
        assert (await client.get("/version")).json() == {"name": "childrens-services-hub", "version": VERSION}
        metrics = await client.get("/metrics")
        assert metrics.headers["content-type"].startswith("text/plain; version=0.0.4")
        assert "hub_requests" in metrics.text
        missing = await client.get("/person/9990000018")
        assert (missing.status_code, missing.json()) == (404, {"error": "Not Found"})
        wrong = await client.post("/healthz")
        assert (wrong.status_code, wrong.json()) == (405, {"error": "Method Not Allowed"})
        browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
        for path, status, title in (("/children", 404, "no such page"), ("/sign-out", 405, "nothing to see here")):
            read = await client.get(path, headers=browser)
            assert (read.status_code, read.headers["cache-control"]) == (status, "no-store")
            assert f"{title}</h1>" in read.text
        who = Requester("demo:g", "Grace", "front-door-worker", "brookshire-council", "tests")
        token = DevelopmentIssuer(tmp_path, Environment.DEMO).token(who, audience=settings.audience)
        headers = {"authorization": f"Bearer {token}"}
        asked = {"query": "{ me { name } sources { id } __schema { queryType { name } } }"}
        answer = (await client.post("/graphql", json=asked, headers=headers)).json()
        assert answer["data"]["sources"] == [{"id": "housing"}]
        assert answer["data"]["me"] == {"name": "Grace"}
        assert "server" not in missing.headers
        assert hub.settings is settings
    events = [json.loads(line)["event"] for line in log.getvalue().splitlines()]
    assert events[0] == "started"
    assert events[-1] == "stopped"
    assert "indexed" in events
    assert "9990000018" not in log.getvalue()


async def test_readiness_says_what_is_waited_for(tmp_path: Path) -> None:
    """Each room that cannot answer yet is named: the operator knows where to look."""
    log = io.StringIO()
    async with served(settings_in(tmp_path), log) as (client, hub):
        await until_ready(client)

        async def waiting_for() -> str:
            response = await client.get("/readyz")
            assert response.status_code == 503
            assert response.json()["status"] == "not ready"
            return str(response.json()["waitingFor"])

        hub.indexer.done_once = False
        assert await waiting_for() == "index"
        hub.indexer.done_once = True
        version = (await hub.register.standing(())).policy_version
        await hub.register.activate("0123456789ab", NOW)
        assert await waiting_for() == "policies"
        await hub.register.activate(version, NOW)
        await until_ready(client)
        await hub.ledger.close()
        assert await waiting_for() == "audit"
        async with hub.database.begin() as connection:
            await connection.exec_driver_sql("ALTER TABLE policy_version RENAME TO away")
        assert await waiting_for() == "store"


async def test_what_nobody_foresaw_outside_graphql_is_json_and_says_nothing(tmp_path: Path) -> None:
    """A broken page answers 500 in JSON; the log has the kind and place of the error, not its message."""
    log = io.StringIO()
    app = create_app(settings_in(tmp_path), observer=Observer(log))
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://hub") as client,
    ):

        async def broken() -> None:
            raise RuntimeError("Ada Finch")

        app.state.hub.register.standing = lambda _: broken()
        response = await client.get("/readyz")
    assert (response.status_code, response.json()) == (500, {"error": "internal"})
    assert '"RuntimeError"' in log.getvalue()
    assert "Ada Finch" not in log.getvalue()


async def test_the_ledgers_head_is_signed_every_so_often_even_after_it_could_not_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A ledger that cannot be written for a while is signed again when it can."""
    monkeypatch.setattr(upkeep, "CHECKPOINT_EVERY", 0.0)
    signed = asyncio.Event()

    class Ledger:
        tried = 0

        async def checkpoint(self) -> None:
            self.tried += 1
            if self.tried == 1:
                raise LedgerUnavailable("disk-full")
            signed.set()

    task = asyncio.create_task(
        upkeep.checkpoints(Ledger(), None, None, None)  # type: ignore[arg-type] # only the ledger is used
    )
    async with asyncio.timeout(10):
        await signed.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def hub(*arguments: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith("HUB_")} | {"HUB_DATA": str(folder)} | variables
    run = [sys.executable, "-c", "from hub.cli import main; main()", *arguments]
    return subprocess.run(run, capture_output=True, text=True, env=environ, timeout=60, check=False)


def production(folder: Path) -> dict[str, str]:
    """Give what production needs; each test takes something away or spoils it."""
    from joserfc.jwk import ECKey

    from hub.keys import create_keys

    settings_in(folder)
    create_keys(folder / "keys")
    key = ECKey.generate_key("P-256", auto_kid=True).as_dict(private=False)
    (folder / "issuer.json").write_bytes(orjson.dumps({"keys": [key]}))
    return {
        "HUB_ENV": "production",
        "HUB_DATABASE_URL": f"sqlite:///{folder / 'hub.db'}",
        "HUB_SOURCES": str(folder / "sources"),
        "HUB_KEYS": str(folder / "keys"),
        "HUB_ISSUER": "https://issuer.example.org",
        "HUB_JWKS_FILE": str(folder / "issuer.json"),
        "HUB_PORT": "0",
    }


SPOILT = ["settings", "sources", "no sources", "issuer", "database", "port"]


@pytest.mark.parametrize("what", SPOILT)
def test_what_keeps_the_hub_from_starting_is_said_in_a_line(tmp_path: Path, what: str) -> None:
    """Exit 1, one line that names what to mend, no traceback and no secret."""
    given = production(tmp_path)
    named = {"sources": "housing.toml", "no sources": "sources", "issuer": "issuer.json"}.get(what, what)
    with socket.socket() as taken:
        match what:
            case "settings":
                given.pop("HUB_ISSUER")
                named = "HUB_ISSUER"
            case "sources":
                (tmp_path / "sources" / "housing.toml").write_text("id = [")
            case "no sources":
                (tmp_path / "sources" / "housing.toml").unlink()
            case "issuer":
                (tmp_path / "issuer.json").write_text("{}")
            case "database":
                given["HUB_DATABASE_URL"] = "postgresql://hub:s3cret@127.0.0.1:1/hub"
            case "port":
                taken.bind(("127.0.0.1", 0))
                taken.listen()
                given["HUB_PORT"] = str(taken.getsockname()[1])
        done = hub("serve", folder=tmp_path, **given)
    assert done.returncode == 1
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert "s3cret" not in done.stderr
    assert done.stdout == ""


async def test_starting_switches_no_rules_and_activating_does(tmp_path: Path) -> None:
    """A build whose rules are not the active ones waits until somebody activates them, which the ledger keeps."""
    settings, log = settings_in(tmp_path), io.StringIO()
    async with served(settings, log) as (client, hub):
        await until_ready(client)
        mine = (await hub.register.standing(())).policy_version
        await hub.register.activate("0123456789ab", NOW)
    async with served(settings, log) as (client, hub):
        waiting = await client.get("/readyz")
        assert (waiting.status_code, waiting.json()["waitingFor"]) == (503, "policies")
        assert (await hub.register.standing(())).policy_version == "0123456789ab"
        done = await asyncio.to_thread(CliRunner().invoke, cli, ["policy", "activate", "--data", str(tmp_path)])
        assert (done.exit_code, (await hub.register.standing(())).policy_version) == (0, mine)
        await until_ready(client)
        async with hub.database.read() as connection:
            told = await connection.exec_driver_sql("SELECT body FROM audit_record WHERE log_id = 'policy-desk'")
            assert b"policy-ship" in told.scalar_one()
