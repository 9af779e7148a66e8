"""Places and the line before them: who may start now, who waits, and who is told at once to come later.

One question starts in each turn of the event loop: turns are short while the processor keeps up, and when it does not
they grow long, so that those under way get on before more are begun.
"""

import asyncio
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

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
    """How many questions may be answered at once, how many more may wait, and for how many seconds.

    What is expected to take more than half of those seconds is refused at once: the pace may slacken meanwhile.
    """

    at_once: int = 32
    waiting: int = 256
    patience: float = 1.0


@dataclass(eq=False, slots=True)
class _Waiter:
    """One who waits, and since when."""

    came: float
    turn: asyncio.Future[None]


class Places:
    """The places of one process."""

    def __init__(self, room: Room, clock: Callable[[], float]) -> None:
        """Begin with every place free; ``clock`` gives seconds."""
        self._room = room
        self._clock = clock
        self._taken = 0
        self._line: deque[_Waiter] = deque()
        self._back: deque[asyncio.Future[None]] = deque()
        """Those who gave their place up for a while and want one again: before all in line."""
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
        return self._taken

    @property
    def waiting(self) -> int:
        """Give how many wait."""
        return len(self._line)

    async def take(self) -> None:
        """Take a place, at once or in turn; Busy says that it would take too long."""
        if not self._line and not self._turning and self._taken < self._room.at_once:
            self._start()
            return
        expected, free = self._expected(), max(0, self._room.at_once - self._taken)
        if len(self._line) >= self._room.waiting + free or expected > self._room.patience / 2:
            raise Busy(expected)
        await self._wait()

    def give_back(self) -> None:
        """Give a place back."""
        self._taken -= 1
        self._call_next()

    async def again(self) -> None:
        """Take a place again, which was given back for a while: before all who had none yet, however long it takes."""
        if self._taken < self._room.at_once:
            self._start()
            return
        turn = asyncio.get_running_loop().create_future()
        self._back.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn in self._back:
                self._back.remove(turn)
            elif not turn.cancelled():
                self.give_back()
            raise

    def _expected(self) -> float:
        """Give the seconds whoever comes now would wait, by the pace of those before."""
        if not self._line:
            return 0.0
        return (len(self._line) + 1) * max(self._pace, self._clock() - self._last)

    async def _wait(self) -> None:
        now = self._clock()
        waiter = _Waiter(now, asyncio.get_running_loop().create_future())
        if not self._line:
            self._last, self._pace = now, 0.0
        self._line.append(waiter)
        self._watch()
        self._call_next()
        try:
            await waiter.turn
        except asyncio.CancelledError:
            if waiter in self._line:
                self._line.remove(waiter)
            elif waiter.turn.done() and not waiter.turn.cancelled() and waiter.turn.exception() is None:
                self.give_back()
            raise

    def _start(self) -> None:
        self._taken += 1
        self._await_turn()

    def _call_next(self) -> None:
        if (self._back or self._line) and self._taken < self._room.at_once:
            self._await_turn()

    def _await_turn(self) -> None:
        if not self._turning:
            self._turning = True
            asyncio.get_running_loop().call_soon(self._next_turn)

    def _next_turn(self) -> None:
        """Let the next in line start, where there is one and a place, and the processor keeps up."""
        self._turning = False
        if self._taken >= self._room.at_once:
            return
        if self._back:
            turn = self._back.popleft()
            if turn.done():  # let go of in this very turn
                self._call_next()
                return
            turn.set_result(None)
            self._start()
            return
        if not self._line:
            return
        waiter = self._line.popleft()
        if waiter.turn.done():  # let go of in this very turn
            self._call_next()
            return
        now = self._clock()
        waited = now - self._last
        self._pace = self._pace + HEED * (waited - self._pace) if self._pace else waited
        self._last = now
        waiter.turn.set_result(None)
        self._start()

    def _watch(self) -> None:
        """See to it that nobody waits longer than is allowed."""
        if self._late is None and self._line:
            due = self._line[0].came + self._room.patience - self._clock()
            self._late = asyncio.get_running_loop().call_later(max(0.0, due), self._send_away)

    def _send_away(self) -> None:
        self._late = None
        until = self._clock() - self._room.patience
        while self._line and self._line[0].came <= until:
            waiter = self._line.popleft()
            if not waiter.turn.done():
                waiter.turn.set_exception(Busy(self._room.patience))
        self._watch()
