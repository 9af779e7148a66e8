"""A version an address names, for the pages of policies: read whole, or there is no such page."""

from hub.governance.versions.errors import VersionRefused
from hub.governance.versions.version import Version
from hub.graphql.governing.books import stored
from hub.web.pages.visit import NoSuchPage, Visit


async def found(visit: Visit, version: str | None) -> Version:
    """Give a stored version, the one that counts if none is named."""
    try:
        return await stored(visit.governing, version)
    except VersionRefused:
        raise NoSuchPage from None
