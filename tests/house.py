"""The house: every room of the hub joined over the cast's in-memory sources, on a real database file."""

import contextlib
import io
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from hub.answer.finding import Finder
from hub.answer.path import Answerer
from hub.answer.question import Question, wanted_of
from hub.answer.selection import Selection
from hub.answer.sources import ConnectedSource, Sources
from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonyms
from hub.budgets.joined import Watching, watching
from hub.budgets.limits import GroupLimits, Limits, UserLimits
from hub.governance.acting import Acting
from hub.governance.agreements import Agreement, Status
from hub.governance.data_items import EVERYTHING
from hub.governance.reasons import Reasons
from hub.governance.register import Register
from hub.governance.telling import Owners
from hub.governance.versions.joined import policy_room
from hub.governance.versions.legal import HUB
from hub.governance.versions.rulebooks import Rulebooks
from hub.governance.versions.store import Versions, is_stored, write_version
from hub.governance.versions.version import Content
from hub.graphql.asking import Asking
from hub.graphql.execution import Executor, Request, Result, build_schema
from hub.graphql.governing.room import Governing
from hub.indexing import Indexer
from hub.keys import create_keys, read_keys
from hub.observing import Observer
from hub.people.index import PersonIndex
from hub.people.sealing import Sealer
from hub.store.database import Database
from policies.reading import read_rules
from policies.rulebook import Rulebook
from schema.purposes import Purpose
from tests.cast import CHILDREN, NOW, SERVICES, CastConnector, agency, requester, source_config

NOTHING: Mapping[str, str] = {}
RULES = read_rules()
SCHEMA = build_schema()

_MANY = 1_000_000
PLENTY = Limits(
    user=UserLimits(people_hour=_MANY, people_day=_MANY, searches_minute=_MANY, searches_hour=_MANY, misses_hour=_MANY),
    client=GroupLimits(people_hour=_MANY, people_day=_MANY, searches_hour=_MANY),
    organisation=GroupLimits(people_hour=_MANY, people_day=_MANY, searches_hour=_MANY),
)
"""Budgets nobody comes to, where something else is tried; everything is counted all the same."""

WHO = """
query ($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) {
  id dateOfBirth age names { given family } addresses { lines postcode }
  involvements { id service status start reason professionals { name phone } dutyDesk { phone } plan { type goals } }
  chronology { date title summary }
  sources { source outcome reason explanation complete asOf }
  withheld { path source code masked decisionId }
} }
"""


@dataclass(repr=False)
class House:
    """The rooms, joined."""

    database: Database
    index: PersonIndex
    register: Register
    ledger: Ledger
    answerer: Answerer
    executor: Executor
    connectors: dict[str, CastConnector]
    observer: Observer
    log: io.StringIO
    ids: dict[str, str]
    acting: Acting
    reasons: Reasons
    watching: Watching

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:  # noqa: FBT001 -- Hypothesis' own hook
        printer.text("House")

    async def ask(
        self,
        query: str,
        variables: dict[str, Any] | None = None,
        *,
        who: str = "front-door",
        ordinary: bool = False,
        stated: Mapping[str, str] = NOTHING,
    ) -> Result:
        """Run a GraphQL request as somebody; ``stated`` is what a gateway's headers say of why."""
        request = Request(query, variables or {}, None, stated)
        return await self.executor.run(request, requester(who), "req", ordinary=ordinary)

    async def person(
        self, child: str = "maya", who: str = "front-door", purpose: str = "CHILD_PROTECTION", query: str = WHO
    ) -> dict[str, Any]:
        """Ask who is involved with a child of the cast, and insist on an answer without errors."""
        context = {"purpose": purpose, "reference": "REF 1"}
        result = await self.ask(query, {"id": self.ids.get(child, child), "context": context}, who=who)
        assert not result.errors, result.errors
        answer: dict[str, Any] = result.data["person"]
        return answer

    def question(self, wanted: Selection, who: str, purpose: Purpose, child: str = "maya") -> Question:
        """Make a question about a child of the cast."""
        return Question("req", requester(who), purpose, "REF 1", (self.ids[child],), wanted_of([wanted]), NOW, 8.0)


async def agree(register: Register, *, expiry: date = date(2099, 1, 1)) -> None:
    """Put an agreement in force from every agency of the cast to every other, for every purpose."""
    await register.record_agreements(
        Agreement(
            f"{provider}--{consumer}",
            "Cast agreement",
            agency(provider),
            frozenset({agency(consumer)}),
            frozenset(Purpose),
            date(2020, 1, 1),
            date(2098, 1, 1),
            expiry,
            (EVERYTHING,),
            Status.SIGNED,
        )
        for provider in SERVICES
        for consumer in SERVICES
        if provider != consumer
    )


async def put(database: Database, register: Register, rulebook: Rulebook, now: datetime) -> Rulebooks:
    """Store a version of the rules if it is not, make it the one that counts, and give what a replica holds."""
    async with database.begin() as connection:
        if not await is_stored(connection, rulebook.version):
            await write_version(connection, Content(rulebook), None, HUB, "cast", now)
    await register.activate(rulebook.version, now)
    rulebooks = Rulebooks(Versions(database))
    rulebooks.know(rulebook)
    return rulebooks


