"""Counting what is written in a body before it is read: reading costs ten times as much, and may come to nothing.

Every value of JSON stands alone or after a comma, and every text between two quotation marks. So there are at least as
many values as commas outside texts, and no more texts than names and values together. A query that stands first, as
clients write it, is at least as long as its bytes make characters.
"""

import re
from typing import Final

from hub.errors import Code, HubError
from hub.graphql.limits import LONGEST_TEXT, VALUES

FEW: Final = 8_192
"""Bytes up to which reading costs less than counting saves."""
PART: Final = 32_768
"""Bytes that are looked at first: enough may be written there."""
BESIDE: Final = 64
"""Members a request may have beside its variables."""

_QUERY_FIRST: Final = re.compile(rb'\s*\{\s*"query"\s*:\s*"')
_WIDEST: Final = 4
"""Bytes of one character in UTF-8, at most."""
_WIDEST_ESCAPED: Final = 12
"""Bytes of one character that is written as two escapes."""


def check_written(body: bytes) -> None:
    """Refuse a body of which enough is written to hold too long a query or too many values; no JSON may pass."""
    if len(body) > LONGEST_TEXT:
        _check_query(body)
    most = VALUES + BESIDE
    if len(body) > PART and _many(body[:PART], most):
        raise _too_many()
    if len(body) <= FEW or body.count(b",") <= most:
        return
    if _many(body, most):
        raise _too_many()
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    if body.count(b'"') > 4 * most or b"".join(body.split(b'"')[::2]).count(b",") > most:
        raise _too_many()


def _check_query(body: bytes) -> None:
    """Refuse a query that stands first and is too long, as far as no quotation mark stands in it."""
    if (begins := _QUERY_FIRST.match(body)) is None:
        return
    ends = body.find(b'"', begins.end())
    query = body[begins.end() : ends if ends >= 0 else len(body)]
    if len(query) <= LONGEST_TEXT:
        return
    if len(query) > _widest(query) * LONGEST_TEXT:
        raise too_long()


def _widest(text: bytes) -> int:
    """Give the bytes that one character of a text may take, at most."""
    if b"\\" in text:
        return _WIDEST_ESCAPED
    return 1 if text.isascii() else _WIDEST


def _many(body: bytes, most: int) -> bool:
    """Say whether there are more texts than so many names and values, however many of their marks are escaped."""
    return body.count(b",") > most and body.count(b'"') - body.count(b"\\") > 4 * most


def too_long() -> HubError:
    """Say that a document is too long to be looked at."""
    return HubError(Code.LIMIT, f"more than {LONGEST_TEXT} characters in the query")


def _too_many() -> HubError:
    return HubError(Code.LIMIT, f"more than {VALUES} values in the variables")
