"""The line before the places: askers take turns, and each asker's own go in the order they came.

Whoever gave a place up for a while goes first. Then named askers, strangers and what has patience (watches, that look
again by themselves) take turns, so that none keeps another out. Where the line is full, the latest of whoever has most
in it gives way to one who has fewer.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from hub.admitting.askers import Asker


class Rank(Enum):
    """Who goes before whom."""

    BACK = "back"
    NAMED = "named"
    STRANGER = "stranger"
    PATIENT = "patient"


@dataclass(eq=False, slots=True)
class Waiter:
    """One who waits, and since when."""

    asker: Asker
    rank: Rank
    came: float
    turn: asyncio.Future[None]


FIRST: Final = frozenset({Rank.NAMED, Rank.STRANGER})
"""Those who are sent away where it takes too long."""

Queues = OrderedDict[Asker, deque[Waiter]]

STRANGERS_WEIGH: Final = 2
"""As how many of a named asker's one of a stranger's counts where somebody must give way."""


class Line:
    """Those who wait."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._queues: dict[Rank, Queues] = {rank: OrderedDict() for rank in Rank}
        self._turns = deque((Rank.NAMED, Rank.STRANGER, Rank.PATIENT))
        self._waiting = 0

    def __len__(self) -> int:
        """Give how many wait who never had a place and have no patience."""
        return self._waiting

    @property
    def empty(self) -> bool:
        """Say whether nobody waits at all, those included who had a place."""
        return not any(self._queues.values())

    def add(self, waiter: Waiter) -> None:
        """Put one at the end of their asker's own."""
        self._queues[waiter.rank].setdefault(waiter.asker, deque()).append(waiter)
        self._waiting += waiter.rank in FIRST

    def remove(self, waiter: Waiter) -> bool:
        """Take one out who goes; say whether they were in line still."""
        queues = self._queues[waiter.rank]
        queue = queues.get(waiter.asker)
        if queue is None or waiter not in queue:
            return False
        queue.remove(waiter)
        self._left(queues, waiter)
        return True

    def next(self, may: Callable[[Asker], bool]) -> Waiter | None:
        """Take out whose turn it is, of those who may start; none where nobody may."""
        for rank in (Rank.BACK, *self._turns):
            queues = self._queues[rank]
            for asker, queue in queues.items():
                if may(asker):
                    waiter = queue.popleft()
                    queues.move_to_end(asker)
                    self._left(queues, waiter)
                    if rank is not Rank.BACK:
                        self._turns.remove(rank)
                        self._turns.append(rank)
                    return waiter
        return None

    def before(self, asker: Asker) -> int:
        """Give how many would start before one more of an asker's, at most."""
        rank = _rank(asker)
        queues = self._queues[rank]
        mine, others = len(queues.get(asker, ())), len(queues) + (asker not in queues)
        taking_turns = sum(bool(self._queues[one]) for one in self._turns if one is not rank) + 1
        return min(self._waiting + len(self._queues[Rank.PATIENT]), (mine + 1) * others * taking_turns - 1)

    def giving_way(self, asker: Asker) -> Waiter | None:
        """Take out the latest of whoever has most, if that is more than this asker would have; else nobody."""
        most = max(self._first_comers(), key=_weight, default=None)
        mine = len(self._queues[_rank(asker)].get(asker, ())) + 1
        if most is None or _weight(most) <= mine * (1 if asker.named else STRANGERS_WEIGH):
            return None
        latest = most[-1]
        self.remove(latest)
        return latest

    def oldest(self) -> Waiter | None:
        """Give who waits longest of those who never had a place."""
        return min((queue[0] for queue in self._first_comers()), key=lambda waiter: waiter.came, default=None)

    def _first_comers(self) -> Iterator[deque[Waiter]]:
        yield from self._queues[Rank.NAMED].values()
        yield from self._queues[Rank.STRANGER].values()

    def _left(self, queues: Queues, waiter: Waiter) -> None:
        self._waiting -= waiter.rank in FIRST
        if not queues[waiter.asker]:
            del queues[waiter.asker]


def first_comer(asker: Asker, came: float) -> Waiter:
    """Make one who never had a place."""
    return Waiter(asker, _rank(asker), came, asyncio.get_running_loop().create_future())


def patient(asker: Asker, came: float) -> Waiter:
    """Make one who waits however long it takes."""
    return Waiter(asker, Rank.PATIENT, came, asyncio.get_running_loop().create_future())


def coming_back(asker: Asker, came: float) -> Waiter:
    """Make one who gave their place up for a while."""
    return Waiter(asker, Rank.BACK, came, asyncio.get_running_loop().create_future())


def _rank(asker: Asker) -> Rank:
    return Rank.NAMED if asker.named else Rank.STRANGER


def _weight(queue: deque[Waiter]) -> int:
    return len(queue) * (1 if queue[0].asker.named else STRANGERS_WEIGH)
