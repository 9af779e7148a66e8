"""The officers' desk of the load: it switches the rules and writes down what a mother says, audited and durable."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert

from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonyms
from hub.governance.acting import Acting, By
from hub.governance.consent import Consent
from hub.governance.consenting import record_consent
from hub.governance.register import Register
from hub.governance.versions.activation import hold
from hub.governance.versions.legal import HUB
from hub.governance.versions.lifecycle import LifeCycle
from hub.governance.versions.looks import checks
from hub.governance.versions.orders import Order, Orders, _cells
from hub.governance.versions.stages import Act, Stage
from hub.governance.versions.store import STEP, Versions, is_stored, write_version
from hub.governance.versions.version import Content
from hub.keys import Keyring
from hub.people.sealing import Sealer
from hub.store.database import Database
from policies.facts import ConsentState
from policies.rulebook import Rulebook
from schema.purposes import Purpose
from schema.services import Service
from tests.rooms.versions.load.versions import OPEN, SHUT, rulebook
from tests.rooms.versions.stage import officer

CHIEF, OTHER = officer("council"), officer("trust")
WORKER = By("sub-early-help", "early-help-worker", "council")


@dataclass
class Desk:
    """Changes what governs, on one database."""

    database: Database
    versions: Versions
    lives: LifeCycle
    register: Register
    acting: Acting
    person: str
    clock: Callable[[], datetime]

    @classmethod
    def of(
        cls, database: Database, ledger: Ledger, keyring: Keyring, person: str, clock: Callable[[], datetime]
    ) -> "Desk":
        """Set up a desk beside a ledger of its own."""
        pseudonyms, versions = Pseudonyms(keyring), Versions(database)
        acting = Acting(database, ledger, pseudonyms, Sealer(keyring.kek), clock)
        lives = LifeCycle(Orders(database, ledger, pseudonyms), versions, checks(database, {}), {})
        return cls(database, versions, lives, Register(database), acting, person, clock)

    async def store(self, book: Rulebook) -> None:
        """Keep a version whose life has not begun."""
        async with self.database.begin() as connection:
            if not await is_stored(connection, book.version):
                await write_version(connection, Content(book), None, HUB, "load", self.clock())

    async def begin(self) -> None:
        """Let both versions' lives have begun, so that an officer can switch from one to the other and back."""
        now = await self.versions.now()
        async with self.database.begin() as connection:
            await hold(connection)
            for state, stage in ((SHUT, Stage.SUPERSEDED), (OPEN, Stage.ACTIVE)):
                order = Order(Act.SHIP, rulebook(state).version, HUB, "load", None)  # type: ignore[arg-type] # only its words are used
                await connection.execute(insert(STEP).values(**_cells(order, stage, now, "r-load")))
        await self.bare(OPEN)

    async def restore(self, state: str) -> None:
        """Put a version in its place as an officer does: checked, written down, and durable."""
        await self.lives.roll_back(CHIEF, "load", rulebook(state).version)

    async def bare(self, state: str) -> None:
        """Make a stored version the one that counts, and nothing else: one durable transaction."""
        await self.register.activate(rulebook(state).version, self.clock())

    async def publish(self, state: str, why: str) -> Callable[[], object]:
        """Take a wholly new version as far as its approval; what is given activates it."""
        made = Content(rulebook(state, why))
        version = await self.lives.draft(made, CHIEF, "load")
        await self.lives.lint(version, CHIEF)
        await self.lives.simulate(version, CHIEF)
        await self.lives.propose(version, CHIEF)
        await self.lives.approve(version, OTHER)
        return lambda: self.lives.activate(version, CHIEF)

    async def consent(self, state: str) -> None:
        """Write down what the mother says."""
        everything = (frozenset[Service](), frozenset({Purpose.EARLY_HELP}), frozenset[str]())
        said = (self.person, "mother", ConsentState[state], *everything)
        told = Consent(*said, "form", WORKER.subject, self.clock())
        await record_consent(self.acting, told, WORKER)

    async def counts(self) -> str:
        """Say which state counts, where a switch was not acknowledged."""
        active = await self.versions.active()
        return OPEN if active == rulebook(OPEN).version else SHUT
