"""Items: what a lead is to look at, by reference: one a day of each sort, worker and person, with a notice of it."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Row, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit.entries import new_record_id
from hub.governance.acting import Acting, By, CannotBeDone, Note
from hub.governance.notices import leave as leave_notice
from hub.store.database import Database, patience, table
from hub.store.seconds import Now
from hub.store.tables.budgets import ReviewItemRow
from schema.governance.review_kinds import ReviewAbout, ReviewedAs

ITEM = table(ReviewItemRow)
NOTICE: Final = "review-item"
DAY: Final = 86_400

_INSERT: Final[dict[str, Callable[..., Any]]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_REMEMBERED: Final = 4_096


@dataclass(frozen=True, slots=True)
class Item:
    """Something to look at: whose lead, of what sort, by whom, in which request; names are the ledger's."""

    organisation: str
    about: ReviewAbout
    actor: str
    reference: str
    subject: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """An item as it is kept."""

    id: str
    item: Item
    at: datetime
    closed_at: datetime | None
    outcome: ReviewedAs | None


class Items:
    """Leaves items. Those it left today are remembered, so that a worker's every question does not ask the database."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """Keep them in this database."""
        self._database = database
        self._clock = clock
        self._left: OrderedDict[tuple[object, ...], None] = OrderedDict()

    async def leave(self, *items: Item) -> int:
        """Leave items that are not there yet, each with a notice; give how many. StoreUnavailable where it cannot."""
        hour = int(self._clock().timestamp()) // 3_600
        new = [(i, key) for i in dict.fromkeys(items) if (key := _key(i, hour)) not in self._left]
        if not new:
            return 0
        async with patience(), self._database.begin() as connection:
            left = sum([await self._leave(connection, item) for item, _ in new])
        for _, key in new:
            self._left[key] = None
        while len(self._left) > _REMEMBERED:
            self._left.popitem(last=False)
        return left

    async def _leave(self, connection: AsyncConnection, item: Item) -> bool:
        item_id = new_record_id()
        values = {
            "id": item_id,
            "organisation": item.organisation,
            "about": item.about.value,
            "actor": item.actor,
            "subject": item.subject,
            "detail": item.detail,
            "day": Now() / literal(DAY),
            "reference": item.reference,
            "at": Now(),
        }
        values["day"] = Now().op("/")(literal(DAY))  # whole days, in both databases
        insert = _INSERT[self._database.dialect](ITEM).values(values).on_conflict_do_nothing().returning(ITEM.c.id)
        if (await connection.execute(insert)).first() is None:
            return False
        await leave_notice(connection, (item.organisation,), NOTICE, item_id)
        return True


def _key(item: Item, hour: int) -> tuple[object, ...]:
    return (item.organisation, item.about, item.actor, item.subject, item.detail, hour)


async def items(database: Database, organisation: str, *, closed: bool = False) -> tuple[Kept, ...]:
    """Give what an organisation's lead is to look at, newest first; with those closed where they are wanted."""
    query = select(ITEM).where(ITEM.c.organisation == organisation).order_by(ITEM.c.at.desc(), ITEM.c.id)
    if not closed:
        query = query.where(ITEM.c.closed_at.is_(None))
    async with patience(), database.read() as connection:
        return tuple(map(_kept, await connection.execute(query)))


def _kept(row: Row[Any]) -> Kept:
    item = Item(row.organisation, ReviewAbout[row.about], row.actor, row.reference, row.subject, row.detail)
    closed = datetime.fromtimestamp(row.closed_at, UTC) if row.closed_at is not None else None
    outcome = ReviewedAs[row.outcome] if row.outcome else None
    return Kept(row.id, item, datetime.fromtimestamp(row.at, UTC), closed, outcome)


async def close(acting: Acting, item_id: str, outcome: ReviewedAs, by: By) -> None:
    """Say what a look at an item found; CannotBeDone where it is not there, closed, or about whoever says it."""
    found = {kept.id: kept for kept in await items(acting.database, by.organisation)}.get(item_id)
    if found is None:
        raise no_such()
    if found.item.actor == acting.pseudonyms.actor(by.subject):
        raise CannotBeDone("own-item", "what you did yourself is for somebody else to look at")

    async def change(connection: AsyncConnection) -> None:
        done = await connection.execute(
            update(ITEM)
            .where(ITEM.c.id == item_id, ITEM.c.closed_at.is_(None))
            .values(closed_at=Now(), closed_by=acting.pseudonyms.actor(by.subject), outcome=outcome.value)
        )
        if done.rowcount == 0:
            raise no_such()

    await acting.act(by, change, Note("review-item-closed", item_id, facts={"outcome": outcome.value}))


def no_such() -> CannotBeDone:
    """Say that there is no such item: somebody else's, one that is closed and none are alike."""
    return CannotBeDone("no-such-item", "your agency has no open review item of that id")


def sorts(kept: Iterable[Kept]) -> frozenset[ReviewAbout]:
    """Give the sorts of items there are."""
    return frozenset(one.item.about for one in kept)
