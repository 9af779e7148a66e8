"""What information governance officers own: agreements, consent, policy versions and their epoch."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, text
from sqlmodel import Field, SQLModel


class GovernanceEpoch(SQLModel, table=True):
    """One row: a number that grows with every change to agreements, consent or the active policy version."""

    __tablename__ = "governance_epoch"

    id: int = Field(default=1, primary_key=True)
    value: int


class PolicyVersion(SQLModel, table=True):
    """An immutable policy version; ``active`` is true for one at most."""

    __tablename__ = "policy_version"
    __table_args__ = (
        Index(
            "ux_policy_version_active",
            "active",
            unique=True,
            sqlite_where=text("active"),
            postgresql_where=text("active"),
        ),
    )

    version: str = Field(primary_key=True)
    activated_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    active: bool = False


class AgreementRow(SQLModel, table=True):
    """A data sharing agreement: provider lets consumer see, for purposes, from start to expiry."""

    __tablename__ = "agreement"

    id: str = Field(primary_key=True)
    title: str
    provider: str = Field(index=True)
    consumer: str = Field(index=True)
    purposes: str
    start: date
    review: date
    expiry: date


class ConsentRow(SQLModel, table=True):
    """A consent decision by one giver; a change is a new row, and the newest of each giver counts.

    ``sequence`` says which is newer: the database gives it, so that no replica's clock decides.
    """

    __tablename__ = "consent"

    sequence: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    )
    id: str
    person_id: str = Field(index=True)
    giver: str
    state: str
    services: str
    purposes: str
    recipients: str
    method: str
    recorded_by: str
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    expires: date | None = None
