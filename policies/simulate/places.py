"""Places: every role, agency, purpose and service at which rules can differ, and the rules that apply at each.

Agencies are an open list: those that no rule tells apart are one class, and all that are never named are another.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from policies.facts import Asker
from policies.rulebook import Rulebook
from policies.simulate.bodies import Body, Scope, body_of, scope_of
from policies.simulate.space import places_of
from policies.vocabulary import Role
from schema.purposes import Purpose
from schema.services import Service

_STRANGER: Final = "another-agency"


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
        self._bodies: dict[int, frozenset[Body]] = {}
        self._ids: dict[tuple[str, int], dict[int, list[str]]] = {}
        self.groups = tuple(self._bit)
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
        roles = [(role, self._about([g.role for g in self.groups], role.value)) for role in Role]
        purposes = [(purpose, self._about([g.purpose for g in self.groups], purpose.value)) for purpose in Purpose]
        services = [
            (service, self._about([g.service for g in self.groups], service.value))
            for service in ([of] if of else Service)
        ]
        for role, of_role in roles:
            for purpose, of_purpose in purposes:
                for service, of_service in services:
                    base = of_role & of_purpose & of_service
                    for agencies, groups in classes:
                        met = tuple(base & of_version for of_version in groups)
                        if not changed or met[0] != met[-1]:
                            yield Met(Place(role, agencies, purpose, service), met)

    @staticmethod
    def _about(columns: Sequence[frozenset[str] | None], word: str) -> int:
        return sum(1 << place for place, words in enumerate(columns) if words is None or word in words)

    def bodies(self, groups: int) -> frozenset[Body]:
        """Give what the rules of some groups do."""
        if groups not in self._bodies:
            self._bodies[groups] = frozenset(self.groups[n].body for n in places_of(groups))
        return self._bodies[groups]

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
