"""Watching: what of a search or an answer the asker's own lead is to look at. Told by reference, and to nobody else.

What is looked at of a person is only what the asker was shown: so that neither an item nor the time it takes says
anything of whoever may not be known to them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from hub.audit.pseudonyms import Pseudonyms
from hub.budgets.limits import Watch
from hub.governance.standing import ENGLAND
from hub.identity.requester import Requester
from hub.people.criteria import Criteria
from hub.reviews.items import Item, Items
from hub.reviews.workers import Worker, WorkerHashes, worker_of
from hub.store.database import Database
from schema.governance.review_kinds import ReviewAbout
from schema.purposes import Purpose

_SATURDAY: Final = 5
_QUARTER: Final = 900
"""Seconds of a quarter of an hour."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody a search showed: their id, and the surnames and postcodes shown of them."""

    person_id: str
    surnames: frozenset[str]
    postcodes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Looked:
    """Somebody opened: under which id the ledger has it, and whether the asker's organisation has them for a case."""

    subject: str
    has_case: bool


@dataclass(frozen=True, slots=True)
class Reviews:
    """Leaves items for leads."""

    database: Database
    items: Items
    hashes: WorkerHashes
    pseudonyms: Pseudonyms
    rules: Watch

    async def searched(
        self, who: Requester, request_id: str, at: datetime, criteria: Criteria, shown: Sequence[Shown]
    ) -> None:
        """Look at one search and whom it shows; StoreUnavailable where what is found cannot be left."""
        name = self.hashes.name(criteria.given, criteria.surname)
        worker = await worker_of(self.database, self.hashes, self.pseudonyms, who, name)
        found = [(about, "") for about in self._typed(worker, criteria, name)]
        for one in shown:
            subject = self.pseudonyms.subject(one.person_id)
            found += [(about, subject) for about in self._seen(worker, one)]
        await self._leave(who, request_id, at, found)

    async def opened(
        self, who: Requester, request_id: str, at: datetime, purpose: Purpose, looked: Iterable[Looked]
    ) -> None:
        """Look at one question; the same for somebody, for nobody and for whoever may not be known to the asker."""
        watched = self.rules.no_case and purpose not in self.rules.no_case_is_usual_for
        found = [(ReviewAbout.NO_CASE, one.subject) for one in looked if not one.has_case] if watched else []
        await self._leave(who, request_id, at, found)

    async def _leave(
        self, who: Requester, request_id: str, at: datetime, found: Sequence[tuple[ReviewAbout, str]]
    ) -> None:
        if self.rules.out_of_hours and not open_at(self.rules, at):
            found = [*found, (ReviewAbout.OUT_OF_HOURS, "")]
        if not found:
            return
        actor = self.pseudonyms.actor(who.subject)
        await self.items.leave(*(Item(who.organisation, a, actor, request_id, subject) for a, subject in found))

    def _typed(self, worker: Worker, criteria: Criteria, name: str) -> Iterable[ReviewAbout]:
        if self.rules.same_name and name in worker.names:
            yield ReviewAbout.OWN_NAME
        elif self.rules.same_name and not worker.surnames.isdisjoint(self.hashes.surnames(criteria.surname)):
            yield ReviewAbout.SAME_SURNAME
        if self.rules.same_address and self.hashes.postcode(criteria.postcode) in worker.postcodes:
            yield ReviewAbout.SAME_ADDRESS
        if self.rules.colleague and name in worker.colleagues:
            yield ReviewAbout.COLLEAGUE

    def _seen(self, worker: Worker, one: Shown) -> Iterable[ReviewAbout]:
        surnames = {h for surname in one.surnames for h in self.hashes.surnames(surname)}
        postcodes = {self.hashes.postcode(code) for code in one.postcodes}
        if self.rules.same_name and not worker.surnames.isdisjoint(surnames):
            yield ReviewAbout.SAME_SURNAME
        if self.rules.same_address and not worker.postcodes.isdisjoint(postcodes):
            yield ReviewAbout.SAME_ADDRESS


def open_at(rules: Watch, at: datetime) -> bool:
    """Say whether an organisation is at work at a moment, by the clock in England."""
    day, hour = _in_england(int(at.timestamp()) // _QUARTER)
    return rules.opens <= hour < rules.closes and (rules.weekends or day < _SATURDAY)


@lru_cache(maxsize=16)
def _in_england(quarter: int) -> tuple[int, int]:
    """Give the day of the week and the hour there: clocks are set at a whole hour, so a quarter of one has one hour."""
    local = datetime.fromtimestamp(quarter * _QUARTER, ENGLAND)
    return local.weekday(), local.hour
