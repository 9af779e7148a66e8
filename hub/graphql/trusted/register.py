"""The register of trusted documents: read for every question of a partner's client, so that a change counts at once."""

from enum import Enum, auto
from typing import Any, Final

from sqlalchemy import CompoundSelect, String, bindparam, literal_column, or_, select, union_all

from hub.graphql.trusted.document import TrustedDocument
from hub.store.database import Database, patience, table
from hub.store.one_hop import OneHop
from hub.store.tables.trusted import TrustedDocumentRow
from schema.purposes import Purpose

DOCUMENT = table(TrustedDocumentRow)
COLUMNS: Final = tuple(DOCUMENT.c[name] for name in ("id", "client_id", "digest", "text", "purpose", "agreement"))
_NOTHING: Final = tuple(literal_column("''", String).label(column.name) for column in COLUMNS)
"""Written out: a statement of one hop has no parameters but those that are given."""


class Standing(Enum):
    """What there is where a document was not found."""

    FREE = auto()
    """Nothing was ever registered for the client: it may run what it likes."""
    HELD = auto()
    """Something was, and this is not among it, or no longer."""


class TrustedRegister:
    """Reads trusted documents."""

    def __init__(self, database: Database) -> None:
        """Read from this database; nothing is kept from one question to the next."""
        self._database = database
        its, live = DOCUMENT.c.client_id == bindparam("client"), DOCUMENT.c.revoked_at.is_(None)
        asked = or_(DOCUMENT.c.id == bindparam("id"), DOCUMENT.c.digest == bindparam("digest"))
        any_of_its = select(*_NOTHING).select_from(DOCUMENT).where(its).group_by(DOCUMENT.c.client_id)
        statement: CompoundSelect[Any] = union_all(select(*COLUMNS).where(its, live, asked), any_of_its)
        self._one = OneHop(statement, database.engine.dialect)

    async def find(self, client_id: str, *, document: str = "", digest: str = "") -> TrustedDocument | Standing:
        """Give a client's document by its id or by its text's digest, as it stands now."""
        async with patience():
            rows = await self._one.rows(self._database, {"client": client_id, "id": document, "digest": digest})
        if not rows:
            return Standing.FREE
        found = next((row for row in rows if row[0]), None)
        return Standing.HELD if found is None else _document(*found)

    async def documents(self, client_id: str | None = None) -> list[TrustedDocument]:
        """Give every document, or a client's, revoked ones too."""
        statement = select(*COLUMNS, DOCUMENT.c.revoked_at).order_by(DOCUMENT.c.client_id, DOCUMENT.c.id)
        if client_id is not None:
            statement = statement.where(DOCUMENT.c.client_id == client_id)
        async with patience(), self._database.read() as connection:
            rows: list[Any] = list((await connection.execute(statement)).all())
        return [_document(*row) for row in rows]


def _document(
    name: str, client_id: str, digest: str, text: str, purpose: str, agreement: str, revoked_at: int | None = None
) -> TrustedDocument:
    return TrustedDocument(client_id, name, digest, text, Purpose[purpose], agreement, revoked_at is not None)
