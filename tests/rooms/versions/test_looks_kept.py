"""Looks at versions that are kept: each is made once, and one that failed is made again."""

import asyncio

import pytest

from hub.governance.versions import kept
from hub.governance.versions.kept import Kept


# However many ask at once, a look is made once and they are given the same; whoever leaves does not stop it.
async def test_a_look_is_made_once() -> None:
    looks, made, goes_on = Kept(), 0, asyncio.Event()

    async def look() -> str:
        nonlocal made
        made += 1
        await goes_on.wait()
        return "found"

    leaving = asyncio.create_task(looks.of(("a", "b"), look))
    await asyncio.sleep(0)
    leaving.cancel()
    others = [asyncio.create_task(looks.of(("a", "b"), look)) for _ in range(3)]
    await asyncio.sleep(0)
    goes_on.set()
    assert await asyncio.gather(*others) == ["found"] * 3
    assert (await looks.of(("a", "b"), look), made) == ("found", 1)


# A look that failed tells whoever asked, and is made again for the next; only so many are kept, the latest asked for.
async def test_a_look_that_failed_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 2)
    looks, made = Kept(), list[str]()

    async def look(name: str, *, fails: bool = False) -> str:
        made.append(name)
        if fails:
            raise ValueError(name)
        return name

    with pytest.raises(ValueError, match="one"):
        await looks.of(("one",), lambda: look("one", fails=True))
    for name in ("one", "two", "one", "three", "one", "two"):
        assert await looks.of((name,), lambda name=name: look(name)) == name  # type: ignore[misc] # a loop's own name
    assert made == ["one", "one", "two", "three", "two"]
