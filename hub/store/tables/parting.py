"""What an entry that left its person leaves to be looked at: what protects both until somebody says otherwise."""

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel


def _seconds(*, nullable: bool = False) -> Column[int]:
    return Column(BigInteger(), nullable=nullable)


class PartingRow(SQLModel, table=True):
    """One thing to look at: a protection of ``other_id`` that was carried to ``person_id``, or that they stay apart.

    ``reference`` is the carried row's own id, or a label; ``provider`` whose it is, where it is one agency's.
    ``stays`` says what was found of it: 1 that it protects this person too, 0 that it was lifted.
    """

    __tablename__ = "person_parting"

    id: str = Field(primary_key=True)
    person_id: str = Field(index=True)
    other_id: str = Field(index=True)
    source_id: str
    because: str
    what: str
    reference: str = ""
    provider: str = ""
    at: int = Field(sa_column=_seconds())
    settled_at: int | None = Field(default=None, sa_column=_seconds(nullable=True))
    settled_by: str | None = None
    stays: int | None = None
