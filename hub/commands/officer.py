"""The officer's desk: what the commands on agreements, consent and emergency access open, and who is acting."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from connectors.source import read_sources
from hub.audit.errors import LedgerUnavailable
from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonyms
from hub.clock import now
from hub.commands.saying import Refused, plainly
from hub.commands.token import demo_settings
from hub.governance.acting import Acting, By, CannotBeDone
from hub.governance.written import LARGEST, Unreadable
from hub.identity.tokens import TokenReader
from hub.identity.trusted import trusted_issuers
from hub.identity.unauthenticated import Unauthenticated
from hub.keys import Keyring, read_keys
from hub.people.index import PersonIndex
from hub.people.known import KnownPerson
from hub.people.sealing import Sealer
from hub.settings import Environment, Settings
from hub.store.database import BROKEN, Database
from policies.vocabulary import AGENCY, Role

DESK = "officer-desk"
"""The log in the ledger that these commands write; one of them at a time."""
TRIES = 50
PAUSE = 0.1
"""Seconds between tries to take hold of the desk's log while another command holds it."""

T = TypeVar("T")

ByOption = Annotated[str, typer.Option("--by", help="Who acts: your id at the identity provider (not in production).")]
OrganisationOption = Annotated[str, typer.Option("--organisation", help="Your agency's id (not in production).")]
TokenOption = Annotated[Path | None, typer.Option("--token-file", help="File with your bearer token: who you are.")]
PersonOption = Annotated[str, typer.Option("--person", help="The hub's id of the person.")]


def officer(
    by: str, organisation: str, token_file: Path | None = None, data: Path | None = None, role: str | None = None
) -> By:
    """Give who acts: whoever a token names; in production nobody else is believed. Without a role, an IG officer."""
    settings = demo_settings(data)
    if token_file is not None:
        if by or organisation:
            raise Refused("a token says who acts: leave out --by and --organisation")
        return _of_token(settings, read_file(token_file).decode("utf-8", "replace").strip())
    if settings.env is Environment.PRODUCTION:
        raise Refused("in production a token says who acts: --token-file FILE")
    if not by.strip():
        raise Refused("--by must say who acts")
    if not AGENCY.fullmatch(organisation):
        raise Refused("--organisation takes an agency's id, such as county-council")
    return By(by, role or Role.IG_OFFICER.value, organisation)


def _of_token(settings: Settings, token: str) -> By:
    try:
        reader = TokenReader(*trusted_issuers(settings).issuers, skew=settings.clock_skew)
        named = asyncio.run(reader.requester(f"Bearer {token}"))
    except (Unauthenticated, ValueError):
        raise Refused("there is no token that is valid now") from None
    return By(named.subject, named.role, named.organisation)


def at_desk(data: Path | None, work: Callable[[Acting], Coroutine[Any, Any, T]]) -> T:
    """Open the database and the ledger, do some work, close them again; every refusal is one line."""
    with plainly(), refusing():
        return asyncio.run(_at_desk(demo_settings(data), work))


@contextlib.contextmanager
def refusing() -> Iterator[None]:
    """Turn what the governance room refuses into one line."""
    try:
        yield
    except (Unreadable, CannotBeDone) as error:
        raise Refused(str(error)) from None
    except BROKEN as error:
        raise Refused(f"the hub's database cannot be used: {type(error).__name__}; see `hub db upgrade`") from None


@dataclass(frozen=True, slots=True)
class Store:
    """The hub's database and keys, for what is to be done whether the ledger can be written or not."""

    database: Database
    keyring: Keyring


def at_store(data: Path | None, work: Callable[[Store], Coroutine[Any, Any, T]]) -> T:
    """Open the database, do some work, close it again; every refusal is one line."""
    with plainly(), refusing():
        return asyncio.run(_at_store(demo_settings(data), work))


async def _at_store(settings: Settings, work: Callable[[Store], Coroutine[Any, Any, T]]) -> T:
    keyring = read_keys(settings.keys_folder)
    database = Database(settings.database)
    try:
        await database.upgrade()
        return await work(Store(database, keyring))
    finally:
        await database.close()


async def _at_desk(settings: Settings, work: Callable[[Acting], Coroutine[Any, Any, T]]) -> T:
    async def with_ledger(store: Store) -> T:
        database, keyring = store.database, store.keyring
        async with desk_ledger(store) as ledger:
            sources = read_sources(settings.sources_folder) if settings.sources_folder.is_dir() else ()
            agencies = frozenset(source.agency for source in sources)
            sealer = Sealer(keyring.versions("kek"))
            return await work(Acting(database, ledger, Pseudonyms(keyring), sealer, now, agencies))

    return await _at_store(settings, with_ledger)


@contextlib.asynccontextmanager
async def desk_ledger(store: Store) -> AsyncIterator[Ledger]:
    """Hold the desk's log; LedgerUnavailable where it cannot be had."""
    ledger = await _held(store.database, store.keyring)
    try:
        yield ledger
    finally:
        await ledger.close()


async def _held(database: Database, keyring: Keyring) -> Ledger:
    """Take hold of the desk's log, waiting a little for another command to let go of it."""
    for _ in range(TRIES - 1):
        try:
            return await Ledger.open(database, keyring, replica=DESK, clock=now)
        except LedgerUnavailable as error:
            if error.code != "replica-in-use":
                raise
        await asyncio.sleep(PAUSE)
    return await Ledger.open(database, keyring, replica=DESK, clock=now)


async def known_person(data: Path | None, acting: Acting, person_id: str) -> KnownPerson:
    """Give a person of the index by any of their ids; Refused where there is none."""
    index = PersonIndex(acting.database, read_keys(demo_settings(data).keys_folder), now)
    found = (await index.followed([person_id])).get(person_id)
    if found is None:
        raise Refused("the hub knows no person of that id")
    return found


def read_file(path: Path) -> bytes:
    """Read a file that is not too large."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise Refused(f"{path} cannot be read: {type(error).__name__}") from None
