"""The connected sources: each a configuration, its connector, its places and its circuit."""

import asyncio
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from random import random

from connectors.contract import Connector
from connectors.errors import SourceMisconfigured
from connectors.neighbour import Neighbour
from connectors.source import SourceConfig
from hub.answer.breaker import Breaker
from hub.answer.bulkhead import Bulkhead
from hub.answer.quality import Quality
from schema.services import SERVICES
from schema.sources import Coverage, Source, TeamContact

_ORDER = {service: place for place, service in enumerate(SERVICES)}


@dataclass(frozen=True, slots=True)
class ConnectedSource:
    """A source the hub can ask; ``theirs`` is what it is called at another authority's hub, through which it is asked.

    All that are asked through one hub share its places and its circuit: it is one system, well or ill.
    """

    config: SourceConfig
    connector: Connector
    bulkhead: Bulkhead
    breaker: Breaker
    coverage: Coverage
    contact: TeamContact | None
    theirs: str | None = None
    quality: Quality = field(default_factory=Quality)

    @classmethod
    def of(cls, config: SourceConfig, connector: Connector) -> "ConnectedSource":
        """Join a configuration and its connector."""
        bulkhead, breaker = Bulkhead(config.limits.concurrency), Breaker(time.monotonic, random)
        contact = TeamContact(**config.contact.model_dump()) if config.contact else None
        return cls(config, connector, bulkhead, breaker, Coverage(**config.coverage.model_dump()), contact)

    @classmethod
    def all_of(cls, config: SourceConfig, connector: Connector) -> "tuple[ConnectedSource, ...]":
        """Join a configuration and its connector; of another authority's hub, one for each source asked through it."""
        own = cls.of(config, connector)
        if not isinstance(connector, Neighbour):
            return (own,)
        parts = ((part.theirs, cls.of(part.config, connector)) for part in connector.parts)
        return tuple(replace(s, bulkhead=own.bulkhead, breaker=own.breaker, theirs=theirs) for theirs, s in parts)

    def described(self) -> Source:
        """Describe the source to anyone signed in."""
        c = self.config
        return Source(
            id=c.id,  # type: ignore[arg-type] # strawberry.ID is a NewType of str
            service=c.service,
            name=c.name,
            owner=c.owner,
            coverage=self.coverage,
            contact=self.contact,
        )


class Sources:
    """Every connected source, in the order pages show services."""

    def __init__(self, sources: Iterable[ConnectedSource]) -> None:
        """Sort them once."""
        ordered = sorted(sources, key=lambda s: (_ORDER[s.config.service], s.config.id))
        self._by = {s.config.id: s for s in ordered}
        if len(self._by) < len(ordered):
            ids = [s.config.id for s in ordered]
            twice = next(one for one in ids if ids.count(one) > 1)
            raise SourceMisconfigured("duplicate", f"two sources are both {twice}")

    @classmethod
    def connected(cls, made: Iterable[tuple[SourceConfig, Connector]]) -> "Sources":
        """Join each configuration and its connector."""
        return cls(source for config, connector in made for source in ConnectedSource.all_of(config, connector))

    def __iter__(self) -> Iterator[ConnectedSource]:
        return iter(self._by.values())

    def __getitem__(self, source_id: str) -> ConnectedSource:
        return self._by[source_id]

    @property
    def own_agencies(self) -> frozenset[str]:
        """Give the agencies whose records this hub asks of themselves, and not through another authority's hub."""
        return frozenset(source.config.agency for source in self if source.theirs is None)

    async def close(self) -> None:
        """Release every connection."""
        connectors = {id(s.connector): s.connector for s in self}
        await asyncio.gather(*(connector.close() for connector in connectors.values()), return_exceptions=True)
