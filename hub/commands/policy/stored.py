"""What a hub holds, for commands that also run where there is none: stored versions by their ids, and its grounds."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

from sqlalchemy import make_url

from connectors.source import read_sources
from hub.commands.saying import Refused
from hub.commands.token import demo_settings
from hub.governance.versions.compiling import compiled
from hub.governance.versions.errors import VersionDamaged, VersionRefused
from hub.governance.versions.grounds import grounds
from hub.governance.versions.owners import owners
from hub.governance.versions.store import Versions
from hub.settings import Settings
from hub.store.database import BROKEN, Database, StoreUnavailable
from policies.rulebook import Rulebook
from policies.simulate.grounds import Grounds

T = TypeVar("T")

_ID = re.compile(r"[0-9a-f]{12}")


def stored(name: str, data: Path | None = None) -> Rulebook | None:
    """Give the rules of a stored version of the hub of a folder (HUB_DATA); none where the name is not one's id."""
    if not _ID.fullmatch(name):
        return None
    try:
        return asyncio.run(_at(demo_settings(data), lambda database: _read(database, name)))
    except VersionDamaged:
        raise Refused(f"version {name} is not what was stored: it decides nothing until it is mended") from None
    except (VersionRefused, StoreUnavailable, *BROKEN):
        return None


class Here(NamedTuple):
    """What the hub of a folder knows: its agencies and agreements, and which version counts there."""

    grounds: Grounds
    active: str | None


def known_here(data: Path | None) -> Here | None:
    """Give what the hub of a folder knows; none where there is no hub."""
    settings = demo_settings(data)
    sources = read_sources(settings.sources_folder) if settings.sources_folder.is_dir() else ()
    providers = owners((source.service, source.agency) for source in sources)

    async def work(database: Database) -> Here:
        return Here(await grounds(database, providers), await Versions(database).active())

    try:
        return asyncio.run(_at(settings, work))
    except (StoreUnavailable, *BROKEN):
        return None


async def _at(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    """Do some work with a hub's database; StoreUnavailable where there is none, and none is made by looking."""
    database = Database(settings.database)
    try:
        if database.dialect == "sqlite" and not _is_there(make_url(database.url).database):
            raise StoreUnavailable("there is no database")
        return await work(database)
    finally:
        await database.close()


def _is_there(file: str | None) -> bool:
    return Path(file or "").is_file()


async def _read(database: Database, name: str) -> Rulebook:
    return await compiled(await Versions(database).read(name))
