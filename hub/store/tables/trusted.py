"""The documents that partners' clients may run. Times are the database's."""

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel


class TrustedDocumentRow(SQLModel, table=True):
    """One registered document: its client, its id there, its text, and what it is bound to."""

    __tablename__ = "trusted_document"

    client_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    digest: str
    text: str
    purpose: str
    agreement: str
    registered_by: str
    registered_at: int = Field(sa_column=Column(BigInteger(), nullable=False))
    revoked_at: int | None = Field(default=None, sa_column=Column(BigInteger(), nullable=True))
