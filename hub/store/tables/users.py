"""What users themselves leave: what they judged of an event, and what they think of the hub. Words are sealed."""

from sqlalchemy import BigInteger, Column, LargeBinary
from sqlmodel import Field, SQLModel


def _sealed() -> Column[bytes]:
    return Column(LargeBinary(), nullable=False)


class FeedbackRow(SQLModel, table=True):
    """What somebody thought of a page: no worker and no child is named. Their words, if any, are sealed."""

    __tablename__ = "feedback"

    id: str = Field(primary_key=True)
    page: str
    role: str
    found: str
    missed: str
    at: int = Field(sa_column=Column(BigInteger(), nullable=False))
    key_ct: bytes = Field(sa_column=_sealed())
    text_ct: bytes = Field(sa_column=_sealed())
