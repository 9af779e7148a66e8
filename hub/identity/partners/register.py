"""The register of partners' clients: read for every question, so that what is revoked is refused at the next one."""

import hashlib
from typing import Any, Final, NamedTuple

import orjson
from joserfc.jwk import Key
from sqlalchemy import and_, bindparam, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Row

from hub.governance.rows import purposes
from hub.identity.keys_held import read_key_set
from hub.identity.partners.client import Method, PartnerClient
from hub.identity.requester import Bound, Speaks
from hub.store.database import Database, patience, table
from hub.store.one_hop import OneHop
from hub.store.seconds import Now
from hub.store.tables.partners import PartnerAssertionRow, PartnerClientRow, PartnerSecretRow

CLIENT, SECRET, ASSERTION = table(PartnerClientRow), table(PartnerSecretRow), table(PartnerAssertionRow)

COLUMNS: Final = (
    *(CLIENT.c[name] for name in ("id", "name", "organisation", "role", "purposes", "agreements", "sources")),
    *(CLIENT.c[name] for name in ("method", "on_behalf_of", "decides_named")),
    *(CLIENT.c[name] for name in ("lifetime", "generation", "certificate", "jwks")),
    CLIENT.c.revoked_at,
    CLIENT.c.speaks,
    SECRET.c.hash,
)
LIVE: Final = CLIENT.outerjoin(
    SECRET, and_(SECRET.c.client_id == CLIENT.c.id, or_(SECRET.c.until.is_(None), SECRET.c.until > Now()))
)

_KEYS: dict[str, dict[str, Key]] = {}
"""Public keys by the text they were read from, so that they are read once."""


class _Read(NamedTuple):
    id: str
    name: str
    organisation: str
    role: str
    purposes: str
    agreements: str
    sources: str
    method: str
    on_behalf_of: int
    decides_named: int
    lifetime: int
    generation: int
    certificate: str | None
    jwks: str
    revoked_at: int | None
    speaks: str | None
    secret: str | None


class PartnerRegister:
    """Reads clients, and uses up assertions."""

    def __init__(self, database: Database) -> None:
        """Read from this database; nothing of a client is kept from one question to the next."""
        self._database = database
        statement = select(*COLUMNS).select_from(LIVE).where(CLIENT.c.id == bindparam("id"))
        self._one = OneHop(statement, database.engine.dialect)

    async def client(self, client_id: str) -> PartnerClient | None:
        """Give a client as it stands now, revoked or not; StoreUnavailable where that cannot be known."""
        async with patience():
            rows = await self._one.rows(self._database, {"id": client_id})
        return _client(rows) if rows else None

    async def clients(self) -> list[PartnerClient]:
        """Give every client, by id."""
        async with patience(), self._database.read() as connection:
            rows = (await connection.execute(select(*COLUMNS).select_from(LIVE).order_by(CLIENT.c.id))).all()
        by: dict[str, list[Row[Any]]] = {}
        for row in rows:
            by.setdefault(row.id, []).append(row)
        return [_client(of_one) for of_one in by.values()]

    async def use(self, client_id: str, jti: str, seconds: int) -> bool:
        """Use up an assertion, on every replica; say whether it was unused. It is remembered for so many seconds."""
        hashed = hashlib.sha256(jti.encode("utf-8", "replace")).hexdigest()
        insert_once = postgresql.insert if self._database.dialect == "postgresql" else sqlite.insert
        async with patience(), self._database.begin() as connection:
            await connection.execute(delete(ASSERTION).where(ASSERTION.c.until < Now()))
            made = await connection.execute(
                insert_once(ASSERTION)
                .values(client_id=client_id, jti_hash=hashed, until=Now() + seconds)
                .on_conflict_do_nothing()
                .returning(ASSERTION.c.jti_hash)
            )
            return made.first() is not None


def _client(rows: list[Any]) -> PartnerClient:
    read = _Read(*rows[0])
    return PartnerClient(
        read.id,
        read.name,
        read.organisation,
        read.role,
        Bound(
            purposes(read.purposes),
            frozenset(read.agreements.split()),
            frozenset(read.sources.split()),
            bool(read.decides_named),
        ),
        Method(read.method),
        bool(read.on_behalf_of),
        read.lifetime,
        read.generation,
        read.certificate,
        _keys(read.jwks),
        read.revoked_at is not None,
        tuple(secret for row in rows if (secret := _Read(*row).secret) is not None),
        speaks_of(read.speaks),
    )


def speaks_of(written: str | None) -> Speaks | None:
    """Read for whom a hub speaks, as it is stored; none for every other client."""
    if written is None:
        return None
    read = orjson.loads(written)
    return Speaks(frozenset(read["organisations"]), dict(read["roles"]))


def speaks_written(speaks: Speaks | None) -> str | None:
    """Write it as it is stored."""
    if speaks is None:
        return None
    return orjson.dumps({"organisations": sorted(speaks.organisations), "roles": dict(speaks.roles)}).decode()


def _keys(jwks: str) -> dict[str, Key]:
    if jwks not in _KEYS:
        if len(_KEYS) > 1_000:  # noqa: PLR2004 -- more than there are clients: they were changed often
            _KEYS.clear()
        _KEYS[jwks] = read_key_set(jwks.encode())
    return _KEYS[jwks]
