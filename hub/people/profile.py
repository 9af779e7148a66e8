"""A profile: what is known of one person, normalised, from one entry, several entries or a question."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from connectors.contract import Traits
from hub.people.identifiers import Fault, checked
from hub.people.normalise import address_words, given_words, name_words, postcode
from schema.records import IdentifierSystem

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """Normalised values, each current one first. ``born_between`` is a question's approximate date of birth."""

    givens: tuple[Words, ...] = ()
    surnames: tuple[Words, ...] = ()
    births: tuple[date, ...] = ()
    postcodes: tuple[str, ...] = ()
    addresses: tuple[Words, ...] = ()
    identifiers: frozenset[tuple[IdentifierSystem, str]] = frozenset()
    sexes: frozenset[str] = frozenset()
    current_surnames: frozenset[Words] = frozenset()
    current_postcodes: frozenset[str] = frozenset()
    born_between: tuple[date, date] | None = None
    districts: frozenset[str] = frozenset()
    """Outward codes of postcodes that may be told no nearer."""

    def of(self, system: IdentifierSystem) -> frozenset[str]:
        """Give the identifiers of one system."""
        return frozenset(value for each, value in self.identifiers if each is system)


def profile(entries: Iterable[Traits]) -> Profile:
    """Put what several entries of one person say together; values that cannot be read are left out."""
    held = tuple(entries)
    surnames = [name_words(t.names[0].family) for t in held if t.names]
    postcodes = [postcode(t.postcodes[0]) for t in held if t.postcodes]
    return Profile(
        givens=_unique(given_words(n.given) for t in held for n in t.names),
        surnames=_unique([*surnames, *(name_words(n.family) for t in held for n in t.names)]),
        births=tuple(dict.fromkeys(t.date_of_birth for t in held if t.date_of_birth)),
        postcodes=_codes([*postcodes, *(postcode(p) for t in held for p in t.postcodes)]),
        addresses=_unique(address_words(t.address) for t in held if t.address),
        identifiers=frozenset(_readable(pair for t in held for pair in t.identifiers)),
        sexes=frozenset(s for t in held if (s := (t.sex or "").upper()) in {"FEMALE", "MALE"}),
        current_surnames=frozenset(s for s in surnames if s),
        current_postcodes=frozenset(p for p in postcodes if p),
    )


def _unique(words: Iterable[Words]) -> tuple[Words, ...]:
    return tuple(dict.fromkeys(w for w in words if w))


def _codes(codes: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c for c in codes if c))


def _readable(pairs: Iterable[tuple[IdentifierSystem, str]]) -> Iterable[tuple[IdentifierSystem, str]]:
    for system, text in pairs:
        value = checked(system, text)
        if not isinstance(value, Fault):
            yield system, value
