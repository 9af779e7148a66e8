"""Partners' clients, the hashes of their secrets, and the assertions they have used up. Times are the database's."""

from sqlalchemy import BigInteger, Column, Integer
from sqlmodel import Field, SQLModel


def _seconds(*, nullable: bool = False, index: bool = False) -> Column[int]:
    return Column(BigInteger(), nullable=nullable, index=index)


class PartnerClientRow(SQLModel, table=True):
    """A partner's client. Lists are words with spaces between; ``jwks`` holds public keys and nothing secret.

    ``speaks`` is, of another authority's hub, the organisations it speaks for and its roles' names here, as JSON.
    """

    __tablename__ = "partner_client"

    id: str = Field(primary_key=True)
    name: str
    organisation: str
    role: str
    purposes: str
    agreements: str
    sources: str
    method: str
    on_behalf_of: int
    decides_named: int = Field(default=0, sa_column=Column(Integer(), nullable=False, server_default="0"))
    lifetime: int
    generation: int
    certificate: str | None = None
    jwks: str
    registered_by: str
    registered_at: int = Field(sa_column=_seconds())
    revoked_at: int | None = Field(default=None, sa_column=_seconds(nullable=True))
    speaks: str | None = None


class PartnerSecretRow(SQLModel, table=True):
    """The hash of a client's secret; over at ``until``, where that is set."""

    __tablename__ = "partner_secret"

    hash: str = Field(primary_key=True)
    client_id: str = Field(index=True)
    made_at: int = Field(sa_column=_seconds())
    until: int | None = Field(default=None, sa_column=_seconds(nullable=True))


class PartnerAssertionRow(SQLModel, table=True):
    """An assertion that was used: its client and the hash of its id, until it would have expired."""

    __tablename__ = "partner_assertion"

    client_id: str = Field(primary_key=True)
    jti_hash: str = Field(primary_key=True)
    until: int = Field(sa_column=_seconds(index=True))
