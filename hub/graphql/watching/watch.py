"""One watch: the ordinary question asked again and again, and what changed of its answer told.

Each look is decided, counted, written down and released like any question; an event is what one answer shows that the
one before did not, so whatever an answer hides, events hide. When the next look comes is a matter of the clock alone.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from hub.answer.question import Question
from hub.audit.entries import Event, new_record_id
from hub.audit.errors import LedgerUnavailable
from hub.audit.reports import WATCH_BEGAN
from hub.errors import Code, HubError
from hub.graphql.failures import as_hub_error
from hub.graphql.grid import until_next_step
from hub.graphql.messages import Request
from hub.graphql.resolving import Resolving
from hub.graphql.watching.bounds import JITTER
from hub.graphql.watching.credential import Credential
from hub.graphql.watching.digests import Digests, Parts, changes
from hub.graphql.watching.ending import End
from hub.graphql.watching.room import Room
from hub.graphql.watching.watched import Watched
from hub.identity.requester import Requester
from hub.identity.unauthenticated import Unauthenticated
from schema.outcomes import Outcome
from schema.person import Person
from schema.sources import SourceAnswer
from schema.watched import InvolvementChanged

ENDED = "watch-ended"
"""What the ledger calls the end of a watch, whose looks are questions, all with its request's id."""

FAREWELL = 1.0
"""Seconds a watch that is over waits for the ledger to be told."""

NOT_REGISTERED = "The registered query is not what it was when the watch began."

Body = dict[str, Any]
Send = Callable[[Body | None], Awaitable[None]]
"""Sends one event, or none as a sign of life. Raises Gone where nobody is there."""


class Gone(Exception):
    """Nobody is there to be told any more."""


class Slow(Exception):
    """What was sent is not read."""


@dataclass(frozen=True, slots=True)
class Over:
    """How a watch ended, and what the client is told of it, if anything."""

    end: End
    error: HubError | None = None


