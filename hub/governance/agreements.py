"""Agreements: whether a provider lets a consumer see a field of its data for a purpose, on a day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hub.governance.data_items import DataItem, Reach
from hub.governance.ordered_rules import OrderedRule
from policies.facts import AgreementState
from policies.vocabulary import Effect
from schema.fields import CATALOGUE, FieldId
from schema.lawful_bases import LawfulBasis
from schema.purposes import Purpose
from schema.services import Service

KEPT = 4096
"""Divisions of the catalogue that are kept: by two agencies, a purpose, a service and a day; of no person."""


class Status(StrEnum):
    """Where an agreement is in its life. Only a signed one lets anybody see anything."""

    DRAFT = "draft"
    SIGNED = "signed"
    SUSPENDED = "suspended"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signed for a party, in which office, and when."""

    organisation: str
    name: str
    office: str
    on: date


@dataclass(frozen=True, slots=True)
class Agreement:
    """A data sharing agreement: a provider's data for its consumers. Dates are inclusive; no items, nothing shared.

    ``rules`` are the ordered rules it was written as, where it was; ``items`` then say the same without an order.
    """

    id: str
    title: str
    provider: str
    consumers: frozenset[str]
    purposes: frozenset[Purpose]
    start: date
    review: date
    expiry: date
    items: tuple[DataItem, ...] = ()
    status: Status = Status.DRAFT
    lawful_bases: frozenset[LawfulBasis] = frozenset()
    dpia: str = ""
    signatories: tuple[Signatory, ...] = ()
    rules: tuple[OrderedRule, ...] = ()
    readable: bool = True
    """Whether its row could be read: one that could not shares nothing."""

    def state_on(self, today: date) -> AgreementState:
        """Say what the agreement is worth on a day: expired denies, past review warns, unsigned is none."""
        if self.status is Status.ENDED:
            return AgreementState.EXPIRED
        if self.status is not Status.SIGNED or today < self.start:
            return AgreementState.NONE
        if today > self.expiry:
            return AgreementState.EXPIRED
        return AgreementState.PAST_REVIEW if today > self.review else AgreementState.IN_FORCE

    def covers(self, reach: Reach) -> bool:
        """Say whether its items let this be seen: some item allows it and none denies it."""
        return _allowed(self.items, reach)


def _allowed(items: Iterable[DataItem], reach: Reach) -> bool:
    """Any deny wins; order never matters."""
    bearing = {item.effect for item in items if item.reaches(reach)}
    return Effect.ALLOW in bearing and Effect.DENY not in bearing


_BEST = (AgreementState.IN_FORCE, AgreementState.PAST_REVIEW, AgreementState.EXPIRED, AgreementState.NONE)

Division = tuple[tuple[AgreementState, frozenset[FieldId]], ...]
"""Every governed field once, by what the agreements are worth for it; the best first."""


class Agreements:
    """Every agreement, found by who provides, who consumes and why. Never changes."""

    def __init__(self, agreements: Iterable[Agreement]) -> None:
        """Sort them once."""
        self._by: dict[tuple[str, str, Purpose], list[Agreement]] = {}
        self._divisions: dict[tuple[str, str, Purpose, Service, date], Division] = {}
        self._states: dict[tuple[str, str, Purpose, date], AgreementState] = {}
        self._only: dict[frozenset[str], Agreements] = {}
        self.all = tuple(agreements)
        for agreement in self.all:
            for purpose in agreement.purposes:
                for consumer in agreement.consumers:
                    self._by.setdefault((agreement.provider, consumer, purpose), []).append(agreement)

    def state(self, provider: str, consumer: str, purpose: Purpose, today: date) -> AgreementState:
        """Say whether there is an agreement about anything of this; the best counts. For a field see ``divided``."""
        key = (provider, consumer, purpose, today)
        state = self._states.get(key)
        if state is None:
            states = {a.state_on(today) for a in self._by.get(key[:3], ()) if a.items}
            state = next((s for s in _BEST if s in states), AgreementState.NONE)
            if len(self._states) >= KEPT:
                self._states.clear()
            self._states[key] = state
        return state

    def only(self, ids: frozenset[str]) -> "Agreements":
        """Give those of these ids, as if there were no others: all that a partner's system may rest on."""
        known = self._only.get(ids)
        if known is None:
            if len(self._only) >= KEPT:
                self._only.clear()
            known = self._only[ids] = Agreements(a for a in self.all if a.id in ids)
        return known

    def divided(self, provider: str, consumer: str, purpose: Purpose, service: Service, today: date) -> Division:
        """Divide the governed fields by what the agreements are worth for each, at a service of the provider."""
        key = (provider, consumer, purpose, service, today)
        division = self._divisions.get(key)
        if division is None:
            division = self._divide(*key)
            if len(self._divisions) >= KEPT:
                self._divisions.clear()
            self._divisions[key] = division
        return division

    def _divide(self, provider: str, consumer: str, purpose: Purpose, service: Service, today: date) -> Division:
        among = self._by.get((provider, consumer, purpose), ())
        worth: Mapping[str, AgreementState] = {a.id: a.state_on(today) for a in among}
        found: dict[AgreementState, set[FieldId]] = {}
        for field, held in CATALOGUE.items():
            reach = Reach(consumer, purpose, service, held.kind, field, today)
            states = {worth[a.id] for a in among if a.covers(reach)}
            found.setdefault(next((s for s in _BEST if s in states), AgreementState.NONE), set()).add(field)
        return tuple((state, frozenset(found[state])) for state in _BEST if state in found)
