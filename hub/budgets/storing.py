"""Storing: what a user came to is changed only from what it was, in one statement, with the sums of their groups.

Written against the version it was read at: of two replicas that count at once one is refused and reads again. Of a
group each is told what everybody before them came to: whoever adds to its slot waits for whoever is adding, and sums
what is there then (SQLite has one writer; PostgreSQL gives back the row as it was left, newer than its snapshot). The
commit is not waited for on disk. The ledger's own, which every answer waits for, comes after it in the same database's
log, and makes it durable (PostgreSQL's asynchronous commit keeps their order; SQLite syncs one write-ahead log).

So SQLite is written to where it stands, in some tens of microseconds: to wake a thread and be woken by it takes longer.
Where somebody else is writing at that moment, a thread waits for them instead.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

from sqlalchemy.engine import make_url

from hub.budgets.use import DAY, HOUR
from hub.store.database import Database, Patience, patience

T = TypeVar("T")

SLOT = 300
"""Seconds of one slot."""

_TURN = 10
"""Seconds around a slot's turn in which one statement may write to the slot before it, and another to the one after."""

_BUSY = 1.0
_PRIMARY = 0xFF
"""The part of an error's code of SQLite's that says what went wrong; the rest says more of it."""

_READ = "SELECT {now}, version, state FROM (SELECT 1) AS one LEFT JOIN budget_use ON account = {a}"
_PUT = (
    "INSERT INTO budget_use AS b (account, version, at, state) VALUES ({a}, {v} + 1, {now}, {s})"
    " ON CONFLICT (account) DO UPDATE SET version = excluded.version, at = excluded.at, state = excluded.state"
    " WHERE b.version = {v} RETURNING at"
)
_ADDED = (
    " ON CONFLICT (account, slot) DO UPDATE SET"
    " people = budget_slot.people + excluded.people, searches = budget_slot.searches + excluded.searches"
)
_PG_NOW = "CAST(EXTRACT(EPOCH FROM now()) AS BIGINT)"
_LITE_NOW = "CAST(strftime('%s', 'now') AS INTEGER)"
_SUMS = (
    "COALESCE(SUM(CASE WHEN s.slot > {h} THEN {people} END), 0), COALESCE(SUM({people}), 0),"
    " COALESCE(SUM(CASE WHEN s.slot > {h} THEN {searches} END), 0)"
)
_PG_READ = _READ.format(now=_PG_NOW, a="$1")
_PG_SUMS = _SUMS.format(h="$5 - 3600", people="s.people::int", searches="s.searches::int")  # of wider: decimals
_PG_SLOTS = (  # the one written to; and near its turn, by nothing, the one others may be writing to
    f"(VALUES ($5::bigint, $6::bigint, $7::bigint), ($5 - {SLOT}, 0, 0), ($5 + {SLOT}, 0, 0))"
    " AS n(slot, people, searches)"
    f" WHERE n.slot = $5 OR n.slot < $5 AND {_PG_NOW} < $5 + {_TURN} OR n.slot > $5 AND {_PG_NOW} >= n.slot - {_TURN}"
)
_PG_PUT = (
    f"WITH mine AS ({_PUT.format(now=_PG_NOW, a='$1', v='$2::bigint', s='$3')}),"  # noqa: S608 -- all constants of ours
    " theirs AS (INSERT INTO budget_slot (account, slot, people, searches)"
    f" SELECT g.account, n.slot, n.people, n.searches FROM mine, unnest($4::text[]) AS g(account), {_PG_SLOTS}"
    f" ORDER BY 1, 2{_ADDED} RETURNING account, slot, people, searches),"
    " fresh AS (SELECT account, CAST(SUM(people) - $6 AS BIGINT) AS people,"
    " CAST(SUM(searches) - $7 AS BIGINT) AS searches FROM theirs GROUP BY account)"
    f" SELECT (SELECT count(*) FROM mine), {_PG_NOW}, g.account, {_PG_SUMS},"
    " set_config('synchronous_commit', 'off', true),"
    " COALESCE((SELECT people FROM fresh WHERE fresh.account = g.account), 0),"
    " COALESCE((SELECT searches FROM fresh WHERE fresh.account = g.account), 0)"
    " FROM unnest($4::text[]) AS g(account) LEFT JOIN budget_slot s"
    " ON s.account = g.account AND s.slot > $5 - 86400 AND s.slot NOT IN (SELECT slot FROM theirs) GROUP BY g.account"
)
_PG_ALONE = (
    f"WITH mine AS ({_PUT.format(now=_PG_NOW, a='$1', v='$2::bigint', s='$3')})"  # noqa: S608 -- the same
    f" SELECT (SELECT count(*) FROM mine), {_PG_NOW}, set_config('synchronous_commit', 'off', true)"
)
_LITE_READ = _READ.format(now=_LITE_NOW, a="?1")
_LITE_PUT = _PUT.format(now=_LITE_NOW, a="?1", v="?2", s="?3")
_LITE_ADD = f"INSERT INTO budget_slot (account, slot, people, searches) VALUES (?1, ?2, ?3, ?4){_ADDED}"  # noqa: S608 -- the same
_LITE_SUMS_OF = _SUMS.format(h="?2 - 3600", people="s.people", searches="s.searches")
_LITE_SUMS = f"SELECT {_LITE_SUMS_OF} FROM budget_slot s WHERE s.account = ?1 AND s.slot > ?2 - 86400"  # noqa: S608 -- the same
_OLD = ("DELETE FROM budget_use WHERE at < {before}", "DELETE FROM budget_slot WHERE slot < {before}")


