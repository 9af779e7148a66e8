"""The register: agreements, the active policy version, and what is decided of people, which is never kept."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, TypeVar

from sqlalchemy import Date, String, delete, insert, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.governance.agreements import Agreement, Agreements
from hub.governance.commencement import commencements
from hub.governance.consent import Consent
from hub.governance.epoch import move
from hub.governance.rows import agreement_values, consent_values, read_agreement_row
from hub.governance.standing import Standing, Unread
from hub.governance.standing_read import (
    AGREED,
    ALLOCATED,
    BAD_ROW,
    CONSENT,
    CONSENTS,
    GRANTED,
    NOT_SHARED,
    OBJECTED,
    VERSION,
    StandingRow,
    allocation_of,
    consent_of,
    grant_of,
    not_sharing_of,
    objection_of,
    second_person_of,
    standing_read,
)
from hub.store.database import Database, StoreUnavailable, patience, table
from hub.store.tables.governance import AgreementRow
from schema.lawful_bases import LawfulBasis

__all__ = ["Register", "Standing", "WrongPolicyVersion"]

AGREEMENT = table(AgreementRow)

T = TypeVar("T")


class WrongPolicyVersion(Exception):
    """The active policy version is not the one this replica holds: it may not answer with another."""


AGREEMENTS_AS_WRITTEN = select(
    *(type_coerce(c, String()).label(c.name) if isinstance(c.type, Date) else c for c in AGREEMENT.c)
)
"""Every agreement, with its days as the database keeps them: one that is no day must not hide the other agreements."""


class Register:
    """Reads and writes what governance owns."""

    def __init__(self, database: Database) -> None:
        """Read from this database; agreements are kept by epoch, consent never."""
        self._database = database
        self._kept: tuple[int, _Settled] | None = None

    async def standing(self, people: Sequence[str]) -> Standing:
        """Read what governs now, and what is decided of these people; StoreUnavailable when it cannot."""
        people = tuple(dict.fromkeys(people))
        read = standing_read(self._database.words, len(people))
        async with self._database.patience():
            found = await read.rows(self._database, {f"p{n}": p for n, p in enumerate(people)})
        if not found:
            raise StoreUnavailable("no policy version is active")
        rows = [StandingRow(*row) for row in found]
        return _standing(rows, await self._settled(rows[0].epoch))

    async def _settled(self, epoch: int) -> "_Settled":
        if self._kept is None or self._kept[0] != epoch:
            async with patience(), self._database.read() as connection:
                rows = (await connection.execute(AGREEMENTS_AS_WRITTEN)).all()
                begun = await commencements(connection)
            agreements = Agreements(read_agreement_row(row) for row in rows)
            unreadable = sum(not agreement.readable for agreement in agreements.all)
            faults = {"agreement-unreadable": unreadable, "commencement-unreadable": len(begun.faulty)}
            faults = {code: count for code, count in faults.items() if count}
            self._kept = (epoch, _Settled(agreements, dict(begun.found), faults))
        return self._kept[1]

    async def activate(self, version: str, now: datetime) -> None:
        """Make a policy version the active one, in one transaction."""
        async with self._database.begin() as connection:
            await move(connection)
            await connection.execute(update(VERSION).where(VERSION.c.active).values(active=False))
            done = await connection.execute(
                update(VERSION).where(VERSION.c.version == version).values(active=True, activated_at=now)
            )
            if done.rowcount == 0:
                await connection.execute(insert(VERSION).values(version=version, active=True, activated_at=now))

    async def activate_first(self, version: str, now: datetime) -> bool:
        """Make a version the active one where none is; say whether it was done. Starting switches no rules."""
        async with self._database.begin() as connection:
            await move(connection)
            if (await connection.execute(select(VERSION.c.version).where(VERSION.c.active))).first():
                return False
            await connection.execute(insert(VERSION).values(version=version, active=True, activated_at=now))
            return True

    async def record_agreements(self, agreements: Iterable[Agreement]) -> None:
        """Record agreements; one with the same id replaces the old."""
        async with self._database.begin() as connection:
            await move(connection)
            for agreement in agreements:
                await put_agreement(connection, agreement)

    async def record_consent(self, consent: Consent) -> None:
        """Record one giver's decision: given, refused or withdrawn. It acts on the next question everywhere."""
        async with self._database.begin() as connection:
            await move(connection)
            await put_consent(connection, consent, secrets.token_hex(16))


async def put_consent(connection: AsyncConnection, consent: Consent, row_id: str) -> None:
    """Write one giver's decision as a row of its own."""
    await connection.execute(insert(CONSENT).values(consent_values(consent, row_id)))


async def put_agreement(connection: AsyncConnection, agreement: Agreement) -> None:
    """Write an agreement in the place of the one with its id."""
    await connection.execute(delete(AGREEMENT).where(AGREEMENT.c.id == agreement.id))
    await connection.execute(insert(AGREEMENT).values(agreement_values(agreement)))


async def agencies_agreed(database: Database) -> frozenset[str]:
    """Give the agencies that have agreed to share what is theirs."""
    async with patience(), database.read() as connection:
        return frozenset((await connection.scalars(select(AGREEMENT.c.provider).distinct())).all())


class _Settled(NamedTuple):
    """What is about no person and changes only with the epoch."""

    agreements: Agreements
    commenced: Mapping[LawfulBasis, date]
    faults: Mapping[str, int]


def _standing(rows: Sequence[StandingRow], settled: _Settled) -> Standing:
    first = rows[0]
    if first.what is None:  # nothing was ever decided of any of them: the read is of nothing else then
        return Standing(
            first.epoch, first.policy_version, settled.agreements, (), now=first.now, commenced=settled.commenced,
            faults=settled.faults,
        )  # fmt: skip
    unread: dict[str, set[str]] = {}

    def read(what: str, one: Callable[[StandingRow], T]) -> Iterator[T]:
        for row in rows:
            if row.what == what:
                try:
                    yield one(row)
                except BAD_ROW:  # it closes what depends on it, for this person and nobody else
                    unread.setdefault(what, set()).add(row.person_id)

    return Standing(
        first.epoch,
        first.policy_version,
        settled.agreements,
        tuple(read(CONSENTS, consent_of)),
        tuple(read(NOT_SHARED, not_sharing_of)),
        tuple(read(OBJECTED, objection_of)),
        tuple(read(GRANTED, grant_of)),
        first.now,
        tuple(read(ALLOCATED, allocation_of)),
        tuple(read(AGREED, second_person_of)),
        settled.commenced,
        Unread(*(frozenset(unread.get(what, ())) for what in (CONSENTS, NOT_SHARED, OBJECTED))),
        settled.faults,
    )
