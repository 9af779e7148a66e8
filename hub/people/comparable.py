"""Comparable: what of a source's entries a search may use, so that finding tells nobody what they may not be shown.

Whether a typed postcode or number agrees is itself a disclosure of it; so is that somebody was found by it.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

from connectors.contract import LocalId, Name, Traits
from hub.people.identifiers import Fault, checked
from hub.people.keys import Key, case_keys, keys, mother_key
from hub.people.normalise import outward
from hub.people.profile import Profile, profile
from hub.people.weights import Compared
from schema.labels import Label
from schema.records import IdentifierSystem

_NUMBERS = {IdentifierSystem.NHS_NUMBER: Compared.NHS, IdentifierSystem.UPN: Compared.UPN}


@dataclass(frozen=True, slots=True)
class Comparable:
    """What may be compared at one source. ``district`` alone lets a postcode be told by its district and no nearer."""

    fields: frozenset[Compared] = frozenset(Compared)
    district: bool = False

    def limit(self, traits: Traits) -> Traits:
        """Leave of an entry's traits what may be compared."""
        if self == EVERYTHING:
            return traits
        born = traits.date_of_birth if Compared.BIRTH in self.fields else None
        return replace(
            traits,
            names=tuple(
                Name(self._if(Compared.GIVEN, n.given), self._if(Compared.SURNAME, n.family)) for n in traits.names
            ),
            date_of_birth=born,
            sex=traits.sex if Compared.SEX in self.fields else None,
            postcodes=traits.postcodes if Compared.POSTCODE in self.fields else (),
            address=traits.address if Compared.ADDRESS in self.fields else None,
            identifiers=tuple(
                (system, value)
                for system, value in traits.identifiers
                if _NUMBERS.get(system, Compared.OTHER) in self.fields
            ),
        )

    def _if(self, field: Compared, value: str) -> str:
        return value if field in self.fields else ""


EVERYTHING = Comparable()

Seen = Callable[[str, frozenset[Label]], Comparable | None]
"""What may be compared at a source for a person with these protections; none where they may not be found there."""


def everything(_source_id: str, _labels: frozenset[Label]) -> Comparable:
    """Let everything be compared at every source that may be seen."""
    return EVERYTHING


@dataclass(frozen=True, slots=True)
class View:
    """One source's entry, as far as it may be compared."""

    source_id: str
    local_id: LocalId
    traits: Traits
    comparable: Comparable

    def limited(self) -> Traits:
        """Give what may be compared."""
        return self.comparable.limit(self.traits)

    def numbers(self) -> frozenset[tuple[IdentifierSystem, str]]:
        """Give what the source itself calls the person, where a number may be compared."""
        value = checked(IdentifierSystem.CASE_NUMBER, self.local_id)
        if Compared.OTHER not in self.comparable.fields or isinstance(value, Fault):
            return frozenset()
        return frozenset({(IdentifierSystem.CASE_NUMBER, value)})

    def meets(self, wanted: Collection[Key]) -> bool:
        """Say whether what may be compared is enough to be found by, as if the rest were not held."""
        found = keys(profile((self.limited(),))) | case_keys(value for _, value in self.numbers())
        mother = self.traits.mother_local_id
        return not found.isdisjoint(wanted) or (mother is not None and mother_key(self.source_id, mother) in wanted)


def profile_of(views: Iterable[View]) -> Profile:
    """Put together what several entries of one person say, as far as it may be compared."""
    held = tuple(views)
    near = profile(v.traits for v in held if v.comparable.district)
    whole = profile(v.limited() for v in held)
    return replace(
        whole,
        identifiers=whole.identifiers.union(*(v.numbers() for v in held)),
        districts=frozenset(map(outward, near.postcodes)),
    )
