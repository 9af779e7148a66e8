"""How long many children take through two hubs: looking for them all, asking about them all, and the whole question."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import median

import httpx2

from connectors.contract import Ask, LocalId, Matched
from connectors.neighbour import AskedFor, PartAsk, Sought
from connectors.systems.hub.connector import HubConnector
from hub.identity.development_issuer import DevelopmentIssuer
from hub.identity.requester import Requester
from hub.joined import Hub
from hub.settings import Environment
from schema.purposes import Purpose
from tests.systems.hub.northshire import COUNCIL, Northshire
from tests.systems.returning import TODAY

ASKED = """query($ids: [ID!]!, $c: RequestContext!) { people(ids: $ids, context: $c) {
  names { given family } involvements { service team start dutyDesk { phone } provenance { source } }
  sources { source outcome reason explanation } withheld { path source code } } }"""
WHY = {"purpose": "CHILD_PROTECTION", "reference": "S 1"}


@dataclass(frozen=True, slots=True)
class Took:
    """What one kind of work took, in milliseconds by the median, and the questions the other hub was asked by it."""

    what: str
    milliseconds: float
    questions: float


async def timed(
    north: Northshire, south: Hub, http: httpx2.AsyncClient, children: Sequence[str], rounds: int
) -> list[Took]:
    """Ask about children of Southshire's flats in each way, so many times over."""
    source = next(s for s in south.sources if s.config.id == "north-housing")
    hub = source.connector
    assert isinstance(hub, HubConnector)
    traits = [await south.index.traits(child) for child in children]
    sought = [Sought(one, frozenset({"housing"})) for one in traits]
    where = await hub.locate_all(sought, _asked_for())
    ids = tuple(dict.fromkeys(one.local_id for one in where.located if isinstance(one, Matched)))
    ask = PartAsk("housing", Ask(ids or (LocalId("0"),), hub.capabilities.fields, TODAY))
    who = Requester("demo:imran", "Imran", "social-worker", COUNCIL, "tests")
    token = DevelopmentIssuer(south.settings.data, Environment.DEMO).token(who, audience=south.settings.audience)
    body = {"query": ASKED, "variables": {"ids": list(children), "c": WHY}}

    async def whole() -> None:
        answer = await http.post("/graphql", json=body, headers={"authorization": f"Bearer {token}"}, timeout=60)
        assert "errors" not in answer.json(), answer.json()

    return [
        await _timed("looked for there", lambda: hub.locate_all(sought, _asked_for()), north, rounds),
        await _timed(f"asked about there ({len(ids)} found)", lambda: hub.ask_all([ask], _asked_for()), north, rounds),
        await _timed("the whole question here", whole, north, rounds),
    ]


async def _timed(what: str, work: Callable[[], Awaitable[object]], north: Northshire, rounds: int) -> Took:
    took, before = [], north.requests
    for _ in range(rounds):
        began = time.perf_counter()
        await work()
        took.append((time.perf_counter() - began) * 1000)
    return Took(what, median(took), (north.requests - before) / rounds)


def _asked_for() -> AskedFor:
    who = ("f" * 32, "social-worker", COUNCIL, Purpose.CHILD_PROTECTION, "S 1", "1" * 32)
    return AskedFor(*who, until=time.monotonic() + 20)
