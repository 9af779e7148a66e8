"""Resting: nothing is read for a while from the connection of whoever was told to come again, and asks at once.

A proxy that is believed has many clients on one connection, and bounds them itself: it is never made to rest.
"""

from collections.abc import Callable
from typing import Any, Final

from starlette.types import Scope

_REST: Final = "hub.rest"


def resting(scope: Any, how: Callable[[], None]) -> None:
    """Note on a request how its connection is made to rest."""
    scope[_REST] = how


def rest(scope: Scope) -> None:
    """Make the connection of a request rest, where it can."""
    how: Callable[[], None] | None = scope.get(_REST)
    if how is not None:
        how()
