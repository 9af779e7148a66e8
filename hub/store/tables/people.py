"""The person index: linkage keys and sealed demographics only, never an agency's record.

Whatever could name a person is sealed (``*_ct``) or hashed under a key kept outside the database. Nothing is
merged: a person is the entries linked to it, and a link that ends stays as history.
"""

from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, Index, LargeBinary, SmallInteger, text
from sqlmodel import Field, SQLModel

LIVE = text("ended_at IS NULL")
SUPERSEDED = text("superseded_by IS NOT NULL")


def _moment(*, nullable: bool = True) -> Column[datetime]:
    return Column(DateTime(timezone=True), nullable=nullable)


def _sealed(*, nullable: bool = True) -> Column[bytes]:
    return Column(LargeBinary, nullable=nullable)


class PersonRow(SQLModel, table=True):
    """A person the hub can be asked about. ``labels`` are protections spread from an identity that is sealed."""

    __tablename__ = "person"
    __table_args__ = (
        Index("ix_person_superseded_by", "superseded_by", sqlite_where=SUPERSEDED, postgresql_where=SUPERSEDED),
    )

    id: str = Field(primary_key=True)
    status: str
    labels: str = ""
    superseded_by: str | None = None
    version: int = 1


class PersonSourceRow(SQLModel, table=True):
    """One source's entry for a person: its local id and traits sealed under a data key of its own.

    ``number`` is a short name for it within the database, in the order in which entries came.
    """

    __tablename__ = "person_source"
    __table_args__ = (
        Index("ux_person_source_local", "source_id", "local_hmac", unique=True),
        Index("ux_person_source_number", "number", unique=True),
    )

    id: str = Field(primary_key=True)
    number: int = Field(sa_column=Column(BigInteger, nullable=False))
    source_id: str
    service: str
    local_hmac: str
    key_ct: bytes = Field(sa_column=_sealed(nullable=False))
    local_ct: bytes = Field(sa_column=_sealed(nullable=False))
    payload_ct: bytes = Field(sa_column=_sealed(nullable=False))
    labels: str = ""
    ended_at: datetime | None = Field(default=None, sa_column=_moment())
    version: int = 1


class AgencyLinkRow(SQLModel, table=True):
    """A decision that an entry is a person's; the database allows one live link an entry."""

    __tablename__ = "agency_link"
    __table_args__ = (
        Index("ux_agency_link_live", "entry_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
        Index("ix_agency_link_person", "person_id"),
    )

    id: str = Field(primary_key=True)
    entry_id: str
    person_id: str
    rule: str
    rule_version: str
    key_ct: bytes = Field(sa_column=_sealed(nullable=False))
    evidence_ct: bytes = Field(sa_column=_sealed(nullable=False))
    reason_ct: bytes | None = Field(default=None, sa_column=_sealed())
    decided_by: str
    decided_at: datetime = Field(sa_column=_moment(nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=_moment())
    ended_because: str | None = None


class LinkKeyRow(SQLModel, table=True):
    """A keyed hash of one value, or of several together, by which candidates are found.

    The hash says nothing of what kind of value it is of; ``key_version`` is the version of the key it was made with.
    """

    __tablename__ = "link_key"
    __table_args__ = (Index("ix_link_key_entry", "entry"), {"sqlite_with_rowid": False})

    h: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    entry: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    key_version: int = Field(sa_column=Column(SmallInteger, nullable=False))


class KnownDifferentRow(SQLModel, table=True):
    """An entry that someone said is not another entry's, or not a person's: respected by every rule for ever.

    Where somebody took it back (``withdrawn_at``), a person may join them again; no rule does.
    """

    __tablename__ = "known_different"
    __table_args__ = (Index("ix_known_different_other", "other_id"),)

    entry_id: str = Field(primary_key=True)
    other_id: str = Field(primary_key=True)
    key_ct: bytes = Field(sa_column=_sealed(nullable=False))
    reason_ct: bytes = Field(sa_column=_sealed(nullable=False))
    decided_by: str
    decided_at: datetime = Field(sa_column=_moment(nullable=False))
    withdrawn_at: datetime | None = Field(default=None, sa_column=_moment())
    withdrawn_by: str | None = None


class SourceFeedRow(SQLModel, table=True):
    """How far each source's index feed was read, when it was last read to its end, and when last the whole of it."""

    __tablename__ = "source_feed"

    source_id: str = Field(primary_key=True)
    service: str
    watermark: datetime | None = Field(default=None, sa_column=_moment())
    last_sync: datetime | None = Field(default=None, sa_column=_moment())
    reconciled_at: datetime | None = Field(default=None, sa_column=_moment())


class KeyVersionRow(SQLModel, table=True):
    """A version of a key that something in the database was made with. ``state`` says what it is still for.

    ``proof`` opens, or is made again, under the right key alone: a hub with another key does not begin. ``filled``
    is the number of the last entry that was hashed under it as well.
    """

    __tablename__ = "key_version"

    name: str = Field(primary_key=True)
    version: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    state: str
    proof: bytes = Field(sa_column=_sealed(nullable=False))
    filled: int = Field(sa_column=Column(BigInteger, nullable=False))


PERSON = SQLModel.metadata.tables["person"]
PERSON_SOURCE = SQLModel.metadata.tables["person_source"]
AGENCY_LINK = SQLModel.metadata.tables["agency_link"]
LINK_KEY = SQLModel.metadata.tables["link_key"]
KNOWN_DIFFERENT = SQLModel.metadata.tables["known_different"]
SOURCE_FEED = SQLModel.metadata.tables["source_feed"]
KEY_VERSION = SQLModel.metadata.tables["key_version"]
