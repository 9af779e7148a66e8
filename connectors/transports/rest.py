"""REST: lists read to their last page, by Link header, by offset or by cursor, within the source's budget.

An answer is brought together up to the source's cap of records. A feed is given page by page, and none of it is kept.
"""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import urljoin

from connectors.errors import SourceBroken
from connectors.transports.client import Client, Page
from connectors.transports.paging import MOST, Given, Object, Paging, compiled, cursor_of, found, sized, total_of
from connectors.transports.xml import listed

__all__ = ["Listing", "Lists", "Object", "Paging", "Params", "compiled", "found"]

Params: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Listing:
    """The items of a list and its last page; ``complete`` is false where the source's budget or the source cut it."""

    last: Page
    items: list[Object] = field(default_factory=list)
    complete: bool = True


@dataclass(slots=True)
class _Reading:
    """One list as it is read: its last page, the items on the first and on all of them, how many were new."""

    last: Page
    complete: bool = True
    given: Given = field(default_factory=Given)
    turned: set[str] = field(default_factory=set)
    first: int = 0
    read: int = 0
    on_page: int = 0
    new: int = 0


class Lists:
    """Reads a kind of list at a source."""

    def __init__(self, client: Client, items: str, paging: Paging, where: str) -> None:
        """Compile where the items are in an answer (JMESPath; ``@`` for the answer itself)."""
        self._client = client
        self._paging = paging
        self._items = compiled(items, f"{where}.items")
        self._next = compiled(paging.next_path, f"{where}.paging.next_path")
        self._total = compiled(paging.total_path, f"{where}.paging.total_path") if paging.total_path else None

    async def read(self, parts: Iterable[str], params: Params = ()) -> Listing | None:
        """Read a list to its last page; none where the source says there is no such list."""
        where = tuple(parts)
        reading = await self._begun(where, params)
        if reading is None:
            return None
        items: list[Object] = []
        async for new in self._pages(reading, where, params):
            room = self._client.limits.records - len(items)
            items.extend(new[:room])
            reading.complete &= reading.on_page <= room
        return Listing(reading.last, items, reading.complete)

    async def feed(self, parts: Iterable[str], params: Params = ()) -> AsyncIterator[list[Object]]:
        """Give a list that must be there, each page's items as they come; SourceBroken at an end that is not whole."""
        where = tuple(parts)
        reading = await self._begun(where, params)
        if reading is None:
            raise SourceBroken("no-such-list")
        async for new in self._pages(reading, where, params):
            yield new
            reading.complete &= reading.read <= MOST
        if not reading.complete:
            raise SourceBroken("feed-cut-short")

    async def must_read(self, parts: Iterable[str], params: Params = ()) -> Listing:
        """Read a list that the source must have."""
        listing = await self.read(parts, params)
        if listing is None:
            raise SourceBroken("no-such-list")
        return listing

    async def _begun(self, parts: tuple[str, ...], params: Params) -> _Reading | None:
        page = await self._client.get(parts, (*params, *self._first()))
        return _Reading(page) if page is not None else None

    async def _pages(self, reading: _Reading, parts: tuple[str, ...], params: Params) -> AsyncIterator[list[Object]]:
        """Give what each page brings that no earlier one did, and at the end know whether that was all.

        Whoever reads may say between two pages that it is not complete: then no more are turned.
        """
        page: Page | None = reading.last
        while page is not None:
            yield self._taken(page, reading)
            following = self._following(page, reading)
            if following is None or not reading.complete:
                break
            if following in reading.turned:
                raise SourceBroken("pages-in-a-circle")
            reading.turned.add(following)
            page = await self._turn(parts, params, following, reading.first)
        total = total_of(self._total, reading.last)
        reading.complete &= total is None or reading.read >= total

    async def _turn(self, parts: tuple[str, ...], params: Params, following: str, first: int) -> Page | None:
        """Give the next page; none where a position is beyond the last, which some sources say with a 404."""
        if self._paging.by == "link":
            page = await self._client.get_url(urljoin(self._client.base + "/", following))
        else:
            # Pages are counted in the size the source gave, in case it counts them in the size it was asked for.
            size = sized(self._paging, first if self._paging.by == "page" else None)
            page = await self._client.get(parts, (*params, *size, (self._paging.position_param, following)))
        if page is None and self._paging.by in {"link", "cursor"}:
            raise SourceBroken("page-missing")
        return page

    def _taken(self, page: Page, reading: _Reading) -> list[Object]:
        items = found(self._items, page.value)
        if page.is_xml:
            items = listed(items)  # One element says nothing of being the only one of a list.
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise SourceBroken("items-not-objects")
        new = reading.given.fresh(items)
        reading.last = page
        # What an earlier page gave says that the list moved, or that the source does not turn pages at all.
        reading.complete &= len(new) == len(items)
        reading.first = reading.first or len(items)
        reading.read += len(items)
        reading.on_page, reading.new = len(items), len(new)
        return new

    def _first(self) -> Params:
        match self._paging.by:
            case "offset":
                return (*sized(self._paging), (self._paging.position_param, "0"))
            case "page":
                return (*sized(self._paging), (self._paging.position_param, str(self._paging.first_page)))
            case "cursor" | "link":
                return tuple(sized(self._paging))
            case "none":
                return ()

    def _following(self, page: Page, reading: _Reading) -> str | None:
        match self._paging.by:
            case "link":
                return page.next_link
            case "offset":
                return str(reading.read) if self._more(page, reading) else None
            case "page":
                return str(self._paging.first_page + len(reading.turned) + 1) if self._more(page, reading) else None
            case "cursor":
                return cursor_of(found(self._next, page.value))
            case "none":
                return None

    def _more(self, page: Page, reading: _Reading) -> bool:
        """Say whether to ask for the next position: until nothing comes, or a total that can be believed is reached."""
        return reading.new > 0 and total_of(self._total, page) != reading.read
