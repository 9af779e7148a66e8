"""Places: every role, agency, purpose and service at which rules can differ, and the rules that apply at each.

Agencies are an open list: those that no rule tells apart are one class, and all that are never named are another.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeVar

from policies.facts import Asker
from policies.rulebook import Rulebook
from policies.simulate.bodies import Body, Scope, body_of, scope_of
from policies.simulate.space import places_of, union
from policies.vocabulary import Role
from schema.purposes import Purpose
from schema.services import Service

_STRANGER: Final = "another-agency"

_Word = TypeVar("_Word", Role, Purpose, Service)


@dataclass(frozen=True, slots=True)
class Agencies:
    """Agencies that no rule tells apart: either those named here, or every one but those named here."""

    named: tuple[str, ...]
    but: bool
    one: str
    """One of them, to ask with."""

    def __str__(self) -> str:
        if self.but:
            return f"any agency but {', '.join(self.named)}" if self.named else "any agency"
        return ", ".join(self.named)

    @property
    def each(self) -> tuple[str, ...]:
        """Give those that rules may name, one by one: alike agencies may be so by different rules."""
        return (self.one,) if self.but else self.named

    def __contains__(self, agency: str) -> bool:
        return (agency in self.named) is not self.but


class Place(NamedTuple):
    """One role of some agencies asking one service for one purpose."""

    role: Role
    agencies: Agencies
    purpose: Purpose
    service: Service

    @property
    def asker(self) -> Asker:
        """Give somebody who asks from here."""
        return Asker(self.role.value, self.agencies.one, self.purpose)


class Group(NamedTuple):
    """What rules do and where, agencies aside: rules alike in it differ in nothing that counts for one agency."""

    body: Body
    role: frozenset[str] | None
    purpose: frozenset[str] | None
    service: frozenset[str] | None


class Met(NamedTuple):
    """A place, and for each version the groups of rules that apply there: one bit a group."""

    place: Place
    groups: tuple[int, ...]


class Rules:
    """The rules of one or several versions, sorted so that the rules of a place are found with a few operations."""

    def __init__(self, rulebooks: Sequence[Rulebook]) -> None:
        self._bit: dict[Group, int] = {}
        self._named: list[list[tuple[str, int, frozenset[str] | None]]] = []
        for rulebook in rulebooks:
            told = ((row.id, body_of(row), scope_of(row)) for row in rulebook.rows)
            self._named.append([(rule, self._place_of(body, scope), scope.agency) for rule, body, scope in told])
        self._ids: dict[tuple[str, int], dict[int, list[str]]] = {}
        self.groups = tuple(self._bit)
        self.all_bodies = tuple(dict.fromkeys(group.body for group in self.groups))
        places = {body: 1 << n for n, body in enumerate(self.all_bodies)}
        self._body = [places[group.body] for group in self.groups]
        self._anywhere = union(1 << group for named in self._named for _, group, agencies in named if agencies is None)
        self._bodies: dict[int, int] = {}
        self.agencies = tuple(self._classes())

    def _place_of(self, body: Body, scope: Scope) -> int:
        group = Group(body, scope.role, scope.purpose, scope.service)
        return self._bit.setdefault(group, len(self._bit))

    def _classes(self) -> Iterator[tuple[Agencies, tuple[int, ...]]]:
        everywhere = [0] * len(self._named)
        of: dict[str, list[int]] = {}
        for version, rules in enumerate(self._named):
            for _, group, agencies in rules:
                if agencies is None:
                    everywhere[version] |= 1 << group
                for agency in agencies or ():
                    of.setdefault(agency, [0] * len(self._named))[version] |= 1 << group
        alike: dict[tuple[int, ...], list[str]] = {}
        for agency, groups in sorted(of.items()):
            alike.setdefault(tuple(a | b for a, b in zip(everywhere, groups, strict=True)), []).append(agency)
        alike.pop(tuple(everywhere), None)
        told_apart = tuple(sorted(agency for named in alike.values() for agency in named))
        yield Agencies(told_apart, but=True, one=_stranger(told_apart)), tuple(everywhere)
        for met, named in alike.items():
            yield Agencies(tuple(named), but=False, one=named[0]), met

    def places(self, *, changed: bool = False, of: Service | None = None) -> Iterator[Met]:
        """Give every place with its rules; or only those where the last version's differ from the first's."""
        classes = [(a, groups) for a, groups in self.agencies if not changed or groups[0] != groups[-1]]
        roles = self._about([g.role for g in self.groups], Role)
        purposes = self._about([g.purpose for g in self.groups], Purpose)
        services = self._about([g.service for g in self.groups], [of] if of else Service)
        for role, of_role in roles:
            for purpose, of_purpose in purposes:
                for agencies, groups in classes:
                    base = tuple(of_role & of_purpose & of_version for of_version in groups)
                    for service, of_service in services if not changed or base[0] != base[-1] else ():
                        met = tuple(of_service & of_version for of_version in base)
                        if not changed or met[0] != met[-1]:
                            yield Met(Place(role, agencies, purpose, service), met)

    @staticmethod
    def _about(columns: Sequence[frozenset[str] | None], of: Iterable[_Word]) -> list[tuple[_Word, int]]:
        """Give the groups whose rules are about each of some words."""
        alike: dict[frozenset[str] | None, list[int]] = {}
        for place, words in enumerate(columns):
            alike.setdefault(words, []).append(place)
        sets = [(words, union(1 << place for place in places)) for words, places in alike.items()]
        return [(one, union(bits for words, bits in sets if words is None or one in words)) for one in of]

    def bodies(self, groups: int) -> int:
        """Give what the rules of some groups do: a bit for each of ``all_bodies``."""
        # The rules about every agency are the same ones at many places: they are gone through apart, and once.
        return self._bodies_of(groups & self._anywhere) | self._bodies_of(groups & ~self._anywhere)

    def these(self, bodies: int) -> frozenset[Body]:
        """Give bodies from their bits."""
        return frozenset(self.all_bodies[n] for n in places_of(bodies))

    def _bodies_of(self, groups: int) -> int:
        known = self._bodies.get(groups)
        if known is None:
            known = self._bodies[groups] = union(self._body[n] for n in places_of(groups))
        return known

    def ids(self, groups: int, agency: str, version: int = 0) -> dict[Body, tuple[str, ...]]:
        """Give the ids of a version's rules of some groups that are about an agency, by what they do."""
        of = self._ids_for(agency, version)
        found: dict[Body, tuple[str, ...]] = {}
        for group in places_of(groups):
            body = self.groups[group].body
            found[body] = tuple(sorted((*found.get(body, ()), *of[group])))
        return found

    def _ids_for(self, agency: str, version: int) -> dict[int, list[str]]:
        if (agency, version) not in self._ids:
            of = self._ids[agency, version] = {}
            for rule, group, agencies in self._named[version]:
                if agencies is None or agency in agencies:
                    of.setdefault(group, []).append(rule)
        return self._ids[agency, version]


def _stranger(named: Iterable[str]) -> str:
    """Give an agency's id that is not one of those named."""
    known, stranger = set(named), _STRANGER
    while stranger in known:
        stranger += "-x"
    return stranger
