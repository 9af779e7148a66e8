"""What hands take at a page, by the keystroke-level model: each act in seconds, as its authors measured people.

Card, Moran and Newell, "The keystroke-level model for user performance time with interactive systems",
Communications of the ACM 23(7), 1980: pointing 1.1, a button of the mouse 0.2, a key of an average typist 0.28, moving
the hand between mouse and keys 0.4, making up one's mind 1.35. Waiting for pages and reading them are not in it.
"""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Final

from playwright.async_api import Locator

POINT: Final = 1.1
PRESS: Final = 0.2
KEY: Final = 0.28
HOME: Final = 0.4
MIND: Final = 1.35

TWO_MINUTES: Final = 120.0


@dataclass
class Hands:
    """A worker's hands: they do what they are told, and count what it takes."""

    seconds: float = 0.0

    async def click(self, on: Locator) -> None:
        """Make up one's mind, point and click."""
        self.seconds += MIND + POINT + PRESS
        await on.click()

    async def type(self, into: Locator, text: str) -> None:
        """Point at a field, click it, and type."""
        self.seconds += MIND + POINT + PRESS + HOME + KEY * len(text) + HOME
        await into.fill(text)

    async def chose(self, choosing: Awaitable[Any]) -> None:
        """Open a list, and choose from it."""
        self.seconds += 2 * (MIND + POINT + PRESS)
        await choosing
