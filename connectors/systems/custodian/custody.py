"""Reading a custodian's records: one call for each record type an ask needs, for all the pointers at once."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from connectors.contract import LocalId, Traits
from connectors.errors import SourceBroken
from connectors.feed import Rows
from connectors.mapped import Gathered, Needed, in_batches, moment, oldest
from connectors.mapping import Row
from connectors.together import together
from connectors.transports.client import Client

_POINTERS_AT_ONCE = 100


class Custody:
    """A custodian's records, by type and pointer."""

    def __init__(self, client: Client) -> None:
        """Keep the client."""
        self._client = client

    async def about(self, people: tuple[LocalId, ...], needed: Needed) -> Gathered:
        """Bring the needed record types about these pointers; SourceBroken where a record is about another."""
        batches = in_batches(people, _POINTERS_AT_ONCE)
        found = await together(self._records(name, batch) for name in needed for batch in batches)
        rows: dict[str, list[Row]] = {name: [] for name in needed}
        for name, part in zip([n for n in needed for _ in batches], found, strict=True):
            rows[name].extend(part.rows[name])
        cap = self._client.limits.records
        complete = all(len(listed) <= cap for listed in rows.values())
        return Gathered({n: r[:cap] for n, r in rows.items()}, oldest([p.as_of for p in found]), complete)

    async def pages(self, needed: Needed, since: datetime | None) -> AsyncIterator[Rows]:
        """Bring nobody: a custodian gives no list of people."""
        del needed, since
        for nobody in tuple[Rows, ...]():
            yield nobody

    async def candidates(self, traits: Traits, needed: Needed) -> Gathered:
        """Bring nobody: a custodian matches for itself."""
        del traits, needed
        return Gathered({})

    async def ping(self) -> datetime | None:
        """Ask which record types there are."""
        await self._client.get(("record-types",))
        return None

    async def close(self) -> None:
        """Release connections."""
        await self._client.close()

    async def _records(self, name: str, pointers: Sequence[LocalId]) -> Gathered:
        page = await self._client.get(("records", name), (("pointer", ",".join(pointers)),))
        answer = page.value if page else None
        if not isinstance(answer, dict) or answer.get("recordType") != name:
            raise SourceBroken("not-the-record-type", name)
        records = answer.get("records")
        if not isinstance(records, list) or not all(isinstance(r, dict) for r in records):
            raise SourceBroken("records-not-objects", name)
        return Gathered({name: [_row(r) for r in records if isinstance(r, dict)]}, moment(answer.get("asOf")))


def _row(record: Row) -> Row:
    """Bind a record to its pointer; what is not a text is nobody's and is refused later as such."""
    pointer = record.get("pointer")
    return {**record, "pointer": pointer if isinstance(pointer, str) else None}
