"""Restores, retention and erasure at the command line, and what a hub does that starts on an old database."""

import asyncio
import io
import json
import shutil
from pathlib import Path

import pytest

from hub.audit import ORIGIN
from hub.audit.checkpoint import Checkpoint, sign
from hub.audit.entries import Intent
from hub.audit.errors import LedgerUnavailable
from hub.audit.kept import PutBack, write_whole
from hub.joined import open_hub
from hub.keys import read_keys
from hub.observing import Observer
from hub.settings import Settings
from hub.upkeep import keep
from tests.rooms.audit import people
from tests.rooms.hub.test_audit_witness import grow
from tests.rooms.hub.test_commands import _nothing_set, hub, in_a_sentence, ledger
from tests.small_hub import settings_in

__all__ = ["_nothing_set", "ledger"]

BY = ("--by", "officer-1", "--organisation", "county-council")


def bodies(folder: Path) -> list[dict[str, object]]:
    """Give every body of the ledger, oldest log first."""
    out = folder / "bodies.jsonl"
    for old in folder.glob("bodies.*"):
        old.unlink()
    assert hub("audit", "export", out, "--data", folder).exit_code == 0
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    return [json.loads(line["body"]) for line in lines if line.get("body")]


async def kept(settings: Settings, *entries: Intent) -> None:
    """Run a hub for a while: it writes something down, signs its head, and keeps that elsewhere."""
    async with open_hub(settings) as opened:
        await opened.ledger.append(*entries)
        await opened.ledger.checkpoint()
        await keep(opened.ledger, opened.kept, opened.database, opened.observer)
        assert opened.ledger.writable


def test_a_hub_on_a_database_that_was_put_back_does_not_start(tmp_path: Path) -> None:
    """A backup, a checkpoint after it, the backup put back: refused at start, and why; acknowledged, it runs."""
    settings = settings_in(tmp_path, checkpoint_file=tmp_path / "elsewhere")
    asyncio.run(kept(settings))
    shutil.copy(tmp_path / "hub.db", tmp_path / "backup")
    asyncio.run(kept(settings, people.intent()))
    put_back(tmp_path)
    with pytest.raises(PutBack, match="acknowledge-restore"):
        asyncio.run(kept(settings))
    assert (
        "acknowledge-restore"
        in hub("serve", "--data", tmp_path, "--port", 0, HUB_ENV="demo", **elsewhere(tmp_path)).stderr
    )
    assert hub("audit", "acknowledge-restore", *BY, "--data", tmp_path, **elsewhere(tmp_path)).exit_code == 0
    asyncio.run(kept(settings, people.intent()))


async def test_a_hub_whose_database_is_put_back_while_it_runs_serves_no_more(tmp_path: Path) -> None:
    """The minute's look finds a note that is ahead: nothing more is written down, so nothing is asked; it is said."""
    settings, log = settings_in(tmp_path, checkpoint_file=tmp_path / "elsewhere"), io.StringIO()
    async with open_hub(settings, observer=Observer(log)) as opened:
        await opened.ledger.checkpoint()
        key = read_keys(settings.keys_folder).ledger
        write_whole(tmp_path / "elsewhere", "not a note")
        await keep(opened.ledger, opened.kept, opened.database, opened.observer)
        assert "kept-checkpoint-not-ours" in log.getvalue()
        assert opened.ledger.writable
        write_whole(tmp_path / "elsewhere", sign(Checkpoint(ORIGIN, 9, b"\x09" * 32), key))
        await keep(opened.ledger, opened.kept, opened.database, opened.observer)
        assert "put-back-rolled-back" in log.getvalue()
        assert not opened.ledger.writable
        with pytest.raises(LedgerUnavailable):
            await opened.ledger.append(people.intent())


def elsewhere(folder: Path) -> dict[str, str]:
    """Give the setting that names the kept checkpoint."""
    return {"HUB_CHECKPOINT_FILE": str(folder / "elsewhere")}


def put_back(folder: Path) -> None:
    """Put the backup in the database's place."""
    for file in folder.glob("hub.db*"):
        if file.suffix != ".lock":
            file.unlink()
    shutil.copy(folder / "backup", folder / "hub.db")


def test_a_restore_is_acknowledged_by_an_officer_and_written_down(ledger: Path) -> None:
    """Nothing to acknowledge is said; afterwards the note is put aside, and the ledger tells who knew."""
    note = ledger / "elsewhere"
    known = {"HUB_CHECKPOINT_FILE": str(note)}
    assert "no checkpoint is kept" in in_a_sentence("audit", "acknowledge-restore", *BY, "--data", ledger)
    before = (ledger / "hub.db").read_bytes()
    grow(ledger)
    note.write_text(hub("audit", "checkpoint", "--data", ledger).stdout, "utf-8")
    nothing = hub("audit", "acknowledge-restore", *BY, "--data", ledger, **known)
    assert "nothing to acknowledge" in nothing.stderr
    for file in ledger.glob("hub.db*"):
        if file.suffix != ".lock":
            file.unlink()
    (ledger / "hub.db").write_bytes(before)
    assert hub("audit", "acknowledge-restore", "--data", ledger, **known).exit_code == 1
    done = hub("audit", "acknowledge-restore", *BY, "--data", ledger, **known)
    assert done.exit_code == 0, done.output
    assert "consent withdrawn" in done.stderr
    assert not note.exists()
    said = [b["facts"] for b in bodies(ledger) if b.get("name") == "restore-acknowledged"]
    assert said == [{"found": "ROLLED_BACK", "held": "number.1", "kept": "number.2"}]
    assert hub("audit", "verify", "--data", ledger).exit_code == 0


def test_entries_whose_time_is_over_are_counted_then_taken_out(ledger: Path) -> None:
    """The period comes from the settings; counting changes nothing; taking out is written down and verifies."""
    grow(ledger)  # of March 2025
    years = {"HUB_AUDIT_YEARS": "1"}
    assert "HUB_AUDIT_YEARS" in in_a_sentence("audit", "retention", "--data", ledger)
    assert "what 1 entries" in hub("audit", "retention", "--data", ledger, **years).stderr
    assert any(b.get("subject") for b in bodies(ledger))
    done = hub("audit", "retention", "--apply", *BY, "--data", ledger, **years)
    assert done.exit_code == 0, done.output
    assert [b["name"] for b in bodies(ledger)] == ["BODIES_RETIRED"]
    found = json.loads(hub("audit", "verify", "--data", ledger, "--json").stdout)
    assert (found["ok"], found["erased"]) == (True, 1)
    assert "what 0 entries" in hub("audit", "retention", "--data", ledger, **years).stderr
    assert hub("audit", "retention", "--apply", "--data", ledger, **years).exit_code == 1


def test_one_entry_is_taken_out_on_a_ground(ledger: Path) -> None:
    """What is no entry, or an event, or is gone, is said; who erased it is in the ledger."""
    grow(ledger)
    (asked,) = bodies(ledger)
    ground = ("--ground", "COURT_ORDER", "--data", ledger, *BY)
    done = hub("audit", "erase", asked["record_id"], *ground)
    assert done.exit_code == 0, done.output
    (said,) = bodies(ledger)
    assert (said["name"], said["about"], said["facts"]) == (
        "BODY_ERASED",
        asked["record_id"],
        {"ground": "COURT_ORDER"},
    )
    assert "gone already" in in_a_sentence("audit", "erase", asked["record_id"], *ground)
    for nothing in ("0" * 32, said["record_id"]):
        assert "no question" in in_a_sentence("audit", "erase", nothing, *ground)
    assert hub("audit", "verify", "--data", ledger).exit_code == 0
