"""Counting what is written in a body before it is read: reading costs ten times as much, and may come to nothing.

Every value of JSON stands alone or after a comma, and every text between two quotation marks. So there are at least as
many values as commas outside texts, and no more texts than names and values together. A query that stands first, as
clients write it, is at least as long as its bytes make characters.
"""

import re
from typing import Final

from hub.errors import Code, HubError
from hub.graphql.limits import LONGEST_TEXT, LONGEST_VALUE, VALUES

FEW: Final = 8_192
"""Bytes up to which reading costs less than counting saves."""
PART: Final = 32_768
"""Bytes that are looked at first: enough may be written there."""
BESIDE: Final = 64
"""Members a request may have beside its variables."""

_QUERY_FIRST: Final = re.compile(rb'\s*\{\s*"query"\s*:\s*"')
_ENOUGH: Final = 2 * LONGEST_TEXT + 64
"""Bytes of a query that tell whether it is too long, where they are of ASCII and half of them escapes at most."""
_CUT: Final = 12
"""Bytes, at most, that what is cut off in the middle of an escape would make no character of."""


def check_written(body: bytes) -> None:
    """Refuse a body of which enough is written to hold too long a query or too many values; no JSON may pass."""
    if len(body) > LONGEST_TEXT:
        _check_query(body)
    most = VALUES + BESIDE
    if len(body) > PART and _many(body[:PART], most):
        raise _too_many()
    if len(body) > LONGEST_VALUE:
        _check_texts(body)
    if len(body) <= FEW or body.count(b",") <= most:
        return
    if _many(body, most):
        raise _too_many()
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    if body.count(b'"') > 4 * most or b"".join(body.split(b'"')[::2]).count(b",") > most:
        raise _too_many()


def _check_query(body: bytes) -> None:
    """Refuse a query that stands first and is too long by what is written of it at its beginning."""
    if (begins := _QUERY_FIRST.match(body)) is None:
        return
    query = body[begins.end() : begins.end() + _ENOUGH]
    if not query.isascii():
        return
    escaped = b"\\" in query
    if escaped:
        query = query.replace(b"\\\\", b"_").replace(b'\\"', b"_")
    query, ends, _ = query.partition(b'"')
    least = len(query) - (0 if ends else _CUT)
    if escaped:
        least -= query.count(b"\\") + 5 * query.count(b"\\u")
    if least > LONGEST_TEXT:
        raise too_long()


def _check_texts(body: bytes) -> None:
    """Refuse a text too long to be any value; where there are many, or a mark is escaped, all is left to be read."""
    place, inside = 0, False
    for _ in range(BESIDE):
        ends = body.find(b'"', place)
        if ends < 0 or body[ends - 1 : ends] == b"\\":
            return
        if inside and ends - place > LONGEST_VALUE:
            text = body[place:ends]
            if b"\\" not in text and text.isascii():
                raise HubError(Code.LIMIT, f"a text longer than {LONGEST_VALUE} characters")
        place, inside = ends + 1, not inside


def too_long() -> HubError:
    """Say that a document is too long to be looked at."""
    return HubError(Code.LIMIT, f"more than {LONGEST_TEXT} characters in the query")


def _many(body: bytes, most: int) -> bool:
    """Say whether there are more texts than so many names and values, however many of their marks are escaped."""
    return body.count(b",") > most and body.count(b'"') - body.count(b"\\") > 4 * most


def _too_many() -> HubError:
    return HubError(Code.LIMIT, f"more than {VALUES} values in the variables")
