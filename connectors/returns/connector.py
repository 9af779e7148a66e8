"""The connector of a return: a mapping over one shelf of files."""

import asyncio
import tomllib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files

from connectors.capped import capped
from connectors.contract import (
    Ask,
    Capabilities,
    Freshness,
    Health,
    Identity,
    Located,
    Reply,
    Traits,
)
from connectors.errors import SourceError
from connectors.mapping import Mapper, PeopleIndex
from connectors.returns.reading import ReturnConnection
from connectors.returns.shelf import Held as OnShelf
from connectors.returns.shelf import Shelf
from connectors.source import SourceConfig


def shipped_mapper(source: SourceConfig, package: str, *, tabular: bool) -> Mapper:
    """Compile a system's own mapping and after it the source's ``[[map]]`` blocks."""
    layout = tomllib.loads(files(package).joinpath("mapping.toml").read_text("utf-8"))
    return Mapper(source.model_copy(update={"map": (*layout["map"], *source.map)}), tabular=tabular)


class ReturnConnector:
    """A return, answered from memory."""

    def __init__(self, source: SourceConfig, connection: ReturnConnection, mapper: Mapper, shelf: Shelf) -> None:
        """Bring the mapping and the shelf together."""
        self._mapper = mapper
        self._shelf = shelf
        self._cap = source.limits.records
        days = connection.stale_after_days
        self._stale_after = timedelta(days=days) if days else None
        self._people: tuple[OnShelf, PeopleIndex] | None = None

    @property
    def capabilities(self) -> Capabilities:
        """Say what the return can answer."""
        return Capabilities(
            fields=self._mapper.fields,
            locates_by=self._mapper.locates_by,
            feeds_index=True,
            batch_size=1_000,
            freshness=Freshness.PERIODIC,
        )

    async def fetch(self, ask: Ask) -> Reply:
        """Answer for a batch of people, only the asked fields."""
        needed = self._mapper.needed(ask.fields)
        if not ask.people or not needed:
            return Reply({})
        held = await self._shelf.held()
        known = [p for p in ask.people if any(p in people for people in held.by_person.values())]
        rows = {r: [row for p in known for row in held.by_person.get(r, {}).get(p, ())] for r in needed}
        mapped = self._mapper.records(rows, ask.fields, ask.today)
        rejected = {*mapped.rejected, *held.rejected}
        records, whole = capped({p: mapped.records.get(p, ()) for p in known}, self._cap)
        return Reply(
            records,
            held.as_of,
            complete=whole and not held.missing & set(needed),
            stale=self._is_stale(held),
            rejected=tuple(sorted(rejected, key=lambda r: (r.place, r.code))),
        )

    async def locate(self, traits: Traits) -> Located:
        """Find one person by an exact identifier, or by exact name, date of birth and postcode where it has them."""
        return (await self._index()).locate(traits)

    async def identities(self, since: datetime | None) -> AsyncIterator[Identity]:
        """Yield everybody the return names; it does not say when anybody changed."""
        del since
        for identity in (await self._index()).identities:
            yield identity

    async def health(self) -> Health:
        """Say whether the return can be read now, and how old it is."""
        try:
            held = await self._shelf.held()
        except SourceError as wrong:
            return Health(ok=False, code=wrong.code)
        code = "stale" if self._is_stale(held) else "parts-missing" if held.missing else "ok"
        return Health(ok=True, code=code, as_of=held.as_of)

    async def close(self) -> None:
        """Let go of the rows; there are no connections."""
        self._shelf.forget()
        self._people = None

    async def _index(self) -> PeopleIndex:
        held = await self._shelf.held()
        if self._people is None or self._people[0].rows is not held.rows:
            self._people = (held, await asyncio.to_thread(self._indexed, held))
        return self._people[1]

    def _indexed(self, held: OnShelf) -> PeopleIndex:
        return PeopleIndex(self._mapper.identities(held.rows, datetime.now(UTC).date())[0])

    def _is_stale(self, held: OnShelf) -> bool:
        old = self._stale_after is not None and held.as_of < datetime.now(UTC) - self._stale_after
        return held.stale or old
