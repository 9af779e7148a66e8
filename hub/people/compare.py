"""Comparing: how far two profiles agree, field by field, each with its bits. The bits sum to the score."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from hub.people.named import best, givens_agree, surnames_agree
from hub.people.placed import addresses_agree, postcodes_agree
from hub.people.profile import Profile
from hub.people.weights import Agreement, Compared, Weights
from schema.records import IdentifierSystem

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
    return tuple(
        Evidence(field, agreement, weights.of(field, agreement))
        for field, agreement in agreements(asked, held)
        if agreement is not None
    )


def agreements(asked: Profile, held: Profile) -> tuple[tuple[Compared, Agreement | None], ...]:
    """Say how far each field agrees; none where either lacks it."""
    return (
        (Compared.SURNAME, surnames_agree(asked, held)),
        (Compared.GIVEN, givens_agree(asked, held)),
        (Compared.BIRTH, _birth(asked, held)),
        (Compared.POSTCODE, postcodes_agree(asked, held)),
        (Compared.ADDRESS, addresses_agree(asked, held)),
        (Compared.NHS, _identifier(asked, held, IdentifierSystem.NHS_NUMBER)),
        (Compared.UPN, _identifier(asked, held, IdentifierSystem.UPN)),
        (Compared.OTHER, _other(asked, held)),
        (Compared.SEX, _sex(asked, held)),
    )


def _birth(asked: Profile, held: Profile) -> Agreement | None:
    if asked.born_between and held.births:
        low, high = asked.born_between
        return Agreement.WITHIN if any(low <= born <= high for born in held.births) else Agreement.DIFFERENT
    if not asked.births or not held.births:
        return None
    return best(_birth_pair, asked.births, held.births, _BIRTHS)


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
