"""Counting what is written in a body before it is read: reading costs ten times as much, and may come to nothing.

Every value of JSON stands alone or after a comma, and every text between two quotation marks. So there are at least as
many values as commas outside texts, and no more texts than names and values together.
"""

from typing import Final

from hub.errors import Code, HubError
from hub.graphql.limits import VALUES

FEW: Final = 8_192
"""Bytes up to which reading costs less than counting saves."""
BESIDE: Final = 64
"""Members a request may have beside its variables."""


def check_written(body: bytes) -> None:
    """Refuse a body of which enough is written to hold too many values; one that is no JSON may pass."""
    most = VALUES + BESIDE
    if len(body) <= FEW or body.count(b",") <= most:
        return
    if body.count(b'"') - body.count(b"\\") > 4 * most:  # however many of those quotation marks are escaped
        raise _too_many()
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    if body.count(b'"') > 4 * most or b"".join(body.split(b'"')[::2]).count(b",") > most:
        raise _too_many()


def _too_many() -> HubError:
    return HubError(Code.LIMIT, f"more than {VALUES} values in the variables")
