"""The command line as its user meets it: real processes, results on standard output, one plain line where it fails."""

import asyncio
import json
import os
import shutil
import signal
import socket
import sqlite3
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from hub.demo.faults import Fault, FaultKind
from tests.journeys.town import SOURCES, Town

pytestmark = pytest.mark.asyncio(loop_scope="session")

HUB = str(Path(sys.executable).with_name("hub"))
COMMANDS = ("demo", "serve", "ask", "token", "check", "schema", "sources", "audit", "db")
MAYA = "Kowalczyk, Maya, 2012-03-09"
PATIENCE = 60.0
"""Seconds a new user may have to wait for the demo's answer."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of a command."""

    code: int | None
    out: str
    err: str

    def plain_refusal(self) -> str:
        """Insist on exit code 1, nothing on standard output and one line of words; give the line."""
        assert (self.code, self.out) == (1, ""), self
        (line,) = self.err.strip().splitlines()
        assert line.startswith("hub: ")
        assert "Traceback" not in line
        return line


async def hub(*arguments: str, **environment: str) -> Ran:
    """Run the command with nothing of ours in its environment."""
    started = await start(*arguments, **environment)
    out, err = await asyncio.wait_for(started.communicate(), PATIENCE)
    return Ran(started.returncode, out.decode(), err.decode())


async def start(*arguments: str, **environment: str) -> asyncio.subprocess.Process:
    """Start the command."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("HUB_")}
    return await asyncio.create_subprocess_exec(
        HUB, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env={**kept, **environment}
    )


async def of(town: Town, *arguments: str) -> Ran:
    """Run a command on the town's folder."""
    return await hub(*arguments, "--data", str(town.settings.data))


async def ask(town: Town, *arguments: str) -> Ran:
    """Run ``hub ask`` of the town's hub."""
    return await of(town, "ask", "--port", town.url.rpartition(":")[2], "--reference", "REF 1", *arguments)


async def test_token_prints_a_token_and_nothing_else_and_it_works(town: Town) -> None:
    """``$(hub token --as front-door)`` can be put straight into a header."""
    ran = await of(town, "token", "--as", "front-door")
    assert (ran.code, ran.err) == (0, "")
    (token,) = ran.out.splitlines()
    assert token.count(".") == 2
    headers = {"Authorization": f"Bearer {token}"}
    answer = await town.http.post("/graphql", json={"query": "{ me { role organisation } }"}, headers=headers)
    assert answer.json()["data"] == {"me": {"role": "front-door-worker", "organisation": "brookshire-social-care"}}


async def test_ask_finds_a_child_by_name_and_answers(town: Town) -> None:
    """As JSON it is the whole answer; as a table it names services, people and telephone numbers."""
    as_json = await ask(town, "--child", MAYA, "--as", "front-door", "--json")
    assert as_json.code == 0
    answer = json.loads(as_json.out)
    assert answer["id"] == town.people["main"]
    assert {s["source"] for s in answer["sources"]} == set(SOURCES)
    as_table = await ask(town, "--child", str(town.people["main"]), "--as", "school", "--purpose", "education-welfare")
    assert as_table.code == 0
    assert "Social care" in as_table.out
    assert "01632 960" in as_table.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--child", "Nobody, No, 2012-03-09"), "Searched"),
        (("--child", "Kowalczyk"), "--child takes"),
        (("--child", "Kowalczyk, Maya, the ninth"), "variables of the wrong type"),
        (("--child", "00000000-0000-0000-0000-000000000000"), "no such person"),
        (("--child", MAYA, "--purpose", "CURIOSITY"), "choose from CHILD_PROTECTION"),
        (("--child", MAYA, "--as", "mayor"), "choose from front-door"),
        (("--child", MAYA, "--reference", "!!"), "context.reference"),
    ],
)
async def test_ask_says_in_a_line_what_is_wrong(town: Town, arguments: tuple[str, ...], said: str) -> None:
    """A wrong child, date, purpose, person or reference: exit code 1 and what to do."""
    assert said in (await ask(town, *arguments)).plain_refusal()


