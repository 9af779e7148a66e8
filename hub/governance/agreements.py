"""Agreements: whether a provider lets a consumer see its data for a purpose, on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from policies.facts import AgreementState
from schema.purposes import Purpose


@dataclass(frozen=True, slots=True)
class Agreement:
    """A data sharing agreement between two organisations; dates are inclusive."""

    id: str
    title: str
    provider: str
    consumer: str
    purposes: frozenset[Purpose]
    start: date
    review: date
    expiry: date

    def state_on(self, today: date) -> AgreementState:
        """Say what the agreement is worth on a day: expired denies, past review warns."""
        if today < self.start:
            return AgreementState.NONE
        if today > self.expiry:
            return AgreementState.EXPIRED
        return AgreementState.PAST_REVIEW if today > self.review else AgreementState.IN_FORCE


_BEST = (AgreementState.IN_FORCE, AgreementState.PAST_REVIEW, AgreementState.EXPIRED, AgreementState.NONE)


class Agreements:
    """Every agreement, found by who provides, who consumes and why."""

    def __init__(self, agreements: Iterable[Agreement]) -> None:
        """Sort them once."""
        self._by: dict[tuple[str, str, Purpose], list[Agreement]] = {}
        for agreement in agreements:
            for purpose in agreement.purposes:
                self._by.setdefault((agreement.provider, agreement.consumer, purpose), []).append(agreement)

    def state(self, provider: str, consumer: str, purpose: Purpose, today: date) -> AgreementState:
        """Say whether an agreement covers this; the best of several counts."""
        states = {a.state_on(today) for a in self._by.get((provider, consumer, purpose), ())}
        return next((s for s in _BEST if s in states), AgreementState.NONE)
