"""The versions of the index key in use: read from the database whenever something is looked for or written.

While a new key is filled in beside the old, everything is written under both and looked for by both, so that every
replica finds the same before, during and after.
"""

from collections.abc import Iterable

from sqlalchemy import Dialect, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.keys import Keyring
from hub.people.hashing import VERSION, Hasher, Hashers
from hub.people.proving_keys import INDEX
from hub.store.database import Database, StoreUnavailable
from hub.store.one_hop import OneHop
from hub.store.tables.people import KEY_VERSION

_LIVE = select(KEY_VERSION.c.version).where(KEY_VERSION.c.name == bindparam("name"))


class IndexKeys:
    """Makes hashers of the versions in use, from keys outside the database."""

    def __init__(self, keyring: Keyring) -> None:
        """Keep the keys; hashers are made once for each set of versions."""
        self._keys = keyring.versions(INDEX)
        self._made: dict[frozenset[int], Hashers] = {}
        self._hops: dict[Dialect, OneHop] = {}

    async def read(self, database: Database) -> Hashers:
        """Give the versions to look by, in one hop."""
        dialect = database.engine.dialect
        hop = self._hops.setdefault(dialect, OneHop(_LIVE, dialect))
        return self._of(row[0] for row in await hop.rows(database, {"name": INDEX}))

    async def now(self, connection: AsyncConnection) -> Hashers:
        """Give the versions to look by and to write under, as they are in this transaction."""
        return self._of(row.version for row in await connection.execute(_LIVE, {"name": INDEX}))

    def _of(self, versions: Iterable[int]) -> Hashers:
        """Give hashers; StoreUnavailable where a key is not at hand: whoever looks by half the keys finds half."""
        wanted = frozenset(versions) or frozenset({VERSION})
        if wanted not in self._made:
            keys = {version: self._keys.get(version) for version in sorted(wanted)}
            if None in keys.values():
                raise StoreUnavailable("KeyMissing")
            self._made[wanted] = Hashers([Hasher(key, version) for version, key in keys.items() if key])
        return self._made[wanted]
