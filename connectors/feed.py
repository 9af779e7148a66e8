"""An index feed given page by page: everybody once and whole, on however many pages their rows are.

A page's people are given as it comes, and no more than a mark of each is kept. Who is met again on a later page is not
given in parts: all rows of theirs are brought together in another reading, and they are given last.

Rows that protect somebody may come after rows that do not. So where a mapping reads labels, or several lists say who is
known, nobody is given before it is known whose rows lie apart: a list short enough is held until it ends, a longer one
is read twice.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from connectors.contract import Identity, LocalId
from connectors.errors import SourceBroken
from connectors.mapping import Row
from connectors.transports.marks import Marks

Rows = Mapping[str, Sequence[Row]]
"""Rows by resource."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: its pages, from the first, as often as asked; whom rows make; and how many rows may be held at once."""

    pages: Callable[[], AsyncIterator[Rows]]
    people: Callable[[Rows], tuple[Identity, ...]]
    held: int

    async def each_once(self, *, look_first: bool) -> AsyncIterator[Identity]:
        """Give everybody once; ``look_first``: nobody before it is known whose rows lie on several pages."""
        first = await self._first() if look_first else _First()
        if first.whole is not None:
            for identity in self.people(first.whole):
                yield identity
            return
        given, apart = Marks(), first.apart
        async for page in self.pages():
            for identity in self.people(page):
                if identity.local_id not in apart and not given.add(identity.local_id.encode()):
                    self._part(identity.local_id, apart)
                elif identity.local_id not in apart:
                    yield identity
        if apart:
            for identity in await self._together(apart):
                yield identity

    async def _first(self) -> "_First":
        """Read the feed once: hold it while it is short, and else say whose rows lie on several pages."""
        held, count, seen, apart = dict[str, list[Row]](), 0, Marks(), set[LocalId]()
        async for page in self.pages():
            count += sum(map(len, page.values()))
            if count <= self.held:
                _extend(held, page)
            else:
                held.clear()
            for identity in self.people(page):
                if not seen.add(identity.local_id.encode()):
                    apart.add(identity.local_id)
            if count > self.held:
                self._bound(len(apart))
        return _First(held) if count <= self.held else _First(None, apart)

    async def _together(self, apart: set[LocalId]) -> tuple[Identity, ...]:
        """Read the feed again for those whose rows lie on several pages, and bring each one's together."""
        rows = dict[str, list[Row]]()
        async for page in self.pages():
            for resource, listed in page.items():
                mine = [row for row in listed if any(i.local_id in apart for i in self.people({resource: (row,)}))]
                rows.setdefault(resource, []).extend(mine)
            self._bound(sum(map(len, rows.values())))
        return self.people(rows)

    def _part(self, person: LocalId, apart: set[LocalId]) -> None:
        apart.add(person)
        self._bound(len(apart))

    def _bound(self, count: int) -> None:
        if count > self.held:
            raise SourceBroken("feed-cut-short", "too many people have rows on several pages")


@dataclass(frozen=True, slots=True)
class _First:
    """What a first reading found: everything, where it is not too much; else whose rows lie apart."""

    whole: Rows | None = None
    apart: set[LocalId] = field(default_factory=set)


def _extend(rows: dict[str, list[Row]], page: Rows) -> None:
    for resource, listed in page.items():
        rows.setdefault(resource, []).extend(listed)
