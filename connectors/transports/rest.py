"""REST: lists read to their last page, by Link header, by offset or by cursor, within the source's budget."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias
from urllib.parse import urljoin

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import BaseModel, ConfigDict, Field

from connectors.errors import SourceBroken, SourceMisconfigured
from connectors.transports.client import Client, Page
from connectors.transports.guarded import Json
from connectors.transports.xml import listed

Params: TypeAlias = tuple[tuple[str, str], ...]
Object: TypeAlias = dict[str, Json]


class Paging(BaseModel):
    """How a source cuts a list into pages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: Literal["none", "link", "offset", "page", "cursor"] = "none"
    size: int = Field(default=100, ge=1, le=10_000)
    size_param: str = "limit"
    position_param: str = "offset"
    first_page: int = 1
    total_path: str | None = None
    """Where in the answer the number of items in all pages is: JMESPath. Without it a short page is the last."""
    next_path: str = "next"
    """Where in the answer the next cursor is: JMESPath."""


@dataclass(slots=True)
class Listing:
    """The items of a list and its last page; ``complete`` is false where the source's budget cut it."""

    last: Page
    items: list[Object] = field(default_factory=list)
    complete: bool = True


class Lists:
    """Reads a kind of list at a source."""

    def __init__(self, client: Client, items: str, paging: Paging, where: str) -> None:
        """Compile where the items are in an answer (JMESPath; ``@`` for the answer itself)."""
        self._client = client
        self._paging = paging
        self._items = compiled(items, f"{where}.items")
        self._next = compiled(paging.next_path, f"{where}.paging.next_path")
        self._total = compiled(paging.total_path or "`null`", f"{where}.paging.total_path")

    async def read(self, parts: Iterable[str], params: Params = ()) -> Listing | None:
        """Read a list to its last page; none where the source says there is no such list."""
        where = tuple(parts)
        page = await self._client.get(where, (*params, *self._first()))
        if page is None:
            return None
        listing = Listing(page)
        seen: set[str] = set()
        while True:
            count = self._take(page, listing)
            following = self._following(page, len(listing.items), count, len(seen))
            if following is None or not listing.complete:
                return listing
            if following in seen:
                raise SourceBroken("pages-in-a-circle")
            seen.add(following)
            page = await self._turn(where, params, following)

    async def must_read(self, parts: Iterable[str], params: Params = ()) -> Listing:
        """Read a list that the source must have."""
        listing = await self.read(parts, params)
        if listing is None:
            raise SourceBroken("no-such-list")
        return listing

    async def _turn(self, parts: tuple[str, ...], params: Params, following: str) -> Page:
        if self._paging.by == "link":
            page = await self._client.get_url(urljoin(self._client.base + "/", following))
        else:
            position = (self._paging.position_param, following)
            page = await self._client.get(parts, (*params, *self._size(), position))
        if page is None:
            raise SourceBroken("page-missing")
        return page

    def _take(self, page: Page, listing: Listing) -> int:
        items = found(self._items, page.value)
        if page.is_xml:
            items = listed(items)  # One element says nothing of being the only one of a list.
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise SourceBroken("items-not-objects")
        listing.last = page
        room = self._client.limits.records - len(listing.items)
        listing.items.extend(items[:room])
        listing.complete = len(items) <= room
        return len(items)

    def _first(self) -> Params:
        match self._paging.by:
            case "offset":
                return (*self._size(), (self._paging.position_param, "0"))
            case "page":
                return (*self._size(), (self._paging.position_param, str(self._paging.first_page)))
            case "cursor" | "link":
                return self._size()
            case "none":
                return ()

    def _size(self) -> Params:
        return ((self._paging.size_param, str(self._paging.size)),) if self._paging.size_param else ()

    def _following(self, page: Page, so_far: int, count: int, turned: int) -> str | None:
        match self._paging.by:
            case "link":
                return page.next_link
            case "offset":
                return str(so_far) if self._more(page, so_far, count) else None
            case "page":
                return str(self._paging.first_page + turned + 1) if self._more(page, so_far, count) else None
            case "cursor":
                return self._cursor(page)
            case "none":
                return None

    def _more(self, page: Page, so_far: int, count: int) -> bool:
        total = found(self._total, page.value)
        if page.is_xml and isinstance(total, str) and total.isdecimal():
            total = int(total)
        if isinstance(total, int) and not isinstance(total, bool):
            return count > 0 and so_far < total
        return count >= self._paging.size

    def _cursor(self, page: Page) -> str | None:
        cursor = found(self._next, page.value)
        if cursor is None or cursor == "":
            return None
        if not isinstance(cursor, str | int) or isinstance(cursor, bool):
            raise SourceBroken("cursor-not-text")
        return str(cursor)


def compiled(expression: str, where: str) -> Any:
    """Compile JMESPath; SourceMisconfigured where it is not."""
    try:
        return jmespath.compile(expression)
    except JMESPathError:
        raise SourceMisconfigured("invalid", f"{where}: {expression!r} is not JMESPath") from None


def found(expression: Any, value: Json) -> Any:
    """Look an expression up; SourceBroken where the answer's types defeat it."""
    try:
        return expression.search(value)
    except JMESPathError:
        pass
    raise SourceBroken("unreadable")
