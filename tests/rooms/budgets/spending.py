"""One user who wants everybody: the same children as requests, aliases, batches, sessions, replicas and restarts."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.routing import Route

from hub.audit.pseudonyms import Pseudonyms
from hub.authzen.evaluating import MOST_PEOPLE
from hub.authzen.joined import authzen
from hub.authzen.metadata import ENDPOINTS
from hub.budgets.budgets import REFUSED
from hub.budgets.limits import Limits
from hub.graphql.http import GraphQLEndpoint
from hub.graphql.trusted.register import TrustedRegister
from hub.identity.development_issuer import ISSUER, DevelopmentIssuer
from hub.identity.door import Door as Guard
from hub.identity.requester import Requester
from hub.identity.tokens import TokenReader
from hub.keys import read_keys
from hub.settings import Environment
from hub.store.database import Database, table
from hub.store.tables.audit import AuditRecord
from tests.cast import NOW, requester
from tests.house import House, house
from tests.rooms.authzen.asking import VIEW, of_person

AUDIENCE = "tests"
EVALUATIONS = ENDPOINTS["access_evaluations_endpoint"]
CONTEXT = {"purpose": "CHILD_PROTECTION", "reference": "R 1", "reason": "why"}
ROOTS = 5


@dataclass(repr=False)
class Gate:
    """One replica, as clients find it: GraphQL and decisions, and an issuer of tokens."""

    home: House
    issuer: DevelopmentIssuer
    client: httpx2.AsyncClient

    async def send(self, who: Requester, path: str, body: Any) -> Any:
        """Send a body as somebody, each time with a token of their own."""
        token = self.issuer.token(who, audience=AUDIENCE)
        answer = await self.client.post(path, json=body, headers={"Authorization": f"Bearer {token}"})
        return answer.json() if path == "/graphql" else answer

    async def ask(self, who: Requester, people: Sequence[str], **context: Any) -> tuple[int, list[str]]:
        """Ask about people by aliases; give how many were answered, and the codes of those that were not."""
        roots = " ".join(f"a{n}: person(id: $p{n}, context: $c) {{ dateOfBirth }}" for n in range(len(people)))
        names = " ".join(f"$p{n}: ID!" for n in range(len(people)))
        given = {f"p{n}": person for n, person in enumerate(people)} | {"c": {**CONTEXT, **context}}
        told = await self.send(
            who, "/graphql", {"query": f"query ($c: RequestContext! {names}) {{ {roots} }}", "variables": given}
        )
        codes = [e["extensions"]["code"] for e in told.get("errors", ())]
        return len(people) - len(codes), codes

    async def decide(self, who: Requester, people: Sequence[str]) -> int:
        """Ask for a batch of decisions about people; give its status."""
        each = [{"resource": of_person(p, "Involvement.status", "HEALTH")} for p in people]
        shared = {"subject": {"type": "worker", "id": who.subject}, "action": VIEW, "context": CONTEXT}
        return int((await self.send(who, EVALUATIONS, shared | {"evaluations": each})).status_code)


@contextlib.asynccontextmanager
async def gate(folder: Path, url: str | None, limits: Limits, replica: str = "one") -> AsyncIterator[Gate]:
    """Open a replica."""
    async with house(folder, url=url, limits=limits, replica=replica, agreements=replica == "one") as home:
        issuer = DevelopmentIssuer(folder, Environment.DEMO)
        tokens = Guard(TokenReader.of_keys(issuer.public_keys, issuer=ISSUER, audience=AUDIENCE))
        asking, rulebooks = home.executor._asking, home.answerer.preparer.rulebooks
        keyring = read_keys(folder / "keys")
        decides = authzen(
            asking,
            home.register,
            rulebooks,
            home.ledger,
            Pseudonyms(keyring),
            tokens,
            home.observer,
            home.answerer.preparer.sources,
            TrustedRegister(home.database),
            key=keyring.index,
            clock=lambda: NOW,
        )
        endpoint = GraphQLEndpoint(home.executor, tokens, home.observer)
        routes = [
            Route("/graphql", endpoint.__call__, methods=["POST"]),
            Route(EVALUATIONS, decides.__call__, methods=["POST"]),
        ]
        transport = httpx2.ASGITransport(app=Starlette(routes=routes))
        async with httpx2.AsyncClient(transport=transport, base_url="http://hub") as client:
            yield Gate(home, issuer, client)


def worker(way: str) -> Requester:
    """Give a worker of their own to each way."""
    return replace(requester("social-worker"), subject=f"sub-{way}")


async def requests(gates: Sequence[Gate], who: Requester, people: Sequence[str]) -> int:
    """One request each."""
    return sum([(await gates[0].ask(who, [p]))[0] for p in people])


async def aliases(gates: Sequence[Gate], who: Requester, people: Sequence[str]) -> int:
    """Several in a request."""
    parts = [people[n : n + ROOTS] for n in range(0, len(people), ROOTS)]
    return sum([(await gates[0].ask(who, part))[0] for part in parts])


async def together(gates: Sequence[Gate], who: Requester, people: Sequence[str]) -> int:
    """Several in one question; one that is over is answered of nobody, and then one by one."""
    query = "query ($ids: [ID!]!, $c: RequestContext!) { people(ids: $ids, context: $c) { dateOfBirth } }"
    done = 0
    for n in range(0, len(people), ROOTS):
        part = people[n : n + ROOTS]
        variables = {"ids": part, "c": CONTEXT}
        told = await gates[0].send(who, "/graphql", {"query": query, "variables": variables})
        done += await requests(gates, who, part) if "errors" in told else len(part)
    return done


async def batches(gates: Sequence[Gate], who: Requester, people: Sequence[str]) -> int:
    """Decisions, a batch at a time; a batch that is over tells nothing, and then one by one."""
    done = 0
    for n in range(0, len(people), MOST_PEOPLE):
        part = people[n : n + MOST_PEOPLE]
        if await gates[0].decide(who, part) == httpx2.codes.OK:
            done += len(part)
        else:
            done += [await gates[0].decide(who, [p]) for p in part].count(httpx2.codes.OK)
    return done


async def sessions(gates: Sequence[Gate], who: Requester, people: Sequence[str]) -> int:
    """Ten sessions of two systems, all at once."""

    async def one(place: int) -> int:
        me = replace(who, client=f"system-{place % 2}")
        return sum([(await gates[0].ask(me, [p]))[0] for p in people[place::10]])

    return sum(await asyncio.gather(*map(one, range(10))))


async def replicas(gates: Sequence[Gate], who: Requester, people: Sequence[str]) -> int:
    """Three replicas, all at once."""

    async def one(place: int) -> int:
        return sum([(await gates[place].ask(who, [p]))[0] for p in people[place :: len(gates)]])

    return sum(await asyncio.gather(*map(one, range(len(gates)))))


WAYS: Mapping[str, Callable[[Sequence[Gate], Requester, Sequence[str]], Awaitable[int]]] = {
    "requests": requests,
    "aliases": aliases,
    "together": together,
    "batches": batches,
    "sessions": sessions,
    "replicas": replicas,
}


@dataclass(frozen=True, slots=True)
class Came:
    """What one way came to: how many were answered, and how many distinct children the ledger tells of."""

    way: str
    answered: int
    asked_in_ledger: int
    refused_in_ledger: int


async def spend(folder: Path, url: str | None, limits: Limits, children: int) -> list[Came]:
    """Try every way, and a restart between two halves."""
    came = []
    async with (
        gate(folder, url, limits) as one,
        gate(folder, url, limits, "two") as two,
        gate(folder, url, limits, "three") as three,
    ):
        for way, work in WAYS.items():
            people = _people(one, children)
            answered = await work((one, two, three), worker(way), people)
            came.append(await _told(one.home.database, folder, way, answered))
        half = _people(one, children)
        first = await requests([one], worker("restart"), half[: children // 10])
    async with gate(folder, url, limits, "two") as again:
        rest = await requests([again], worker("restart"), half[children // 10 :])
        came.append(await _told(again.home.database, folder, "restart", first + rest))
    return came


def _people(one: Gate, children: int) -> list[str]:
    """Give somebody, and then ids of nobody: both count alike."""
    return [one.home.ids["maya"], *(str(uuid.uuid4()) for _ in range(children - 1))]


async def _told(database: Database, folder: Path, way: str, answered: int) -> Came:
    records = table(AuditRecord)
    actor = Pseudonyms(read_keys(folder / "keys")).actor(worker(way).subject)
    query = select(records.c.kind, records.c.subject, records.c.body).where(records.c.actor == actor)
    async with database.read() as connection:
        rows = (await connection.execute(query)).all()
    asked = {r.subject for r in rows if r.kind == "INTENT"}
    refused = {r.subject for r in rows if r.kind == "EVENT" and REFUSED.encode() in r.body}
    return Came(way, answered, len(asked), len(refused - asked))
