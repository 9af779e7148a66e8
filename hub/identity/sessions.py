"""Sessions: whoever signed in with a browser, for as long as the session's row is there and neither time is up.

The store is asked with every request and nothing of a session is kept in memory, so an ended one is dead at every
replica at once. The cookie's value is in the store as a hash alone; times are the database's.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import ColumnElement, bindparam, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit.entries import Event
from hub.audit.pseudonyms import Pseudonyms
from hub.identity.asks import Asks
from hub.identity.owed import owe
from hub.identity.requester import Requester
from hub.identity.signed_in import SignedIn
from hub.people.sealing import Place, Sealer, Tampered
from hub.store.database import Database, patience, table
from hub.store.one_hop import OneHop
from hub.store.seconds import Now
from hub.store.tables.sessions import HeldSearchRow, SessionRow

SESSION: Final = table(SessionRow)
_HELD: Final = table(HeldSearchRow)

TOKEN_BYTES: Final = 32
"""Random bytes in a cookie: four times what guessing could ever reach (OWASP asks for eight)."""

CLIENT: Final = "web"
"""The system that people use who have a session."""

TOUCHES: Final = 20
"""A session that is used is marked so at most this often within its idle time."""

_ALIVE: Final = (SESSION.c.until > Now(), SESSION.c.seen + SESSION.c.idle > Now())


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long sessions last, in seconds; ``lately`` is how long ago an authentication may be for what is grave."""

    idle: int = 30 * 60
    longest: int = 10 * 60 * 60
    lately: int = 5 * 60
    one_each: bool = False


Owing = Callable[[Sequence[str]], Event | None]
"""Says what the ledger is owed of the sessions of these references having ended."""


class _Row(NamedTuple):
    reference: str
    issuer: str
    configured: str
    role: str
    organisation: str
    team: str | None
    authenticated: int
    seen: int
    idle: int
    key_ct: bytes
    who_ct: bytes
    asks_ct: bytes | None
    now: int


_READ: Final = (
    select(*(SESSION.c[name] for name in _Row._fields[:-1]), Now().label("now"))
    .where(SESSION.c.id_hash == bindparam("id_hash"))
    .where(*_ALIVE)
)


@dataclass(frozen=True, slots=True)
class Session:
    """A session that stands: who has it, what they ask for once they said, what ending it at the issuer needs."""

    requester: Requester
    reference: str
    issuer: str
    id_token: str = field(repr=False)
    asks: Asks | None = None


class Listed(NamedTuple):
    """A session as an operator sees it: no name, the ledger's pseudonym; times in seconds since 1970."""

    reference: str
    issuer: str
    person: str
    role: str
    organisation: str
    team: str | None
    began: int
    seen: int
    until: int


