"""Whether there is still work on a request whose answer is told in events: noted on it, for whoever shares out places.

A watch mostly waits for its next look, and holds no place meanwhile. An answer that comes part by part is worked on
until its last part.
"""

from typing import Final

from starlette.types import Scope

_WORKING: Final = "hub.working"


def note_work(scope: Scope) -> None:
    """Note that an answer is worked on until it ends, whatever its media type."""
    scope[_WORKING] = True


def works(scope: Scope) -> bool:
    """Say whether that was noted."""
    return _WORKING in scope
