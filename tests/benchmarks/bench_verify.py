"""Measure verifying a million entries (D6): offline from an export, by the public key alone, and where they lie.

``python -m tests.benchmarks verify``; ``python -m tests.benchmarks.bench_verify 20000`` for fewer. The entries are a
question about one child at nine sources and its outcome, in turn, two thousand of them over and over; they are put
into the database in bulk, as the ledger would have written them, with a checkpoint for every hundred thousand.
"""

import asyncio
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from sqlmodel import SQLModel

from hub.audit import ORIGIN
from hub.audit.checkpoints import Checkpoints
from hub.audit.entries import Bucket, Ended, Entry, OutcomeRecord, SourceOutcome, new_record_id
from hub.audit.export import export_ledger
from hub.audit.leaf import Row, draft, placed
from hub.audit.merkle import Tree
from hub.audit.verify import verify, verify_database
from hub.keys import create_keys, read_keys
from hub.store.database import Database
from schema.outcomes import Outcome
from tests.benchmarks.bench_audit import FIELDS, TABLES, nine_sources

COUNT = 1_000_000
DIFFERENT = 2_000
BATCH = 10_000
EVERY = 100_000
INSERT = f"INSERT INTO audit_record ({','.join(Row._fields)}) VALUES ({','.join('?' * len(Row._fields))})"  # noqa: S608 -- names are constants of ours


def entries() -> Iterator[Entry]:
    """Give questions and their outcomes, in turn, for ever."""
    while True:
        asked = nine_sources()
        yield asked
        told = tuple(
            SourceOutcome(s.source, Outcome.RECORDS, None, FIELDS[:3], FIELDS[3:], Bucket.FEW) for s in asked.sources
        )
        yield OutcomeRecord(
            new_record_id(), asked.record_id, asked.request_id, asked.at, asked.subject, told, Ended.COMPLETE
        )


async def filled(folder: Path, count: int) -> Database:
    """Fill a database with so many entries."""
    create_keys(folder / "keys")
    database = Database(f"sqlite:///{folder / 'hub.db'}")
    async with database.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all, tables=TABLES)
    checkpoints = Checkpoints(database, read_keys(folder / "keys").ledger, ORIGIN)
    tree, made = Tree(), [draft(entry) for entry in islice(entries(), DIFFERENT)]
    with sqlite3.connect(folder / "hub.db") as connection:
        for first in range(0, count, BATCH):
            places = range(first, min(first + BATCH, count))
            rows = [placed(made[place % DIFFERENT], "bench", place) for place in places]
            connection.executemany(INSERT, rows)
            connection.commit()
            tree = tree.grown(row.leaf_hash for row in rows)
            if tree.size % EVERY == 0 or tree.size == count:
                await checkpoints.store("bench", tree, datetime.now(UTC))
    return database


async def main(count: int) -> int:
    """Print the table; 1 where something did not verify."""
    folder = Path(tempfile.mkdtemp(prefix="bench-verify-"))
    try:
        database = await filled(folder, count)
        public, export = read_keys(folder / "keys").ledger.public_key(), folder / "ledger.jsonl"
        await export_ledger(database, public, export)
        print(
            "| verifying | entries | seconds | of them on the processor | a second |\n|---|---|---|---|---|", flush=True
        )
        size = f"{export.stat().st_size / 1e9:.1f} GB"
        ok = True
        for what in (f"an export of {size}", "the SQLite database"):
            begun, busy = time.perf_counter(), time.process_time()
            found = await (
                asyncio.to_thread(verify, export, public) if "export" in what else verify_database(database, public)
            )
            took, used = time.perf_counter() - begun, time.process_time() - busy
            ok = ok and found.ok and found.records == count and not found.uncovered
            print(f"| {what} | {found.records:,} | {took:.1f} | {used:.1f} | {found.records / took:,.0f} |", flush=True)
        await database.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)))
