"""Telling owners: that records of theirs were seen where a rule makes that a duty. A reference only; never of whom."""

from collections.abc import Iterable
from dataclasses import dataclass

from hub.governance.notices import leave
from hub.store.database import Database, patience

SEEN = "records-seen"


@dataclass(frozen=True, slots=True)
class Owners:
    """Leaves notices for the agencies whose records were seen."""

    database: Database

    async def tell(self, seen: Iterable[tuple[str, str]]) -> None:
        """Leave a notice for each agency and question's id in the ledger; StoreUnavailable where it cannot be done."""
        owed = sorted(set(seen))
        if not owed:
            return
        async with patience(), self.database.begin() as connection:
            for agency, record in owed:
                await leave(connection, (agency,), SEEN, record)
