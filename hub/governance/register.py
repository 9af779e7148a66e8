"""The register of consent, agreements and the active policy version. Consent is never kept in memory."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Row, bindparam, delete, false, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.governance.agreements import Agreement, Agreements
from hub.governance.consent import Consent
from hub.store.database import Database, StoreUnavailable, patience, table
from hub.store.one_hop import OneHop, moment
from hub.store.tables.governance import AgreementRow, ConsentRow, GovernanceEpoch, PolicyVersion
from policies.facts import ConsentState
from schema.purposes import Purpose
from schema.services import Service

EPOCH, VERSION = table(GovernanceEpoch), table(PolicyVersion)
AGREEMENT, CONSENT = table(AgreementRow), table(ConsentRow)

_HEAD = (EPOCH.c.value, VERSION.c.version)
_TOLD = (
    CONSENT.c.person_id,
    CONSENT.c.giver,
    CONSENT.c.state,
    CONSENT.c.services,
    CONSENT.c.purposes,
    CONSENT.c.recipients,
    CONSENT.c.method,
    CONSENT.c.recorded_by,
    CONSENT.c.recorded_at,
    CONSENT.c.expires,
    CONSENT.c.sequence,
)


@lru_cache(maxsize=256)
def _standing(dialect: Dialect, people: int) -> OneHop:
    """Write the one read that opens and closes every question: the epoch, the version, and people's consent."""
    active = EPOCH.join(VERSION, VERSION.c.active)
    wanted = CONSENT.c.person_id.in_([bindparam(f"p{n}") for n in range(people)]) if people else false()
    return OneHop(select(*_HEAD, *_TOLD).select_from(active.outerjoin(CONSENT, wanted)), dialect)


class _Row(NamedTuple):
    """One row of that read; the consent is null where nobody said anything."""

    epoch: int
    policy_version: str
    person_id: str | None
    giver: str
    state: str
    services: str
    purposes: str
    recipients: str
    method: str
    recorded_by: str
    recorded_at: datetime | str
    expires: date | str | None
    sequence: int


class WrongPolicyVersion(Exception):
    """The active policy version is not the one this replica holds: it may not answer with another."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What governance says at one instant: the epoch, the agreements, and consent for the people asked about."""

    epoch: int
    policy_version: str
    agreements: Agreements
    consents: tuple[Consent, ...]


class Register:
    """Reads and writes what governance owns."""

    def __init__(self, database: Database) -> None:
        """Read from this database; agreements are kept by epoch, consent never."""
        self._database = database
        self._kept: tuple[int, Agreements] | None = None

    async def standing(self, people: Sequence[str]) -> Standing:
        """Read the epoch, the active version and consent for these people; StoreUnavailable when it cannot."""
        async with patience():
            people = tuple(dict.fromkeys(people))
            query = _standing(self._database.engine.dialect, len(people))
            found = await query.rows(self._database, {f"p{n}": p for n, p in enumerate(people)})
            if not found:
                raise StoreUnavailable("no policy version is active")
            rows = [_Row(*row) for row in found]
            agreements = await self._agreements(rows[0].epoch)
        consents = tuple(_consent(row) for row in rows if row.person_id is not None)
        return Standing(rows[0].epoch, rows[0].policy_version, agreements, consents)

    async def _agreements(self, epoch: int) -> Agreements:
        if self._kept is None or self._kept[0] != epoch:
            async with self._database.read() as connection:
                rows = (await connection.execute(select(AGREEMENT))).all()
            self._kept = (epoch, Agreements(_agreement(row) for row in rows))
        return self._kept[1]

    async def activate(self, version: str, now: datetime) -> None:
        """Make a policy version the active one, in one transaction."""
        async with self._database.begin() as connection:
            await _move(connection)
            await connection.execute(update(VERSION).where(VERSION.c.active).values(active=False))
            done = await connection.execute(
                update(VERSION).where(VERSION.c.version == version).values(active=True, activated_at=now)
            )
            if done.rowcount == 0:
                await connection.execute(insert(VERSION).values(version=version, active=True, activated_at=now))

    async def activate_first(self, version: str, now: datetime) -> bool:
        """Make a version the active one where none is; say whether it was done. Starting switches no rules."""
        async with self._database.begin() as connection:
            await _move(connection)
            if (await connection.execute(select(VERSION.c.version).where(VERSION.c.active))).first():
                return False
            await connection.execute(insert(VERSION).values(version=version, active=True, activated_at=now))
            return True

    async def record_agreements(self, agreements: Iterable[Agreement]) -> None:
        """Record agreements; one with the same id replaces the old."""
        async with self._database.begin() as connection:
            await _move(connection)
            for a in agreements:
                await connection.execute(delete(AGREEMENT).where(AGREEMENT.c.id == a.id))
                await connection.execute(
                    insert(AGREEMENT).values(
                        id=a.id,
                        title=a.title,
                        provider=a.provider,
                        consumer=a.consumer,
                        purposes=" ".join(sorted(a.purposes)),
                        start=a.start,
                        review=a.review,
                        expiry=a.expiry,
                    )
                )

    async def record_consent(self, consent: Consent) -> None:
        """Record one giver's decision: given, refused or withdrawn. It acts on the next question everywhere."""
        async with self._database.begin() as connection:
            await _move(connection)
            await connection.execute(
                insert(CONSENT).values(
                    id=secrets.token_hex(16),
                    person_id=consent.person_id,
                    giver=consent.giver,
                    state=consent.state,
                    services=" ".join(sorted(consent.services)),
                    purposes=" ".join(sorted(consent.purposes)),
                    recipients=" ".join(sorted(consent.recipients)),
                    method=consent.method,
                    recorded_by=consent.recorded_by,
                    recorded_at=consent.recorded_at,
                    expires=consent.expires,
                )
            )


async def _move(connection: AsyncConnection) -> None:
    """Move the epoch on, before anything else: whoever holds its row is the only one to change what it counts."""
    await connection.execute(update(EPOCH).values(value=EPOCH.c.value + 1))


def _agreement(row: Row[Any]) -> Agreement:
    return Agreement(
        row.id,
        row.title,
        row.provider,
        row.consumer,
        frozenset(Purpose[p] for p in row.purposes.split()),
        row.start,
        row.review,
        row.expiry,
    )


def _consent(row: _Row) -> Consent:
    expires = date.fromisoformat(row.expires) if isinstance(row.expires, str) else row.expires
    recorded_at = moment(row.recorded_at)
    assert row.person_id is not None  # noqa: S101 -- only such rows are read
    assert recorded_at is not None  # noqa: S101 -- the column is not nullable
    return Consent(
        row.person_id,
        row.giver,
        ConsentState(row.state),
        frozenset(Service(s) for s in row.services.split()),
        frozenset(Purpose[p] for p in row.purposes.split()),
        frozenset(row.recipients.split()),
        row.method,
        row.recorded_by,
        recorded_at,
        expires,
        row.sequence,
    )
