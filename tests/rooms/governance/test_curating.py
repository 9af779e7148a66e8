"""Chronologies people draw up, and searches held for a session: kept sealed, bounded, each somebody's own."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from hub.governance import curating
from hub.governance.acting import Acting, By, CannotBeDone
from hub.governance.curating import CURATED, Chosen, Curated, alter, kept_of, save, take_away
from hub.identity import held_searches
from hub.identity.held_searches import HELD, held, hold
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
