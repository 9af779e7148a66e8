"""Normalising: the one form in which values are compared, whatever the keyboard that wrote them.

NFKC, then ASCII, then casefold; what cannot carry meaning (wildcards, apostrophes, placeholder names, the
postcode of no fixed abode) is taken away.
"""

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

PLACEHOLDERS = frozenset(
    {
        "baby",
        "boy",
        "child",
        "female",
        "girl",
        "infant",
        "male",
        "newborn",
        "not",
        "notknown",
        "triplet",
        "twin",
        "unborn",
        "unknown",
        "unnamed",
    }
)
"""Given names that say only that no name was known."""

NO_FIXED_ABODE = "ZZ99"
"""The outward code that stands for no fixed abode or not known (NHS organisation data postcodes)."""

_APOSTROPHES = re.compile(r"['`\"]")
_WILDCARDS = re.compile(r"[*%]")
_WORDS = re.compile(r"[a-z]+")
_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][0-9A-Z]?)([0-9][A-Z]{2})")
_ADDRESS_WORDS = re.compile(r"[0-9]+[a-z]?|[a-z]+")
_SHORT_FORMS = {
    "apt": "flat",
    "av": "avenue",
    "ave": "avenue",
    "cl": "close",
    "cres": "crescent",
    "ct": "court",
    "dr": "drive",
    "gdns": "gardens",
    "gr": "grove",
    "hse": "house",
    "la": "lane",
    "ln": "lane",
    "pk": "park",
    "pl": "place",
    "rd": "road",
    "sq": "square",
    "tce": "terrace",
    "terr": "terrace",
}
"""How streets are shortened. ``st`` is left as it is: it is a saint as often as a street."""
_SHORTEST_MAC = 6


def fold(text: str) -> str:
    """Write text in plain small ASCII letters, wildcards taken away."""
    return text if text.isascii() and text.isdigit() else _folded(text)  # a number of a million is not worth keeping


@lru_cache(maxsize=65_536)
def _folded(text: str) -> str:
    composed = unicodedata.normalize("NFKC", _WILDCARDS.sub("", text).casefold())
    return anyascii(composed).casefold().strip()


@lru_cache(maxsize=65_536)
def name_words(name: str) -> tuple[str, ...]:
    """Split a name into its words: O'Brien and O Brien are one, Mac is Mc, double names are two."""
    words = _WORDS.findall(_APOSTROPHES.sub("", fold(name)))
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] in {"o", "mc", "mac"}:
            joined[-1] += word
        else:
            joined.append(word)
    return tuple(_mac(word) for word in joined)


@lru_cache(maxsize=65_536)
def given_words(name: str) -> tuple[str, ...]:
    """Split given names into words; a placeholder such as ``baby`` or ``twin 1`` is no name at all."""
    words = name_words(name)
    return () if words and words[0] in PLACEHOLDERS else words


@lru_cache(maxsize=65_536)
def postcode(text: str) -> str | None:
    """Give a postcode without its space, or none where it is not one or means no fixed abode."""
    squeezed = re.sub(r"[^A-Z0-9]", "", fold(text).upper())
    if squeezed.startswith(NO_FIXED_ABODE) or not _POSTCODE.fullmatch(squeezed):
        return None
    return squeezed


@lru_cache(maxsize=65_536)
def address_words(text: str) -> tuple[str, ...]:
    """Split an address into its words and numbers, in order, shortened ones written out."""
    words = _ADDRESS_WORDS.findall(_APOSTROPHES.sub("", fold(text)))
    return tuple(_SHORT_FORMS.get(word, word) for word in words)


def outward(normal: str) -> str:
    """Give a normalised postcode's outward code, its district."""
    return normal[:-3]


def _mac(word: str) -> str:
    return "mc" + word[3:] if word.startswith("mac") and len(word) >= _SHORTEST_MAC else word
