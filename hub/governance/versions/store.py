"""The store of versions: rows of cells into tables and back, each cell checked on its way in and on its way out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CursorResult,
    Dialect,
    Select,
    bindparam,
    func,
    insert,
    literal_column,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.governance.versions.errors import VersionDamaged, VersionRefused
from hub.governance.versions.example_cells import EXAMPLE_COLUMNS
from hub.governance.versions.stages import COMING_AND_GOING, Stage
from hub.governance.versions.steps import Step, step_of
from hub.governance.versions.version import SHORT, Cells, Content, Version, digest_of
from hub.identity.requester import Requester
from hub.store.database import Database, patience, table
from hub.store.one_hop import OneHop, moment
from hub.store.tables.governance import GovernanceEpoch, PolicyVersion
from hub.store.tables.policy import ExampleCells, RulebookRow, RuleCells, StepRow
from policies.rows import COLUMNS

EPOCH, ACTIVE = table(GovernanceEpoch), table(PolicyVersion)
BOOK, RULE, EXAMPLE, STEP = table(RulebookRow), table(RuleCells), table(ExampleCells), table(StepRow)

_RULES = select(*(RULE.c[name] for name in COLUMNS))
_ACTIVE = select(ACTIVE.c.version).where(ACTIVE.c.active)
_EXAMPLES = select(*(EXAMPLE.c[name] for name in EXAMPLE_COLUMNS)).order_by(EXAMPLE.c.place)

_CAME = select(STEP).where(STEP.c.stage == Stage.ACTIVE.value).order_by(STEP.c.sequence.desc()).limit(1)
_LAST = _CAME.with_only_columns(STEP.c.version).scalar_subquery()
_OTHER = _CAME.with_only_columns(STEP.c.version).where(STEP.c.version != _LAST)
_COUNTING = select(
    select(ACTIVE.c.version).where(ACTIVE.c.active).scalar_subquery(),
    _CAME.with_only_columns(STEP.c.at).scalar_subquery(),
    _OTHER.scalar_subquery(),
    func.current_timestamp(),
)


@dataclass(frozen=True, slots=True)
class Counting:
    """Which version counts; since when and after which, by the last steps of their lives; and the database's time."""

    active: str | None
    since: datetime | None
    before: str | None
    now: datetime

    @property
    def last(self) -> str:
        """Give the version that counted before the one that does; VersionRefused where none did."""
        if self.before is None:
            raise VersionRefused("no version counted before this one")
        return self.before


class Rows(NamedTuple):
    """What is stored of a version, as the database has it: its digests, the cells of its rules and of its examples."""

    digests: Sequence[Any]
    rules: Sequence[Any]
    examples: Sequence[Any]


@dataclass(frozen=True, slots=True)
class _Often:
    """What is read each second, straight through the driver: as rows for SQLAlchemy it would cost ten times as much."""

    active: OneHop
    waiting: OneHop
    rows: tuple[OneHop, OneHop, OneHop]

    @classmethod
    @lru_cache(maxsize=4)
    def of(cls, words: Dialect) -> "_Often":
        """Write it in the words of a database."""
        version: BindParameter[str] = bindparam("version")
        return cls(
            OneHop(_ACTIVE, words),
            OneHop(_standing_at(Stage.APPROVED, Stage.SCHEDULED).with_only_columns(STEP.c.version), words),
            (
                OneHop(select(BOOK.c.digest, BOOK.c.examples_digest).where(BOOK.c.version == version), words),
                OneHop(_RULES.where(RULE.c.version == version), words),
                OneHop(_EXAMPLES.where(EXAMPLE.c.version == version), words),
            ),
        )