def sources_of(connectors: dict[str, CastConnector]) -> Sources:
    """Configure the cast's sources."""
    return Sources(ConnectedSource.of(source_config(s), c) for s, c in connectors.items())


def connectors_of(no_feed: tuple[str, ...]) -> dict[str, CastConnector]:
    """Connect every agency of the cast."""
    return {s: CastConnector(s, feeds=s not in no_feed) for s in SERVICES}


async def furnish(
    folder: Path,
    url: str | None,
    rulebook: Rulebook,
    clock: datetime,
    no_feed: tuple[str, ...],
    *,
    agreements: bool,
    feeding: bool,
) -> None:
    """Make what a house stands on: keys, tables, rules, agreements and the index, in a folder or a database."""
    create_keys(folder / "keys")
    database = Database(url or f"sqlite:///{folder / 'hub.db'}")
    await database.upgrade()
    register = Register(database)
    await put(database, register, rulebook, clock)
    if agreements:
        await agree(register)
    if feeding:
        index = PersonIndex(database, read_keys(folder / "keys"), lambda: clock)
        await Indexer(index, sources_of(connectors_of(no_feed)), Observer(io.StringIO())).refresh()
    await database.close()


_FURNISHED: dict[tuple[object, ...], Path] = {}
"""Folders furnished once in this process, by what they were furnished with: a house begins as a copy of one."""

_KEPT = tempfile.TemporaryDirectory(prefix="houses-")


async def _furnished(
    rulebook: Rulebook, clock: datetime, no_feed: tuple[str, ...], *, agreements: bool, feeding: bool
) -> Path:
    key = (rulebook.version, clock, no_feed, agreements, feeding, *CHILDREN.items())
    if key not in _FURNISHED:
        folder = Path(_KEPT.name) / str(len(_FURNISHED))
        folder.mkdir()
        await furnish(folder, None, rulebook, clock, no_feed, agreements=agreements, feeding=feeding)
        _FURNISHED[key] = folder
    return _FURNISHED[key]


async def switch(home: House, rulebook: Rulebook) -> None:
    """Let another version of the rules count from now on; the house need not prove it again to load it."""
    home.answerer.preparer.rulebooks.know(rulebook)
    await put(home.database, home.register, rulebook, NOW)


@contextlib.asynccontextmanager
async def house(
    folder: Path,
    *,
    rulebook: Rulebook = RULES,
    agreements: bool = True,
    clock: datetime = NOW,
    url: str | None = None,
    no_feed: tuple[str, ...] = (),
    replica: str = "test-1",
    feeding: bool = True,
    limits: Limits | None = None,
) -> AsyncIterator[House]:
    """Open a house over the cast."""
    if url is None and not (folder / "hub.db").exists():
        shutil.copytree(
            await _furnished(rulebook, clock, no_feed, agreements=agreements, feeding=feeding),
            folder,
            dirs_exist_ok=True,
        )
    else:
        await furnish(folder, url, rulebook, clock, no_feed, agreements=agreements, feeding=feeding)
    keyring = read_keys(folder / "keys")
    database = Database(url or f"sqlite:///{folder / 'hub.db'}")
    register = Register(database)
    rulebooks = Rulebooks(Versions(database))
    rulebooks.know(rulebook)
    connectors = connectors_of(no_feed)
    sources = sources_of(connectors)
    log = io.StringIO()
    observer = Observer(log)
    index = PersonIndex(database, keyring, lambda: clock)
    ledger = await Ledger.open(database, keyring, replica=replica, clock=lambda: clock)
    pseudonyms = Pseudonyms(keyring)
    sealer = Sealer(keyring.kek)
    reasons, owners = Reasons(database, sealer), Owners(database)
    watched = watching(database, keyring, ledger, limits or PLENTY, lambda: clock, observer)
    answerer = Answerer(
        index=index,
        register=register,
        rulebooks=rulebooks,
        ledger=ledger,
        pseudonyms=pseudonyms,
        sources=sources,
        id_key=keyring.index,
        clock=lambda: clock,
        observer=observer,
        reasons=reasons,
        owners=owners,
        watching=watched,
    )
    finder = Finder(index, register, rulebooks, ledger, pseudonyms, sources, clock.date, reasons, owners, watched)
    asking = Asking(answerer, finder, sources, deadline=8.0, clock=lambda: clock)
    agencies = frozenset(map(agency, SERVICES))
    acting = Acting(database, ledger, pseudonyms, sealer, lambda: clock, agencies)
    policies = policy_room(database, ledger, pseudonyms, (s.config for s in sources))
    governing = Governing(acting, replace(policies, rulebooks=rulebooks), answerer.preparer)
    executor = Executor(SCHEMA, asking, governing, introspection=True, failed=observer.internal)
    ids = {}
    for key, child in CHILDREN.items():
        local = child.local_id(child.sources[0])
        ids[key] = (await index.by_local(child.sources[0], [local]))[local]
    try:
        rooms = (database, index, register, ledger, answerer, executor, connectors, observer, log)
        yield House(*rooms, ids, acting, reasons, watched)
    finally:
        await watched.storing.close()
        await ledger.close()
        await database.close()
