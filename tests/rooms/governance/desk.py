"""What the governance room's tests stand on: officers, made-up people, and an open desk over a database."""

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import orjson
from sqlalchemy import insert, select

from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonyms
from hub.governance.acting import Acting, By
from hub.governance.consent import Consent
from hub.governance.givers import Capacity, GiverRelationship
from hub.governance.register import Register
from hub.keys import create_keys, read_keys
from hub.people.sealing import Sealer
from hub.store.database import Database
from hub.store.tables.audit import AuditRecord
from hub.store.tables.people import PERSON
from policies.facts import ConsentState
from schema.kinds import Kind
from schema.purposes import Purpose
from schema.services import Service

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
HEALTH, POLICE = Service("HEALTH"), Service("POLICE")
MAYA = "0a" * 16
OLDER = "0b" * 16
"""An older id of Maya's."""
ONE = frozenset({MAYA})
AGENCIES = frozenset({"county-council", "nhs-trust", "police", "school"})
OFFICER = By("ig-1", "ig-officer", "county-council")
HEALTH_OFFICER = By("ig-2", "ig-officer", "nhs-trust")
WORKER = By("worker-1", "social-worker", "county-council")

CONSENT = Consent(
    MAYA,
    "mother",
    ConsentState.GIVEN,
    frozenset({HEALTH}),
    frozenset({Purpose.EARLY_HELP}),
    frozenset({"county-council"}),
    "form",
    "ig-1",
    NOW,
    date(2027, 1, 1),
    kinds=frozenset({Kind.EXISTENCE, Kind.PROFESSIONAL}),
    relationship=GiverRelationship.MOTHER,
    capacity=Capacity.PARENTAL_RESPONSIBILITY,
    evidence="form-17",
    given=TODAY,
)


async def _know(database: Database) -> None:
    """Let the index know Maya, and the older id that she once went by."""
    async with database.begin() as connection:
        if (await connection.execute(select(PERSON.c.id).where(PERSON.c.id == MAYA))).first() is None:
            await connection.execute(insert(PERSON).values(id=MAYA, status="active", labels="", version=1))
        if (await connection.execute(select(PERSON.c.id).where(PERSON.c.id == OLDER))).first() is None:
            older = {"id": OLDER, "status": "active", "labels": "", "version": 1, "superseded_by": MAYA}
            await connection.execute(insert(PERSON).values(older))


@contextlib.asynccontextmanager
async def acting_on(url: str, keys: Path, replica: str = "test-1") -> AsyncIterator[Acting]:
    """Open a database and its ledger; a policy version is active."""
    create_keys(keys)
    keyring, database = read_keys(keys), Database(url)
    await database.upgrade()
    await Register(database).activate_first("v1", NOW)
    await _know(database)
    ledger = await Ledger.open(database, keyring, replica=replica, clock=lambda: NOW)
    yield Acting(database, ledger, Pseudonyms(keyring), Sealer(keyring.kek), lambda: NOW, AGENCIES)
    await ledger.close()
    await database.close()


async def events(acting: Acting) -> list[tuple[str, str]]:
    """Give the name and the row of every event in the ledger, in order."""
    async with acting.database.read() as connection:
        rows = await connection.execute(select(AuditRecord.__table__.c.body).order_by(AuditRecord.__table__.c.seq))
        bodies = [orjson.loads(row.body) for row in rows]
    return [(body["name"], body["about"]) for body in bodies]


async def everything_stored(database: Database) -> bytes:
    """Give every value of every table, as bytes, to look for what should be in none."""
    from sqlmodel import SQLModel

    found = []
    async with database.read() as connection:
        for table in SQLModel.metadata.sorted_tables:
            for row in await connection.execute(select(table)):
                found += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    return b"\n".join(found)