async def test_ask_says_that_no_hub_is_there(town: Town) -> None:
    """A hub that does not run is said to be not running."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
        line = (await of(town, "ask", "--child", MAYA, "--port", port)).plain_refusal()
    assert f"no hub answers at http://127.0.0.1:{port}" in line


async def test_sources_are_listed_and_checked(town: Town) -> None:
    """Nine sources, and whether each answers now; one that does not makes the exit code 1."""
    listed = await of(town, "sources", "list", "--json")
    assert {s["id"] for s in json.loads(listed.out)} == set(SOURCES)
    well = await of(town, "sources", "check", "--json")
    assert (well.code, {s["ok"] for s in json.loads(well.out)}) == (0, {True})
    async with town.wrong({"police": Fault(FaultKind.DOWN), "health": Fault(FaultKind.HANG)}):
        ill = await of(town, "sources", "check", "--json")
    assert ill.code == 1
    assert {s["id"] for s in json.loads(ill.out) if not s["ok"]} == {"police", "health"}


async def test_the_ledger_is_proved_while_the_hub_runs(town: Town) -> None:
    """After questions, ``hub audit verify`` finds every record as it was written."""
    await town.ask()
    ran = await of(town, "audit", "verify", "--json")
    said = json.loads(ran.out)
    assert (ran.code, said["ok"], said["findings"]) == (0, True, [])
    assert said["records"] >= 2


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_record SET seq = seq",
        "UPDATE audit_record SET body = substr(body, 1, length(body) - 1) || ' ' WHERE seq = 1",
        "DELETE FROM audit_record WHERE seq = 0",
        "DELETE FROM audit_record",
        "UPDATE audit_record SET seq = seq + 1000 WHERE seq = 1",
        "UPDATE audit_checkpoint SET size = size - 1",
    ],
)
async def test_a_ledger_tampered_with_is_found_out(
    town: Town, tmp_path_factory: pytest.TempPathFactory, tampering: str
) -> None:
    """On a copy of the database, anything changed, removed, moved or cut off makes the exit code 1."""
    await town.ask()
    await town.hub.ledger.checkpoint()
    copy = tmp_path_factory.mktemp("tampered")
    shutil.copytree(town.settings.keys_folder, copy / "keys")
    there, here = sqlite3.connect(town.settings.data / "hub.db"), sqlite3.connect(copy / "hub.db")
    there.backup(here)
    there.close()
    here.execute("PRAGMA ignore_check_constraints = on")
    for (trigger,) in here.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        here.execute(f"DROP TRIGGER {trigger}")
    assert here.execute(tampering).rowcount > 0
    here.commit()
    here.close()
    ran = await hub("audit", "verify", "--data", str(copy))
    if tampering.endswith("seq = seq"):
        assert ran.code == 0, "a copy is as good as the ledger itself"
        return
    assert ran.code == 1
    assert "The ledger was changed" in ran.err
    assert "Traceback" not in ran.err


async def test_an_export_is_proved_elsewhere(town: Town, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Exported with its key, the ledger is proved without the hub; a changed export is found out."""
    await town.hub.ledger.checkpoint()
    file = tmp_path_factory.mktemp("exported") / "ledger"
    assert (await of(town, "audit", "export", str(file))).code == 0
    (key,) = [f for f in file.parent.iterdir() if f.suffix == ".pub"]
    proof = ("audit", "verify", "--export", str(file), "--public-key", str(key))
    assert (await hub(*proof)).code == 0
    content = file.read_bytes()
    file.write_bytes(content.replace(b"brookshire-social-care", b"brookshire-social-cure", 1))
    assert (await hub(*proof)).code == 1


def _of_folder(folder: Path) -> list[psutil.Process]:
    """Give the processes that work in a demo's folder."""
    named = [str(folder)]
    if (note := folder / "postgres.folder").exists():
        named.append(note.read_text("utf-8"))
    found = []
    for process in psutil.process_iter(["cmdline"]):
        line = " ".join(process.info["cmdline"] or ())
        if process.pid != os.getpid() and any(name in line for name in named):
            found.append(process)
    return found


async def test_demo_once_answers_and_leaves_nothing(tmp_path: Path) -> None:
    """In a fresh folder: one child's answer within a minute, exit code 0, no process and no database folder left.

    With a second hub its records are shown as its own, what it refuses as its word, and what is refused here as ours.
    """
    begun, given = time.monotonic(), ("--children", "40", "--port", "0", "--down", "police", "--two-hubs")
    ran = await hub("demo", "--once", "--data", str(tmp_path), *given)
    assert (ran.code, ran.err) == (0, "")
    assert time.monotonic() - begun < PATIENCE
    for words in ("Ada Ferris", "Northshire Early Help: The", "says Northshire's hub", "Northshire Schools: No data"):
        assert words in ran.out
    assert "Bea Orde" not in ran.out
    assert "Col Unwin" not in ran.out
    for words in ("Maya Kowalczyk", "Social care", "Health", "did not answer", "01632 960"):
        assert words in ran.out
    assert not _of_folder(tmp_path)
    assert not os.path.exists((tmp_path / "postgres.folder").read_text("utf-8"))  # noqa: ASYNC240, PTH110 -- one look
    verified = await hub("audit", "verify", "--data", str(tmp_path))
    assert verified.code == 0


