"""The cap of records where a source's whole answer is in memory: cut, and said to be cut."""

from collections.abc import Iterator, Mapping, Sequence

from connectors.contract import Held, LocalId
from schema.rows import parts_of, still_rows, together


def capped(records: Mapping[LocalId, Sequence[Held]], most: int) -> tuple[dict[LocalId, Sequence[Held]], bool]:
    """Keep the first so many records, and say whether that was all; everybody keeps their entry."""
    left, kept = most, dict[LocalId, Sequence[Held]]()
    for person, held in records.items():
        kept[person] = held if len(held) <= left else _first(held, left)
        left -= len(kept[person])
    return kept, sum(map(len, records.values())) <= most


def _first(held: Sequence[Held], most: int) -> Sequence[Held]:
    return together(part.first(left) if still_rows(part) else part[:left] for part, left in _shared(held, most))


def _shared(held: Sequence[Held], most: int) -> Iterator[tuple[Sequence[Held], int]]:
    """Give each part and how many of it are kept."""
    for part in parts_of(held):
        yield part, most
        most = max(0, most - len(part))
