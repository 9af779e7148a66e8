"""The cap of records where a source's whole answer is in memory: cut, and said to be cut."""

from collections.abc import Mapping, Sequence

from connectors.contract import Held, LocalId


def capped(records: Mapping[LocalId, Sequence[Held]], most: int) -> tuple[dict[LocalId, Sequence[Held]], bool]:
    """Keep the first so many records, and say whether that was all; everybody keeps their entry."""
    left, kept = most, dict[LocalId, Sequence[Held]]()
    for person, held in records.items():
        kept[person] = held if len(held) <= left else held[:left]
        left -= len(kept[person])
    return kept, sum(map(len, records.values())) <= most
