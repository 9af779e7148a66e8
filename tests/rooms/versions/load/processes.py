"""The load over two hubs that are processes of their own, served over HTTP, on one PostgreSQL."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from connectors.contract import LocalId
from hub.audit.ledger import Ledger
from hub.identity.development_issuer import DevelopmentIssuer
from hub.identity.requester import Requester
from hub.keys import read_keys
from hub.people.index import PersonIndex
from hub.settings import Environment
from hub.store.database import Database
from tests.benchmarks.gateway.governing import sign
from tests.benchmarks.gateway.hub_sources import write_sources
from tests.benchmarks.gateway.serving import free_port, process
from tests.rooms.versions.load.desk import Desk
from tests.rooms.versions.load.replicas import CONSENT, RULES, Served
from tests.rooms.versions.load.running import Load, Plan, Seen
from tests.rooms.versions.load.versions import OPEN, SHUT, STATES, rulebook

OURS = ("-c", "from hub.cli import main; main()", "serve")


def now() -> datetime:
    """Give the time."""
    return datetime.now(UTC)


async def load(url: str, folder: Path, plan: Plan, planted: str = "") -> Seen:
    """Run the load; ``planted`` names the fault of the second replica."""
    async with contextlib.AsyncExitStack() as stack:
        upstream = stack.enter_context(process("-m", "tests.benchmarks.gateway.upstream"))
        assert upstream.stdout is not None
        write_sources(folder, map(int, upstream.stdout.readline().split()))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        faulty = ("-m", "tests.rooms.versions.load.planted", planted, "serve") if planted else OURS
        urls = [await stack.enter_async_context(replica(session, url, folder, "one", OURS))]
        desk = await stack.enter_async_context(at_desk(url, folder))
        for state in STATES if plan.bare else (OPEN, SHUT):
            await desk.store(rulebook(state))
        await desk.begin()
        urls.append(await stack.enter_async_context(replica(session, url, folder, "two", faulty)))
        served = [Served(session, one, desk.person, tokens(folder)) for one in urls]
        running = Load(served, desk, plan)
        await running.learn(sound=1 if planted else 2)
        return await running.run()


@contextlib.asynccontextmanager
async def replica(
    session: aiohttp.ClientSession, url: str, folder: Path, name: str, command: tuple[str, ...]
) -> AsyncIterator[str]:
    """Serve a hub; give its address once it is ready."""
    port = free_port()
    settings = {"ENV": "development", "DATA": str(folder), "DATABASE_URL": url, "REPLICA": name, "PORT": str(port)}
    with process(*command, **{f"HUB_{key}": value for key, value in settings.items()}) as running:
        async with asyncio.timeout(120):
            while not await _ready(session, f"http://127.0.0.1:{port}/readyz"):
                assert running.poll() is None, f"replica {name} did not start"
                await asyncio.sleep(0.1)
        yield f"http://127.0.0.1:{port}"


async def _ready(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.ok
    except aiohttp.ClientError:
        return False


@contextlib.asynccontextmanager
async def at_desk(url: str, folder: Path) -> AsyncIterator[Desk]:
    """Open the desk: the agreements signed, the child found."""
    keyring, database = read_keys(folder / "keys"), Database(url)
    await sign(database)
    found = await PersonIndex(database, keyring, now).by_local("social-care", [LocalId("P1")])
    ledger = await Ledger.open(database, keyring, replica="desk", clock=now)
    yield Desk.of(database, ledger, keyring, found[LocalId("P1")], now)
    await ledger.close()
    await database.close()


def tokens(folder: Path) -> dict[str, str]:
    """Sign in both who ask."""
    issuer = DevelopmentIssuer(folder, Environment.DEVELOPMENT)
    people = {
        who: Requester(f"sub-{who}", who, f"{who}-worker", "bench-front-door", "load") for who in (RULES, CONSENT)
    }
    return {who: issuer.token(person, audience="children-hub") for who, person in people.items()}
