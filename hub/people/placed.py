"""Placed: how far the postcodes and addresses of two profiles agree, now and before."""

from jellyfish import damerau_levenshtein_distance, jaro_winkler_similarity

from hub.people.named import best
from hub.people.normalise import outward
from hub.people.profile import Profile, Words
from hub.people.weights import Agreement

MOST_WORDS = 2 / 3
HALF = 1 / 2
"""Shares of the shorter address's words that the longer one has."""
VERY_LIKE = 0.9
LIKE = 0.8
"""Jaro-Winkler similarities of two addresses written without spaces."""

ADDRESSES = (Agreement.EXACT, Agreement.SIMILAR, Agreement.PART, Agreement.DIFFERENT)


def postcodes_agree(asked: Profile, held: Profile) -> Agreement | None:
    """Compare postcodes: one held now, one held before, one slip of the hand, or the same district."""
    if not asked.postcodes or not (held.postcodes or held.districts):
        return None
    if not asked.current_postcodes.isdisjoint(held.current_postcodes):
        return Agreement.EXACT
    if not set(asked.postcodes).isdisjoint(held.postcodes):
        return Agreement.FORMER
    if any(damerau_levenshtein_distance(one, other) == 1 for one in asked.postcodes for other in held.postcodes):
        return Agreement.SIMILAR
    near = {*map(outward, asked.postcodes)} & {*map(outward, held.postcodes), *held.districts}
    return Agreement.DISTRICT if near else Agreement.DIFFERENT


def addresses_agree(asked: Profile, held: Profile) -> Agreement | None:
    """Compare addresses by their words, since one says less than another and neither in the same order."""
    if not asked.addresses or not held.addresses:
        return None
    return best(_addresses, asked.addresses, held.addresses, ADDRESSES)


def _addresses(one: Words, other: Words) -> Agreement:
    fewer = min(len({*one}), len({*other}))
    shared = len({*one} & {*other})
    if one == other or (shared == fewer and fewer > 1):
        return Agreement.EXACT
    like = jaro_winkler_similarity("".join(one), "".join(other))
    if shared / fewer >= MOST_WORDS or like >= VERY_LIKE:
        return Agreement.SIMILAR
    return Agreement.PART if shared / fewer >= HALF or like >= LIKE else Agreement.DIFFERENT
