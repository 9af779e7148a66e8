"""Rules by the id of the version they are of: as stored, and as a rulebook to ask. Refused alike if there is none."""

import re
from typing import Final

from hub.governance.versions.errors import VersionRefused
from hub.governance.versions.version import SHORT, Version
from hub.graphql.governing.room import Governing
from policies.rulebook import Rulebook
from policies.validation import nearest
from schema.fields import CATALOGUE, FieldId

_ID: Final = re.compile(rf"[0-9a-f]{{{SHORT}}}")


async def stored(room: Governing, version: str | None) -> Version:
    """Give a stored version, the one that counts if none is named; VersionRefused repeats nothing that was typed."""
    wanted = version or await room.policies.versions.active() or ""
    if not _ID.fullmatch(wanted):
        raise VersionRefused("there is no such version")
    return await room.policies.versions.read(wanted)


async def book(room: Governing, version: str | None) -> Rulebook:
    """Give a version's rulebook: the one that decides here where it is held, else compiled for this look."""
    return await book_of(room, await stored(room, version))


async def book_of(room: Governing, found: Version) -> Rulebook:
    """Give the rulebook of a version that was read just now."""
    held = room.policies.rulebooks
    return held.held(found.id) if held.holds(found.id) else await room.policies.lives.looked_at(found)


def field_of(name: str) -> FieldId:
    """Give a governed field by its id; VersionRefused names the nearest."""
    if name not in CATALOGUE:
        raise VersionRefused(f"there is no such field; {nearest(name, CATALOGUE)}")
    return FieldId(name)
