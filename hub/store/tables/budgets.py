"""Budgets and reviews: what each asker came to in the last day, and what a lead is to look at. Keyed names only."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary
from sqlmodel import Field, SQLModel


def _number(*, key: bool = False, nullable: bool = False) -> Column[int]:
    return Column(BigInteger(), primary_key=key, nullable=nullable, autoincrement=False)


class BudgetUseRow(SQLModel, table=True):
    """What one user came to in the last day; ``version`` grows with every change, so that none is lost."""

    __tablename__ = "budget_use"

    account: str = Field(primary_key=True)
    version: int = Field(sa_column=_number())
    at: int = Field(sa_column=_number())
    state: bytes = Field(sa_column=Column(LargeBinary(), nullable=False))


class BudgetSlotRow(SQLModel, table=True):
    """What all users of one system or organisation came to in five minutes; ``slot`` is when they began."""

    __tablename__ = "budget_slot"

    account: str = Field(primary_key=True)
    slot: int = Field(sa_column=_number(key=True))
    people: int = Field(sa_column=_number())
    searches: int = Field(sa_column=_number())


class ReviewItemRow(SQLModel, table=True):
    """Something the lead of an organisation is to look at, by reference; ``day`` and the rest make it one a day."""

    __tablename__ = "review_item"
    __table_args__ = (
        Index("ux_review_item_once", "organisation", "about", "actor", "subject", "detail", "day", unique=True),
    )

    id: str = Field(primary_key=True)
    organisation: str
    about: str
    actor: str
    subject: str = ""
    detail: str = ""
    day: int = Field(sa_column=_number())
    reference: str
    at: int = Field(sa_column=_number())
    closed_at: int | None = Field(default=None, sa_column=_number(nullable=True))
    closed_by: str | None = None
    outcome: str | None = None


class WorkerTraitRow(SQLModel, table=True):
    """A keyed hash of a name or a postcode of a worker, as their employer gave it: it can be compared and not read."""

    __tablename__ = "worker_trait"

    organisation: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    hash: str = Field(primary_key=True)
    actor: str = Field(primary_key=True)
