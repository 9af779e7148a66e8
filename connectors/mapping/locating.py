"""Finding one person among a source's identities, without guessing.

By an exact identifier; else by exact name (normalised), date of birth and postcode together. Each rule
must point to one person; where an identifier points to someone with another date of birth it is not used.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import TypeAlias
from unicodedata import combining, normalize

from connectors.contract import Ambiguous, Identity, LocalId, Located, Matched, Traits, Unknown
from schema.records import IdentifierSystem

Number: TypeAlias = tuple[IdentifierSystem, str]
Exact: TypeAlias = tuple[str, str, date, str]

_NOT_LETTERS = re.compile(r"[^a-z]")


def plain_name(name: str) -> str:
    """Reduce a name to its letters: case, accents, hyphens and spaces do not tell people apart."""
    apart = normalize("NFKD", name.casefold())
    return _NOT_LETTERS.sub("", "".join(c for c in apart if not combining(c)))


def plain_code(code: str) -> str:
    """Reduce an identifier or a postcode to its letters and digits."""
    return "".join(c for c in code.upper() if c.isalnum())


class PeopleIndex:
    """A source's identities, to be looked up by number and by traits."""

    def __init__(self, identities: Iterable[Identity]) -> None:
        """Index every number and every name with date of birth and postcode."""
        self.identities = tuple(identities)
        self._by_number: dict[Number, list[Identity]] = {}
        self._by_traits: dict[Exact, set[LocalId]] = {}
        for identity in self.identities:
            for number in _numbers(identity.traits):
                self._by_number.setdefault(number, []).append(identity)
            for exact in _exact(identity.traits):
                self._by_traits.setdefault(exact, set()).add(identity.local_id)

    def locate(self, wanted: Traits) -> Located:
        """Find the one person meant: Matched, Ambiguous with how many could be meant, or Unknown."""
        numbered = (i for n in _numbers(wanted) for i in self._by_number.get(n, ()))
        found = {i.local_id for i in numbered if not contradicts(wanted, i.traits)}
        found = found or {local_id for e in _exact(wanted) for local_id in self._by_traits.get(e, ())}
        if not found:
            return Unknown()
        return Matched(next(iter(found))) if len(found) == 1 else Ambiguous(len(found))


def locate(wanted: Traits, identities: Iterable[Identity]) -> Located:
    """Find the one person meant among a few identities."""
    return PeopleIndex(identities).locate(wanted)


def contradicts(one: Traits, other: Traits) -> bool:
    """Whether both dates of birth are known and differ: a number alone never joins two people."""
    a, b = one.date_of_birth, other.date_of_birth
    return a is not None and b is not None and a != b


def _numbers(traits: Traits) -> set[Number]:
    return {(system, plain_code(value)) for system, value in traits.identifiers if plain_code(value)}


def _exact(traits: Traits) -> set[Exact]:
    born = traits.date_of_birth
    names = {(plain_name(n.given), plain_name(n.family)) for n in traits.names}
    postcodes = {plain_code(p) for p in traits.postcodes} - {""}
    if born is None:
        return set()
    return {(given, family, born, postcode) for given, family in names if given and family for postcode in postcodes}
