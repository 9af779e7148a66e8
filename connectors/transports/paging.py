"""Pages of a list: how a source cuts it, what it says of the rest, and what an earlier page gave already.

A short page is no proof that a list ends: a source may cap its pages below the size asked. A list read by position ends
where the source says so (a total that is reached, an empty page, a page that is not there), and nowhere else.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import jmespath
import orjson
from jmespath.exceptions import JMESPathError
from pydantic import BaseModel, ConfigDict, Field

from connectors.errors import SourceBroken, SourceMisconfigured
from connectors.transports.client import Page
from connectors.transports.guarded import Json
from connectors.transports.marks import Marks

Object: TypeAlias = dict[str, Json]

MOST = 5_000_000
"""So many items may an index feed have; it is given page by page and takes no more memory for being long."""
BARREN = 20
"""So many pages in a row may bring nothing; beyond that a source is leading the hub on."""
_TOTAL = "x-total-count"
"""The header in which many systems, OneRoster's among them, say how many items all pages hold."""


class Paging(BaseModel):
    """How a source cuts a list into pages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: Literal["none", "link", "offset", "page", "cursor"] = "none"
    size: int = Field(default=100, ge=1, le=10_000)
    size_param: str = "limit"
    position_param: str = "offset"
    first_page: int = 1
    total_path: str | None = None
    """Where in the answer the number of items in all pages is: JMESPath. It saves asking beyond the last page."""
    next_path: str = "next"
    """Where in the answer the next cursor is: JMESPath."""


class Given:
    """What the pages of one list gave so far, so that nothing is taken twice. After the first page, by marks alone."""

    def __init__(self) -> None:
        """Begin before the first page."""
        self._first: list[Object] | None = None
        self._marks: Marks | None = None
        self._barren = 0

    def fresh(self, items: list[Object]) -> list[Object]:
        """Give the items that no earlier page gave; SourceBroken after too many pages that brought nothing."""
        new = self._new(items)
        self._barren = 0 if new else self._barren + 1
        if self._barren > BARREN:
            raise SourceBroken("pages-without-end")
        return new

    def _new(self, items: list[Object]) -> list[Object]:
        if self._first is None:  # Many a list is one page: nothing is marked before there is a second.
            self._first = items
            return items
        if self._marks is None:
            self._marks = Marks()
            for item in self._first:
                self._marks.add(_written(item))
            self._first = []
        marks = self._marks
        written = [_written(item) for item in items]
        new = [item for item, text in zip(items, written, strict=True) if text not in marks]
        for text in written:
            marks.add(text)
        return new


def _written(item: Object) -> bytes:
    return orjson.dumps(item, option=orjson.OPT_SORT_KEYS)


def total_of(expression: Any, page: Page) -> int | None:
    """Give how many items the source says all pages hold; none where it does not say so legibly."""
    said = found(expression, page.value) if expression is not None else page.headers.get(_TOTAL)
    if isinstance(said, str) and said.isascii() and said.isdecimal():
        return int(said)
    return said if isinstance(said, int) and not isinstance(said, bool) and said >= 0 else None


def cursor_of(said: Json) -> str | None:
    """Give the next cursor as a text; none where there is no next page."""
    if said is None or said == "":
        return None
    if not isinstance(said, str | int) or isinstance(said, bool):
        raise SourceBroken("cursor-not-text")
    return str(said)


@dataclass(frozen=True, slots=True)
class Member:
    """JMESPath that only names a member of an object: most that are written, and looked up for every answer."""

    name: str

    def search(self, value: Json) -> Json:
        """Give the member; none of anything that has none."""
        return value.get(self.name) if isinstance(value, dict) else None


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def compiled(expression: str, where: str) -> Any:
    """Compile JMESPath; SourceMisconfigured where it is not."""
    if _NAME.fullmatch(expression):
        return Member(expression)
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


def sized(paging: Paging, most: int | None = None) -> Iterable[tuple[str, str]]:
    """Give the parameter that says how many items a page should have, or no more than a source gave before."""
    if paging.size_param:
        yield paging.size_param, str(min(paging.size, most or paging.size))
