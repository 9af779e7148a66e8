"""Proving keys: a hub whose keys are not those its database was sealed with must not begin.

With another key-encryption key nothing would open; with another index key everybody would be found to be nobody.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.keys import Keyring, KeysError, KeyVersions, file_of
from hub.people.entries import unseal
from hub.people.hashing import VERSION, Hasher
from hub.people.locking import writing_alone
from hub.people.sealing import Place, Sealer, Tampered
from hub.store.database import Database
from hub.store.tables.people import KEY_VERSION, PERSON_SOURCE

KEK, INDEX = "kek", "index"


class State(StrEnum):
    """What a version of a key is for."""

    CURRENT = "current"
    FILLING = "filling"
    LEAVING = "leaving"


async def prove(database: Database, keyring: Keyring) -> None:
    """Hold the keys against the database; KeysError says which is missing or is another.

    The first time, the keys are held against what is there, and what proves them is kept.
    """
    async with writing_alone(database) as connection:
        rows = (await connection.execute(select(KEY_VERSION))).all()
        for name in (KEK, INDEX):
            known = {row.version: row.proof for row in rows if row.name == name}
            keys = keyring.versions(name)
            if known:
                _hold(name, keys, known)
            else:
                await _first(connection, keyring, name)


def proof(name: str, keys: KeyVersions, version: int) -> bytes:
    """Make what only the right key opens, or makes again."""
    key = keys.get(version)
    assert key is not None  # noqa: S101 -- whoever names a version holds it
    if name == KEK:
        return Sealer(KeyVersions(KEK, {version: key})).fresh(_place(version)).wrapped
    return Hasher(key, version).local("key_version", INDEX).encode()


def _place(version: int) -> Place:
    return Place("key_version", KEK, version)


def _hold(name: str, keys: KeyVersions, known: Mapping[int, bytes]) -> None:
    for version, kept in known.items():
        if keys.get(version) is None:
            raise KeysError(f"{file_of(name, version)} is missing: the database needs it")
        if not _proves(name, keys, version, bytes(kept)):
            raise KeysError(f"{file_of(name, version)} is not the key that this database was made with")


def _proves(name: str, keys: KeyVersions, version: int, kept: bytes) -> bool:
    if name == INDEX:
        return proof(name, keys, version) == kept
    try:
        Sealer(keys).unwrap(_place(version), kept)
    except Tampered:
        return False
    return True


async def _first(connection: AsyncConnection, keyring: Keyring, name: str) -> None:
    """Keep the proof of a key for a database that has none: empty, or from before proofs were kept."""
    keys = keyring.versions(name)
    row = (await connection.execute(select(PERSON_SOURCE).limit(1))).one_or_none()
    version = keys.newest
    if row is not None:
        version = bytes(row.key_ct)[0] if name == KEK else VERSION
        _hold_against(keyring, name, version, row)
    values = {"name": name, "version": version, "state": State.CURRENT.value, "filled": 0}
    await connection.execute(insert(KEY_VERSION).values(**values, proof=proof(name, keys, version)))


def _hold_against(keyring: Keyring, name: str, version: int, row: Any) -> None:
    """Hold a key against an entry that is there."""
    key = keyring.versions(name).get(version)
    if key is None:
        raise KeysError(f"{file_of(name, version)} is missing: the database needs it")
    try:
        entry = unseal(Sealer(keyring.versions(KEK)), row)
        right = name == KEK or Hasher(key, version).local(entry.source_id, entry.local_id) == row.local_hmac
    except Tampered:
        right = False
    if not right:
        raise KeysError(f"{file_of(name, version)} is not the key that this database was made with")
