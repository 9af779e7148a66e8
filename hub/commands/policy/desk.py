"""The policy desk: where an officer's commands act, with a log of its own in the ledger, and who the officer is."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from connectors.source import read_sources
from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonyms
from hub.clock import now
from hub.commands.saying import Refused, plainly
from hub.commands.token import demo_settings
from hub.governance.versions.errors import VersionDamaged, VersionRefused
from hub.governance.versions.joined import PolicyRoom, policy_room
from hub.identity.requester import Requester
from hub.identity.tokens import TokenReader
from hub.identity.trusted import trusted_issuers
from hub.identity.unauthenticated import Unauthenticated
from hub.keys import read_keys
from hub.settings import Environment, Settings
from hub.store.database import BROKEN, Database
from policies.vocabulary import AGENCY, Role

DESK = "policy-desk"
"""The log in the ledger that these commands write: a replica's own is held by the replica."""

T = TypeVar("T")

AsOption = Annotated[
    str | None, typer.Option("--as", help="The agency whose IG officer you are (not in production).", metavar="AGENCY")
]
TokenOption = Annotated[Path | None, typer.Option("--token-file", help="File with your bearer token: who you are.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, in a sentence; it is kept with the step.")]
VersionArgument = Annotated[str, typer.Argument(help="A version's id, as `hub policy history` shows it.")]


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command works with."""

    settings: Settings
    database: Database
    room: PolicyRoom


@contextlib.asynccontextmanager
async def desk(settings: Settings) -> AsyncIterator[Desk]:
    """Open the database, the desk's log and the room of versions; close them after."""
    keyring, database = read_keys(settings.keys_folder), Database(settings.database)
    try:
        await database.upgrade()
        ledger = await Ledger.open(database, keyring, replica=DESK, clock=now)
        try:
            sources = read_sources(settings.sources_folder) if settings.sources_folder.is_dir() else ()
            yield Desk(settings, database, policy_room(database, ledger, Pseudonyms(keyring), sources))
        finally:
            await ledger.close()
    finally:
        await database.close()


def at_desk(data: Path | None, work: Callable[[Desk], Awaitable[T]]) -> T:
    """Do some work at the desk; what an officer can act on is said in one line, and the exit code is 1."""

    async def done(settings: Settings) -> T:
        async with desk(settings) as opened:
            return await work(opened)

    with plainly():
        try:
            return asyncio.run(done(demo_settings(data)))
        except VersionRefused as error:
            raise Refused(str(error)) from None
        except VersionDamaged as error:
            raise Refused(f"version {error} is not what was stored: it decides nothing until it is mended") from None
        except BROKEN as error:
            raise Refused(f"the database cannot be used: {type(error).__name__}") from None
    raise AssertionError("plainly lets nothing else by")


async def officer(settings: Settings, agency: str | None, token_file: Path | None) -> Requester:
    """Say who acts: whoever the token names, or, outside production, an IG officer of the agency named."""
    if token_file is not None:
        return await _of_token(settings, token_file, _token_in(token_file))
    if agency is None:
        raise VersionRefused("say who you are: --token-file FILE, or --as AGENCY outside production")
    if settings.env is Environment.PRODUCTION:
        raise VersionRefused("in production a token says who you are: --token-file FILE")
    if not AGENCY.fullmatch(agency):
        raise VersionRefused(f"{agency!r} is not an agency's id, such as 'county-council'")
    role = Role.IG_OFFICER.value
    return Requester(f"demo:{role}@{agency}", "IG officer", role, agency, "hub-command-line")


async def _of_token(settings: Settings, token_file: Path, token: str) -> Requester:
    trusted = trusted_issuers(settings)
    try:
        return await TokenReader(*trusted.issuers, skew=settings.clock_skew).requester(f"Bearer {token}")
    except Unauthenticated:
        raise VersionRefused(f"{token_file} holds no token that is valid now") from None
    finally:
        await trusted.close()


def _token_in(token_file: Path) -> str:
    """Read the token of a file; one that cannot be read holds none."""
    try:
        return token_file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