async def test_demo_serves_until_interrupted(tmp_path: Path) -> None:
    """It says what to do next, answers others meanwhile, and Ctrl-C ends everything quietly."""
    demo = await start("demo", "--children", "40", "--port", "0", "--data", str(tmp_path))
    assert demo.stdout is not None
    said = ""
    async with asyncio.timeout(PATIENCE):
        while "Ctrl-C ends it" not in said:
            line = (await demo.stdout.readline()).decode()
            assert line, said
            said += line
    port = said.partition("http://127.0.0.1:")[2].partition("/")[0]
    asked = await hub("ask", "--child", MAYA, "--reference", "R", "--port", port, "--data", str(tmp_path))
    assert asked.code == 0
    assert _of_folder(tmp_path)
    demo.send_signal(signal.SIGINT)
    out, err = await asyncio.wait_for(demo.communicate(), 20)
    assert (demo.returncode, err.decode()) == (0, "")
    assert "Traceback" not in out.decode()
    assert not _of_folder(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--down", "library"), "choose one of"),
        (("--slow", "health=soon"), "write it as 3s"),
        (("--slow", "universal=3s"), "folder of files"),
    ],
)
async def test_demo_refuses_faults_that_cannot_be(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    """A misspelt agency or an impossible fault is one line, before anything is started."""
    assert said in (await hub("demo", "--once", "--data", str(tmp_path), *arguments)).plain_refusal()


async def test_a_port_that_is_taken(town: Town, tmp_path: Path) -> None:
    """A port in use is one line, before anything is started."""
    for command in (("demo", "--once", "--data", str(tmp_path)), ("serve", "--data", str(town.settings.data))):
        ran = await hub(*command, "--port", town.url.rpartition(":")[2], HUB_ENV="demo")
        assert "is the port in use?" in ran.plain_refusal()
    assert not _of_folder(tmp_path)


@pytest.mark.parametrize("command", ["serve", "check"])
async def test_production_lists_every_missing_setting(command: str) -> None:
    """All at once, so that an operator mends them at once."""
    line = (await hub(command, HUB_ENV="production")).plain_refusal()
    for name in ("HUB_DATABASE_URL", "HUB_SOURCES", "HUB_KEYS", "HUB_ISSUER", "HUB_JWKS_FILE"):
        assert name in line


async def test_wrong_settings_are_all_listed_and_no_value_is_repeated() -> None:
    """A misspelt name, a number that is none and a database of no known kind, in one line."""
    ran = await hub(
        "serve", HUB_ENV="development", HUB_PORT="many", HUB_DATABASE_URL="oracle://hunter2@x", HUB_PROT="1"
    )
    line = ran.plain_refusal()
    for name in ("HUB_PORT", "HUB_DATABASE_URL", "HUB_PROT"):
        assert name in line
    assert "hunter2" not in line


async def test_the_demos_staff_cannot_sign_in_to_production(tmp_path: Path) -> None:
    """No token of the development issuer is made there."""
    settings = {
        "HUB_DATABASE_URL": f"sqlite:///{tmp_path}/hub.db",
        "HUB_SOURCES": str(tmp_path),
        "HUB_KEYS": str(tmp_path),
        "HUB_ISSUER": "https://example.org",
        "HUB_JWKS_FILE": str(tmp_path / "keys.json"),
    }
    ran = await hub("token", "--as", "front-door", HUB_ENV="production", **settings)
    assert "production" in ran.plain_refusal()


@pytest.mark.parametrize("command", ["", "serve", "sources check"])
async def test_help_everywhere(command: str) -> None:
    """A command says what it does, whether others stand below it or not."""
    ran = await hub(*command.split(), "--help")
    assert (ran.code, ran.err) == (0, "")
    assert "Usage: hub" in ran.out
    if not command:
        assert all(name in ran.out for name in COMMANDS)
