"""Preparing: what of a batch needs no database is made ready while the batch before it is still being written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from connectors.contract import Identity
from hub.people.hashing import Hashers
from hub.people.keyed import entry_keys
from hub.people.keys import LINKING
from hub.people.turns import Turns


class Hashes(NamedTuple):
    """The hashes by which one entry is found: numbers alone, which Python's collector need not walk."""

    versions: Mapping[int, int] = MappingProxyType({})
    """The version of the index key each was made with."""
    linking: tuple[int, ...] = ()
    """Those under which every pair meets that a release rule can join."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch made ready under the versions of the index key that were in use then."""

    hashers: Hashers
    batch: Sequence[Identity]
    latest: Mapping[str, Identity]
    """What the source said last of each entry, by the hash its local id is to be written with."""
    newest: Mapping[str, str]
    """That hash, by every hash the local id may be held under."""
    keyed: Mapping[str, Hashes]
    """What each entry that has not ended is found by."""


async def prepare(hashers: Hashers, source_id: str, batch: Sequence[Identity]) -> Prepared:
    """Make a batch ready, a turn at a time."""
    latest, newest, keyed, turns = dict[str, Identity](), dict[str, str](), dict[str, Hashes](), Turns()
    for identity in batch:
        held_under = hashers.locals(source_id, identity.local_id)
        newest |= dict.fromkeys(held_under, held_under[-1])
        latest[held_under[-1]] = identity
        await turns.give()
    for hmac, identity in latest.items():
        if not identity.ended:
            keyed[hmac] = _hashes(hashers, source_id, identity)
            await turns.give()
    return Prepared(hashers, batch, latest, newest, keyed)


def _hashes(hashers: Hashers, source_id: str, identity: Identity) -> Hashes:
    hashed = hashers.hashes(entry_keys(source_id, identity.local_id, identity.traits))
    linking = tuple(h for h, at in hashed.items() if at.key.kind in LINKING)
    return Hashes({h: at.version for h, at in hashed.items()}, linking)
