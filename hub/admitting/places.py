"""Places: who may start now, who waits, and who is told at once to come later. No asker has all while others ask.

One question starts in each turn of the event loop: turns are short while the processor keeps up, and when it does not
they grow long, so that those under way get on before more are begun.
"""

import asyncio
import contextlib
import math
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final

from hub.admitting.askers import Asker
from hub.admitting.company import Company
from hub.admitting.line import FIRST, Line, Waiter, coming_back, first_comer, patient

ITSELF: Final = Asker("", named=True)
"""The hub, that looks again for whoever watches."""

HEED = 0.1
"""How much the latest wait between two starts counts towards the usual one."""


class Busy(Exception):
    """Whoever asks would wait too long."""

    def __init__(self, seconds: float) -> None:
        """Say after how many seconds it may be better."""
        super().__init__("busy")
        self.seconds = max(1, math.ceil(seconds))


@dataclass(frozen=True, slots=True)
class Room:
    """How many questions may be answered at once, how many more may wait, for how many seconds; how many of one asker.

    What is expected to take more than half of those seconds is refused at once: the pace may slacken meanwhile.
    """

    at_once: int = 32
    waiting: int = 256
    patience: float = 1.0
    each: int = 4

    @property
    def strangers(self) -> int:
        """Give how many may be answered at once of those whom nobody knows yet."""
        return max(1, self.at_once // 2)


class Places:
    """The places of one process."""

    def __init__(self, room: Room, clock: Callable[[], float]) -> None:
        """Begin with every place free; ``clock`` gives seconds."""
        self._room = room
        self._clock = clock
        self._taken: Counter[Asker] = Counter()
        self._all = self._strangers = 0
        self._company = Company(clock)
        self._line = Line()
        self._turning = False
        """Whether the next turn of the loop is waited for, to let the next one start."""
        self._last = 0.0
        """When somebody last started, or the line began."""
        self._pace = 0.0
        """Seconds between two starts, lately, since somebody waits."""
        self._late: asyncio.TimerHandle | None = None

    @property
    def taken(self) -> int:
        """Give how many are being answered."""
        return self._all

    @property
    def waiting(self) -> int:
        """Give how many wait."""
        return len(self._line)

    async def take(self, asker: Asker) -> None:
        """Take a place, at once or in turn; Busy says that it would take too long."""
        self._company.heard_of(asker)
        if not self._turning and self._may(asker):
            self._start(asker)
            return
        expected = self._expected(asker)
        if expected > self._room.patience / 2:
            raise Busy(expected)
        if len(self._line) >= self._room.waiting + max(0, self._room.at_once - self._all):
            gives_way = self._line.giving_way(asker)
            if gives_way is None:
                raise Busy(expected)
            _send_away(gives_way, expected)
        await self._wait(asker)

    def give_back(self, asker: Asker) -> None:
        """Give a place back."""
        self._all -= 1
        self._strangers -= not asker.named
        self._taken[asker] -= 1
        if not self._taken[asker]:
            del self._taken[asker]
        if not self._line.empty:
            self._await_turn()

    async def again(self, asker: Asker) -> None:
        """Take a place again, which was given back for a while: before all who had none yet, however long it takes."""
        if self._may(asker):
            self._start(asker)
            return
        await self._in_turn(coming_back(asker, self._clock()))

    @contextlib.asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Hold a place for a block of work that nobody waits for: in turn, however long that takes.

        All such work is one asker, with that one's share.
        """
        if not self._turning and self._may(ITSELF):
            self._start(ITSELF)
        else:
            await self._in_turn(patient(ITSELF, self._clock()))
        try:
            yield
        finally:
            self.give_back(ITSELF)

    def _may(self, asker: Asker) -> bool:
        """Say whether there is a place, and one for this asker."""
        room = self._room
        if self._all >= room.at_once or not (asker.named or self._strangers < room.strangers):
            return False
        return self._taken[asker] < room.each or not self._company.has(asker)

    def _expected(self, asker: Asker) -> float:
        """Give the seconds whoever comes now would wait, by the pace of those before."""
        if not self._line or self._may(asker):
            return 0.0
        return (self._line.before(asker) + 1) * max(self._pace, self._clock() - self._last)

    async def _wait(self, asker: Asker) -> None:
        now = self._clock()
        if not self._line:
            self._last, self._pace = now, 0.0
        waiter = first_comer(asker, now)
        waiting = self._in_turn(waiter)
        self._watch(now)
        await waiting

    async def _in_turn(self, waiter: Waiter) -> None:
        self._line.add(waiter)
        self._await_turn()
        try:
            await waiter.turn
        except asyncio.CancelledError:
            if not self._line.remove(waiter) and _was_let_in(waiter):
                self.give_back(waiter.asker)
            raise

    def _start(self, asker: Asker) -> None:
        self._all += 1
        self._strangers += not asker.named
        self._taken[asker] += 1
        self._await_turn()

    def _await_turn(self) -> None:
        if not self._turning:
            self._turning = True
            asyncio.get_running_loop().call_soon(self._next_turn)

    def _next_turn(self) -> None:
        """Let the next start whose turn it is, where there is one and a place, and the processor keeps up."""
        self._turning = False
        if self._all >= self._room.at_once:
            return
        waiter = self._line.next(self._may)
        if waiter is None:
            return
        if waiter.turn.done():  # let go of in this very turn
            self._await_turn()
            return
        if waiter.rank in FIRST:
            self._note_pace()
        waiter.turn.set_result(None)
        self._start(waiter.asker)

    def _note_pace(self) -> None:
        now = self._clock()
        waited = now - self._last
        self._pace = self._pace + HEED * (waited - self._pace) if self._pace else waited
        self._last = now

    def _watch(self, first: float) -> None:
        """See to it that nobody waits longer than is allowed, of whom the first came when it is said."""
        if self._late is None:
            due = first + self._room.patience - self._clock()
            self._late = asyncio.get_running_loop().call_later(max(0.0, due), self._look)

    def _look(self) -> None:
        """Send away whoever waited as long as is allowed."""
        self._late = None
        until = self._clock() - self._room.patience
        while (waiter := self._line.oldest()) is not None:
            if waiter.came > until:
                self._watch(waiter.came)
                return
            self._line.remove(waiter)
            _send_away(waiter, self._room.patience)


def _was_let_in(waiter: Waiter) -> bool:
    return waiter.turn.done() and not waiter.turn.cancelled() and waiter.turn.exception() is None


def _send_away(waiter: Waiter, seconds: float) -> None:
    if not waiter.turn.done():
        waiter.turn.set_exception(Busy(seconds))
