"""Who is signed in, and who has begun to: hashes of what their browsers hold, and what is sealed about them.

And what the ledger is owed of sessions that were ended while it could not be written.
"""

from sqlalchemy import BigInteger, Column, LargeBinary
from sqlmodel import Field, SQLModel


def _seconds() -> Column[int]:
    return Column(BigInteger(), nullable=False)


def _sealed() -> Column[bytes]:
    return Column(LargeBinary(), nullable=False)


class SessionRow(SQLModel, table=True):
    """One session; gone when it is ended. ``id_hash`` is of what the cookie holds, times are the database's seconds.

    ``person``, ``sid`` and ``sub`` are pseudonyms: of whoever is signed in, and of what their issuer calls the session
    and them. ``who_ct`` holds their subject, name and ID token, sealed; ``asks_ct`` what they ask for, once they said.
    """

    __tablename__ = "session"

    id_hash: str = Field(primary_key=True)
    reference: str = Field(unique=True)
    issuer: str
    configured: str
    person: str = Field(index=True)
    sid: str | None = Field(default=None, index=True)
    sub: str = Field(index=True)
    role: str
    organisation: str
    team: str | None = None
    began: int = Field(sa_column=_seconds())
    authenticated: int = Field(sa_column=_seconds())
    seen: int = Field(sa_column=_seconds())
    idle: int = Field(sa_column=_seconds())
    until: int = Field(sa_column=_seconds())
    key_ct: bytes = Field(sa_column=_sealed())
    who_ct: bytes = Field(sa_column=_sealed())
    asks_ct: bytes | None = Field(default=None, sa_column=Column(LargeBinary(), nullable=True))


class SignInAttemptRow(SQLModel, table=True):
    """A sign-in that was begun; taken away by whoever comes back with its state, so that nobody comes back twice."""

    __tablename__ = "sign_in_attempt"

    state_hash: str = Field(primary_key=True)
    browser_hash: str
    issuer: str
    local_path: str
    again: bool
    began: int = Field(sa_column=Column(BigInteger(), nullable=False, index=True))


class HeldSearchRow(SQLModel, table=True):
    """What somebody typed to find a child, sealed, for their session and a short while.

    ``id`` is a hash of the name it is come back to by; ``session`` the reference of the session that may.
    """

    __tablename__ = "held_search"

    id: str = Field(primary_key=True)
    session: str = Field(index=True)
    at: int = Field(sa_column=Column(BigInteger(), nullable=False, index=True))
    key_ct: bytes = Field(sa_column=_sealed())
    typed_ct: bytes = Field(sa_column=_sealed())


class OwedEventRow(SQLModel, table=True):
    """An event of which the ledger is owed: codes and pseudonyms, as it will be written there, then forgotten here.

    ``at`` is when it was done; ``claimed`` when somebody last began to carry it, in the database's seconds.
    """

    __tablename__ = "owed_event"

    record_id: str = Field(primary_key=True)
    at: str
    event: bytes = Field(sa_column=_sealed())
    claimed: int = Field(sa_column=_seconds())
