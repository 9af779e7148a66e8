"""Erasure: take a record's body out of the ledger, leaving its hash and an entry that says who did so.

The entry comes first, so that a body missing without one is damage (UK GDPR Article 17 where it applies; the
ledger's columns, which are pseudonyms and codes, stay).
"""

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from hub.audit.entries import Event
from hub.audit.errors import EntryRefused, LedgerUnavailable
from hub.audit.ledger import Ledger
from hub.store.database import Database
from hub.store.tables.audit import AuditRecord

ERASED = "BODY_ERASED"

_TABLE = AuditRecord.__table__  # type: ignore[attr-defined] # set by SQLModel


async def erase(database: Database, ledger: Ledger, event: Event) -> int:
    """Erase the body of the record the event is about; give how many there were. The event is named BODY_ERASED."""
    if event.name != ERASED or event.about is None:
        raise EntryRefused("an erasure is an event named BODY_ERASED about one record")
    await ledger.append(event)
    change = update(_TABLE).where(_TABLE.c.record_id == event.about).values(body=None, salt=None)
    try:
        async with database.begin() as connection:
            return (await connection.execute(change)).rowcount
    except (SQLAlchemyError, OSError) as error:
        raise LedgerUnavailable(type(error).__name__) from None
