"""Budgets: every person opened, every search and everybody it shows is counted before it is answered, or refused.

The account is the user's own id at sign-in, so that sessions, tokens, systems and replicas all come to one count; it
is counted by the ids asked for, before anything is known of them: somebody, nobody and whoever may not be known to
count alike. What cannot be counted is not answered. No fact about a question moves a limit, emergency access neither.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from hub.answer.question import Question
from hub.audit.entries import Event, new_record_id
from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonyms
from hub.budgets.alarms import Alarms
from hub.budgets.groups import Group, groups_of, reached, sums_of
from hub.budgets.limits import Limits
from hub.budgets.names import BudgetNames
from hub.budgets.numbers import number_of
from hub.budgets.refusals import OverBudget, of_all, refusal
from hub.budgets.storing import SLOT, Put, Storing
from hub.budgets.use import HOUR, Counting, Level, Refused, Use
from hub.errors import HubError
from hub.identity.requester import Requester
from hub.store.database import StoreUnavailable, patience

_LOCKS: Final = 256
_KEPT: Final = 4_096
_TRIES: Final = 200
"""Times other replicas may count for the same user between a read and a write, before the request is refused."""

REFUSED: Final = "budget-refused"
"""The ledger's word for a question or search that was refused for its number."""


class _Known(NamedTuple):
    """What a user came to as last read or written here, and how far up the ladder that was, at which second.

    It is relied on for an hour after it was ``written`` here: a row that was swept begins anew, and in time another
    replica's has the same version.
    """

    version: int
    use: Use
    level: Level = Level.FREE
    at: int = -1
    written: int = -HOUR


