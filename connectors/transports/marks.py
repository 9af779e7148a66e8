"""Marks: a set that remembers what was seen by a digest of eight bytes, so that a long list takes little memory.

A Python set of as many texts takes some ten times as much. Two different things have one mark once in 2^64; the key is
new for every set, so that what happens once does not happen again with the same list.
"""

import hashlib
import secrets
from array import array

_BEGIN = 1024


class Marks:
    """What was seen, eight to twenty-four bytes each."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._key = secrets.token_bytes(16)
        self._slots = array("Q", bytes(8 * _BEGIN))
        self._seen = 0

    def __len__(self) -> int:
        """Say how many were seen."""
        return self._seen

    def __contains__(self, seen: bytes) -> bool:
        """Say whether this was seen."""
        mark = self._mark(seen)
        return self._slots[self._place(mark)] == mark

    def add(self, seen: bytes) -> bool:
        """Remember this; say whether it is new."""
        mark = self._mark(seen)
        place = self._place(mark)
        if self._slots[place] == mark:
            return False
        self._slots[place] = mark
        self._seen += 1
        if self._seen * 2 > len(self._slots):
            self._grow()
        return True

    def _mark(self, seen: bytes) -> int:
        # Nought is an empty slot.
        return int.from_bytes(hashlib.blake2b(seen, digest_size=8, key=self._key).digest(), "big") or 1

    def _place(self, mark: int) -> int:
        slots, last = self._slots, len(self._slots) - 1
        place = mark & last
        while slots[place] and slots[place] != mark:
            place = (place + 1) & last
        return place

    def _grow(self) -> None:
        before, self._slots = self._slots, array("Q", bytes(16 * len(self._slots)))
        for mark in before:
            if mark:
                self._slots[self._place(mark)] = mark
