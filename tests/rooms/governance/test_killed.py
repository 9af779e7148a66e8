"""Killed at any moment: no acknowledged withdrawal is lost, none is half done, and each is in the ledger."""

import multiprocessing
import random
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sqlalchemy import insert, select

from hub.audit.verify import verify_database
from hub.governance.acting import Acting
from hub.governance.epoch import EPOCH
from hub.governance.register import Register
from hub.governance.rows import consent_values
from hub.governance.standing_read import CONSENT as TABLE
from hub.keys import create_keys, read_keys
from hub.store.database import Database
from policies.facts import ConsentState
from schema.kinds import Kind
from schema.purposes import Purpose
from schema.services import Service
from tests.rooms.governance.desk import CONSENT, TODAY, acting_on, events
from tests.rooms.governance.withdrawing import GIVERS, child, withdraw_for_ever

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.rooms.governance.withdrawing"])
TIMES = {"sqlite": 14, "postgresql": 8}


async def test_every_acknowledged_withdrawal_survives_a_kill(url: str, tmp_path: Path) -> None:
    """A withdrawing process is killed again and again: what it acknowledged stands, whole, and is written down."""
    create_keys(tmp_path / "keys")
    await _consents(url)
    chance = random.Random(7)  # noqa: S311 -- chooses when to kill
    acknowledged: dict[int, str] = {}
    for _ in range(TIMES["sqlite" if url.startswith("sqlite") else "postgresql"]):
        acknowledged |= _killed(url, tmp_path / "keys", max(acknowledged, default=-1) + 1, chance.uniform(0, 0.06))
    async with acting_on(url, tmp_path / "keys", "after") as acting:
        await _all_stand(acting, acknowledged, tmp_path / "keys")


async def test_a_build_that_acknowledges_too_soon_is_caught(tmp_path: Path) -> None:
    """The check can fail: a process that says so before it is done loses what it said."""
    create_keys(tmp_path / "keys")
    url = f"sqlite:///{tmp_path / 'hub.db'}"
    await _consents(url)
    said: set[str] = set()
    for _ in range(8):
        said |= {child(n) for n in _killed(url, tmp_path / "keys", len(said), 0, too_soon=True)}
    async with acting_on(url, tmp_path / "keys", "after") as acting:
        assert not said <= set((await _stored(acting)).values())


async def _consents(url: str) -> None:
    database = Database(url)
    await database.upgrade()
    given = [consent_values(replace(CONSENT, person_id=child(n)), f"given-{n}") for n in range(GIVERS)]
    async with database.begin() as connection:
        await connection.execute(insert(TABLE), given)
    await database.close()


def _killed(url: str, keys: Path, first: int, after: float, *, too_soon: bool = False) -> dict[int, str]:
    """Start the process, kill it some time after its first word, and give what it said whole."""
    ours, theirs = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=withdraw_for_ever, args=(url, keys, first, theirs, too_soon))
    process.start()
    theirs.close()
    found = [ours.recv_bytes().decode()]
    until = time.monotonic() + after
    while (left := until - time.monotonic()) > 0 and ours.poll(left):
        found.append(ours.recv_bytes().decode())
    process.kill()
    with suppress(EOFError, OSError):  # the last one may have been cut short
        while True:
            found.append(ours.recv_bytes().decode())
    process.join()
    ours.close()
    return {int(n): row for n, row in (word.split() for word in found)}


async def _all_stand(acting: Acting, acknowledged: dict[int, str], keys: Path) -> None:
    stored = await _stored(acting)
    async with acting.database.read() as connection:
        epoch = (await connection.execute(select(EPOCH.c.value))).scalar_one()
    openings = TIMES[acting.database.dialect] + 1  # each asks whether a version is active, which moves it once
    assert len(acknowledged) > TIMES[acting.database.dialect]
    assert {row: child(n) for n, row in acknowledged.items()}.items() <= stored.items()
    assert epoch == len(stored) + openings
    told = {about for name, about in await events(acting) if name == "consent-withdrawn"}
    assert stored.keys() <= told
    assert len(told - stored.keys()) <= TIMES[acting.database.dialect]  # at most the one under way at each kill
    await _whole(acting, list(acknowledged))
    found = await verify_database(acting.database, read_keys(keys).ledger.public_key())
    assert found.ok


async def _stored(acting: Acting) -> dict[str, str]:
    query = select(TABLE.c.id, TABLE.c.person_id).where(TABLE.c.state == ConsentState.WITHDRAWN)
    async with acting.database.read() as connection:
        return {row.id: row.person_id for row in await connection.execute(query)}


async def _whole(acting: Acting, numbers: list[int]) -> None:
    """Insist that of every child withdrawn nothing of any service, kind or recipient is still agreed to."""
    register = Register(acting.database)
    for n in numbers[:: max(1, len(numbers) // 25)]:
        ids = frozenset({child(n)})
        standing = await register.standing([child(n)])
        for service in Service:
            by_kind = standing.consent_by_kind(ids, service, Purpose.EARLY_HELP, "county-council", TODAY)
            assert {by_kind[kind] for kind in Kind} == {ConsentState.WITHDRAWN}
