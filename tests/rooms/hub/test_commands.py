"""The commands: results on standard output, one plain line on standard error, exit 1 where something is wrong."""

import asyncio
import contextlib
import json
import os
import pkgutil
import socket
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.text import Text
from typer.testing import CliRunner, Result

from hub import cli
from hub.audit.ledger import Ledger
from hub.cli import COMMANDS, Loaded, app
from hub.commands.asking import Client
from hub.commands.saying import KNOWN, Refused, known, plainly
from hub.commands.serve import listening
from hub.commands.showing import _KINDS, rows, show
from hub.graphql.profiles import Profile, definition
from hub.graphql.schema import build_schema
from hub.identity.development_issuer import ISSUER, DevelopmentIssuer
from hub.identity.tokens import TokenReader
from hub.keys import create_keys, read_keys
from hub.settings import Environment
from hub.store.database import Database
from hub.web.status import VERSION
from schema.outcomes import Outcome
from tests.small_hub import settings_in

RUN = CliRunner()


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in os.environ if n.startswith("HUB_")]:
        monkeypatch.delenv(name)


def hub(*arguments: object, **variables: str) -> Result:
    return RUN.invoke(app, [str(a) for a in arguments], env=variables)


def test_the_version_and_the_commands_are_told() -> None:
    """``--version`` prints it alone; without a command the help is shown."""
    assert hub("--version").stdout == f"{VERSION}\n"
    assert "sources" in hub("--help").stdout
    assert hub("nonsense").exit_code == 2


def test_commands_are_listed_as_they_tell_of_themselves() -> None:
    """The list is a table, so that no command is read for it; each command's own help begins with the same words."""
    for name, command in Loaded().items():
        assert " ".join((command.help or "").split()) == COMMANDS[name]
        helped = hub(name, "-h")
        assert helped.exit_code == 0
        assert COMMANDS[name].split()[0] in helped.stdout
        for below in getattr(command, "commands", ()):
            assert f" {name} {below} " in " ".join(hub(name, below, "--help").stdout.split())
    with pytest.raises(KeyError):
        Loaded()["saying"]
    mistyped = hub("sourcse")
    assert mistyped.exit_code == 2
    assert "'sources'" in mistyped.stderr


def test_listing_the_commands_reads_none_of_their_rooms() -> None:
    """Help is there at once: nothing of the gateway, its database or its schema is imported to print it."""
    look = "import sys; from hub.cli import app; app(['--help'], standalone_mode=False); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    read = set(done.stdout.splitlines()[-1].split())
    assert {"hub.cli", "typer"} <= read
    assert not read & {"hub.commands.demo", "hub.app", "hub.settings", "strawberry", "sqlalchemy", "pydantic"}


def test_what_nobody_foresaw_is_told_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its kind and its place, exit 1; never its message, which may hold a record's value."""

    def failing() -> None:
        raise TypeError("Ada Lovelace")

    monkeypatch.setattr(cli, "app", failing)
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert str(stopped.value).startswith(
        "hub: something went wrong that nobody foresaw (TypeError at test_commands.py:"
    )
    assert "Ada" not in str(stopped.value)


def test_errors_told_to_users_are_classes_that_exist() -> None:
    """They are named without being imported, so a renamed one would otherwise end in a traceback unseen."""
    for name in KNOWN:
        assert issubclass(pkgutil.resolve_name(name), Exception)
    assert not known(KeyError("x"))
    with pytest.raises(KeyError), plainly():
        raise KeyError("x")


def test_the_schema_is_printed_or_written(tmp_path: Path) -> None:
    """The same text, whichever."""
    file = tmp_path / "hub.graphql"
    assert hub("schema", "export").stdout == definition(build_schema(), Profile.SERVED)
    assert hub("schema", "export", "--output", file).exit_code == 0
    assert file.read_text("utf-8") == definition(build_schema(), Profile.SERVED)


