"""What this room's tests stand on: small rulebooks, officers of made-up agencies, and a room over a real database."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonyms
from hub.governance.register import Register
from hub.governance.versions.checks import Checks, Faults
from hub.governance.versions.lifecycle import LifeCycle
from hub.governance.versions.orders import Orders, Writer
from hub.governance.versions.owners import owners
from hub.governance.versions.rulebooks import Rulebooks
from hub.governance.versions.store import Versions
from hub.governance.versions.version import Content, content_of
from hub.identity.requester import Requester
from hub.keys import Keyring, create_keys, read_keys
from hub.store.database import Database
from policies.rows import RuleRow
from policies.rulebook import Rulebook
from schema.services import Service
from tests.rooms.policies.rules import rule

HEALTH, POLICE = Service("HEALTH"), Service("POLICE")
AGENCIES = owners([(HEALTH, "trust"), (POLICE, "force")])


def clock() -> datetime:
    return datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def officer(agency: str, name: str = "one", role: str = "ig-officer") -> Requester:
    """Give an officer of an agency."""
    return Requester(f"sub-{name}@{agency}", "Officer", role, agency, "tests")


AUTHOR, TRUST, FORCE = officer("council"), officer("trust"), officer("force")


def rows(*services: str, role: str = "social-worker") -> list[RuleRow]:
    """Give one allow for each of some services."""
    return [rule(id=f"allow-{s.lower().replace('_', '-')}", service=s, role=role) for s in services]


def content(*services: str, role: str = "social-worker", why: str = "") -> Content:
    """Make content of one allow for each service; ``why`` makes it another version."""
    made = rows(*services, role=role)
    return content_of([rule(**{**r.cells(), "why": why}) for r in made] if why else made)


FIRST = content("HEALTH", "POLICE")


@dataclass
class Looks:
    """What linting and comparing will find next."""

    faults: Faults = field(default_factory=Faults)
    change: tuple[int, int] = (3, 1)

    async def lint(self, _before: Rulebook | None, _after: Rulebook) -> Faults:
        return self.faults

    async def compare(self, _before: Rulebook | None, _after: Rulebook) -> tuple[int, int]:
        return self.change


@dataclass
class Room:
    """The room over one database, with one replica's log."""

    database: Database
    ledger: Ledger
    orders: Orders
    versions: Versions
    rulebooks: Rulebooks
    lives: LifeCycle
    register: Register
    looks: Looks


@asynccontextmanager
async def room(
    url: str, keys: Path, replica: str = "a", *, writer: Writer | None = None, fresh: bool = True
) -> AsyncIterator[Room]:
    """Open the room; ``writer`` stands in for the ledger where it must fail; ``fresh`` has the tables made."""
    if fresh:
        create_keys(keys)
    keyring: Keyring = read_keys(keys)
    database = Database(url)
    if fresh:
        await database.upgrade()
    ledger = await Ledger.open(database, keyring, replica=replica, clock=clock)
    orders = Orders(database, writer or ledger, Pseudonyms(keyring))
    versions, looks = Versions(database), Looks()
    rulebooks = Rulebooks(versions)
    lives = LifeCycle(orders, versions, Checks(looks.lint, looks.compare), AGENCIES, rulebooks.know)
    try:
        yield Room(database, ledger, orders, versions, rulebooks, lives, Register(database), looks)
    finally:
        await ledger.close()
        await database.close()


async def proposed(lives: LifeCycle, made: Content, by: Requester = AUTHOR) -> str:
    """Take content from a draft to a proposal."""
    version = await lives.draft(made, by, "a reason")
    await lives.lint(version, by)
    await lives.simulate(version, by)
    await lives.propose(version, by)
    return version


async def approved(lives: LifeCycle, made: Content, by: Sequence[Requester] = (TRUST, FORCE)) -> str:
    """Take content from a draft to approval by each of these."""
    version = await proposed(lives, made)
    needed = await lives.needed(version)
    for one in by:
        if one.organisation in needed:
            await lives.approve(version, one)
    return version


async def published(lives: LifeCycle, made: Content) -> str:
    """Take content from a draft all the way."""
    version = await approved(lives, made)
    await lives.activate(version, AUTHOR)
    return version
