"""Ordered ids: UUIDs of version 7 (RFC 9562, section 5.7), which begin with the moment they were made.

For rows that nobody outside the database names. What comes together lies together, so that a million take a few pages
at a time and not all of them again and again. That an entry came before another is in the database as its number
already.
"""

import os
import time
from uuid import UUID

_VERSION, _VARIANT = 0x7 << 76, 0b10 << 62
_RANDOM = 74
"""Bits that are random: twelve after the version, sixty-two after the variant."""


def ordered_id() -> str:
    """Make an id that sorts after those made in earlier milliseconds."""
    chance = int.from_bytes(os.urandom(10)) >> 80 - _RANDOM
    high, low = divmod(chance, 1 << 62)
    return str(UUID(int=time.time_ns() // 1_000_000 << 80 | _VERSION | high << 64 | _VARIANT | low))
