"""Named: how far the names of two profiles agree, as people write, shorten, change and mistype them."""

from collections.abc import Callable, Iterable, Sequence

from jellyfish import damerau_levenshtein_distance, jaro_winkler_similarity

from hub.people.equivalents import MANY, equivalent, roots
from hub.people.keys import sound
from hub.people.profile import Profile, Words
from hub.people.weights import Agreement

SHORTEST = 4
"""Letters below which one slip makes another name of a name."""
ROUGHLY = 0.88
"""Jaro-Winkler similarity from which two names are roughly alike."""

SURNAMES = (
    Agreement.FORMER,
    Agreement.EQUIVALENT,
    Agreement.PART,
    Agreement.SIMILAR,
    Agreement.ROUGHLY,
    Agreement.SOUNDS,
    Agreement.DIFFERENT,
)
GIVENS = (
    Agreement.EXACT,
    Agreement.EQUIVALENT,
    Agreement.SIMILAR,
    Agreement.ROUGHLY,
    Agreement.INITIAL,
    Agreement.DIFFERENT,
)


def surnames_agree(asked: Profile, held: Profile) -> Agreement | None:
    """Compare surnames, present and former; none where either has none."""
    if not asked.surnames or not held.surnames:
        return None
    if not asked.current_surnames.isdisjoint(held.current_surnames):
        return Agreement.EXACT
    return _or_exchanged(asked, held, best(_surnames, asked.surnames, held.surnames, SURNAMES))


def givens_agree(asked: Profile, held: Profile) -> Agreement | None:
    """Compare given names and what people are called; none where either has none."""
    if not asked.givens or not held.givens:
        return None
    return _or_exchanged(asked, held, best(_givens, asked.givens, held.givens, GIVENS))


def best(
    pair: Callable[..., Agreement], ones: Sequence[object], others: Sequence[object], order: Sequence[Agreement]
) -> Agreement:
    """Give the nearest agreement of any two values."""
    return min((pair(one, other) for one in ones for other in others), key=order.index)


def _surnames(one: Words, other: Words) -> Agreement:
    whole, whole_other = "".join(one), "".join(other)
    if whole == whole_other:
        return Agreement.FORMER
    if len(one) == len(other) == 1 and equivalent(one[0], other[0]):
        return Agreement.EQUIVALENT
    if not set(one).isdisjoint(other):
        return Agreement.PART
    if _similar(whole, whole_other):
        return Agreement.SIMILAR
    if jaro_winkler_similarity(whole, whole_other) >= ROUGHLY:
        return Agreement.ROUGHLY
    return Agreement.SOUNDS if {*map(sound, one)} & {*map(sound, other)} else Agreement.DIFFERENT


def _givens(one: Words, other: Words) -> Agreement:
    short, long = sorted((one, other), key=len)
    if one == other or "".join(one) == "".join(other):
        return Agreement.EXACT
    if short == long[: len(short)]:
        return Agreement.SIMILAR if roots(short[0]) & MANY else Agreement.EXACT
    if len(short) > 1 and short[0] == long[0]:
        return Agreement.SIMILAR
    return _first_names(one[0], other[0])


def _first_names(one: str, other: str) -> Agreement:
    if equivalent(one, other):
        return Agreement.EQUIVALENT
    if _similar(one, other):
        return Agreement.SIMILAR
    if jaro_winkler_similarity(one, other) >= ROUGHLY:
        return Agreement.ROUGHLY
    return Agreement.INITIAL if 1 in {len(one), len(other)} and one[0] == other[0] else Agreement.DIFFERENT


def _similar(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= SHORTEST and damerau_levenshtein_distance(one, other) <= 1


def _or_exchanged(asked: Profile, held: Profile, agreement: Agreement) -> Agreement:
    """Say instead that a given name of one is a surname of the other, whichever of them was asked about."""
    if agreement is not Agreement.DIFFERENT:
        return agreement
    exchanged = _share(asked.givens, held.surnames) or _share(asked.surnames, held.givens)
    return Agreement.EXCHANGED if exchanged else agreement


def _share(ones: Iterable[Words], others: Iterable[Words]) -> bool:
    return not {"".join(w) for w in ones}.isdisjoint("".join(w) for w in others)
