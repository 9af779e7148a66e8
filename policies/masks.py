"""Masks: what part of a value is shown instead of the whole. A mask that does not fit the value gives nothing."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Final

from policies.vocabulary import Mask

_SHORTEST_KEPT: Final = 6
_INWARD: Final = 3
_POSTCODE: Final = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")
"""The shape of a United Kingdom postcode without its space (BS 7666): the last three characters are the inward half."""


def _year_only(value: object) -> dt.date | None:
    # The first of January is certainly not meant as a birthday: the `withheld` entry says that it is masked.
    return dt.date(value.year, 1, 1) if isinstance(value, dt.date) else None


def _outward_postcode(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    compact = "".join(value.split()).upper()
    return compact[:-_INWARD] if _POSTCODE.fullmatch(compact) else None


def _last_three(value: object) -> str | None:
    # Three of four characters would be nearly the whole value.
    if not isinstance(value, str) or len(value.strip()) < _SHORTEST_KEPT:
        return None
    return value.strip()[-3:]


def _initials(value: object) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return None
    return " ".join(f"{name[0].upper()}." for name in value.split())


_MASKS: Final[dict[Mask, Callable[[object], str | dt.date | None]]] = {
    Mask.YEAR_ONLY: _year_only,
    Mask.OUTWARD_POSTCODE: _outward_postcode,
    Mask.LAST_THREE: _last_three,
    Mask.INITIALS: _initials,
}


def apply_mask(mask: Mask, value: object) -> str | dt.date | None:
    """Give the part of a value that a mask leaves; none where it does not fit, so that nothing slips through."""
    return _MASKS[mask](value)
