"""How a watch ends: each a code for the ledger, the log and the metrics."""

from enum import StrEnum


class End(StrEnum):
    """Why a watch ended."""

    LEFT = "client-left"
    """The client ended it, or is gone."""
    SLOW = "slow-reader"
    """The client did not read what it was sent."""
    CREDENTIAL = "credential-over"
    """The token is over or its client was revoked, or the session ended."""
    NOTHING = "nothing-permitted"
    """The rules show nothing at all of the person's records, at any source."""
    REFUSED = "refused"
    """A question was refused: a budget, a registered document that was revoked, anything a client is told of."""
    NOT_READY = "not-ready"
    """Nothing could be decided, counted or written down."""
    LONG = "long-enough"
    """It stood for as long as one may."""
    STOPPING = "hub-stopping"
    """The hub is being stopped."""
    FAILED = "failed"
    """Something nobody foresaw."""


COME_AGAIN = frozenset({End.NOT_READY, End.STOPPING})
"""After these a client that asks again is right to."""
