"""A partner witnesses the ledger with files alone: the commands, right and wrong."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.audit.ledger import Ledger
from hub.keys import read_keys
from hub.store.database import Database
from tests.rooms.audit import people
from tests.rooms.hub.test_commands import _nothing_set, hub, in_a_sentence, ledger

__all__ = ["_nothing_set", "ledger"]


def grow(folder: Path) -> None:
    """Add to the ledger and sign its head, as a running hub does."""

    async def write() -> None:
        database = Database(f"sqlite:///{folder / 'hub.db'}")
        keys = read_keys(folder / "keys")
        opened = await Ledger.open(database, keys, replica="r-1", clock=lambda: datetime(2026, 3, 2, tzinfo=UTC))
        await opened.append(people.intent())
        await opened.close()
        await database.close()

    asyncio.run(write())


@pytest.fixture
def partner(ledger: Path) -> Path:
    """Give a partner's folder: the hub's public key, and a key of their own."""
    assert hub("audit", "export", ledger / "out.jsonl", "--data", ledger).exit_code == 0
    done = hub("audit", "witness-key", ledger / "w.key", "--name", "partner.example/w1")
    assert done.exit_code == 0
    assert "partner.example/w1+" in done.stderr
    assert (ledger / "w.key").stat().st_mode & 0o777 == 0o600
    return ledger


def ask(folder: Path, since: int) -> Path:
    """Write what the hub sends a witness."""
    request = folder / "request"
    done = hub("audit", "checkpoint", "--since", since, "--data", folder)
    assert done.exit_code == 0, done.output
    request.write_text(done.stdout, "utf-8")
    return request


def arguments(folder: Path, request: Path) -> tuple[object, ...]:
    key, log = folder / "w.key", folder / "out.pub"
    return (
        "audit",
        "witness",
        request,
        "--log-key",
        log,
        "--key",
        key,
        "--name",
        "partner.example/w1",
        "--state",
        folder / "state",
    )


def test_a_partner_cosigns_head_after_head_and_the_ledger_verifies_by_what_they_kept(partner: Path) -> None:
    """The line is printed, the cosigned note is kept; it proves the ledger later, and twice changes nothing."""
    first = hub(*arguments(partner, ask(partner, 0)))
    assert first.exit_code == 0, first.output
    assert first.stdout.startswith("— partner.example/w1 ")
    grow(partner)
    assert hub(*arguments(partner, ask(partner, 1))).exit_code == 0
    kept = partner / "state"
    assert kept.read_text("utf-8").splitlines()[1] == "2"
    assert hub("audit", "verify", "--data", partner, "--witnessed", kept).exit_code == 0
    assert "the last one cosigned has size 2" in in_a_sentence(*arguments(partner, ask(partner, 1)))


def test_a_ledger_put_back_gets_no_signature_and_does_not_verify(partner: Path) -> None:
    """After a restore of an older copy the partner's note tells, offline, and the witness refuses."""
    before = (partner / "hub.db").read_bytes()
    grow(partner)
    assert hub(*arguments(partner, ask(partner, 0))).exit_code == 0
    for file in partner.glob("hub.db*"):
        file.unlink()
    (partner / "hub.db").write_bytes(before)
    assert "409" in in_a_sentence(*arguments(partner, ask(partner, 1)))
    found = hub("audit", "verify", "--data", partner, "--witnessed", partner / "state")
    assert found.exit_code == 1
    assert "ROLLED_BACK" in found.stderr
    grow(partner)
    assert "409: the log shows another history" in in_a_sentence(*arguments(partner, ask(partner, 2)))
    assert "FORKED" in hub("audit", "verify", "--data", partner, "--witnessed", partner / "state").stderr


def test_whatever_is_wrong_with_a_file_is_said(partner: Path) -> None:
    """Each in a sentence that names the file, and nothing is cosigned."""
    request = ask(partner, 0)
    good = arguments(partner, request)

    def with_(option: str, value: object) -> tuple[object, ...]:
        changed = list(good)
        changed[changed.index(option) + 1] = value
        return tuple(changed)

    assert "cannot be read" in in_a_sentence("audit", "witness", partner / "none", *good[3:])
    assert "not a verifier key" in in_a_sentence(*with_("--log-key", request))
    assert "not a witness's key" in in_a_sentence(*with_("--key", request))
    assert "without spaces" in in_a_sentence(*with_("--name", "two words"))
    assert "cannot be kept" in in_a_sentence(*with_("--state", partner / "no" / "folder"))
    assert "holds no checkpoint of this log" in in_a_sentence(*with_("--state", request))
    request.write_text("nothing", "utf-8")
    assert "400" in in_a_sentence(*good)
    assert not (partner / "state").exists()
    assert "none is number 7" in in_a_sentence("audit", "checkpoint", "--since", 7, "--data", partner)
    assert "without spaces" in in_a_sentence("audit", "witness-key", partner / "x", "--name", "a b")
    assert "cannot be written" in in_a_sentence("audit", "witness-key", partner / "w.key", "--name", "a")
    note = hub("audit", "checkpoint", "--data", partner)
    assert note.stdout.startswith("childrens-services-hub\n1\n")
    (partner / "state").write_text(note.stdout.replace("hub\n", "other\n", 1), "utf-8")
    assert "no checkpoint of this log" in in_a_sentence(*good)
    assert "cannot be read as a signed" in in_a_sentence("audit", "verify", "--data", partner, "--witnessed", "none")
