"""Whereabouts: in which groups of a source's people those with a number or a name may be, eight bytes for each.

It only says where to look. Who is meant is decided among the identities that are found there, as everywhere.
"""

from array import array
from bisect import bisect_left
from collections.abc import Hashable, Iterable

_PARTS = 256
_GROUP = 24
"""Bits for a group's number; the others are of a hash of the number or name."""


class Whereabouts:
    """Groups by what somebody in them is called or numbered."""

    def __init__(self, held: Iterable[tuple[Hashable, int]]) -> None:
        """Keep each key with its group."""
        self._parts = [array("Q") for _ in range(_PARTS)]
        for key, group in held:
            part, high = _split(key)
            self._parts[part].append(high | group)
        self._parts = [array("Q", sorted(part)) for part in self._parts]

    def of(self, keys: Iterable[Hashable]) -> set[int]:
        """Give the groups in which one of the keys may be."""
        return {group for key in keys for group in self._groups(key)}

    def _groups(self, key: Hashable) -> Iterable[int]:
        part, high = _split(key)
        listed = self._parts[part]
        at = bisect_left(listed, high)
        while at < len(listed) and listed[at] >> _GROUP == high >> _GROUP:
            yield listed[at] & ((1 << _GROUP) - 1)
            at += 1


def _split(key: Hashable) -> tuple[int, int]:
    """Give the part a key is in, and the rest of its hash above a group's bits."""
    said = hash(key) & ((1 << 64) - 1)
    return said % _PARTS, (said // _PARTS) >> (_GROUP - 8) << _GROUP