class Budgets:
    """Counts for every replica over one database."""

    def __init__(
        self,
        storing: Storing,
        names: BudgetNames,
        limits: Limits,
        ledger: Ledger,
        pseudonyms: Pseudonyms,
        alarms: Alarms,
        clock: Callable[[], datetime],
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        """Join what counting needs; ``elapsed`` gives seconds since some moment: between hops the clock goes by it."""
        self.limits = limits
        self._storing = storing
        self._names = names
        self._ledger = ledger
        self._pseudonyms = pseudonyms
        self._alarms = alarms
        self._clock = clock
        self._elapsed = elapsed
        self._ahead = 0.0
        """Seconds by which the database's clock is ahead of ``elapsed``."""
        self._locks = tuple(asyncio.Lock() for _ in range(_LOCKS))
        self._known: OrderedDict[str, _Known] = OrderedDict()

    async def opened(self, questions: Sequence[Question]) -> Mapping[int, HubError]:
        """Count the people of questions; give, by place, why one may not be answered. The rest may."""
        if not questions:
            return {}
        refused: dict[int, OverBudget] = {}

        def count(counting: Counting) -> None:
            refused.clear()
            for place, question in enumerate(questions):
                if why := counting.people([self._names.person(p) for p in question.people]):
                    refused[place] = refusal(why)
                    continue
                for person in question.people:
                    counting.number(number_of(person), self._names.number("person"))

        whole, level = await self._spend(questions[0], count)
        if whole is not None:
            refused.update(dict.fromkeys(range(len(questions)), whole))
        if refused:
            about = [(questions[n], person, why) for n, why in refused.items() for person in questions[n].people]
            await self._ledger.append(*(self._event(q, why, person) for q, person, why in about))
        if len(refused) < len(questions):
            await self._wait(level)
        return refused

    async def fitting(self, question: Question, people: Sequence[str]) -> tuple[str, ...]:
        """Count people named beside others, and give those that may be opened: as many as there is room for."""
        fitting: list[str] = []

        def count(counting: Counting) -> None:
            fitting[:] = [p for p in people if counting.people([self._names.person(p)]) is None]

        whole, _ = await self._spend(question, count)
        return () if whole is not None else tuple(fitting)

    async def searched(
        self,
        question: Question,
        shown: Sequence[str],
        identifier: tuple[str, str] | None,
        *,
        again: bool = False,
        misses: bool = True,
    ) -> None:
        """Count a search and everybody it would show; OverBudget where that is too many, and it shows nothing.

        ``again`` where what governs changed under the search and it was made once more; without ``misses`` a search
        that found nobody is no miss: another hub looks for every child its own users open, and most live elsewhere.
        """
        why: list[Refused] = []

        def count(counting: Counting) -> None:
            why.clear()
            refused = None if again else counting.search()
            if refused is None and not again:
                if misses and not shown:
                    counting.missed()
                if identifier:
                    counting.number(number_of(identifier[1]), self._names.number(identifier[0]))
            if refused is None:
                refused = counting.people([self._names.person(p) for p in shown])
            if refused is not None:
                why.append(refused)

        whole, level = await self._spend(question, count)
        error = refusal(why[0]) if why else whole
        if error is not None:
            await self._ledger.append(self._event(question, error, None))
            raise error
        await self._wait(level)

    def note(self, requester: Requester) -> str | None:
        """Say, in a code, that a user nears a limit; none where they do not. What was last counted here tells it."""
        known = self._known.get(self._names.user(requester))
        if known is None:
            return None
        level = known.level if known.at == self._now() else self._standing(known.use, self._now())
        return f"BUDGET_{level.name}" if level is not Level.FREE else None

    def _standing(self, use: Use, now: int) -> Level:
        return Counting(use.at(now), self.limits, now, reason=True).standing()

    async def writable(self) -> bool:
        """Say whether questions can be counted now: what cannot be counted is not answered."""
        try:
            await self._storing.probe()
        except StoreUnavailable:
            return False
        return True

    async def sweep(self) -> None:
        """Forget what no window reaches any more."""
        stored = await self._storing.read("")
        await self._storing.sweep(stored.now)

    async def _spend(self, question: Question, count: Callable[[Counting], None]) -> tuple[OverBudget | None, Level]:
        """Count against the user and, together with everybody else, against their system and organisation."""
        account, groups = self._names.user(question.requester), groups_of(question.requester, self._names, self.limits)
        lock = self._locks[int(account, 16) % _LOCKS]
        waiting = patience() if lock.locked() else self._storing.patience()
        async with waiting, lock:  # waiting in line is waiting for the store too
            for _ in range(_TRIES):
                version, before, *_ = await self._use(account)
                now = self._now()
                counting = Counting(before.at(now), self.limits, now, reason=question.reason is not None)
                count(counting)
                tell = counting.tell()
                if counting.use == before and not counting.admitted:  # and told of before: nothing is to be written
                    return None, counting.level
                await self._alarms.own(question, tell)
                put = await self._put(account, version, groups, counting)
                if put.done:
                    over = await self._groups(question, account, groups, put, before, counting)
                    return over, counting.level
        raise StoreUnavailable("budgets")

    async def _use(self, account: str) -> _Known:
        known = self._known.get(account)
        if known is None or self._now() - known.written >= HOUR:
            stored = await self._storing.read(account)
            self._tick(stored.now)
            try:
                use = Use() if stored.state is None else Use.read(stored.state)
            except ValueError:
                raise StoreUnavailable("budget-unreadable") from None
            known = self._keep(account, _Known(stored.version, use))
        return known

    def _keep(self, account: str, known: _Known) -> _Known:
        self._known[account] = known
        self._known.move_to_end(account)
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return known

    async def _put(self, account: str, version: int, groups: Sequence[Group], counting: Counting) -> Put:
        try:
            put = await self._storing.put(
                account,
                version,
                counting.use.written(),
                [group.account for group in groups],
                self._now() // SLOT * SLOT,
                counting.first_looks,
                counting.searches,
            )
        except BaseException:
            self._known.pop(account, None)  # whether it was written is not known
            raise
        if put.done:
            self._keep(account, _Known(version + 1, counting.use, counting.standing(), counting.now, put.now))
            self._tick(put.now)
        else:
            self._known.pop(account, None)
        return put

    async def _groups(
        self, question: Question, account: str, groups: Sequence[Group], put: Put, before: Use, counting: Counting
    ) -> OverBudget | None:
        """Refuse where a group had come to its stop before: then nothing of this request stays counted."""
        if not (counting.first_looks or counting.searches):
            return None  # nothing more for any of them
        over = None
        for group, sums in zip(groups, put.sums, strict=True):
            for measure, count, more, limit, window in sums_of(sums, group.limits, counting):
                level = reached(count, more, limit, self.limits)
                if level is Level.STOPPED:
                    over = over or of_all(measure, self._now() // SLOT * SLOT + window)
                if level >= Level.REASON:
                    await self._alarms.tell(question, group.whose, group.account, measure, level)
        if over is not None:
            known = self._known[account]
            undone = Counting(before, self.limits, self._now(), reason=True)
            undone.first_looks, undone.searches = -counting.first_looks, -counting.searches
            await self._put(account, known.version, groups, undone)
        return over

    async def _wait(self, level: Level) -> None:
        if level >= Level.SLOWED:
            await asyncio.sleep(self.limits.ladder.slow_seconds)

    def _event(self, question: Question, why: OverBudget, person: str | None) -> Event:
        who = question.requester
        return Event(
            new_record_id(),
            question.request_id,
            self._clock(),
            REFUSED,
            actor=self._pseudonyms.actor(who.subject),
            role=who.role,
            organisation=who.organisation,
            subject=self._pseudonyms.subject(person) if person else None,
            facts={"measure": why.measure.value, "code": why.code.value, "purpose": question.purpose.value},
        )

    def _now(self) -> int:
        return int(self._elapsed() + self._ahead)

    def _tick(self, now: int) -> None:
        """Take the database's time: whatever a replica's own clock says, budgets go by it."""
        self._ahead = now - self._elapsed()
