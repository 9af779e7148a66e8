"""A drop's rows, packed: kept in memory compressed, in groups of people, and read back a group at a time.

As dictionaries a hundred thousand rows take some hundred and sixty megabytes; packed, a few. Everybody's rows are in
one group, so that looking somebody up unpacks some sixty rows and no others. Nothing is written to disk.

Rows are packed twice, first into a few portions and then, portion by portion, into groups, so that no more than one
portion is ever unpacked at once.
"""

import pickle
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

Row: TypeAlias = Mapping[str, Any]
Cells: TypeAlias = tuple[Any, ...]
About: TypeAlias = tuple[str, Cells]
"""Whom a row is about and what it says, in the order of the columns."""

_TOGETHER = 64
"""Rows packed together: fewer are packed worse, more take longer to look somebody up in."""
_PORTION = 8_192


class Packed:
    """The rows of a drop by whom they are about."""

    def __init__(self, rows: Iterable[Row], person: Callable[[Row], Iterable[str]], expected: int) -> None:
        """Pack rows as they come; ``expected`` is how many may."""
        self.count = 0
        """Rows that were read, those about nobody too."""
        self._columns: tuple[str, ...] = ()
        self._portions = 1 + expected // _PORTION
        portions: list[list[bytes]] = [[] for _ in range(self._portions)]
        open_: list[list[About]] = [[] for _ in range(self._portions)]
        for row in rows:
            self._columns = self._columns or tuple(row)
            cells = tuple(row.values())
            self.count += 1
            for who in person(row):
                at = hash(who) % self._portions
                open_[at].append((who, cells))
                if len(open_[at]) == _TOGETHER:
                    portions[at].append(_pack(open_[at]))
                    open_[at] = []
        self._groups: list[list[bytes]] = []
        for n in range(self._portions):
            self._groups.append(self._grouped([*_unpacked(portions[n]), *open_[n]]))
            portions[n], open_[n] = [], []

    def about(self, people: Iterable[str]) -> dict[str, list[Row]]:
        """Give the rows about each of some people, in their order in the drop; nobody the drop does not name."""
        wanted = dict.fromkeys(people)
        groups: dict[tuple[int, int], set[str]] = {}
        for who in wanted:
            groups.setdefault(self._place(who), set()).add(who)
        found: dict[str, list[Row]] = {}
        for (portion, group), names in groups.items():
            for who, cells in _unpack(self._groups[portion][group]):
                if who in names:
                    found.setdefault(who, []).append(self._row(cells))
        return {who: found[who] for who in wanted if who in found}

    def __len__(self) -> int:
        """Say how many groups there are."""
        return sum(map(len, self._groups))

    def group(self, number: int) -> dict[str, list[Row]]:
        """Give all rows of everybody in a group."""
        portion = 0
        while number >= len(self._groups[portion]):
            number -= len(self._groups[portion])
            portion += 1
        found: dict[str, list[Row]] = {}
        for who, cells in _unpack(self._groups[portion][number]):
            found.setdefault(who, []).append(self._row(cells))
        return found

    def _grouped(self, rows: list[About]) -> list[bytes]:
        groups: list[list[About]] = [[] for _ in range(1 + len(rows) // _TOGETHER)]
        for who, cells in rows:
            groups[hash(who) // self._portions % len(groups)].append((who, cells))
        return [_pack(group) for group in groups]

    def _place(self, who: str) -> tuple[int, int]:
        portion = hash(who) % self._portions
        return portion, hash(who) // self._portions % len(self._groups[portion])

    def _row(self, cells: Cells) -> Row:
        return dict(zip(self._columns, cells, strict=True))


def _pack(rows: list[About]) -> bytes:
    return zlib.compress(pickle.dumps(rows, pickle.HIGHEST_PROTOCOL), 1)


def _unpack(packed: bytes) -> list[About]:
    rows: list[About] = pickle.loads(zlib.decompress(packed))  # noqa: S301 -- packed above, by this process
    return rows


def _unpacked(parts: Iterable[bytes]) -> Iterator[About]:
    for part in parts:
        yield from _unpack(part)
