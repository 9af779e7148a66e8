"""Killed at any moment of a publish: one whole version counts, and every acknowledged one is there."""

from pathlib import Path

from tests.rooms.versions.killing import kill_many

TIMES = {"sqlite": 10, "postgresql": 6}


async def test_a_kill_at_any_moment_leaves_one_whole_version_active(url: str, tmp_path: Path) -> None:
    """Nothing acknowledged is lost, nothing is torn, publishing goes on each time; the command kills 200 times."""
    found = await kill_many(url, tmp_path / "keys", TIMES[url.partition(":")[0]])
    assert (found.torn, found.lost) == (0, 0), found.why
    assert len(found.acknowledged) > found.kills / 3


async def test_a_build_that_splits_its_writes_is_seen_to_tear(tmp_path: Path) -> None:
    """The check above is able to fail: the planted build leaves something half-done within a few kills."""
    for n in range(12):
        folder = tmp_path / str(n)
        folder.mkdir()
        if (await kill_many(f"sqlite:///{folder / 'hub.db'}", folder / "keys", 4, torn=True, seed=n)).torn:
            return
    raise AssertionError("nothing was torn")
