"""Finding one person among a source's identities, without guessing.

By an exact identifier; else by exact name (normalised), date of birth and postcode together. Each rule
must point to one person; where an identifier points to someone with another date of birth it is not used.
Whoever may be meant without being certain — that identifier, or the name with no other date of birth — makes the
answer ambiguous: only where nobody comes near does a source not know the person.
"""

import re
from collections.abc import Iterable
from typing import TypeAlias
from unicodedata import combining, normalize

from connectors.contract import Ambiguous, Identity, Located, Matched, Traits, Unknown
from schema.records import IdentifierSystem

Number: TypeAlias = tuple[IdentifierSystem, str]
Named: TypeAlias = tuple[str, str]

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
        """Index every number and every name."""
        self.identities = tuple(identities)
        self._by_number: dict[Number, list[Identity]] = {}
        self._by_name: dict[Named, list[Identity]] = {}
        for identity in self.identities:
            for number in _numbers(identity.traits):
                self._by_number.setdefault(number, []).append(identity)
            for name in _names(identity.traits):
                self._by_name.setdefault(name, []).append(identity)

    def locate(self, wanted: Traits) -> Located:
        """Find the one person meant: Matched, Ambiguous with how many could be meant, or Unknown."""
        numbered = [i for number in _numbers(wanted) for i in self._by_number.get(number, ())]
        named = [i for name in _names(wanted) for i in self._by_name.get(name, ()) if not contradicts(wanted, i.traits)]
        certain = {i.local_id for i in numbered if not contradicts(wanted, i.traits)}
        certain = certain or {i.local_id for i in named if _born_and_living_alike(wanted, i.traits)}
        if len(certain) == 1:
            return Matched(certain.pop())
        possible = certain or {i.local_id for i in (*numbered, *named)}
        return Ambiguous(len(possible)) if possible else Unknown()


def locate(wanted: Traits, identities: Iterable[Identity]) -> Located:
    """Find the one person meant among a few identities."""
    return PeopleIndex(identities).locate(wanted)


def keys(traits: Traits) -> set[Number | Named]:
    """Give what somebody can be found by: whoever shares none of them is not who is meant."""
    return _numbers(traits) | _names(traits)


def contradicts(one: Traits, other: Traits) -> bool:
    """Whether both dates of birth are known and differ: a number alone never joins two people."""
    a, b = one.date_of_birth, other.date_of_birth
    return a is not None and b is not None and a != b


def _numbers(traits: Traits) -> set[Number]:
    return {(system, plain_code(value)) for system, value in traits.identifiers if plain_code(value)}


def _names(traits: Traits) -> set[Named]:
    names = {(plain_name(n.given), plain_name(n.family)) for n in traits.names}
    return {(given, family) for given, family in names if given and family}


def _born_and_living_alike(one: Traits, other: Traits) -> bool:
    born = one.date_of_birth is not None and one.date_of_birth == other.date_of_birth
    return born and not _postcodes(one).isdisjoint(_postcodes(other))


def _postcodes(traits: Traits) -> set[str]:
    return {plain_code(p) for p in traits.postcodes} - {""}
