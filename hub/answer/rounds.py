"""Rounds: which sources are asked about people of whom the same was decided and whom the same sources know. Pure.

Nothing here is of one person: what is worked out of one holds for whoever is like them, and is worked out once.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from hub.answer.deciding import Decided
from hub.answer.errands import Found
from hub.answer.sources import ConnectedSource
from schema.outcomes import Outcome

OLDEST_INDEX = timedelta(hours=1)
"""A source's index not read for longer says nothing of who is not in it. Indexes are read every minute."""


class Round(NamedTuple):
    """The sources to be asked, in the order of what was decided, and what is said of those that are not.

    ``silent`` says of a source why its index cannot tell who is not in it; the index of one that is ``unlinked`` can.
    ``needs_traits`` where the sealed demographics are needed: to trace, or to say that an age is not covered.
    """

    decided: Mapping[str, Decided]
    asked: tuple[tuple[str, Decided], ...]
    silent: Mapping[str, Found]
    unlinked: tuple[str, ...]
    needs_traits: bool


class Rounds:
    """The rounds of one question, each kept by what it was worked out from."""

    def __init__(self, feeds: Mapping[str, datetime], now: datetime) -> None:
        """Take when each source's index was last read, and the moment."""
        self.feeds = feeds
        self._now = now
        self._made: dict[tuple[int, frozenset[str]], Round] = {}

    def of(self, decided: Mapping[str, Decided], known_at: frozenset[str]) -> Round:
        """Give the round of whoever this was decided of and these sources know."""
        made = self._made.get((id(decided), known_at))  # a round holds on to what it is of: nothing else has its id
        if made is None:
            made = self._made[id(decided), known_at] = self._round(decided, known_at)
        return made

    def _round(self, decided: Mapping[str, Decided], known_at: frozenset[str]) -> Round:
        asked, silent, unlinked = [], {}, []
        for source_id, d in decided.items():
            if not d.permitted:
                continue
            if source_id in known_at or not d.source.connector.capabilities.feeds_index:
                asked.append((source_id, d))
            elif gap := self._index_gap(d.source):
                silent[source_id] = gap
            else:
                unlinked.append(source_id)
        return Round(decided, tuple(asked), silent, tuple(unlinked), _needs_traits(decided, known_at))

    def _index_gap(self, source: ConnectedSource) -> Found | None:
        """Say that an index never read, or not lately, cannot tell who is not in it; none where it can."""
        read = self.feeds.get(source.config.id)
        if read is None:
            return Found(Outcome.UNAVAILABLE, "not-indexed", complete=False)
        if self._now - read > OLDEST_INDEX:
            return Found(Outcome.UNAVAILABLE, "index-old", as_of=read, complete=False)
        return None


def _needs_traits(decided: Mapping[str, Decided], known_at: frozenset[str]) -> bool:
    """Say whether the sealed demographics are needed.

    Whether a source covers an age is looked at for every source alike: linked, not linked, or not to be told of.
    """
    return any(
        d.source.coverage.youngest is not None
        or d.source.coverage.oldest is not None
        or (source_id not in known_at and not d.source.connector.capabilities.feeds_index)
        for source_id, d in decided.items()
    )
