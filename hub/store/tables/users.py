"""What users themselves leave: what they judged of an event, chronologies of their own, what they think of the hub.

Words are sealed.
"""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary
from sqlmodel import Field, SQLModel


def _sealed() -> Column[bytes]:
    return Column(LargeBinary(), nullable=False)


class JudgementRow(SQLModel, table=True):
    """What somebody made of one event of a source: a change is a new row, and the newest counts. The note is sealed.

    ``event`` is the event's opaque id, as every answer gives it: the source's own id cannot be read from it.
    """

    __tablename__ = "judgement"

    sequence: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    )
    id: str = Field(unique=True)
    person_id: str = Field(index=True)
    source: str
    event: str
    significance: str
    confirmed: bool
    recorded_by: str
    role: str
    organisation: str
    at: int = Field(sa_column=Column(BigInteger(), nullable=False))
    key_ct: bytes = Field(sa_column=_sealed())
    text_ct: bytes = Field(sa_column=_sealed())


class FeedbackRow(SQLModel, table=True):
    """What somebody thought of a page: no worker and no child is named. Their words, if any, are sealed.

    ``settled_by`` is the agency whose officer dealt with it.
    """

    __tablename__ = "feedback"

    id: str = Field(primary_key=True)
    page: str
    role: str
    found: str
    missed: str
    at: int = Field(sa_column=Column(BigInteger(), nullable=False))
    key_ct: bytes = Field(sa_column=_sealed())
    text_ct: bytes = Field(sa_column=_sealed())
    settled_at: int | None = Field(default=None, sa_column=Column(BigInteger()))
    settled_by: str | None = None


class CuratedRow(SQLModel, table=True):
    """A chronology somebody drew up of a child: which events are in it, what they wrote beside them. All of it sealed.

    No event lies here: each is named by its source and its opaque id. ``edition`` grows with every change, so that two
    windows do not undo each other.
    """

    __tablename__ = "curated_chronology"

    id: str = Field(primary_key=True)
    person_id: str = Field(index=True)
    saved_by: str
    role: str
    organisation: str
    purpose: str
    newest_first: bool
    saved: int = Field(sa_column=Column(BigInteger(), nullable=False))
    changed: int = Field(sa_column=Column(BigInteger(), nullable=False))
    edition: int
    key_ct: bytes = Field(sa_column=_sealed())
    text_ct: bytes = Field(sa_column=_sealed())
