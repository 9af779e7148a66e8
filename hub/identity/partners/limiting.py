"""Failures at the token endpoint, counted for each client and address, so that guessing is slow and locks nobody out.

A client at an address where it succeeded lately is never stopped for what others do at that address. Each replica
counts its own: a secret is 256 random bits, and this is to keep the database quiet and to raise an alert.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final, TypeVar

WINDOW: Final = 60.0
"""Seconds."""

OF_ONE: Final = 10
"""Failures of one client at one address in a window, before it waits."""

OF_ADDRESS: Final = 100
"""Failures at one address, whoever it says it is."""

LATELY: Final = 3600.0
"""Seconds a success is remembered."""

MOST: Final = 10_000
"""Pairs remembered; the one not heard of longest goes first."""

T = TypeVar("T")

Pair = tuple[str, str]


class Failures:
    """Counts failures."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Take a clock that never goes back."""
        self._clock = clock
        self._failed: OrderedDict[Pair, tuple[float, int]] = OrderedDict()
        self._succeeded: OrderedDict[Pair, float] = OrderedDict()

    def barred(self, client_id: str, address: str) -> bool:
        """Say whether this client at this address must wait."""
        pair = (client_id, address)
        if self._count(pair) >= OF_ONE:
            return True
        known = self._clock() - self._succeeded.get(pair, float("-inf")) < LATELY
        return not known and self._count(("", address)) >= OF_ADDRESS

    def failed(self, client_id: str, address: str) -> bool:
        """Count a failure; say whether it is the one at which an alert is due."""
        counts = [self._one_more(pair) for pair in ((client_id, address), ("", address))]
        return counts[0] == OF_ONE or counts[1] == OF_ADDRESS

    def succeeded(self, client_id: str, address: str) -> None:
        """Remember that the client is at home at this address."""
        _put(self._succeeded, (client_id, address), self._clock())

    def _count(self, pair: Pair) -> int:
        began, count = self._failed.get(pair, (0.0, 0))
        return count if self._clock() - began < WINDOW else 0

    def _one_more(self, pair: Pair) -> int:
        count = self._count(pair) + 1
        began = self._failed[pair][0] if count > 1 else self._clock()
        _put(self._failed, pair, (began, count))
        return count


def _put(kept: OrderedDict[Pair, T], pair: Pair, value: T) -> None:
    kept[pair] = value
    kept.move_to_end(pair)
    if len(kept) > MOST:
        kept.popitem(last=False)
