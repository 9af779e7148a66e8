"""What information governance officers own: agreements, consent, policy versions and their epoch."""

from datetime import date, datetime

from sqlalchemy import Column, DateTime
from sqlmodel import Field, SQLModel


class GovernanceEpoch(SQLModel, table=True):
    """One row: a number that grows with every change to agreements, consent or the active policy version."""

    __tablename__ = "governance_epoch"

    id: int = Field(default=1, primary_key=True)
    value: int


class PolicyVersion(SQLModel, table=True):
    """An immutable policy version; ``active`` is true for exactly one."""

    __tablename__ = "policy_version"

    version: str = Field(primary_key=True)
    activated_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    active: bool = Field(default=False, index=True)


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
    """A consent decision by one giver; a change is a new row, and the newest of each giver counts."""

    __tablename__ = "consent"

    id: str = Field(primary_key=True)
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
