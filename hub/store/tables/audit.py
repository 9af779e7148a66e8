"""The audit ledger's tables: append-only; one log a replica, one row a leaf, and the signed checkpoints.

``at`` is kept as the very text that was hashed (ISO 8601, UTC, microseconds), so that it cannot change meaning
between databases. Body and salt may be erased; their hash stays, so the log still verifies.
"""

from sqlalchemy import BigInteger, Column, Index, LargeBinary
from sqlmodel import Field, SQLModel


class AuditRecord(SQLModel, table=True):
    """One leaf of one replica's log; its place is ``(log_id, seq)``, counted from nought."""

    __tablename__ = "audit_record"
    __table_args__ = (
        Index("audit_record_by_record", "record_id"),
        Index("audit_record_by_subject", "subject"),
        {"sqlite_with_rowid": False},
    )

    log_id: str = Field(primary_key=True)
    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    record_id: str
    at: str
    kind: str
    request_id: str
    subject: str | None = None
    actor: str | None = None
    body: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    salt: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    body_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    leaf_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class AuditCheckpoint(SQLModel, table=True):
    """A replica's signed head, and the hub's signed head over every replica's checkpoints so far.

    ``number`` counts the checkpoints of all replicas from one: the hub's tree has one leaf for each. The
    frontiers are the roots of a tree's perfect subtrees, largest first, so that a log can be resumed without
    reading all of it.
    """

    __tablename__ = "audit_checkpoint"
    __table_args__ = (Index("audit_checkpoint_by_log", "log_id", "size", unique=True),)

    number: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    log_id: str
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    root: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    frontier: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    note: str
    at: str
    hub_frontier: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    hub_note: str