class Sessions:
    """Everybody's sessions. ``configured`` names each issuer's present configuration: under another, none stands."""

    def __init__(
        self,
        database: Database,
        sealer: Sealer,
        pseudonyms: Pseudonyms,
        limits: SessionLimits,
        configured: Mapping[str, str],
    ) -> None:
        """Join the store, the keys and what is configured."""
        self._database = database
        self._sealer = sealer
        self._pseudonyms = pseudonyms
        self._limits = limits
        self._configured = configured
        self._read = OneHop(_READ, database.engine.dialect)

    async def begin(self, reference: str, signed: SignedIn, replaced: str | None) -> str:
        """Begin a session and give what its cookie holds: never what the browser came with, whose session ends."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        values = self._values(reference, signed) | {"id_hash": hashed(token)}
        async with patience(), self._database.begin() as connection:
            await _clear(connection)
            if replaced:
                await connection.execute(delete(SESSION).where(SESSION.c.id_hash == hashed(replaced)))
            if self._limits.one_each:
                await connection.execute(delete(SESSION).where(SESSION.c.person == values["person"]))
            await connection.execute(insert(SESSION).values(values))
        return token

    def _values(self, reference: str, signed: SignedIn) -> dict[str, Any]:
        key = self._sealer.fresh(_place(reference))
        who = {"subject": signed.subject, "name": signed.name, "id_token": signed.id_token}
        return {
            "reference": reference,
            "issuer": signed.issuer,
            "configured": self._configured[signed.issuer],
            "person": self._pseudonyms.actor(signed.subject),
            "sid": self._called(signed.issuer, "sid", signed.sid) if signed.sid else None,
            "sub": self._called(signed.issuer, "sub", signed.sub),
            "role": signed.role,
            "organisation": signed.organisation,
            "team": signed.team,
            "began": Now(),
            "authenticated": signed.authenticated,
            "seen": Now(),
            "idle": self._limits.idle,
            "until": Now() + self._limits.longest,
            "key_ct": key.wrapped,
            "who_ct": key.seal("who_ct", orjson.dumps(who)),
        }

    def _called(self, issuer: str, what: str, word: str) -> str:
        return self._pseudonyms.reference(f"{issuer}\x00{what}\x00{word}")

    async def read(self, token: str, *, used: bool = True) -> Session | None:
        """Give a cookie's session, or none; StoreUnavailable where nobody can say. Using it keeps it from idling."""
        id_hash = hashed(token)
        async with patience():
            rows = await self._read.rows(self._database, {"id_hash": id_hash})
            row = _Row(*rows[0]) if rows else None
            if row is None or self._configured.get(row.issuer) != row.configured:
                return None
            if used and row.now - row.seen >= row.idle // TOUCHES:
                async with self._database.begin() as connection:
                    await connection.execute(update(SESSION).where(SESSION.c.id_hash == id_hash).values(seen=Now()))
        try:
            return self._session(row)
        except Tampered:  # or sealed under a key that was taken away: whoever it is signs in again
            return None

    def _session(self, row: _Row) -> Session:
        key = self._sealer.unwrap(_place(row.reference), row.key_ct)
        who = orjson.loads(key.open("who_ct", row.who_ct))
        requester = Requester(
            who["subject"],
            who["name"],
            row.role,
            row.organisation,
            CLIENT,
            row.team,
            row.reference,
            row.now - row.authenticated <= self._limits.lately,
        )
        asks = Asks.read(key.open("asks_ct", row.asks_ct)) if row.asks_ct else None
        return Session(requester, row.reference, row.issuer, who["id_token"], asks)

    async def remember(self, token: str, asks: Asks) -> None:
        """Remember what somebody asks for until their session ends; nothing where it has."""
        id_hash = hashed(token)
        async with patience():
            rows = await self._read.rows(self._database, {"id_hash": id_hash})
            if not rows:
                return
            row = _Row(*rows[0])
            key = self._sealer.unwrap(_place(row.reference), row.key_ct)
            sealed = key.seal("asks_ct", asks.written())
            async with self._database.begin() as connection:
                await connection.execute(update(SESSION).where(SESSION.c.id_hash == id_hash).values(asks_ct=sealed))

    async def sweep(self) -> None:
        """Forget sessions whose time is up."""
        async with patience(), self._database.begin() as connection:
            await _clear(connection)

    async def end(self, token: str, event: Event) -> None:
        """End the session of a cookie, if there is one, and owe the ledger the event."""
        await self._end(lambda ended: event if ended else None, SESSION.c.id_hash == hashed(token))

    async def end_as_told(self, issuer: str, sid: str | None, sub: str | None, event: Event) -> list[str]:
        """End what an issuer says has ended: one of its sessions, or all of a person's; give their references.

        A session of that person of which the issuer never said which of its own it is may be the one: it ends too.
        """
        theirs = SESSION.c.sub == self._called(issuer, "sub", sub or "")
        if sid:
            named = SESSION.c.sid == self._called(issuer, "sid", sid)
            return await self._end(
                lambda _: event, SESSION.c.issuer == issuer, or_(named, SESSION.c.sid.is_(None) & theirs)
            )
        return await self._end(lambda _: event, SESSION.c.issuer == issuer, theirs)

    async def _end(self, owed: Owing, *which: ColumnElement[bool]) -> list[str]:
        async with patience():
            return await end_sessions(self._database, owed, *which)


def hashed(token: str) -> str:
    """Give what the store has of a random value: with 256 random bits, one round of SHA-256 cannot be undone."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def _place(reference: str) -> Place:
    return Place("session", reference, 1)


async def _clear(connection: AsyncConnection) -> None:
    """Forget sessions whose time is up, and what was held for those that are gone."""
    await connection.execute(delete(SESSION).where(or_(*(~alive for alive in _ALIVE))))
    await connection.execute(delete(_HELD).where(_HELD.c.session.not_in(select(SESSION.c.reference))))


async def end_sessions(database: Database, owed: Owing, *which: ColumnElement[bool]) -> list[str]:
    """End sessions, and owe the ledger what is to be told of it; give the references of those that were."""
    async with database.begin() as connection:
        rows = await connection.execute(delete(SESSION).where(*which).returning(SESSION.c.reference))
        ended = [row.reference for row in rows]
        if event := owed(ended):
            await owe(connection, event)
    return ended


async def list_sessions(database: Database) -> list[Listed]:
    """Give every session that stands, the newest first."""
    asked = select(*(SESSION.c[name] for name in Listed._fields)).where(*_ALIVE).order_by(SESSION.c.began.desc())
    async with database.read() as connection:
        return [Listed(*row) for row in await connection.execute(asked)]
