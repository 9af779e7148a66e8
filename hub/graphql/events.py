"""Server-sent events as GraphQL has them: ``next`` with each part, ``complete`` where there will be no more.

GraphQL over Server-Sent Events in its distinct connections mode; the framing is of the HTML Standard, section 9.2.
"""

from collections.abc import Mapping
from typing import Final

from hub.graphql.ranges import Offer

EVENTS: Final = "text/event-stream"
"""The media type of events."""

OFFER: Final = Offer(EVENTS, by_name=True)
"""Events as they are offered: no range that covers everything means them."""

COMPLETE: Final = b"event: complete\ndata:\n\n"
"""There will be no more."""

NOT_KEPT: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Accel-Buffering": "no",
}
"""The headers of what is told bit by bit: nobody keeps it, and no proxy holds it back."""


def event(body: bytes) -> bytes:
    """Write one part, JSON without line breaks."""
    return b"event: next\ndata: " + body + b"\n\n"