class Versions:
    """Reads stored versions and their lives; StoreUnavailable where the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._often = _Often.of(database.words)

    async def read(self, version: str) -> Version:
        """Read a whole version and check every cell by its digest; VersionDamaged where they differ."""
        async with patience(), self._database.read() as connection:
            return await read_version(connection, version)

    async def steps(self, version: str | None = None) -> tuple[Step, ...]:
        """Give the steps of one version, or of all, oldest first."""
        async with patience(), self._database.read() as connection:
            return await read_steps(connection, version)

    async def scheduled(self) -> tuple[Step, ...]:
        """Give the last step of each version that waits for its moment, the earliest moment first."""
        return await self._standing_at(Stage.SCHEDULED, order=(STEP.c.effective_at, STEP.c.sequence))

    async def agreed(self) -> tuple[Step, ...]:
        """Give the last step of each version that is approved, scheduled or not, the latest first."""
        return await self._standing_at(Stage.APPROVED, Stage.SCHEDULED, order=(STEP.c.sequence.desc(),))

    async def waits(self) -> bool:
        """Say whether any version is approved, scheduled or not, and does not count yet."""
        async with self._database.patience():
            return bool(await self._often.waiting.rows(self._database, {}))

    async def rows(self, version: str) -> Rows:
        """Read all that is stored of a version, as it stands."""
        async with self._database.patience():
            return Rows(*[await read.rows(self._database, {"version": version}) for read in self._often.rows])

    async def _standing_at(self, *stages: Stage, order: Sequence[ColumnElement[Any]]) -> tuple[Step, ...]:
        async with patience(), self._database.read() as connection:
            return tuple(map(step_of, await connection.execute(_standing_at(*stages).order_by(*order))))

    async def counting(self) -> Counting:
        """Give which version counts, since when, and which did before it."""
        async with patience(), self._database.read() as connection:
            return await read_counting(connection)

    async def active(self) -> str | None:
        """Give the id of the version that counts."""
        async with self._database.patience():
            found = await self._often.active.rows(self._database, {})
        if len(found) > 1:
            raise VersionRefused("more than one version is active")
        return found[0][0] if found else None

    async def now(self) -> datetime:
        """Give the database's own time: no replica's clock decides."""
        async with patience(), self._database.read() as connection:
            return await read_now(connection)


async def read_version(connection: AsyncConnection, version: str) -> Version:
    """Read a whole version within a transaction."""
    try:
        book = (await connection.execute(select(BOOK).where(BOOK.c.version == version))).one_or_none()
    except (TypeError, ValueError):  # when it was made is no moment
        raise VersionDamaged(version) from None
    if book is None:
        raise VersionRefused(f"there is no version {version}")
    unordered = _cells(await connection.execute(_RULES.where(RULE.c.version == version)))
    rules = tuple(
        sorted(unordered, key=lambda cells: str(cells["id"]))
    )  # by its bytes, whatever the database's language
    examples = _cells(await connection.execute(_EXAMPLES.where(EXAMPLE.c.version == version)))
    _insist(version, (book.digest, book.examples_digest), rules, examples)
    made_at = moment(book.made_at)
    assert made_at is not None  # noqa: S101 -- the column is not nullable
    return Version(version, book.digest, rules, examples, book.parent, book.author, book.agency, book.reason, made_at)


def insist(version: str, rows: Rows) -> None:
    """Check every cell by its digest, as reading the version would; VersionDamaged or VersionRefused."""
    if not rows.digests:
        raise VersionRefused(f"there is no version {version}")
    rules = sorted((dict(zip(COLUMNS, row, strict=True)) for row in rows.rules), key=lambda cells: str(cells["id"]))
    examples = [dict(zip(EXAMPLE_COLUMNS, row, strict=True)) for row in rows.examples]
    _insist(version, tuple(rows.digests[0]), rules, examples)


def _insist(version: str, told: tuple[str, str], rules: Iterable[Cells], examples: Iterable[Cells]) -> None:
    try:
        digest = digest_of(rules)
        holds = (digest, digest_of(examples)) == told and digest[:SHORT] == version
    except TypeError:  # SQLite keeps whatever it is given
        holds = False
    if not holds:
        raise VersionDamaged(version)


def _standing_at(*stages: Stage) -> Select[Any]:
    later = STEP.alias()
    no_later = (
        ~select(later.c.sequence).where(later.c.version == STEP.c.version, later.c.sequence > STEP.c.sequence).exists()
    )
    there = STEP.c.stage.in_([literal_column(f"'{stage.value}'") for stage in stages])
    return select(STEP).where(there, no_later)


def _cells(rows: CursorResult[Any]) -> tuple[Cells, ...]:
    names = [str(name) for name in rows.keys()]  # noqa: SIM118 -- a result's own method: it is no mapping
    return tuple(dict(zip(names, row, strict=True)) for row in rows)


async def read_steps(connection: AsyncConnection, version: str | None) -> tuple[Step, ...]:
    """Read steps within a transaction, oldest first."""
    query = select(STEP).order_by(STEP.c.sequence)
    rows = await connection.execute(query if version is None else query.where(STEP.c.version == version))
    return tuple(step_of(row) for row in rows)


async def read_life(connection: AsyncConnection, version: str) -> tuple[Step, ...]:
    """Read the steps by which a version came to be approved, and its last: not how often it came and went since."""
    last = select(func.max(STEP.c.sequence)).where(STEP.c.version == version).scalar_subquery()
    telling = or_(STEP.c.act.not_in(COMING_AND_GOING), STEP.c.sequence == last)
    query = select(STEP).where(STEP.c.version == version, telling).order_by(STEP.c.sequence)
    return tuple(map(step_of, await connection.execute(query)))


async def read_counting(connection: AsyncConnection) -> Counting:
    """Read which version counts, since when, and which did before it, within a transaction and by one statement."""
    active, since, before, now = (await connection.execute(_COUNTING)).one()
    told = moment(now)
    assert told is not None  # noqa: S101 -- every database knows the time
    return Counting(active, moment(since), before, told.astimezone(UTC))


async def read_active(connection: AsyncConnection) -> str | None:
    """Read which version counts, within a transaction."""
    found: str | None = (await connection.execute(_ACTIVE)).scalar_one_or_none()
    return found


async def read_now(connection: AsyncConnection) -> datetime:
    """Read the database's time within a transaction, in UTC."""
    now = moment((await connection.execute(select(func.current_timestamp()))).scalar_one())
    assert now is not None  # noqa: S101 -- every database knows the time
    return now.astimezone(UTC)


