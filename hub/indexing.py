"""Feeding the person index: each source that gives a feed is read from where it was left, again and again."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from connectors.errors import SourceError
from hub.answer.sources import ConnectedSource, Sources
from hub.observing import LogEvent, Observer
from hub.people.index import PersonIndex
from hub.people.reconcile import FeedShrank
from hub.store.database import StoreUnavailable, patience

EVERY = 60.0
"""Seconds between two readings of the feeds."""

OVERLAP = timedelta(days=2)
"""How far before its watermark a feed is read again: many sources know the day of a change and no more, and some
write a change down after its moment. Reading again what is held changes nothing.
"""

WHOLE_EVERY = timedelta(days=1)
"""How often a feed is read whole, so that whom it no longer names is taken off the index."""


class Indexer:
    """Reads the feeds. One for each replica."""

    def __init__(
        self, index: PersonIndex, sources: Sources, observer: Observer, whole_every: timedelta | None = WHOLE_EVERY
    ) -> None:
        """Join the index and the sources that feed it. ``whole_every`` says how often feeds are read whole."""
        self._whole_every = whole_every
        self._index = index
        self._sources = sources
        self._observer = observer
        self.done_once = False

    async def refresh(self, progress: Callable[[str, int], None] | None = None) -> None:
        """Read every feed once, one source after another; one that fails is said and does not stop the rest."""
        for source in self._sources:
            if source.connector.capabilities.feeds_index:
                await self._read(source, progress)
        self.done_once = True

    async def _read(self, source: ConnectedSource, progress: Callable[[str, int], None] | None) -> None:
        config = source.config
        try:
            async with patience():
                await self._index.learn_keys()
                watermark = await self._index.watermark(config.id)
                whole = watermark is None or await self._due(config.id)
            told = (lambda count: progress(config.name, count)) if progress else None
            if whole:
                await self._index.reconcile(config.id, config.service, source.connector.identities(None), told)
            else:
                changed = source.connector.identities(watermark and watermark - OVERLAP)
                await self._index.refresh(config.id, config.service, changed, told)
        except (SourceError, FeedShrank) as error:
            self._observer.say(LogEvent.INDEX_FAILED, source=config.id, code=error.code)
        except StoreUnavailable:
            self._observer.say(LogEvent.INDEX_FAILED, source=config.id, code="store-unavailable")
        except Exception as error:  # noqa: BLE001 -- a connector's mistake must not end the feeding of the others
            self._observer.say(LogEvent.INDEX_FAILED, source=config.id, code="broken", kind=type(error).__name__)
        else:
            self._observer.say(LogEvent.INDEXED, source=config.id)

    async def _due(self, source_id: str) -> bool:
        """Say whether a feed is to be read whole again: whom it no longer names is taken off the index."""
        if self._whole_every is None:
            return False
        last = await self._index.reconciled(source_id)
        return last is None or self._index.now() - last >= self._whole_every

    async def forever(self) -> None:
        """Read every feed, wait, and begin again, until cancelled."""
        while True:
            await self.refresh()
            await asyncio.sleep(EVERY)
