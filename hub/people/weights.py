"""Weights: how many bits each agreement or disagreement is worth (Fellegi and Sunter, 1969), as versioned data."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files


class Compared(StrEnum):
    """What two people are compared by."""

    SURNAME = "surname"
    GIVEN = "given name"
    BIRTH = "date of birth"
    POSTCODE = "postcode"
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


@dataclass(frozen=True, slots=True)
class Weights:
    """A version of the weights."""

    version: str
    bits: Mapping[tuple[Compared, Agreement], float]

    def of(self, field: Compared, agreement: Agreement) -> float:
        """Give the bits of an agreement."""
        return self.bits[field, agreement]


def read_weights(text: str) -> Weights:
    """Read a version of the weights; every pair named must be one that is known."""
    content = json.loads(text)
    version = content.pop("version")
    bits = {
        (Compared(field), Agreement(agreement)): float(bits)
        for field, levels in content.items()
        for agreement, bits in levels.items()
    }
    return Weights(version, bits)


def shipped() -> Weights:
    """Give the weights the hub ships with."""
    return read_weights(files("hub.people").joinpath("weights.json").read_text("utf-8"))
