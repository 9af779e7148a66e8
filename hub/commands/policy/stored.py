"""Stored versions by their ids, for every command that takes rules by name."""

import asyncio
import re

from hub.commands.saying import Refused
from hub.commands.token import demo_settings
from hub.governance.versions.compiling import compiled
from hub.governance.versions.errors import VersionDamaged, VersionRefused
from hub.governance.versions.store import Versions
from hub.store.database import BROKEN, Database, StoreUnavailable
from policies.rulebook import Rulebook

_ID = re.compile(r"[0-9a-f]{12}")


def stored(name: str) -> Rulebook | None:
    """Give the rules of a stored version (of the hub in HUB_DATA); none where the name is not one's id."""
    if not _ID.fullmatch(name):
        return None
    try:
        return asyncio.run(_read(name))
    except VersionDamaged:
        raise Refused(f"version {name} is not what was stored: it decides nothing until it is mended") from None
    except (VersionRefused, StoreUnavailable, *BROKEN):
        return None


async def _read(name: str) -> Rulebook:
    database = Database(demo_settings(None).database)
    try:
        return await compiled(await Versions(database).read(name))
    finally:
        await database.close()