def test_a_demo_persons_token_is_printed_alone(tmp_path: Path) -> None:
    """It can be put in a header as it is, and names that person; a stranger and production get none."""
    done = hub("token", "--as", "police", "--data", tmp_path)
    keys = DevelopmentIssuer(tmp_path, Environment.DEMO).public_keys
    reader = TokenReader.of_keys(keys, issuer=ISSUER, audience="children-hub")
    who = asyncio.run(reader.requester(f"Bearer {done.stdout.strip()}"))
    assert who.role == "police-officer"
    stranger = hub("token", "--as", "[/nobody]", "--data", tmp_path)
    assert (stranger.exit_code, stranger.stdout) == (1, "")
    assert "front-door" in stranger.stderr
    production = {"HUB_ENV": "production", "HUB_DATABASE_URL": "sqlite://", "HUB_SOURCES": "x", "HUB_KEYS": "x"}
    refused = hub("token", "--as", "police", "--data", tmp_path, **production, HUB_ISSUER="x", HUB_JWKS_FILE="x")
    assert refused.exit_code == 1
    assert "HUB_ENV=production" in refused.stderr


def test_what_is_configured_is_checked(tmp_path: Path) -> None:
    """Rules and sources are looked at; wrong ones are named and exit 1."""
    settings_in(tmp_path)
    fine = hub("check", "--data", tmp_path, HUB_ENV="demo")
    assert fine.exit_code == 0, fine.stderr
    assert "ok    policies: version" in fine.stdout
    assert "ok    source housing: plain" in fine.stdout
    found = json.loads(hub("check", "--data", tmp_path, "--json", HUB_ENV="demo").stdout)
    assert [f["what"] for f in found] == ["policies", "budgets", "source housing"]
    text = (tmp_path / "sources" / "housing.toml").read_text()
    (tmp_path / "sources" / "other.toml").write_text(text.replace('"housing"', '"other"').replace("plain", "[odd]"))
    wrong = hub("check", "--data", tmp_path, HUB_ENV="demo")
    assert wrong.exit_code == 1
    assert "WRONG source other" in wrong.stderr
    assert "[odd]" in wrong.stderr
    assert hub("check", "--data", tmp_path / "none", HUB_ENV="demo").exit_code == 1
    assert hub("check", "--data", tmp_path).exit_code == 1


def test_production_keys_are_checked(tmp_path: Path) -> None:
    """Keys and the issuer's keys are read, not only named."""
    settings_in(tmp_path)
    create_keys(tmp_path / "keys")
    jwks = tmp_path / "issuer.json"
    jwks.write_text(json.dumps({"keys": [k.as_dict(private=False) for k in issuer_keys(tmp_path)]}))
    given = {
        "HUB_DATABASE_URL": "sqlite://",
        "HUB_SOURCES": str(tmp_path / "sources"),
        "HUB_KEYS": str(tmp_path / "keys"),
        "HUB_ISSUER": "x",
        "HUB_JWKS_FILE": str(jwks),
    }
    fine = hub("check", **given)
    assert fine.exit_code == 0, fine.stderr
    assert "issuer's keys: 1 in issuer.json" in fine.stdout
    (tmp_path / "keys" / "kek.key").write_text("x")
    jwks.write_text("[]")
    wrong = hub("check", **given)
    assert "kek.key" in wrong.stderr
    assert "issuer.json is not" in wrong.stderr


def issuer_keys(folder: Path) -> Any:
    return DevelopmentIssuer(folder, Environment.DEMO).public_keys.keys


def test_sources_are_listed_and_asked_whether_they_answer(tmp_path: Path) -> None:
    """One line a source, as a table or as JSON; one that does not answer exits 1."""
    settings_in(tmp_path)
    assert "Made-up Homes" in hub("sources", "list", "--data", tmp_path).stdout
    listed = json.loads(hub("sources", "list", "--data", tmp_path, "--json").stdout)
    assert [(s["id"], s["service"], s["system"]) for s in listed] == [("housing", "HOUSING", "plain")]
    fine = hub("sources", "check", "--data", tmp_path)
    assert fine.exit_code == 0, fine.output
    assert "yes" in fine.stdout
    file = tmp_path / "sources" / "housing.toml"
    (tmp_path / "housing" / "tenancies.csv").unlink()
    gone = hub("sources", "check", file, "--json")
    assert gone.exit_code == 1
    assert json.loads(gone.stdout)[0]["ok"] is False
    assert hub("sources", "check", tmp_path / "none.toml").exit_code == 1
    assert hub("sources", "list", "--data", tmp_path / "none").exit_code == 1


