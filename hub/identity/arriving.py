"""Arriving: how many sign-ins one address may begin, since anybody at all may and each leaves a row behind.

Each replica counts its own. An address of IPv6 is counted by its network, of which one subscriber has all addresses.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from starlette.requests import Request

from hub.identity.attempts import LASTS
from hub.identity.proxies import Proxies

OF_ADDRESS: Final = 1_000
"""Sign-ins begun from one address in the time one lasts: a whole council may come from behind one."""

MOST: Final = 10_000
"""Addresses remembered; the one not heard of longest goes first."""


class TooMany(Exception):
    """Too many sign-ins were begun: whoever comes now waits."""


class Arrivals:
    """Counts sign-ins that are begun."""

    def __init__(self, proxies: Proxies, clock: Callable[[], float]) -> None:
        """Take the proxies that say where people come from, and a clock that never goes back."""
        self._proxies = proxies
        self._clock = clock
        self._begun: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def begin(self, request: Request) -> None:
        """Count one; TooMany where its address has begun as many as it may."""
        address, now = self._proxies.subscriber(request), self._clock()
        began, count = self._begun.pop(address, (now, 0))
        if now - began >= LASTS:
            began, count = now, 0
        self._begun[address] = (began, min(count + 1, OF_ADDRESS + 1))
        if len(self._begun) > MOST:
            self._begun.popitem(last=False)
        if count >= OF_ADDRESS:
            raise TooMany
