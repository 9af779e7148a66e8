"""Ordered ids: UUIDs of version 7 (RFC 9562, section 5.7), which begin with the moment they were made.

For rows that nobody outside the database names. What comes together lies together, so that a million take a few pages
at a time and not all of them again and again. That an entry came before another is in the database as its number
already.
"""

import os
import time

_VERSION, _VARIANT = 0x7 << 76, 0b10 << 62
_RANDOM = 74
"""Bits that are random: twelve after the version, sixty-two after the variant."""


def ordered_id() -> str:
    """Make an id that sorts after those made in earlier milliseconds."""
    chance = int.from_bytes(os.urandom(10)) >> 80 - _RANDOM
    high, low = divmod(chance, 1 << 62)
    digits = f"{time.time_ns() // 1_000_000 << 80 | _VERSION | high << 64 | _VARIANT | low:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