class Slow:
    """A connector that hangs, fails or is well."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error
        self.closed = False

    async def health(self) -> None:
        if self.error:
            raise self.error
        await asyncio.Event().wait()

    async def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize(("error", "code"), [(None, "deadline"), ("refused", "refused")])
async def test_a_source_that_hangs_or_fails_is_told_by_a_code(
    monkeypatch: pytest.MonkeyPatch, error: str | None, code: str
) -> None:
    """The deadline of the source's own file is kept, and the connection is given back."""
    from connectors.errors import SourceUnavailable
    from hub.commands import sources
    from tests.cast import source_config

    slow = Slow(SourceUnavailable(error) if error else None)
    monkeypatch.setattr(sources, "connect", lambda _: slow)
    (checked,) = await sources._check((source_config("housing", deadline=0.01),), None)
    assert (checked.health.ok, checked.health.code, slow.closed) == (False, code, True)


def test_the_database_is_brought_up_to_date(tmp_path: Path) -> None:
    """Twice is harmless; one that cannot be reached is said by the kind of error, its address unsaid."""
    for _ in range(2):
        assert hub("db", "upgrade", "--data", tmp_path, HUB_ENV="demo").exit_code == 0
    assert (tmp_path / "hub.db").exists()
    url = "postgresql://hub:s3cret@127.0.0.1:1/hub"
    gone = hub("db", "upgrade", "--data", tmp_path, HUB_ENV="demo", HUB_DATABASE_URL=url)
    assert gone.exit_code == 1
    assert "cannot be upgraded" in gone.stderr
    assert "s3cret" not in gone.output


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Give a data folder whose ledger has a signed head."""
    create_keys(tmp_path / "keys")

    async def write() -> None:
        database = Database(f"sqlite:///{tmp_path / 'hub.db'}")
        await database.upgrade()
        opened = await Ledger.open(
            database, read_keys(tmp_path / "keys"), replica="r-1", clock=lambda: datetime(2026, 3, 2, tzinfo=UTC)
        )
        await opened.checkpoint()
        await opened.close()
        await database.close()

    asyncio.run(write())
    return tmp_path


def test_a_whole_ledger_is_verified_and_exported(ledger: Path) -> None:
    """In the database and out of it; an export is never written over and is proved by a key kept elsewhere."""
    assert hub("audit", "verify", "--data", ledger).exit_code == 0
    assert json.loads(hub("audit", "verify", "--data", ledger, "--json").stdout)["ok"] is True
    out = ledger / "ledger.jsonl"
    done = hub("audit", "export", out, "--data", ledger)
    assert done.exit_code == 0, done.output
    assert hub("audit", "export", out, "--data", ledger).exit_code == 1
    key = next(p for p in ledger.iterdir() if p.suffix == ".pub")
    assert hub("audit", "verify", "--export", out, "--public-key", key).exit_code == 0
    assert hub("audit", "verify", "--export", out).exit_code == 1
    assert hub("audit", "verify", "--export", ledger / "none", "--public-key", key).exit_code == 1
    assert hub("audit", "verify", "--export", out, "--public-key", out).exit_code == 1
    create_keys(ledger / "others")
    other = hub("audit", "verify", "--data", ledger, HUB_KEYS=str(ledger / "others"))
    assert other.exit_code == 1
    assert "was changed" in other.stderr


def in_a_sentence(*arguments: object) -> str:
    """Run a command that must refuse: one line on standard error, exit 1, nothing on standard output, no traceback."""
    refused = hub(*arguments)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert isinstance(refused.exception, SystemExit)
    said = " ".join(refused.stderr.split())
    assert said.startswith("hub: ")
    assert "Traceback" not in said
    return said


def every(folder: Path) -> list[tuple[object, ...]]:
    return [("audit", "verify", "--data", folder), ("audit", "export", folder / "out.jsonl", "--data", folder)]


def test_a_ledger_that_is_not_there_is_said_and_not_made(tmp_path: Path) -> None:
    """No file, no tables, garbage or a folder: each has its sentence, and looking makes no database."""
    create_keys(tmp_path / "keys")
    file = tmp_path / "hub.db"
    for command in every(tmp_path):
        assert "no database at" in in_a_sentence(*command)
        assert not file.exists()
    file.write_bytes(b"")
    for command in every(tmp_path):
        assert "holds no ledger" in in_a_sentence(*command)
    file.write_bytes(b"no database" * 1_000)
    for command in every(tmp_path):
        assert "is not a database" in in_a_sentence(*command)
    file.unlink()
    file.mkdir()
    assert "no database at" in in_a_sentence(*every(tmp_path)[0])


def test_a_ledger_that_another_program_has_locked_is_said(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock is not damage: the sentence says to try again."""
    monkeypatch.setattr("hub.commands.ledger_at.PATIENCE", 0.05)
    with contextlib.closing(sqlite3.connect(ledger / "hub.db", isolation_level=None)) as holder:
        holder.execute("PRAGMA journal_mode=DELETE")
        holder.execute("BEGIN EXCLUSIVE")
        for command in every(ledger):
            assert "is locked by another program" in in_a_sentence(*command)