@dataclass(slots=True)
class Watch:
    """Keeps one watch, for whoever's credential it rests on.

    ``request`` is as it was sent, and ``text`` the query it came to: registered ones may be revoked meanwhile.
    """

    room: Room
    resolving: Resolving
    request: Request
    text: str
    watched: Watched
    credential: Credential
    request_id: str
    _digests: Digests = field(default_factory=Digests)
    _parts: Parts = field(default_factory=dict)
    _looks: int = 0

    async def keep(self, send: Send) -> Over:
        """Tell what changes until something ends it; say what did."""
        over = Over(End.LEFT)
        try:
            self.room.pace.begin(self.credential.requester.subject)
            with self.room.places.taken(self.credential.requester.subject):
                began = self._event(WATCH_BEGAN, {"purpose": self.watched.context.purpose.value})
                await self.room.ledger.append(began)
                try:
                    over = await self._kept(send)
                except asyncio.CancelledError:
                    over = Over(End.STOPPING if self.room.places.stopping else End.LEFT)
                    raise
                finally:
                    await self._farewell(over.end)
        except (HubError, LedgerUnavailable) as error:
            over = self._refused(error)
        return over

    async def _kept(self, send: Send) -> Over:
        try:
            return Over(await self._until_ended(send))
        except Gone:
            return Over(End.LEFT)
        except Slow:
            return Over(End.SLOW)
        except Unauthenticated:
            return Over(End.CREDENTIAL)
        except Exception as error:  # noqa: BLE001 -- whatever happens, the client gets a code and no more
            return self._refused(error)

    def _refused(self, error: Exception) -> Over:
        known = as_hub_error(error)
        if known.code is Code.INTERNAL:
            self.room.observer.internal(self.request_id, error)
        ends = {Code.NOT_READY: End.NOT_READY, Code.INTERNAL: End.FAILED}
        return Over(ends.get(known.code, End.REFUSED), known)

    async def _until_ended(self, send: Send) -> End:
        bounds = self.room.bounds
        ends = time.monotonic() + bounds.longest
        while True:
            until = time.monotonic() + bounds.every * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 -- spreads load, hides nothing
            body, nothing = await self._look()
            if body is not None:
                await self._sent(send, body)
            if nothing:
                return End.NOTHING
            if (end := await self._pause(send, until, ends)) is not None:
                return end

    async def _pause(self, send: Send, until: float, ends: float) -> End | None:
        """Wait until a moment, with a sign of life now and then; say what ended the watch meanwhile, if anything."""
        while True:
            now = time.monotonic()
            if now >= ends:
                return End.LONG
            if await self.room.places.stopped_within(max(0.0, min(until - now, self.room.bounds.beat))):
                return End.STOPPING
            await self.credential.insist()
            await self._sent(send, None)
            if time.monotonic() >= until:
                return None

    async def _sent(self, send: Send, body: Body | None) -> None:
        """Send, and give up on a client that does not read."""
        try:
            async with asyncio.timeout(self.room.bounds.slow):
                await send(body)
        except TimeoutError:
            raise Slow from None

    async def _look(self) -> tuple[Body | None, bool]:
        """Ask once more; give what is to be told, if anything, and whether nothing at all may be seen."""
        async with self.room.door.held():
            started = time.perf_counter()
            await self.credential.insist()
            asking = self.room.asking
            question = self.watched.question(asking, await self._requester(), self.request_id)
            (answered,) = await asking.answers([(question, question.people)])
        if isinstance(answered, HubError):
            raise answered
        body, nothing = self._told(question, answered[0])
        await until_next_step(started, self.room.step)
        await self.credential.insist()
        return body, nothing

    async def _requester(self) -> Requester:
        """Give who asks, as bound by a registered query that must still be the one it was."""
        who = self.credential.requester
        if who.bound is None:
            return who
        asked, who = await self.resolving.resolved(self.request, who)
        if asked.query != self.text:
            raise HubError(Code.NOT_REGISTERED, NOT_REGISTERED)
        return who

    def _told(self, question: Question, person: Person | None) -> tuple[Body | None, bool]:
        """Compare an answer with the one before, of which digests are all that is left."""
        parts = self._digests.parts(person, self._parts)
        first, told = self._looks == 0, changes(self._parts, parts)
        self._parts, self._looks = parts, self._looks + 1
        self.room.observer.watch_looked()
        nothing = person is not None and _nothing_shown(person.sources)
        if not (first or told):
            return None, nothing
        event = InvolvementChanged(seen_at=question.asked_at, changes=[] if first else told, person=person)
        said = {
            "requestId": self.request_id,
            "cost": self.watched.cost,
            "note": self.room.asking.note(question.requester),
        }
        extensions = {name: value for name, value in said.items() if value is not None}
        return {"data": self.watched.written(event), "extensions": extensions}, nothing

    async def _farewell(self, end: End) -> None:
        """Write down how it ended and how often it looked: where that cannot be now, as soon as it can."""
        self.room.observer.watch_ended(self.request_id, end.value)
        writing = self.room.farewells.say(self._event(ENDED, {"how": end.value, "looks": f"n.{self._looks}"}))
        await asyncio.wait((writing,), timeout=FAREWELL)  # it goes on though the client is gone

    def _event(self, name: str, facts: dict[str, str]) -> Event:
        who, names = self.credential.requester, self.room.pseudonyms
        return Event(
            new_record_id(),
            self.request_id,
            self.room.clock(),
            name,
            actor=names.actor(who.subject),
            role=who.role,
            organisation=who.organisation,
            subject=names.subject(self.watched.person_id),
            facts=facts,
        )


def _nothing_shown(sources: Iterable[SourceAnswer]) -> bool:
    """Say whether every source openly shows nothing: then nothing could change that would be told."""
    outcomes = {source.outcome for source in sources}
    return bool(outcomes) and outcomes <= {Outcome.WITHHELD, Outcome.BROKERED}
