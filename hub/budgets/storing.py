"""Storing: what a user came to is changed only from what it was, in one statement, with the sums of their groups.

Written against the version it was read at: of two replicas that count at once one is refused and reads again. The
commit is not waited for on disk. The ledger's own, which every answer waits for, comes after it in the same database's
log, and makes it durable (PostgreSQL's asynchronous commit keeps their order; SQLite syncs one write-ahead log).
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

from sqlalchemy.engine import make_url

from hub.budgets.use import DAY, HOUR
from hub.store.database import Database, patience

T = TypeVar("T")

SLOT = 300
"""Seconds of one slot."""

_BUSY = 1.0

_READ = "SELECT {now}, version, state FROM (SELECT 1) AS one LEFT JOIN budget_use ON account = {a}"
_PUT = (
    "INSERT INTO budget_use AS b (account, version, at, state) VALUES ({a}, {v} + 1, {now}, {s})"
    " ON CONFLICT (account) DO UPDATE SET version = excluded.version, at = excluded.at, state = excluded.state"
    " WHERE b.version = {v} RETURNING 1"
)
_ADDED = (
    " ON CONFLICT (account, slot) DO UPDATE SET"
    " people = budget_slot.people + excluded.people, searches = budget_slot.searches + excluded.searches"
)
_PG_NOW = "CAST(EXTRACT(EPOCH FROM now()) AS BIGINT)"
_LITE_NOW = "CAST(strftime('%s', 'now') AS INTEGER)"
_SUMS = (
    "COALESCE(SUM(CASE WHEN s.slot > {h} THEN s.people END), 0), COALESCE(SUM(s.people), 0),"
    " COALESCE(SUM(CASE WHEN s.slot > {h} THEN s.searches END), 0)"
)
_PG_READ = _READ.format(now=_PG_NOW, a="$1")
_PG_PUT = (
    f"WITH mine AS ({_PUT.format(now=_PG_NOW, a='$1', v='$2::bigint', s='$3')}),"  # noqa: S608 -- all constants of ours
    " theirs AS (INSERT INTO budget_slot (account, slot, people, searches)"
    " SELECT g.account, $5::bigint, $6::bigint, $7::bigint FROM mine, unnest($4::text[]) AS g(account)"
    f" WHERE $6::bigint + $7::bigint <> 0 ORDER BY 1{_ADDED})"
    f" SELECT (SELECT count(*) FROM mine), {_PG_NOW}, g.account, {_SUMS.format(h='$5::bigint - 3600')},"
    " set_config('synchronous_commit', 'off', true)"
    " FROM unnest($4::text[]) AS g(account)"
    " LEFT JOIN budget_slot s ON s.account = g.account AND s.slot > $5::bigint - 86400 GROUP BY g.account"
)
_LITE_READ = _READ.format(now=_LITE_NOW, a="?1")
_LITE_PUT = _PUT.format(now=_LITE_NOW, a="?1", v="?2", s="?3")
_LITE_ADD = f"INSERT INTO budget_slot (account, slot, people, searches) VALUES (?1, ?2, ?3, ?4){_ADDED}"  # noqa: S608 -- the same
_LITE_SUMS = (
    f"SELECT {_LITE_NOW}, {_SUMS.format(h='?2 - 3600')} FROM budget_slot s WHERE s.account = ?1 AND s.slot > ?2 - 86400"  # noqa: S608 -- the same
)
_OLD = ("DELETE FROM budget_use WHERE at < {before}", "DELETE FROM budget_slot WHERE slot < {before}")


class Sums(NamedTuple):
    """What a group came to before this request: people in an hour and in a day, searches in an hour."""

    people_hour: int
    people_day: int
    searches_hour: int


class Stored(NamedTuple):
    """What was read: the moment by the database's clock, and the version and bytes; none where nothing is there."""

    now: int
    version: int
    state: bytes | None


class Put(NamedTuple):
    """What came of writing: whether it was done, the moment, and the sums of the groups in the order given."""

    done: bool
    now: int
    sums: tuple[Sums, ...]


class Storing:
    """Reads and writes budgets; whatever goes wrong is StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        """Keep them in this database."""
        self._database = database
        self._thread = ThreadPoolExecutor(1, "budgets") if database.dialect == "sqlite" else None
        self._connection: sqlite3.Connection | None = None

    async def read(self, account: str) -> Stored:
        """Read what a user came to."""
        async with patience():
            if self._thread is not None:
                row = await self._on_thread(lambda c: c.execute(_LITE_READ, (account,)).fetchone())
            else:
                (row,) = await self._fetch(_PG_READ, account)
        now, version, state = row
        return Stored(now, version or 0, state if state is None or isinstance(state, bytes) else b"")

    async def put(
        self, account: str, version: int, state: bytes, groups: Sequence[str], slot: int, people: int, searches: int
    ) -> Put:
        """Write what a user came to, if it is still of that version, and add to the groups."""
        async with patience():
            if self._thread is not None:
                return await self._on_thread(
                    lambda c: _lite(c, account, version, state, groups, slot, people, searches)
                )
            rows = await self._fetch(_PG_PUT, account, version, state, list(groups), slot, people, searches)
        sums = {row[2]: Sums(row[3], row[4], row[5]) for row in rows}
        return Put(bool(rows[0][0]), rows[0][1], tuple(sums[g] for g in groups))

    async def probe(self) -> None:
        """Try whether anything could be written; StoreUnavailable where not."""
        async with patience():
            if self._thread is not None:
                await self._on_thread(lambda c: c.executescript("BEGIN IMMEDIATE; ROLLBACK"))
            else:
                await self._fetch(_PG_READ, "")

    async def sweep(self, now: int) -> None:
        """Forget what no window reaches any more."""
        before = now - DAY - HOUR
        async with patience(), self._database.begin() as connection:
            for statement in _OLD:
                await connection.exec_driver_sql(statement.format(before=int(before)))

    async def close(self) -> None:
        """Let go of the file."""
        if self._thread is not None:
            thread, self._thread = self._thread, None
            await asyncio.get_running_loop().run_in_executor(thread, self._close)
            thread.shutdown()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    async def _fetch(self, text: str, *given: object) -> list[Any]:
        async with self._database.read() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None  # noqa: S101 -- a connection that is open has one
            return list(await driver.fetch(text, *given))

    async def _on_thread(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._with, work)

    def _with(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._connection is None:
            path = make_url(self._database.url).database or ""
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=_BUSY)
            self._connection.execute("PRAGMA synchronous=NORMAL")
        try:
            return work(self._connection)
        except sqlite3.Error:
            connection, self._connection = self._connection, None
            connection.close()
            raise


def _lite(
    connection: sqlite3.Connection,
    account: str,
    version: int,
    state: bytes,
    groups: Sequence[str],
    slot: int,
    people: int,
    searches: int,
) -> Put:
    connection.execute("BEGIN IMMEDIATE")
    done = connection.execute(_LITE_PUT, (account, version, state)).fetchall()
    sums, now = [], 0
    for group in groups:
        now, *found = connection.execute(_LITE_SUMS, (group, slot)).fetchone()
        sums.append(Sums(*found))
        if done and people + searches:
            connection.execute(_LITE_ADD, (group, slot, people, searches))
    connection.execute("COMMIT")
    return Put(bool(done), now, tuple(sums))