def test_a_ledger_with_a_table_torn_out_was_changed(ledger: Path) -> None:
    """That is damage, not a ledger that never was; of what cannot be read no half export is left."""
    with contextlib.closing(sqlite3.connect(ledger / "hub.db")) as connection:
        connection.execute("DROP TABLE audit_checkpoint")
    found = hub("audit", "verify", "--data", ledger, "--json")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["findings"] == [{"place": "database", "damage": "UNREADABLE"}]
    assert "cannot be read: OperationalError" in in_a_sentence(*every(ledger)[1])
    assert not (ledger / "out.jsonl").exists()


def test_a_file_that_cannot_be_opened_or_written_is_said(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So is a database server that is away, its password unsaid."""
    monkeypatch.setenv("HUB_DATABASE_URL", "postgresql://hub:s3cret@127.0.0.1:1/hub")
    for command in every(ledger):
        said = in_a_sentence(*command)
        assert "does not answer" in said
        assert "s3cret" not in said
    monkeypatch.delenv("HUB_DATABASE_URL")
    assert "cannot be written" in in_a_sentence("audit", "export", ledger / "no" / "such.jsonl", "--data", ledger)
    assert hub(*every(ledger)[1]).exit_code == 0

    def denied(*_: object, **_witnessed: object) -> None:
        raise PermissionError(13, "Permission denied")

    key = ledger / "out.pub"
    monkeypatch.setattr("hub.commands.audit.verifying.verify_export", denied)
    said = in_a_sentence("audit", "verify", "--export", ledger / "out.jsonl", "--public-key", key)
    assert "cannot be read: Permission denied" in said


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\n", b"{}\n", b"[1]\n{", b"\x00" * 5_000])
def test_an_export_that_is_garbage_was_changed(ledger: Path, content: bytes) -> None:
    """Whatever stands in the file, verifying it ends in findings and exit 1."""
    assert hub(*every(ledger)[1]).exit_code == 0
    (ledger / "out.jsonl").write_bytes(content)
    found = hub("audit", "verify", "--export", ledger / "out.jsonl", "--public-key", ledger / "out.pub", "--json")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["findings"]


def person(outcome: str, **more: Any) -> dict[str, Any]:
    source = {
        "source": "housing",
        "service": "HOUSING",
        "name": "Housing",
        "outcome": outcome,
        "explanation": "Why [not].",
        "asOf": None,
        "contact": {"team": "Duty [b]desk[/c]", "phone": "01632 960000"},
    }
    return {"names": [], "involvements": [], "sources": [source], "withheld": [], **more}


@pytest.mark.parametrize("outcome", list(Outcome))
def test_each_outcome_has_a_row(outcome: Outcome) -> None:
    """A source that gave nothing says so in a word, with whom to ring, and why where there is a why."""
    ((service, status, who, phone, as_of, why),) = rows(person(outcome.value))
    assert (service, who, phone, as_of) == ("Housing", "Duty [b]desk[/c]", "01632 960000", "")
    assert isinstance(status, Text)
    assert status.plain
    assert bool(why) is (outcome not in {Outcome.RECORDS, Outcome.NONE_HELD})
    ((_, _, who, phone, _, _),) = rows(
        {**person(outcome.value), "sources": [person(outcome.value)["sources"][0] | {"contact": None}]}
    )
    assert (who, phone) == ("", "")


def involvement(**more: Any) -> dict[str, Any]:
    return {"provenance": {"source": "housing"}, "status": "CURRENT", "start": "2020-01-02", "end": None} | more


def gap(name: str, *, kind: str = "DETAIL", reason: str = "Because.", source: str = "housing") -> dict[str, str]:
    return {"source": source, "path": f"involvements.{name}", "kind": kind, "reason": reason}


def test_professionals_have_a_line_each_and_gaps_are_said_once() -> None:
    """Where nobody is named, whom to ring; a record held back whole is one thing, fields are named together."""
    people = [{"name": "A", "role": "Officer", "phone": "1"}, {"name": None, "role": None, "phone": None}]
    withheld = [
        gap("notes"),
        gap("subService", kind="CONTACT"),
        gap("service", kind="EXISTENCE", reason="Protected."),
        *(gap(name, reason="Many.") for name in ("a", "b", "c", "d")),
        gap("notes", source="police", reason="Other."),
    ]
    held = [
        involvement(professionals=people),
        involvement(status="HISTORIC", end="2021-03-04", organisation="Org", dutyDesk={"phone": "2"}),
        involvement(status=None, start=None, dutyDesk={"team": "Desk"}),
    ]
    given = person("RECORDS", involvements=held, withheld=withheld)
    lines = [[str(cell) for cell in row] for row in rows(given)]
    assert [line[1:4] for line in lines] == [
        ["current since 2020", "A, Officer", "1"],
        ["", "name not shown", ""],
        ["historic 2020-2021", "Org", "2"],
        ["unknown", "Desk", ""],
    ]
    first, second, third = lines[0][5].splitlines()
    assert first == "notes, sub service: Because."
    assert second == f"{_KINDS['EXISTENCE']}: Protected."
    assert third == f"{_KINDS['DETAIL']}: Many."


def test_a_table_prints_what_it_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    """Brackets in a name or a reason are text, not markup; the title says who, as far as it may be shown."""
    for more, title in (
        (
            {"names": [{"given": "Ada", "family": None}], "dateOfBirth": "2012-01-02", "age": 14},
            "Ada, born 02 Jan 2012, age 14",
        ),
        ({"dateOfBirth": "2012-01-01", "age": None}, "Name not shown, born 01 Jan 2012"),
        (
            {"names": [{"given": None, "family": "Finch"}], "expectedDateOfBirth": "2026-06-01"},
            "Finch, expected 01 Jun 2026",
        ),
        ({}, "Name not shown"),
    ):
        show(person("WITHHELD", **more))
        said = capsys.readouterr().out
        assert title in said
        assert "[b]desk[/c]" in said


def test_a_hub_that_is_not_there_is_said() -> None:
    """What to start is in the message; a purpose nobody knows and half a name are refused before anything is sent."""
    client = Client("http://127.0.0.1:1", "token")
    with pytest.raises(Refused, match="no hub answers"):
        client.ask("{ me { name } }", {})
    with pytest.raises(Refused, match="--child takes"):
        client.find("Finch", {})
    assert client.find("6ade592b-6c11-2ab6-f973-1b916ade592b", {}).startswith("6ade")
    wrong = hub("ask", "--child", "x", "--purpose", "[/curiosity]")
    assert wrong.exit_code == 1
    assert "is not a purpose" in wrong.stderr


def test_every_connection_is_answered_without_waiting(tmp_path: Path) -> None:
    """A second packet is not held back until the first is acknowledged, whichever event loop serves."""
    with listening(settings_in(tmp_path)) as door, socket.create_connection(door.getsockname()):
        taken, _ = door.accept()
        with taken:
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
