"""Numbers that look right and belong to nobody: NHS numbers in the test range, unique pupil numbers, postcodes."""

from random import Random

NHS_TEST_PREFIX = "999"
"""NHS numbers that begin so are never issued."""

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
"""The check letters of a unique pupil number, by remainder (DfE UPN guide): no I, O or S."""

LOCAL_AUTHORITY = "999"
"""No English authority has this number."""

INWARD_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
"""Letters that the second half of a postcode may hold."""

SPACE = 1_000_000
"""How many numbers a serial may take before it repeats."""


def nhs_number(serial: int) -> str:
    """Give the serial-th NHS number of the test range, skipping those whose Modulus 11 check digit would be ten."""
    for attempt in range(11):
        body = f"{NHS_TEST_PREFIX}{(serial * 11 + attempt) % SPACE:06}"
        total = sum(int(digit) * weight for digit, weight in zip(body, range(10, 1, -1), strict=True))
        check = (11 - total % 11) % 11
        if check != 10:  # noqa: PLR2004 -- Modulus 11: ten cannot be written as one digit
            return f"{body}{check}"
    raise AssertionError("eleven successive numbers cannot all be invalid")  # pragma: no cover


def unique_pupil_number(school: int, year: int, serial: int) -> str:
    """Give a UPN: check letter, authority, school, year of entry and serial."""
    body = f"{LOCAL_AUTHORITY}{school:04}{year % 100:02}{serial % 1000:03}"
    total = sum(int(digit) * weight for digit, weight in zip(body, range(2, 14), strict=True))
    return f"{UPN_LETTERS[total % 23]}{body}"


def postcode(rng: Random) -> str:
    """Give a postcode in BK, an area that does not exist."""
    letters = rng.choice(INWARD_LETTERS) + rng.choice(INWARD_LETTERS)
    return f"BK{rng.randint(1, 9)} {rng.randint(1, 9)}{letters}"


def drama_phone(serial: int) -> str:
    """Give a landline in the range kept for drama; serials beyond it come round again."""
    return f"01632 960{100 + serial % 900:03}"


def drama_mobile(serial: int) -> str:
    """Give a mobile in the range kept for drama."""
    return f"07700 900{serial % 1000:03}"
