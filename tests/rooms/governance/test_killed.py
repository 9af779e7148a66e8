"""Killed at any moment: no acknowledged withdrawal is lost, none is half done, and each is in the ledger."""

from pathlib import Path

from tests.rooms.governance import killing_links
from tests.rooms.governance.killing import kill_many, lost
from tests.rooms.governance.withdrawing import child
from tests.rooms.store.databases import upgraded_file

TIMES = {"sqlite": 14, "postgresql": 8}
"""The quick form; ``python -m tests.rooms.governance.killing`` kills two hundred times."""


async def test_every_acknowledged_withdrawal_survives_a_kill(url: str, tmp_path: Path) -> None:
    """A withdrawing process is killed again and again: what it acknowledged stands, whole, and is written down."""
    found = await kill_many(url, tmp_path / "keys", TIMES[url.partition(":")[0]])
    assert (found.lost, found.wrong) == (0, [])
    assert len(found.acknowledged) >= found.kills > 0


async def test_a_build_that_acknowledges_too_soon_is_caught(tmp_path: Path) -> None:
    """The check can fail: a process that says so before it is done loses what it said; each is counted by itself."""
    assert [lost((0, 1, 2), {"row": child(n)}) for n in (1, 7)] == [2, 3]
    assert (await kill_many(f"sqlite:///{tmp_path / 'hub.db'}", tmp_path / "keys", 8, too_soon=True)).lost > 0


async def test_every_acknowledged_link_survives_a_kill(tmp_path: Path) -> None:
    """A process that confirms and splits is killed again and again: nothing is half linked, and all is written down."""
    url = await upgraded_file(tmp_path / "hub.db")
    found = await killing_links.kill_many(url, tmp_path / "keys", 5)
    assert (found.lost, found.wrong) == ([], [])
    assert len(found.acknowledged) >= found.kills > 0
    again = await upgraded_file(tmp_path / "too.db")
    assert (await killing_links.kill_many(again, tmp_path / "keys", 3, too_soon=True)).lost