async def is_stored(connection: AsyncConnection, version: str) -> bool:
    """Say whether a version's content is stored at all."""
    return (await connection.execute(select(BOOK.c.version).where(BOOK.c.version == version))).first() is not None


async def write_version(
    connection: AsyncConnection, content: Content, parent: str | None, by: Requester, reason: str, now: datetime
) -> None:
    """Store a version's rows; its rulebook exists, so every cell was validated."""
    version, rules = content.rulebook.version, content.rules
    digest = digest_of(rules)
    if digest[:SHORT] != version:
        raise VersionDamaged(version)
    told = {"author": by.subject, "agency": by.organisation, "reason": reason, "made_at": now, "parent": parent}
    digests = {"digest": digest, "examples_digest": digest_of(content.example_cells)}
    await connection.execute(insert(BOOK).values(version=version, **digests, **told))
    await connection.execute(insert(RULE), [{"version": version, **cells} for cells in rules])
    if content.example_cells:
        await connection.execute(insert(EXAMPLE), _placed(version, content.example_cells))


def _placed(version: str, examples: Sequence[Cells]) -> list[dict[str, object]]:
    return [{"version": version, "place": place, **cells} for place, cells in enumerate(examples, 1)]


async def any_stored(connection: AsyncConnection) -> bool:
    """Say whether any version is stored."""
    return (await connection.execute(select(BOOK.c.version).limit(1))).first() is not None
