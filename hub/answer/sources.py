"""The connected sources: each a configuration, its connector, its places and its circuit."""

import asyncio
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import random

from connectors.contract import Connector
from connectors.source import SourceConfig
from hub.answer.breaker import Breaker
from hub.answer.bulkhead import Bulkhead
from schema.services import SERVICES
from schema.sources import Coverage, Source, TeamContact

_ORDER = {service: place for place, service in enumerate(SERVICES)}


@dataclass(frozen=True, slots=True)
class ConnectedSource:
    """A source the hub can ask."""

    config: SourceConfig
    connector: Connector
    bulkhead: Bulkhead
    breaker: Breaker
    coverage: Coverage
    contact: TeamContact | None

    @classmethod
    def of(cls, config: SourceConfig, connector: Connector) -> "ConnectedSource":
        """Join a configuration and its connector."""
        contact = TeamContact(**config.contact.model_dump()) if config.contact else None
        coverage = Coverage(**config.coverage.model_dump())
        return cls(
            config, connector, Bulkhead(config.limits.concurrency), Breaker(time.monotonic, random), coverage, contact
        )

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

    def __iter__(self) -> Iterator[ConnectedSource]:
        return iter(self._by.values())

    def __getitem__(self, source_id: str) -> ConnectedSource:
        return self._by[source_id]

    async def close(self) -> None:
        """Release every connection."""
        await asyncio.gather(*(s.connector.close() for s in self), return_exceptions=True)
