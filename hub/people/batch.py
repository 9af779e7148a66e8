"""Batch: whole lists linked to each other by the same weights, to measure them or to prepare a person's work.

Nothing here is a link of the index: that joins by the release rule and by people alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from hub.people.compare import compare, score
from hub.people.keys import Key, keys
from hub.people.profile import Profile
from hub.people.weights import Weights

MOST = 200
"""Records that may share a key; a key that more share tells nobody apart."""
LIKELY = 0.5
"""Probability from which two records of two lists are linked, each at most once."""
SURE = 0.95
"""Probability from which records of one list are linked, where one wrong link joins whole groups."""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Scored:
    """Two records that share a key, and what speaks for their being one person's."""

    pair: Pair
    score: float
    probability: float


def scored(lists: Sequence[Mapping[str, Profile]], weights: Weights) -> list[Scored]:
    """Compare every pair that shares a key, across two lists or within one; the likeliest first."""
    whole: dict[str, Profile] = {}
    for each in lists:
        whole |= each
    across = len(lists) > 1
    first = lists[0]
    found = []
    for one, other in sorted(_pairs(whole)):
        if across and (one in first) is (other in first):
            continue
        pair = (one, other) if one in first or not across else (other, one)
        bits = score(compare(whole[one], whole[other], weights))
        found.append(Scored(pair, bits, weights.probability(bits)))
    return sorted(found, key=lambda s: (-s.score, s.pair))


def one_to_one(found: Iterable[Scored], least: float = LIKELY) -> set[Pair]:
    """Link two lists that hold each person once: the likeliest pair first, and neither of it again."""
    taken: set[str] = set()
    links: set[Pair] = set()
    for each in found:
        if each.probability >= least and taken.isdisjoint(each.pair):
            taken.update(each.pair)
            links.add(each.pair)
    return links


def clusters(ids: Iterable[str], found: Iterable[Scored], least: float = SURE) -> list[frozenset[str]]:
    """Group one list's records into persons, whoever is linked to somebody of a group being of it."""
    group = {i: {i} for i in ids}
    for each in found:
        one, other = (group[i] for i in each.pair)
        if each.probability >= least and one is not other:
            one |= other
            group.update(dict.fromkeys(other, one))
    return [frozenset(g) for g in {id(g): g for g in group.values()}.values()]


def _pairs(profiles: Mapping[str, Profile]) -> set[Pair]:
    blocks: dict[Key, set[str]] = defaultdict(set)
    for record, held in profiles.items():
        for key in (*keys(held), *_address_keys(held)):
            blocks[key].add(record)
    return {pair for block in blocks.values() if len(block) <= MOST for pair in combinations(sorted(block), 2)}


def _address_keys(held: Profile) -> Iterator[Key]:
    """Give keys an index would be too large with: two words of the address with anything else, and each thing alone."""
    yield from (Key("b", born.isoformat()) for born in held.births)
    yield from (Key("p", code) for code in held.postcodes)
    others = [
        *(f"{born.year}" for born in held.births),
        *(f"{born.month}-{born.day}" for born in held.births),
        *(words[0] for words in (*held.givens, *held.surnames)),
    ]
    for words in held.addresses:
        yield Key("a", "".join(words))
        for couple in combinations(sorted({*words}), 2):
            yield from (Key("ao", "|".join((*couple, other))) for other in others)
