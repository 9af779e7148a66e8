"""``hub sources reconcile`` as an operator meets it: whom a whole feed leaves out goes; half a feed takes nobody."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hub.cli import app
from hub.keys import create_keys
from hub.people import reconcile

Hub = Callable[..., Result]
SOURCE = """id = "clubs"
service = "UNIVERSAL"
name = "Clubs"
owner = "Clubs"
agency = "clubs"
system = "plain"
[connection]
transport = "files"
folder = "{folder}"
files.members = {{ name = "members.csv" }}
[[map]]
record = "Identity"
from = "members"
person = "Ref"
names = [{{ given = "First", family = "Last" }}]
[[map]]
record = "PersonName"
from = "members"
person = "Ref"
[map.fields]
given = "First"
family = "Last"
"""
CUSTODIAN = """id = "police"
service = "POLICE"
name = "Police"
owner = "Police"
agency = "police"
system = "custodian"
[connection]
base_url = "http://127.0.0.1:9"
"""


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """Run the command over a data folder of its own."""
    monkeypatch.setenv("HUB_ENV", "development")
    return lambda *words: CliRunner().invoke(app, ["sources", "reconcile", *words, "--data", str(tmp_path)])


def members(folder: Path, count: int) -> None:
    lines = [f"{n},Ada,Marchbanks{n}" for n in range(count)]
    (folder / "members.csv").write_text("\n".join(["Ref,First,Last", *lines]) + "\n", "utf-8")


@pytest.fixture
def clubs(tmp_path: Path) -> Path:
    """Write a source that is a file of members, and one that gives no feed."""
    create_keys(tmp_path / "keys")
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "clubs.toml").write_text(SOURCE.format(folder=tmp_path), "utf-8")
    (tmp_path / "sources" / "police.toml").write_text(CUSTODIAN, "utf-8")
    members(tmp_path, 10)
    return tmp_path


def refused(result: Result) -> str:
    """Insist on a refusal in one line, and give it."""
    assert result.exit_code == 1, result.output
    assert result.stderr.splitlines()[-1].startswith("hub: ")
    assert "Marchbanks" not in result.output
    assert "Traceback" not in result.output
    return result.stderr.splitlines()[-1]


def test_whom_a_feed_no_longer_names_is_taken_off(hub: Hub, clubs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts are told; far fewer are not believed until somebody says so; what cannot be read takes nobody off."""
    monkeypatch.setattr(reconcile, "FEW", 2)
    assert "10 read: 10 added, 0 changed, 0 linked, 0 taken off." in hub("clubs").stderr
    members(clubs, 9)
    assert "1 taken off" in hub("clubs").stderr
    members(clubs, 3)
    assert "6 fewer of the 9 people" in refused(hub("clubs"))
    (clubs / "members.csv").unlink()
    assert "nobody was taken off" in refused(hub("clubs", "--believed"))
    members(clubs, 3)
    assert "6 taken off" in hub("clubs", "--believed").stderr


def test_what_is_wrong_is_said_in_one_line(hub: Hub, clubs: Path) -> None:
    """A source nobody configured, one that gives no feed, no keys, a database that is none."""
    assert "no source has that id" in refused(hub("nowhere"))
    assert "police gives no index feed" in refused(hub("police"))
    assert hub().exit_code == 2
    (clubs / "hub.db").write_bytes(b"this is no database at all, whatever its name says" * 100)
    assert "database cannot be used" in refused(hub("clubs"))
    (clubs / "keys" / "index.key").unlink()
    assert "index.key is missing" in refused(hub("clubs"))


def test_with_nothing_set_up_it_is_one_line(hub: Hub) -> None:
    """No folder of sources is said as that, not as a crash."""
    refused(hub("clubs"))
