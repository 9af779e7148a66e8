"""What goes along with a question: who asks, why, how long they wait and by which way it came, signed by this hub.

A JWT (RFC 7523 section 3) for the other hub's endpoint, made anew for each question and good for a minute. The user is
a pseudonym. ``act`` lists the hubs it came through (RFC 8693 section 4.1), ``traceparent`` is W3C Trace Context's.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from connectors.errors import SourceRefused, SourceUnavailable
from connectors.neighbour import AskedFor
from connectors.transports.credentials import Statement

HEADER = "Hub-Asked-By"


@dataclass(frozen=True, slots=True)
class Asserting:
    """Signs assertions for one other hub."""

    statement: Statement
    hub: str
    ours: str
    margin: float
    hops: int

    def headers(self, asked_for: AskedFor) -> Mapping[str, str]:
        """Give the headers of one question; SourceRefused where it came by there, SourceUnavailable where it is late.

        Refused, and not unavailable: that a question goes round says nothing of how the other hub is.
        """
        through = (self.ours, *asked_for.through)
        if self.hub in through or self.ours in asked_for.through:
            raise SourceRefused("in-a-circle")
        if len(through) > self.hops:
            raise SourceRefused("too-many-hubs")
        left = int((asked_for.left - self.margin) * 1000)
        if left <= 0:
            raise SourceUnavailable("timed-out")
        trace = f"00-{asked_for.trace}-{secrets.token_hex(8)}-01"
        claims = {
            "sub": asked_for.subject,
            "aud": f"{self.hub}/graphql",
            "org": asked_for.organisation,
            "role": asked_for.role,
            "purpose": asked_for.purpose.value,
            "remaining": left,
            "traceparent": trace,
            "act": _acting(through),
        } | ({"reference": asked_for.reference} if asked_for.reference else {})
        return {HEADER: self.statement.signed(claims), "traceparent": trace}


def _acting(through: tuple[str, ...]) -> Mapping[str, object]:
    """Nest the hubs, the latest outermost."""
    acting: dict[str, object] = {}
    for hub in reversed(through):
        acting = {"sub": hub, "act": acting} if acting else {"sub": hub}
    return acting
