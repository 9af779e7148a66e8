"""The connected systems: what each covers, how fresh it is, whether it is asked now, and, for officers, why not.

Everybody signed in may know which systems answer. Officers run the check, and see codes of errors: never a value.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from connectors.contract import Freshness, Health
from hub.answer.breaker import Circuit
from hub.answer.health import health_of
from hub.answer.sources import ConnectedSource
from hub.errors import Code, HubError
from hub.governance.acting import Note
from hub.graphql.governing.room import by_of
from hub.observing import Lately
from hub.web.navigation import OFFICERS
from hub.web.pages.only import REFUSED
from hub.web.pages.visit import Shown, Visit
from schema.outcomes import Outcome
from schema.services import SERVICES

_FRESH: Final = {
    Freshness.LIVE: "as it is at the moment of asking",
    Freshness.DAILY: "as it was a day ago at most",
    Freshness.PERIODIC: "as it was when it was last brought up to date",
}

_CIRCUITS: Final = {
    Circuit.CLOSED: "Asked as usual",
    Circuit.OPEN: "Left alone for a while, after failing again and again",
    Circuit.HALF_OPEN: "To be tried with the next question",
}

_FAILED: Final = frozenset({Outcome.UNAVAILABLE.value, Outcome.TIMED_OUT.value})


@dataclass(frozen=True, slots=True)
class State:
    """Whether a source answers, in a sign, a tone and words."""

    sign: str
    tone: str
    words: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One source."""

    source: ConnectedSource
    service: str
    state: State
    fresh: str
    circuit: str
    lately: Lately | None
    fed: datetime | None
    health: Health | None
    contradictions: int | None


async def sources(visit: Visit) -> Shown:
    """List the sources; check them, where an officer asks for it."""
    room, officer = visit.governing, visit.who.role in OFFICERS
    every = list(room.preparer.sources)
    checked: dict[str, Health] = {}
    wrong: Counter[str] | None = None
    if visit.form is not None:
        if not officer:
            raise HubError(Code.FORBIDDEN, REFUSED)
        await room.acting.note(by_of(visit.who), Note("sources-checked", visit.who.organisation))
        found = await asyncio.gather(*(health_of(one.config, one.connector) for one in every))
        checked = {one.config.id: health for one, health in zip(every, found, strict=True)}
        wrong = Counter(s for one in await room.preparer.index.contradictions() for s in one.sources)
    feeds = await room.preparer.index.feeds()
    panels = []
    for one in every:
        own, lately = one.config.agency == visit.who.organisation, visit.observer.lately.get(one.config.id)
        health = checked.get(one.config.id)
        circuit = one.breaker.circuit
        quality = wrong[one.config.id] if wrong is not None and own else None
        panels.append(
            Panel(
                one,
                SERVICES[one.config.service].label,
                state(circuit, lately, health),
                _FRESH[one.connector.capabilities.freshness],
                _CIRCUITS[circuit],
                lately,
                feeds.get(one.config.id),
                health,
                quality,
            )
        )
    values: dict[str, Any] = {
        "panels": panels,
        "officer": officer,
        "checked": bool(checked),
        "ill": [panel for panel in panels if panel.state.tone == "silent"],
    }
    return Shown("sources/page.html", "Sources", values)


def state(circuit: Circuit, lately: Lately | None, health: Health | None) -> State:
    """Say whether a source answers: by the check just run, else by what it did last."""
    if health is not None:
        return State("●", "now", "Answers") if health.ok else State("!", "silent", "Does not answer")
    if circuit is not Circuit.CLOSED or (lately is not None and lately.outcome in _FAILED):
        return State("!", "silent", "Did not answer")
    return State("●", "now", "Answers") if lately else State("○", "none", "Not asked since the hub started")
