"""Reasons: why somebody asked, in their own words. They may hold personal data: sealed, and in no log or ledger."""

from collections.abc import Iterable

from sqlalchemy import insert, select

from hub.governance.sealed_words import SealedWords
from hub.people.sealing import Sealer
from hub.store.database import Database, patience, table
from hub.store.tables.business import ReasonRow

REASON = table(ReasonRow)


class Reasons:
    """Keeps reasons, each under its question's id in the ledger."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        """Keep them in this database, sealed."""
        self._database = database
        self._sealer = sealer

    async def keep(self, records: Iterable[str], text: str) -> None:
        """Keep the reason of some questions; StoreUnavailable where that cannot be done: then nothing is asked."""
        rows = [{"record_id": r, **SealedWords(self._sealer, REASON.name, r).seal(text_ct=text)} for r in records]
        async with patience(), self._database.begin() as connection:
            await connection.execute(insert(REASON), rows)

    async def read(self, record: str) -> str | None:
        """Give the words of a question's reason, for whoever reviews it; none where none was given."""
        async with patience(), self._database.read() as connection:
            row = (await connection.execute(select(REASON).where(REASON.c.record_id == record))).first()
        return SealedWords(self._sealer, REASON.name, record).open(row, "text_ct")[0] if row else None
