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
        self._first = _first(paging)

    async def read(self, parts: Iterable[str], params: Params = ()) -> Listing | None:
        """Read a list to its last page; none where the source says there is no such list."""
        where, most = tuple(parts), self._client.limits.records
        page = await self._client.get(where, params + self._first)
        if page is None:
            return None
        if self._paging.by == "none":
            only = self._on(page)
            return Listing(page, only[:most], len(only) <= most and self._are_all(len(only), page))
        reading, items = _Reading(page), list[Object]()
        while page is not None:
            room, new = most - len(items), self._taken(page, reading)
            items += new[:room]
            reading.complete &= reading.on_page <= room
            page = await self._turned(reading, where, params)
        return Listing(reading.last, items, self._whole(reading))

    async def feed(self, parts: Iterable[str], params: Params = ()) -> AsyncIterator[list[Object]]:
        """Give a list that must be there, each page's items as they come; SourceBroken at an end that is not whole."""
        where = tuple(parts)
        page = await self._client.get(where, params + self._first)
        if page is None:
            raise SourceBroken("no-such-list")
        reading = _Reading(page)
        while page is not None:
            yield self._taken(page, reading)
            reading.complete &= reading.read <= MOST
            page = await self._turned(reading, where, params)
        if not self._whole(reading):
            raise SourceBroken("feed-cut-short")

    async def must_read(self, parts: Iterable[str], params: Params = ()) -> Listing:
        """Read a list that the source must have."""
        listing = await self.read(parts, params)
        if listing is None:
            raise SourceBroken("no-such-list")
        return listing

    async def _turned(self, reading: _Reading, parts: tuple[str, ...], params: Params) -> Page | None:
        """Give the page after the last that was taken; none where there is no more, or it is known not to be whole."""
        following = self._following(reading.last, reading)
        if following is None or not reading.complete:
            return None
        if following in reading.turned:
            raise SourceBroken("pages-in-a-circle")
        reading.turned.add(following)
        return await self._turn(parts, params, following, reading.first)

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
        """Give what a page brings that no earlier one did."""
        items = self._on(page)
        new = reading.given.fresh(items)
        reading.last = page
        # What an earlier page gave says that the list moved, or that the source does not turn pages at all.
        reading.complete &= len(new) == len(items)
        reading.first = reading.first or len(items)
        reading.read += len(items)
        reading.on_page, reading.new = len(items), len(new)
        return new

    def _on(self, page: Page) -> list[Object]:
        """Give the items on a page."""
        items = found(self._items, page.value)
        if page.is_xml:
            items = listed(items)  # One element says nothing of being the only one of a list.
        if not isinstance(items, list) or not _OBJECTS.issuperset(map(type, items)):
            raise SourceBroken("items-not-objects")
        return items

    def _whole(self, reading: _Reading) -> bool:
        """Say, at the end, whether that was all."""
        return reading.complete and self._are_all(reading.read, reading.last)

    def _are_all(self, read: int, last: Page) -> bool:
        """Say whether so many are all, by what the source says of how many there are."""
        total = total_of(self._total, last)
        return total is None or read >= total

    def _following(self, page: Page, reading: _Reading) -> str | None:
        match self._paging.by:
            case "none":
                return None
            case "link":
                return page.next_link
            case "offset":
                return str(reading.read) if self._more(page, reading) else None
            case "page":
                return str(self._paging.first_page + len(reading.turned) + 1) if self._more(page, reading) else None
            case "cursor":
                return cursor_of(found(self._next, page.value))

    def _more(self, page: Page, reading: _Reading) -> bool:
        """Say whether to ask for the next position: until nothing comes, or a total that can be believed is reached."""
        return reading.new > 0 and total_of(self._total, page) != reading.read


_OBJECTS = frozenset({dict})


def _first(paging: Paging) -> Params:
    """Give what asks for the first page."""
    match paging.by:
        case "offset":
            return (*sized(paging), (paging.position_param, "0"))
        case "page":
            return (*sized(paging), (paging.position_param, str(paging.first_page)))
        case "cursor" | "link":
            return tuple(sized(paging))
        case "none":
            return ()