class Sums(NamedTuple):
    """What a group came to before this request: people in an hour and in a day, searches in an hour."""

    people_hour: int
    people_day: int
    searches_hour: int


NO_MORE = Sums(0, 0, 0)
"""Stands for the sums where a request adds nothing to them: they are compared with nothing then."""


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
        path = make_url(database.url).database or ""
        self._here, self._there = _Lite(path, 0), _Lite(path, _BUSY)

    def patience(self) -> Patience:
        """Give what a count is made in."""
        return self._database.patience()

    async def read(self, account: str) -> Stored:
        """Read what a user came to."""
        async with self._database.patience():
            if self._thread is not None:
                row = await self._lite(lambda c: c.execute(_LITE_READ, (account,)).fetchone())
            else:
                (row,) = await self._database.hops.fetch(_PG_READ, account)
        now, version, state = row
        return Stored(now, version or 0, state if state is None or isinstance(state, bytes) else b"")

    async def put(
        self, account: str, version: int, state: bytes, groups: Sequence[str], slot: int, people: int, searches: int
    ) -> Put:
        """Write what a user came to, if it is still of that version, and add to the groups."""
        async with self._database.patience():
            if self._thread is not None:
                return await self._lite(lambda c: _put(c, account, version, state, groups, slot, people, searches))
            if not people + searches:  # as in SQLite
                ((done, now, _),) = await self._database.hops.fetch(_PG_ALONE, account, version, state)
                return Put(bool(done), now, (NO_MORE,) * len(groups))
            given = (account, version, state, list(groups), slot, people, searches)
            rows = await self._database.hops.fetch(_PG_PUT, *given)
        sums = {row[2]: Sums(row[3] + row[7], row[4] + row[7], row[5] + row[8]) for row in rows}
        return Put(bool(rows[0][0]), rows[0][1], tuple(sums[g] for g in groups))

    async def probe(self) -> None:
        """Try whether anything could be written; StoreUnavailable where not."""
        async with self._database.patience():
            if self._thread is not None:
                await self._lite(lambda c: c.executescript("BEGIN IMMEDIATE; ROLLBACK"))
            else:
                await self._database.hops.fetch(_PG_READ, "")

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
            self._here.close()
            await asyncio.get_running_loop().run_in_executor(thread, self._there.close)
            thread.shutdown()

    async def _lite(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do it here, or on the thread where somebody else is writing."""
        try:
            return self._here.do(work)
        except sqlite3.OperationalError as error:
            if not _busy(error):
                raise
        async with patience():
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._there.do, work)


class _Lite:
    """A connection to an SQLite file, for one thread, opened when it is first wanted and again after an error."""

    def __init__(self, path: str, busy: float) -> None:
        """Wait so many seconds for whoever else is writing."""
        self._path = path
        self._busy = busy
        self._connection: sqlite3.Connection | None = None

    def do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Work with the connection; after an error nothing of it is begun any more."""
        connection = self._connection or self._opened()
        try:
            return work(connection)
        except sqlite3.Error as error:
            if connection.in_transaction or not _busy(error):
                self.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _opened(self) -> sqlite3.Connection:
        self._connection = connection = sqlite3.connect(self._path, isolation_level=None, timeout=self._busy)
        for pragma in ("synchronous=NORMAL", "wal_autocheckpoint=0"):  # those checkpoint who may wait for the disk
            connection.execute(f"PRAGMA {pragma}")
        return connection


def _busy(error: sqlite3.Error) -> bool:
    """Say whether somebody else was writing, and nothing else is wrong."""
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)  # an error of Python's own has none
    return code & _PRIMARY == sqlite3.SQLITE_BUSY


def _put(
    connection: sqlite3.Connection,
    account: str,
    version: int,
    state: bytes,
    groups: Sequence[str],
    slot: int,
    people: int,
    searches: int,
) -> Put:
    if not people + searches:  # nothing more for any group: a transaction by itself, and no sum plays any part
        done = connection.execute(_LITE_PUT, (account, version, state)).fetchall()
        return Put(bool(done), done[0][0] if done else 0, (NO_MORE,) * len(groups))
    connection.execute("BEGIN IMMEDIATE")
    done = connection.execute(_LITE_PUT, (account, version, state)).fetchall()
    sums = []
    for group in groups:
        sums.append(Sums(*connection.execute(_LITE_SUMS, (group, slot)).fetchone()))
        if done:
            connection.execute(_LITE_ADD, (group, slot, people, searches))
    connection.execute("COMMIT")
    return Put(bool(done), done[0][0] if done else 0, tuple(sums))
