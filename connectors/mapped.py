"""A connector made of two things: a gatherer that brings a source's rows, and a mapping that makes records of them.

What every such source promises is kept here, once: only what was asked is gathered, every row is checked to be about
somebody asked about, and nothing but the four errors leaves.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from jmespath.exceptions import JMESPathError

from connectors.contract import Ask, Capabilities, Health, Identity, LocalId, Located, Reply, Traits
from connectors.errors import SourceBroken, SourceError
from connectors.feed import Feed, Rows
from connectors.mapping import Mapped, Mapper, Row, locate
from connectors.transports.clocks import come

Needed = Mapping[str, frozenset[str]]
"""The resources an ask needs, and which of their paths."""


_HELD = 5_000


@dataclass(frozen=True, slots=True)
class Gathered:
    """Rows as a source gave them, when its data was last brought up to date, and whether a cap cut them."""

    rows: Rows
    as_of: datetime | None = None
    complete: bool = True


class Gatherer(Protocol):
    """Brings the rows of one kind of system."""

    async def about(self, people: tuple[LocalId, ...], needed: Needed) -> Gathered:
        """Bring the needed resources' rows about these people."""
        ...

    def pages(self, needed: Needed, since: datetime | None) -> AsyncIterator[Rows]:
        """Give the rows that say who the source knows, changed since then, as they come.

        Nothing is given twice. A list that may not be whole ends as SourceBroken: what was given of it stands.
        """
        ...

    async def candidates(self, traits: Traits, needed: Needed) -> Gathered:
        """Bring the rows of everybody who may be the one meant."""
        ...

    async def ping(self) -> datetime | None:
        """Ask the smallest question there is; give the as-of where the answer has one."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...


class MappedConnector:
    """A source read by a gatherer and a mapping."""

    def __init__(self, gatherer: Gatherer, mapper: Mapper, *, batch_size: int = 100, held: int | None = None) -> None:
        """Bring the two together.

        ``held`` is how many rows of a feed may be held at once where somebody has several; none where the system's own
        standard gives each person one.
        """
        self._gatherer = gatherer
        self._mapper = mapper
        self._held = held
        self._capabilities = Capabilities(
            fields=mapper.fields,
            locates_by=mapper.locates_by,
            feeds_index=bool(mapper.people),
            batch_size=batch_size,
        )

    @property
    def capabilities(self) -> Capabilities:
        """Say what this source can answer."""
        return self._capabilities

    async def fetch(self, ask: Ask) -> Reply:
        """Answer for a batch of people, only the asked fields."""
        needed = self._mapper.needed(ask.fields)
        if not ask.people or not needed:
            return Reply({})
        gathered = await self._gatherer.about(ask.people, needed)
        mapped = self._mapped(gathered, ask)
        return Reply(mapped.records, as_of=come(gathered.as_of), complete=gathered.complete, rejected=mapped.rejected)

    async def locate(self, traits: Traits) -> Located:
        """Find one person by traits; never guess."""
        needed = self._mapper.needed_for_people()
        gathered = await self._gatherer.candidates(traits, needed)
        if not gathered.complete:
            raise SourceBroken("too-many-to-search")
        return locate(traits, self._people(gathered.rows))

    async def identities(self, since: datetime | None) -> AsyncIterator[Identity]:
        """Yield the people the source knows, changed since then."""
        needed = self._mapper.needed_for_people()
        if not needed:
            return
        feed = Feed(lambda: self._gatherer.pages(needed, since), self._people, self._held or _HELD)
        several = self._held is not None and (len(needed) > 1 or any(p.labels for p in self._mapper.people))
        async for identity in feed.each_once(look_first=several):
            yield identity

    async def health(self) -> Health:
        """Say whether the source can be asked now."""
        try:
            return Health(ok=True, as_of=await self._gatherer.ping())
        except SourceError as error:
            return Health(ok=False, code=error.code)

    async def close(self) -> None:
        """Release connections."""
        await self._gatherer.close()

    def _people(self, rows: Rows) -> tuple[Identity, ...]:
        try:
            return self._mapper.identities(rows, datetime.now(UTC).date())[0]
        except JMESPathError:
            pass
        raise SourceBroken("unreadable")

    def _mapped(self, gathered: Gathered, ask: Ask) -> Mapped:
        try:
            only_about(self._mapper, gathered.rows, frozenset(ask.people))
            return self._mapper.records(gathered.rows, ask.fields, ask.today)
        except JMESPathError:
            pass
        raise SourceBroken("unreadable")


def only_about(mapper: Mapper, rows: Rows, people: frozenset[LocalId]) -> None:
    """Insist that every row is about somebody asked about: one that is not spoils the whole answer."""
    for resource, listed in rows.items():
        if not people.issuperset(mapper.everybody(resource, listed if isinstance(listed, list) else list(listed))):
            raise SourceBroken("wrong-person", resource)


def moment(value: object, form: str | None = None) -> datetime | None:
    """Read when a source was brought up to date; none where it does not say so legibly. Without a zone, UTC."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.strptime(value, form) if form else datetime.fromisoformat(value)  # noqa: DTZ007 -- zone below
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def oldest(moments: Sequence[datetime | None]) -> datetime | None:
    """Give the oldest of several answers' as-of: an answer is as fresh as its stalest part."""
    known = [m for m in moments if m is not None]
    return min(known, default=None)


def in_batches(people: tuple[LocalId, ...], size: int) -> list[tuple[LocalId, ...]]:
    """Cut people into batches a source takes in one question."""
    return [people[i : i + size] for i in range(0, len(people), size)]


def united(parts: Iterable[Gathered]) -> Gathered:
    """Bring what several questions gathered together: as old as the oldest, whole only where all are."""
    listed = list(parts)
    rows: dict[str, list[Row]] = {}
    for part in listed:
        for name, found in part.rows.items():
            rows.setdefault(name, []).extend(found)
    return Gathered(rows, oldest([p.as_of for p in listed]), all(p.complete for p in listed))
