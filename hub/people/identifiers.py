"""Identifiers: what makes one valid, checked before it is searched or trusted.

NHS numbers: ten digits, Modulus 11 (NHS Data Dictionary, "NHS Number"). Unique pupil numbers: a check letter and
twelve characters (Department for Education, "Unique pupil numbers: guide"); a temporary one ends in a letter.
"""

import re
from enum import StrEnum

from nhs_number.validate import calculate_checksum

from hub.people.normalise import fold
from schema.records import IdentifierSystem

_SEPARATORS = re.compile(r"[\s\u2010-\u2015-]")
_SPACE = re.compile(r"\s")
_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_UPN = re.compile(r"[A-Z][0-9]{11}[0-9A-Z]")
_RANGES = ((4_000_000_000, 4_999_999_999), (6_000_000_000, 7_999_999_999))
_TEST = (9_990_000_000, 9_999_999_999)
_LENGTH = 10


class Fault(StrEnum):
    """What is wrong with an identifier, in words that can stand beside the box."""

    LENGTH = "it does not have the right number of characters"
    CHECK = "one digit looks wrong"
    RANGE = "numbers in this range are not issued"


TRUSTED = (IdentifierSystem.NHS_NUMBER, IdentifierSystem.UPN)
"""The identifiers that can carry a match, each by its own check."""


def nhs(text: str, *, test_range: bool = True) -> str | Fault:
    """Check an NHS number: its ten digits, or what is wrong. ``test_range`` lets 999 numbers through."""
    digits = _SEPARATORS.sub("", fold(text))
    if len(digits) != _LENGTH or not (digits.isascii() and digits.isdigit()):
        return Fault.LENGTH
    if len(set(digits)) == 1 or calculate_checksum(digits[:-1]) != int(digits[-1]):
        return Fault.CHECK
    ranges = (*_RANGES, _TEST) if test_range else _RANGES
    return digits if any(low <= int(digits) <= high for low, high in ranges) else Fault.RANGE


def upn(text: str) -> str | Fault:
    """Check a unique pupil number's check letter: its thirteen characters, or what is wrong."""
    value = _SEPARATORS.sub("", fold(text)).upper()
    if not _UPN.fullmatch(value) or (value[-1].isalpha() and value[-1] not in _UPN_LETTERS):
        return Fault.LENGTH
    return value if value[0] == _upn_letter(value[1:]) else Fault.CHECK


def _upn_letter(rest: str) -> str:
    """Weigh the twelve characters 2 to 13; a temporary number's letter counts by its place."""
    numbers = (_UPN_LETTERS.index(c) if c.isalpha() else int(c) for c in rest)
    return _UPN_LETTERS[sum(weight * n for weight, n in enumerate(numbers, start=2)) % len(_UPN_LETTERS)]


def checked(system: IdentifierSystem, text: str, *, test_range: bool = True) -> str | Fault:
    """Check an identifier of any system; those without a check of their own only must not be empty."""
    if system is IdentifierSystem.NHS_NUMBER:
        return nhs(text, test_range=test_range)
    if system is IdentifierSystem.UPN:
        return upn(text)
    return _SPACE.sub("", fold(text)) or Fault.LENGTH
