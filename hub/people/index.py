"""The person index: which sources know a child, and which child is meant. Linkage keys only, sealed."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select, update

from connectors.contract import Identity, LocalId, Traits
from hub.keys import Keyring
from hub.people import apart, births, decisions, doubt, known, reconcile, refresh, search
from hub.people.comparable import Seen, everything
from hub.people.contradictions import Contradiction, contradictions
from hub.people.criteria import Criteria, Question, question
from hub.people.entries import utc
from hub.people.feed_read import Refresh, Tools
from hub.people.found import Answer
from hub.people.index_keys import IndexKeys
from hub.people.known import KnownPerson, Link
from hub.people.link_history import Linked, SaidDifferent, links, said_different
from hub.people.locking import writing_alone
from hub.people.proving_keys import KEK
from hub.people.sealing import Sealer
from hub.people.weights import Weights, shipped
from hub.store.database import Database
from hub.store.tables.people import KEY_VERSION, SOURCE_FEED
from schema.labels import Label
from schema.services import Service

__all__ = ["KnownPerson", "Link", "PersonIndex"]

FEEDS_KEPT = timedelta(seconds=5)
"""How long what is known of the feeds is kept."""


class PersonIndex:
    """The index over one database, for everybody who asks about a person."""

    def __init__(
        self, database: Database, keyring: Keyring, clock: Callable[[], datetime], weights: Weights | None = None
    ) -> None:
        """Keep what every question needs; ``clock`` gives the moment in UTC."""
        self._database = database
        self._kek = keyring.versions(KEK)
        self._sealer = Sealer(self._kek)
        self._keys = IndexKeys(keyring)
        self._weights = weights or shipped()
        self._clock = clock
        self._kept = known.Kept()
        self._feeds: tuple[datetime, Mapping[str, datetime]] | None = None

    async def refresh(
        self,
        source_id: str,
        service: Service,
        identities: AsyncIterator[Identity],
        progress: Callable[[int], None] | None = None,
    ) -> Refresh:
        """Read a source's feed; ``progress`` is told how many were read. May be stopped and begun again."""
        tools = Tools(self._database, self._sealer, self._keys, self._weights, self._clock)
        return await refresh.refresh(tools, source_id, service, identities, progress)

    def now(self) -> datetime:
        """Give the moment by the index's clock."""
        return self._clock()

    async def reconcile(
        self,
        source_id: str,
        service: Service,
        identities: AsyncIterator[Identity],
        progress: Callable[[int], None] | None = None,
        *,
        believed: bool = False,
    ) -> Refresh:
        """Read the whole of a source's feed, and end whom it no longer names. FeedShrank where that is too many.

        ``believed`` says that however many are gone are gone.
        """
        tools = Tools(self._database, self._sealer, self._keys, self._weights, self._clock)
        seen = await reconcile.beginning(tools)
        done = await refresh.refresh(tools, source_id, service, identities, progress, seen.add)
        gone = await reconcile.end_missed(tools, source_id, seen, believed=believed)
        async with self._database.begin() as connection:
            at = update(SOURCE_FEED).where(SOURCE_FEED.c.source_id == source_id)
            await connection.execute(at.values(reconciled_at=self._clock()))
        return replace(done, ended=done.ended + gone)

    async def reconciled(self, source_id: str) -> datetime | None:
        """Say when a source's feed was last read whole, and whom it no longer names was ended."""
        async with self._database.read() as connection:
            query = select(SOURCE_FEED.c.reconciled_at).where(SOURCE_FEED.c.source_id == source_id)
            return utc((await connection.execute(query)).scalar_one_or_none())

    async def learn_keys(self) -> None:
        """Look whether a newer key-encryption key is in use, so that what is sealed from now on is sealed under it."""
        async with self._database.read() as connection:
            query = select(KEY_VERSION.c.version).where(KEY_VERSION.c.name == KEK)
            for row in await connection.execute(query):
                self._kek.get(row.version)

    async def watermark(self, source_id: str) -> datetime | None:
        """Say how far a source's feed was read, never later than now: ask it for what changed since a little before."""
        async with self._database.read() as connection:
            query = select(SOURCE_FEED.c.watermark).where(SOURCE_FEED.c.source_id == source_id)
            mark = utc((await connection.execute(query)).scalar_one_or_none())
        return min(mark, self._clock()) if mark else None

    async def feeds(self) -> Mapping[str, datetime]:
        """Say when each source's feed was last read to its end; kept for FEEDS_KEPT, since it is about no person."""
        now = self._clock()
        if self._feeds is None or now - self._feeds[0] > FEEDS_KEPT:
            async with self._database.read() as connection:
                rows = await connection.execute(select(SOURCE_FEED.c.source_id, SOURCE_FEED.c.last_sync))
                self._feeds = (now, {row.source_id: at for row in rows if (at := utc(row.last_sync))})
        return self._feeds[1]

    async def person(self, person_id: str) -> KnownPerson | None:
        """Give a person's status, protections and where they are known; none where there is no such person."""
        return (await self.people((person_id,))).get(person_id)

    async def people(self, person_ids: Iterable[str]) -> Mapping[str, KnownPerson]:
        """Give several persons at once, in one query; those not in the index are left out."""
        return await known.known_people(self._database, self._sealer, person_ids)

    async def followed(self, person_ids: Iterable[str]) -> Mapping[str, KnownPerson]:
        """Give, by the id asked about, the person it leads to now; one query unless somebody was superseded.

        An id that leads to nobody, or in a circle, is left out: as if there were no such person. StoreUnavailable
        where it cannot be read.
        """
        async with self._database.patience():
            return await known.followed(self._database, self._sealer, person_ids, self._kept)

    async def superseded_into(self, person_id: str) -> frozenset[str]:
        """Give every id that leads to a person, its own among them; none where there is no such person."""
        person = await self.person(person_id)
        return person.aliases if person else frozenset()

    async def doubtful(self, person_id: str) -> Mapping[str, frozenset[frozenset[Label]]]:
        """Give the sources where an entry of another person may well be this one's, and what protects each such."""
        async with self._database.read() as connection:
            hashers = await self._keys.now(connection)
            return await doubt.doubtful(connection, self._sealer, hashers, self._weights, person_id)

    async def traits(self, person_id: str) -> Traits:
        """Give what identifies a person, for tracing where there is no feed; empty for a sealed or unknown one."""
        async with self._database.read() as connection:
            return await known.known_traits(connection, self._sealer, person_id)

    async def by_local(self, source_id: str, local_ids: Iterable[LocalId]) -> Mapping[LocalId, str]:
        """Give the persons whom a source's local ids stand for."""
        found = await self.by_locals((source_id, local_id) for local_id in local_ids)
        return {local_id: person_id for (_, local_id), person_id in found.items()}

    async def by_locals(self, places: Iterable[tuple[str, LocalId]]) -> Mapping[tuple[str, LocalId], str]:
        """Give the persons whom local ids of several sources stand for, in one query."""
        async with self._database.read() as connection:
            return await known.persons_by_local(connection, await self._keys.now(connection), places)

    async def said_apart(self, person_ids: Iterable[str]) -> frozenset[frozenset[str]]:
        """Give the pairs among these persons whom somebody said to be different people."""
        async with self._database.read() as connection:
            return await apart.said_apart(connection, frozenset(person_ids))

    async def search(self, criteria: Criteria, visible: Callable[[str], bool], comparable: Seen = everything) -> Answer:
        """Find who may be meant, only in what the sources the requester may see hold.

        ``comparable`` says what of it may be compared at a source for a person with certain protections, so that an
        answer tells no more than may be shown; none where such a person may not be found there at all.
        """
        asked = question(criteria, self._clock().date())
        if not isinstance(asked, Question):
            return asked
        hashers = await self._keys.read(self._database)
        return await search.search(self._database, self._sealer, hashers, self._weights, asked, visible, comparable)

    async def join(self, source_id: str, local_id: LocalId, person_id: str, *, by: str, reason: str) -> None:
        """Link an entry to a person because somebody says so; CannotDecide where something bars it."""
        await decisions.join(self.deciding(), source_id, local_id, person_id, by, reason)

    async def part(self, source_id: str, local_id: LocalId, *, by: str, reason: str) -> str:
        """Say that an entry is not its person's, for ever; gives the person it is now."""
        return await decisions.part(self.deciding(), source_id, local_id, by, reason)

    async def confirm_birth(self, person_id: str, *, by: str, reason: str) -> None:
        """Let a child who was unborn be one like any other, because a person confirmed the birth."""
        async with writing_alone(self._database) as connection:
            await births.confirm_birth(self.deciding(), connection, person_id, by, reason)

    async def history(self, person_id: str) -> tuple[list[Linked], list[SaidDifferent]]:
        """Give every link a person has or had, and whatever was said not to be theirs, for whoever reviews it."""
        async with self._database.read() as connection:
            return (
                await links(connection, self._sealer, person_id),
                await said_different(connection, self._sealer, person_id),
            )

    async def contradictions(self) -> list[Contradiction]:
        """Give the persons whose entries cannot all be one person's."""
        return await contradictions(self._database, self._sealer, self._weights)

    def deciding(self) -> decisions.Deciding:
        """Give what deciding on who is who needs."""
        return decisions.Deciding(self._database, self._sealer, self._keys, self._weights, self._clock)
