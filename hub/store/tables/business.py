"""What business an asker has: allocations, a second person's agreement, reasons in words; and when a law began."""

from datetime import date

from sqlalchemy import BigInteger, Column, LargeBinary
from sqlmodel import Field, SQLModel


def _seconds() -> Column[int]:
    return Column(BigInteger(), nullable=False)


class AllocationRow(SQLModel, table=True):
    """That a worker, or a team, works with a child; it stands from a day until another, or until it is ended."""

    __tablename__ = "allocation"

    id: str = Field(primary_key=True)
    person_id: str = Field(index=True)
    organisation: str
    worker: str
    team: str
    start: date
    ending: date | None = None
    recorded_by: str


class SecondPersonRow(SQLModel, table=True):
    """That a colleague agreed to one worker's looking at one person's records, for a while by the database's clock."""

    __tablename__ = "second_person"

    id: str = Field(primary_key=True)
    person_id: str = Field(index=True)
    requester: str
    organisation: str
    agreed_by: str
    began: int = Field(sa_column=_seconds())
    until: int = Field(sa_column=_seconds())


class ReasonRow(SQLModel, table=True):
    """Why somebody asked, in their words, sealed; ``record_id`` is the question's in the ledger."""

    __tablename__ = "asked_reason"

    record_id: str = Field(primary_key=True)
    key_ct: bytes = Field(sa_column=Column(LargeBinary(), nullable=False))
    text_ct: bytes = Field(sa_column=Column(LargeBinary(), nullable=False))


class CommencementRow(SQLModel, table=True):
    """The day an officer set for a lawful basis that awaits one."""

    __tablename__ = "basis_commencement"

    basis: str = Field(primary_key=True)
    start: date
    set_by: str
