"""What information governance officers own: agreements, what is decided of each person, emergency access, the epoch."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, LargeBinary, text
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


def _bytes() -> Column[bytes]:
    return Column(LargeBinary(), nullable=False)


def _seconds(*, nullable: bool = False) -> Column[int]:
    """Declare a moment in seconds since 1970 by the database's own clock: compared there, by no replica's."""
    return Column(BigInteger(), nullable=nullable)


class AgreementRow(SQLModel, table=True):
    """A data sharing agreement: provider lets consumers see items, for purposes, from start to expiry."""

    __tablename__ = "agreement"

    id: str = Field(primary_key=True)
    title: str
    provider: str = Field(index=True)
    consumers: str
    purposes: str
    start: date
    review: date
    expiry: date
    status: str
    lawful_bases: str
    dpia: str
    signatories: str
    items: str
    rules: str


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
    relationship: str
    capacity: str
    state: str
    services: str
    kinds: str
    purposes: str
    recipients: str
    method: str
    evidence: str
    reason: str
    recorded_by: str
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    given: date | None = None
    reviewed: date | None = None
    expires: date | None = None


class NotSharingRow(SQLModel, table=True):
    """A provider's decision not to share; it stands until it is ended. What was said of why is sealed."""

    __tablename__ = "not_sharing"

    id: str = Field(primary_key=True)
    person_id: str = Field(index=True)
    provider: str
    services: str
    kinds: str
    reason: str
    key_ct: bytes = Field(sa_column=_bytes())
    text_ct: bytes = Field(sa_column=_bytes())
    start: date
    review: date
    decided_by: str
    ended_at: int | None = Field(default=None, sa_column=_seconds(nullable=True))
    ended_by: str | None = None


class ObjectionRow(SQLModel, table=True):
    """An objection to a provider's processing, and what it came to. What was said of why is sealed."""

    __tablename__ = "objection"

    id: str = Field(primary_key=True)
    person_id: str = Field(index=True)
    provider: str
    services: str
    objector: str
    received: date
    state: str
    assessed: date | None = None
    reason: str | None = None
    key_ct: bytes = Field(sa_column=_bytes())
    text_ct: bytes = Field(sa_column=_bytes())
    recorded_by: str
    assessed_by: str | None = None


class GrantRow(SQLModel, table=True):
    """A break-glass grant, and its review. The words and the case reference are sealed."""

    __tablename__ = "break_glass_grant"

    id: str = Field(primary_key=True)
    person_id: str = Field(index=True)
    requester: str
    role: str
    organisation: str
    owners: str
    reason: str
    key_ct: bytes = Field(sa_column=_bytes())
    text_ct: bytes = Field(sa_column=_bytes())
    reference_ct: bytes = Field(sa_column=_bytes())
    began: int = Field(sa_column=_seconds())
    until: int = Field(sa_column=_seconds())
    ended_by: str | None = None
    review_due: int = Field(sa_column=_seconds())
    reviewed_at: int | None = Field(default=None, sa_column=_seconds(nullable=True))
    reviewed_by: str | None = None
    outcome: str | None = None


class NoticeRow(SQLModel, table=True):
    """A notice to an agency's information governance lead: a reference and a moment, and nothing of the child."""

    __tablename__ = "notice"

    id: str = Field(primary_key=True)
    agency: str = Field(index=True)
    about: str
    reference: str
    at: int = Field(sa_column=_seconds())
    sent_at: int | None = Field(default=None, sa_column=_seconds(nullable=True))
