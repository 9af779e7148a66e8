"""Comparing: how far two profiles agree, field by field, each with its bits. The bits sum to the score."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from jellyfish import damerau_levenshtein_distance

from hub.people.equivalents import MANY, equivalent, roots
from hub.people.keys import sound
from hub.people.normalise import outward
from hub.people.profile import Profile, Words
from hub.people.weights import Agreement, Compared, Weights
from schema.records import IdentifierSystem

_LONG = 4
_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Evidence:
    """How one field agrees, and what that is worth."""

    field: Compared
    agreement: Agreement
    bits: float


def score(evidence: Iterable[Evidence]) -> float:
    """Give the sum of the bits."""
    return sum(e.bits for e in evidence)


def compare(asked: Profile, held: Profile, weights: Weights) -> tuple[Evidence, ...]:
    """Compare every field both hold; a field either lacks says nothing."""
    found: list[Evidence] = []
    for field, agreement in (
        (Compared.SURNAME, _surname(asked, held)),
        (Compared.GIVEN, _given(asked, held)),
        (Compared.BIRTH, _birth(asked, held)),
        (Compared.POSTCODE, _postcode(asked, held)),
        (Compared.NHS, _identifier(asked, held, IdentifierSystem.NHS_NUMBER)),
        (Compared.UPN, _identifier(asked, held, IdentifierSystem.UPN)),
        (Compared.OTHER, _other(asked, held)),
        (Compared.SEX, _sex(asked, held)),
    ):
        if agreement is not None:
            found.append(Evidence(field, agreement, weights.of(field, agreement)))
    return tuple(found)


def _surname(asked: Profile, held: Profile) -> Agreement | None:
    if not asked.surnames or not held.surnames:
        return None
    if not asked.current_surnames.isdisjoint(held.current_surnames):
        return Agreement.EXACT
    best = _best(_surname_pair, asked.surnames, held.surnames, _SURNAMES)
    if best is Agreement.DIFFERENT and _exchanged(asked, held):
        return Agreement.EXCHANGED
    return best


_SURNAMES = (Agreement.FORMER, Agreement.PART, Agreement.SIMILAR, Agreement.SOUNDS, Agreement.DIFFERENT)


def _surname_pair(one: Words, other: Words) -> Agreement:
    if one == other or "".join(one) == "".join(other):
        return Agreement.FORMER
    if not set(one).isdisjoint(other):
        return Agreement.PART
    if _similar("".join(one), "".join(other)):
        return Agreement.SIMILAR
    return Agreement.SOUNDS if {*map(sound, one)} & {*map(sound, other)} else Agreement.DIFFERENT


def _given(asked: Profile, held: Profile) -> Agreement | None:
    if not asked.givens or not held.givens:
        return None
    best = _best(_given_pair, asked.givens, held.givens, _GIVENS)
    if best is Agreement.DIFFERENT and _exchanged(asked, held):
        return Agreement.EXCHANGED
    return best


_GIVENS = (Agreement.EXACT, Agreement.EQUIVALENT, Agreement.SIMILAR, Agreement.INITIAL, Agreement.DIFFERENT)


def _given_pair(one: Words, other: Words) -> Agreement:
    short, long = sorted((one, other), key=len)
    if one == other or "".join(one) == "".join(other):
        return Agreement.EXACT
    if short == long[: len(short)]:
        return Agreement.SIMILAR if roots(short[0]) & MANY else Agreement.EXACT
    if len(short) > 1 and short[0] == long[0]:
        return Agreement.SIMILAR
    if equivalent(one[0], other[0]):
        return Agreement.EQUIVALENT
    if _similar(one[0], other[0]):
        return Agreement.SIMILAR
    return Agreement.INITIAL if 1 in {len(one[0]), len(other[0])} and one[0][0] == other[0][0] else Agreement.DIFFERENT


def _similar(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= _LONG and damerau_levenshtein_distance(one, other) <= 1


def _exchanged(asked: Profile, held: Profile) -> bool:
    """Say whether a given name of one is a surname of the other, whichever of them was asked about."""
    return _share(asked.givens, held.surnames) or _share(asked.surnames, held.givens)


def _share(ones: Iterable[Words], others: Iterable[Words]) -> bool:
    return not {"".join(w) for w in ones}.isdisjoint("".join(w) for w in others)


def _birth(asked: Profile, held: Profile) -> Agreement | None:
    if asked.born_between and held.births:
        low, high = asked.born_between
        return Agreement.WITHIN if any(low <= born <= high for born in held.births) else Agreement.DIFFERENT
    if not asked.births or not held.births:
        return None
    return _best(_birth_pair, asked.births, held.births, _BIRTHS)


_BIRTHS = (Agreement.EXACT, Agreement.DAY_MONTH, Agreement.ONE_DIGIT, Agreement.YEAR, Agreement.DIFFERENT)


def _birth_pair(one: date, other: date) -> Agreement:
    if one == other:
        return Agreement.EXACT
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return Agreement.DAY_MONTH
    same = sum(a == b for a, b in zip(one.strftime("%Y%m%d"), other.strftime("%Y%m%d"), strict=True))
    if same == _DIGITS - 1:
        return Agreement.ONE_DIGIT
    return Agreement.YEAR if one.year == other.year else Agreement.DIFFERENT


def _postcode(asked: Profile, held: Profile) -> Agreement | None:
    if not asked.postcodes or not (held.postcodes or held.districts):
        return None
    if not asked.current_postcodes.isdisjoint(held.current_postcodes):
        return Agreement.EXACT
    if not set(asked.postcodes).isdisjoint(held.postcodes):
        return Agreement.FORMER
    near = {*map(outward, asked.postcodes)} & {*map(outward, held.postcodes), *held.districts}
    return Agreement.DISTRICT if near else Agreement.DIFFERENT


def _identifier(asked: Profile, held: Profile, system: IdentifierSystem) -> Agreement | None:
    ours, theirs = asked.of(system), held.of(system)
    if not ours or not theirs:
        return None
    return Agreement.DIFFERENT if ours.isdisjoint(theirs) else Agreement.SAME


def _other(asked: Profile, held: Profile) -> Agreement | None:
    systems = set(IdentifierSystem) - {IdentifierSystem.NHS_NUMBER, IdentifierSystem.UPN}
    found = [a for system in systems if (a := _identifier(asked, held, system))]
    if not found:
        return None
    return Agreement.SAME if Agreement.SAME in found else Agreement.DIFFERENT


def _sex(asked: Profile, held: Profile) -> Agreement | None:
    if not asked.sexes or not held.sexes:
        return None
    return Agreement.DIFFERENT if asked.sexes.isdisjoint(held.sexes) else Agreement.SAME


def _best(
    pair: Callable[..., Agreement], ones: Sequence[object], others: Sequence[object], order: tuple[Agreement, ...]
) -> Agreement:
    return min((pair(one, other) for one in ones for other in others), key=order.index)
