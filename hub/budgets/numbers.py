"""Numbers: what of an id or identifier a run would count by, as when somebody works through them one by one."""

import re
from typing import Final

from hub.people.normalise import fold

_NHS: Final = 10
_LONGEST: Final = 64
"""Characters, from the end, in which a number is looked for."""
_NEITHER: Final = re.compile("[^0-9A-Za-z]+")
_NO_DIGITS: Final = re.compile("[^0-9]+")


def number_of(text: str) -> int | None:
    """Give the number in an id or identifier that a run of them would count by; none where there is none.

    The last digit of an NHS number is a check digit, so its neighbour's number differs before it. It is read as the
    search itself reads it, whatever digits and separators it is written with.
    """
    plain = _NEITHER.sub("", fold(text))[-_LONGEST:]
    if plain.isdigit():
        return int(plain[:-1] if len(plain) == _NHS else plain)
    try:
        return int(plain, 16)
    except ValueError:
        digits = _NO_DIGITS.sub("", plain)
        return int(digits) if digits else None
