"""Sign-ins that were begun: each can be come back to once, by the browser that began it, within ten minutes.

What must be secret of one (the PKCE verifier, the nonce) is made from what only that browser holds; the store has
hashes. So whoever reads the store learns nothing that would end somebody else's sign-in.
"""

import base64
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.identity.sessions import hashed
from hub.store.database import Database, patience, table
from hub.store.seconds import Now
from hub.store.tables.sessions import SignInAttemptRow

ATTEMPT: Final = table(SignInAttemptRow)

LASTS: Final = 10 * 60
"""Seconds from leaving for the issuer to coming back."""

MOST: Final = 100_000
"""Sign-ins under way at one moment, whoever began them: more than any place has people."""


class TooManyAttempts(Exception):
    """So many sign-ins are under way that no other is begun: somebody means harm."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What one sign-in is known by to the browser and the issuer."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in that was begun: where to go afterwards, whether to prove again who one is, when by the database."""

    local_path: str
    again: bool
    began: int


def new_word() -> str:
    """Give 256 random bits as a word."""
    return secrets.token_urlsafe(32)


def secrets_of(browser: str, state: str) -> Secrets:
    """Make a sign-in's secrets from what the browser holds; RFC 7636 asks of a verifier 43 characters or more."""
    return Secrets(state, _made(browser, "nonce", state), _made(browser, "verifier", state))


def _made(browser: str, what: str, state: str) -> str:
    made = hmac.digest(browser.encode("utf-8", "surrogateescape"), f"{what}\x00{state}".encode(), "sha256")
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


class Attempts:
    """The sign-ins that were begun, at whichever replica."""

    def __init__(self, database: Database) -> None:
        """Keep them in the store."""
        self._database = database

    async def begin(self, browser: str, issuer: str, local_path: str, *, again: bool) -> Secrets:
        """Begin one; whatever nobody came back to in time is forgotten."""
        made = secrets_of(browser, new_word())
        values = {
            "state_hash": hashed(made.state),
            "browser_hash": hashed(browser),
            "issuer": issuer,
            "local_path": local_path,
            "again": again,
            "began": Now(),
        }
        async with patience(), self._database.begin() as connection:
            await _forget(connection)
            if (await connection.execute(_HOW_MANY)).scalar_one() >= MOST:
                raise TooManyAttempts
            await connection.execute(insert(ATTEMPT).values(values))
        return made

    async def take(self, browser: str, issuer: str, state: str) -> Attempt | None:
        """Take one away and give it; none where there is none such, or somebody came back with it already."""
        which = (
            ATTEMPT.c.state_hash == hashed(state),
            ATTEMPT.c.browser_hash == hashed(browser),
            ATTEMPT.c.issuer == issuer,
            ATTEMPT.c.began >= Now() - LASTS,
        )
        taken = delete(ATTEMPT).where(*which).returning(ATTEMPT.c.local_path, ATTEMPT.c.again, ATTEMPT.c.began)
        async with patience(), self._database.begin() as connection:
            row = (await connection.execute(taken)).first()
        return Attempt(row.local_path, row.again, row.began) if row else None

    async def sweep(self) -> None:
        """Forget whatever nobody came back to in time."""
        async with patience(), self._database.begin() as connection:
            await _forget(connection)


_HOW_MANY: Final = select(func.count()).select_from(ATTEMPT)


async def _forget(connection: AsyncConnection) -> None:
    await connection.execute(delete(ATTEMPT).where(ATTEMPT.c.began < Now() - LASTS))
