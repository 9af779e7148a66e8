"""Finding one person among a source's identities, without guessing.

By an exact identifier; else by exact name (normalised), date of birth and postcode together. Each rule
must point to one person; where an identifier points to someone with another date of birth it is not used.
"""

import re
from collections.abc import Iterable
from unicodedata import combining, normalize

from connectors.contract import Ambiguous, Identity, LocalId, Located, Matched, Traits, Unknown

_NOT_LETTERS = re.compile(r"[^a-z]")


def plain_name(name: str) -> str:
    """Reduce a name to its letters: case, accents, hyphens and spaces do not tell people apart."""
    apart = normalize("NFKD", name.casefold())
    return _NOT_LETTERS.sub("", "".join(c for c in apart if not combining(c)))


def plain_code(code: str) -> str:
    """Reduce an identifier or a postcode to its letters and digits."""
    return "".join(c for c in code.upper() if c.isalnum())


def locate(wanted: Traits, identities: Iterable[Identity]) -> Located:
    """Find the one person meant: Matched, Ambiguous with how many could be meant, or Unknown."""
    numbers = {(system, plain_code(value)) for system, value in wanted.identifiers}
    by_number: set[LocalId] = set()
    by_traits: set[LocalId] = set()
    for identity in identities:
        held = {(system, plain_code(value)) for system, value in identity.traits.identifiers}
        if numbers & held and not contradicts(wanted, identity.traits):
            by_number.add(identity.local_id)
        elif same_traits(wanted, identity.traits):
            by_traits.add(identity.local_id)
    found = by_number or by_traits
    if not found:
        return Unknown()
    return Matched(next(iter(found))) if len(found) == 1 else Ambiguous(len(found))


def contradicts(one: Traits, other: Traits) -> bool:
    """Whether both dates of birth are known and differ: a number alone never joins two people."""
    a, b = one.date_of_birth, other.date_of_birth
    return a is not None and b is not None and a != b


def same_traits(one: Traits, other: Traits) -> bool:
    """Whether a name, the date of birth and a postcode are all the same."""
    if one.date_of_birth is None or one.date_of_birth != other.date_of_birth:
        return False
    return bool(_postcodes(one) & _postcodes(other)) and bool(_names(one) & _names(other))


def _postcodes(traits: Traits) -> set[str]:
    return {plain_code(p) for p in traits.postcodes} - {""}


def _names(traits: Traits) -> set[tuple[str, str]]:
    plain = {(plain_name(n.given), plain_name(n.family)) for n in traits.names}
    return {(given, family) for given, family in plain if given and family}
