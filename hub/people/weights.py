"""Weights: how many bits each agreement or disagreement is worth (Fellegi and Sunter, 1969), as versioned data."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path


class Compared(StrEnum):
    """What two people are compared by."""

    SURNAME = "surname"
    GIVEN = "given name"
    BIRTH = "date of birth"
    POSTCODE = "postcode"
    ADDRESS = "address"
    NHS = "NHS number"
    UPN = "unique pupil number"
    OTHER = "other identifier"
    SEX = "sex"


class Agreement(StrEnum):
    """How far two values agree, in words a worker reads."""

    EXACT = "exact"
    FORMER = "former"
    PART = "part"
    EQUIVALENT = "equivalent"
    SIMILAR = "similar"
    ROUGHLY = "roughly similar"
    EXCHANGED = "exchanged"
    SOUNDS = "sounds alike"
    INITIAL = "initial"
    DAY_MONTH = "day and month exchanged"
    ONE_DIGIT = "one digit differs"
    WITHIN = "within"
    YEAR = "same year"
    DISTRICT = "same district"
    SAME = "same"
    DIFFERENT = "different"


_A = Agreement
LEVELS: Mapping[Compared, tuple[Agreement, ...]] = {
    Compared.SURNAME: (
        _A.EXACT,
        _A.FORMER,
        _A.EQUIVALENT,
        _A.PART,
        _A.SIMILAR,
        _A.ROUGHLY,
        _A.SOUNDS,
        _A.EXCHANGED,
        _A.DIFFERENT,
    ),
    Compared.GIVEN: (
        _A.EXACT,
        _A.EQUIVALENT,
        _A.SIMILAR,
        _A.ROUGHLY,
        _A.INITIAL,
        _A.EXCHANGED,
        _A.DIFFERENT,
    ),
    Compared.BIRTH: (_A.EXACT, _A.DAY_MONTH, _A.ONE_DIGIT, _A.WITHIN, _A.YEAR, _A.DIFFERENT),
    Compared.POSTCODE: (_A.EXACT, _A.FORMER, _A.SIMILAR, _A.DISTRICT, _A.DIFFERENT),
    Compared.ADDRESS: (_A.EXACT, _A.SIMILAR, _A.PART, _A.DIFFERENT),
    Compared.NHS: (_A.SAME, _A.DIFFERENT),
    Compared.UPN: (_A.SAME, _A.DIFFERENT),
    Compared.OTHER: (_A.SAME, _A.DIFFERENT),
    Compared.SEX: (_A.SAME, _A.DIFFERENT),
}
"""Every way in which each field can agree, the nearest first."""

MOST_BITS = 60.0


class WrongMatching(ValueError):
    """Tell the operator why a file of weights or of equivalent names cannot be used."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A version of the weights. ``prior`` is the log odds, in bits, that two people taken at random are one."""

    version: str
    bits: Mapping[tuple[Compared, Agreement], float]
    prior: float | None = None

    def of(self, field: Compared, agreement: Agreement) -> float:
        """Give the bits of an agreement."""
        return self.bits[field, agreement]

    def probability(self, score: float) -> float:
        """Give how likely it is that a score is one person's, where the prior is known; a half at no bits at all."""
        odds = min(max((self.prior or 0.0) + score, -MOST_BITS), MOST_BITS)
        return float(1 / (1 + 2**-odds))


def read_weights(text: str) -> Weights:
    """Read a version of the weights: every way to agree has its bits and nothing else has; WrongMatching says what."""
    try:
        content = json.loads(text)
        version, prior = content.pop("version"), content.pop("prior", None)
        content.pop("about", None)
        bits = {
            (Compared(field), Agreement(agreement)): float(bits)
            for field, levels in content.items()
            for agreement, bits in levels.items()
        }
    except KeyError:
        raise WrongMatching("weights need a version") from None
    except (AttributeError, TypeError, ValueError) as error:
        raise WrongMatching(f"weights cannot be read: {error}") from None
    wanted = {(field, agreement) for field, levels in LEVELS.items() for agreement in levels}
    for field, agreement in sorted(wanted ^ bits.keys()):
        what = "is missing" if (field, agreement) in wanted else "can never be"
        raise WrongMatching(f"weights: {field}, {agreement} {what}")
    if not all(math.isfinite(b) and abs(b) <= MOST_BITS for b in (*bits.values(), prior or 0.0)):
        raise WrongMatching(f"weights: bits lie between {-MOST_BITS:.0f} and {MOST_BITS:.0f}")
    return Weights(str(version), bits, None if prior is None else float(prior))


def shipped() -> Weights:
    """Give the weights the hub ships with."""
    return read_weights(files("hub.people").joinpath("weights.json").read_text("utf-8"))


def weights_at(path: Path) -> Weights:
    """Read a place's own weights from a file; WrongMatching says what is wrong with it."""
    try:
        return read_weights(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise WrongMatching(f"{path} cannot be read as text") from None
