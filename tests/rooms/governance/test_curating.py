"""Chronologies people draw up, and searches held for a session: kept sealed, bounded, each somebody's own."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from hub import upkeep
from hub.governance import curating, forgetting
from hub.governance.acting import Acting, By, CannotBeDone
from hub.governance.curating import CURATED, Chosen, Curated, alter, kept_of, save, take_away
from hub.governance.forgetting import forget
from hub.identity import held_searches
from hub.identity.held_searches import HELD, held, hold
from hub.identity.owed import Owed
from hub.store.database import StoreUnavailable
from tests.rooms.governance.desk import MAYA, WORKER, events, everything_stored

NOTE = "She told her aunt first"
JUNE = Curated("", MAYA, WORKER, "CHILD_PROTECTION", False, "June", "", (Chosen("police", "e" * 24, note=NOTE),))


# Two windows do not undo each other; nobody keeps without end; a row that does not open hides no other; it is its
# writer's, where they wrote it; nothing readable is kept, and all of it is in the ledger.
async def test_a_chronology_is_kept(acting: Acting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curating, "MOST", 2)
    kept = [await save(acting, replace(JUNE, salt=salt * 16)) for salt in ("0a", "0b")]
    for wrong in (JUNE, replace(JUNE, name=" "), replace(JUNE, about="x" * 1001)):
        with pytest.raises(CannotBeDone):
            await save(acting, wrong)
    one, other = (await kept_of(acting, [MAYA], WORKER)).found
    assert {one.id, other.id} == set(kept)
    assert (one.events, one.digests({"a": "b"})) == (JUNE.events, replace(one).digests({"a": "b"}))
    assert one.digests({"a": "b"}) != other.digests({"a": "b"})
    await alter(acting, replace(one, name="July", newest_first=True))
    with pytest.raises(CannotBeDone, match="another window"):
        await alter(acting, replace(one, name="August"))
    for wrong in (replace(one, name=""), replace(one, events=(Chosen("police", "e" * 24, note="x" * 501),))):
        with pytest.raises(CannotBeDone):
            await alter(acting, wrong)
    assert NOTE.encode() not in await everything_stored(acting.database)
    async with acting.database.begin() as connection:
        await connection.execute(update(CURATED).where(CURATED.c.id == other.id).values(text_ct=b"x" * 40))
    again = await kept_of(acting, [MAYA], WORKER)
    assert [(c.name, c.newest_first, c.edition) for c in again.found] == [("July", True, 2)]
    assert again.damaged == (other.id,)
    for nobody in (By(WORKER.subject, WORKER.role, "police"), By("worker-2", WORKER.role, WORKER.organisation)):
        assert (await kept_of(acting, [MAYA], nobody)).found == ()
    await take_away(acting, again.found[0])
    assert (await kept_of(acting, [MAYA], WORKER)).found == ()
    told = [name for name, about in await events(acting) if about == one.id]
    assert told == [
        f"chronology-{what}" for what in ("saved", "changed", "changed", "changed-not-acknowledged", "taken-away")
    ]


class Away:
    """Budgets whose store is away: that keeps nothing else from being swept."""

    def __init__(self) -> None:
        self.times, self.again = 0, asyncio.Event()

    async def sweep(self) -> None:
        self.times += 1
        if self.times > 1:
            self.again.set()
        raise StoreUnavailable("away")


# When its time is over it is opened no more, swept or not; it goes whole, once, whoever sweeps, and of the ledger
# nothing goes. What is changed lasts anew.
async def test_a_chronology_is_forgotten_when_its_time_is_over(acting: Acting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "TOGETHER", 1)
    one, two, three = [await save(acting, replace(JUNE, name=name)) for name in ("May", "June", "July")]
    year, owed = 365 * 86_400, Owed(acting.database, acting.ledger, lambda *_: None)
    async with acting.database.begin() as connection:
        await connection.execute(update(CURATED).values(changed=CURATED.c.changed - year + 60))
        await connection.execute(update(CURATED).where(CURATED.c.id != two).values(changed=CURATED.c.changed - 120))
    found = (await kept_of(acting, [MAYA], WORKER)).found
    assert [(each.id, each.until) for each in found] == [(two, found[0].changed + year)]
    monkeypatch.setattr(curating, "MOST", 2)
    four = await save(acting, replace(JUNE, name="August"))
    before = await events(acting)
    assert sum(await asyncio.gather(forget(acting), forget(replace(acting)))) == 2
    await owed.settle()
    told = await events(acting)
    assert told[: len(before)] == before
    assert sorted(told[len(before) :]) == sorted(("chronology-over", gone) for gone in (one, three))
    await alter(acting, found[0])
    assert (await kept_of(acting, [MAYA], WORKER)).found[0].until > found[0].until
    monkeypatch.setattr(upkeep, "SWEEP_EVERY", 0.0)
    away = Away()
    sweeping = asyncio.create_task(upkeep.sweeps(away, replace(acting, saved_days=-1)))  # type: ignore[arg-type] # no more of budgets is used
    async with asyncio.timeout(30):
        await away.again.wait()
    sweeping.cancel()
    async with acting.database.read() as connection:
        assert not (await connection.execute(select(CURATED.c.id).where(CURATED.c.id.in_((two, four))))).all()


# What was typed is given to its session alone, as long as it is held; the newest few are, and none of it is readable.
async def test_a_search_is_held(acting: Acting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_searches, "MOST", 2)
    asked = (acting.database, acting.sealer)
    names = [await hold(*asked, "session-1", {"family": f"Aldersley {n}"}) for n in range(3)]
    last = names[-1]
    assert await held(*asked, "session-1", last) == {"family": "Aldersley 2"}
    assert await held(*asked, "session-2", last) is None
    stored = await everything_stored(acting.database)
    assert (b"Aldersley" in stored, last.encode() in stored) == (False, False)
    async with acting.database.begin() as connection:
        assert len((await connection.execute(select(HELD.c.id))).all()) == 2
        await connection.execute(update(HELD).values(typed_ct=b"x" * 40))
    assert await held(*asked, "session-1", last) is None
    async with acting.database.begin() as connection:
        await connection.execute(update(HELD).values(at=0))
    assert await held(*asked, "session-1", last) is None
