"""Whatever happens in whatever order, a plain model of the index agrees with it (L9); ten thousand steps by command."""

from pathlib import Path

import pytest

from hub.people import decisions, who_is_who
from tests.rooms.people.walk import Walk, Wrong, table

STEPS = 80
SEED = 8


async def walked(folder: Path, seed: int) -> Walk:
    async with Walk(folder, seed) as walk:
        await walk.walk(STEPS)
    return walk


async def test_a_walk_agrees_with_its_model(tmp_path: Path) -> None:
    """Nobody moves of whom nothing was said, nobody parted is together, nobody is less protected; keys are moved."""
    walk = await walked(tmp_path, SEED)
    assert sum(walk.done.values()) == STEPS
    assert walk.done["rotate"] == 5
    assert "nothing wrong" in table(walk, STEPS, 1.0)


async def test_a_split_that_forgets_what_protects_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model sees it: a check that could not fail would show nothing."""

    async def forget(*_: object) -> None:
        """Carry nothing."""

    monkeypatch.setattr(who_is_who, "part_ways", forget)
    with pytest.raises(Wrong, match="no longer protected"):
        await walked(tmp_path, SEED)


async def test_a_join_that_takes_everybody_along_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So is one that passes over what was said to be different."""
    monkeypatch.setattr(decisions, "differ", lambda *_: None)
    monkeypatch.setattr(who_is_who, "differ", lambda *_: None)
    with pytest.raises(Wrong, match="said to be different"):
        await walked(tmp_path, SEED)
