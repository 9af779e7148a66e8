"""Candidates: the rules that speak of a role at a service, told apart once, so that a question looks at few of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from policies.compiled import CompiledRow
from policies.facts import Asker
from schema.labels import Label
from schema.services import Service

_NEAREST: Final = 3


@dataclass(frozen=True, slots=True)
class About:
    """The rules about one role at one service: those for any agency, and those for named ones."""

    anywhere: tuple[CompiledRow, ...]
    by_agency: dict[str, tuple[CompiledRow, ...]]
    allows: tuple[CompiledRow, ...]

    def of(self, agency: str) -> Iterator[CompiledRow]:
        """Give those that speak of an agency."""
        yield from self.anywhere
        yield from self.by_agency.get(agency, ())


@dataclass(frozen=True, slots=True)
class NearRules:
    """Allows that speak of this role and service and fail on the same words: told together, however many they are."""

    unmet: tuple[str, ...]
    covers: int
    labels: frozenset[Label]
    ids: tuple[str, ...]


class Candidates:
    """A set of rules, sorted by role and service when first asked."""

    __slots__ = ("_about", "rules")

    def __init__(self, rules: Iterable[CompiledRow]) -> None:
        self.rules = tuple(rules)
        self._about: dict[tuple[str, Service], About] = {}

    def about(self, role: str, service: Service) -> About:
        """Give the rules about a role at a service."""
        known = self._about.get((role, service))
        if known is None:
            known = self._about[role, service] = self._sorted(role, service)
        return known

    def _sorted(self, role: str, service: Service) -> About:
        chosen = [rule for rule in self.rules if rule.about(role, service)]
        by_agency: dict[str, list[CompiledRow]] = {}
        for rule in chosen:
            for agency in rule.agency or ():
                by_agency.setdefault(agency, []).append(rule)
        return About(
            tuple(rule for rule in chosen if rule.agency is None),
            {agency: tuple(rules) for agency, rules in by_agency.items()},
            tuple(rule for rule in chosen if rule.allows),
        )

    def live(self, asker: Asker, service: Service, true: int) -> list[CompiledRow]:
        """Give the rules that apply to this asker at this service where these conditions are true."""
        purpose = asker.purpose
        return [
            rule
            for rule in self.about(asker.role, service).of(asker.agency)
            if not rule.needs & ~true and (rule.purpose is None or purpose in rule.purpose)
        ]

    def near(self, asker: Asker, service: Service, true: int) -> list[NearRules]:
        """Give the allows that fail on something, those that fail on least first.

        A rule that waits for an emergency access is near nothing until there is one: nobody is told of that door.
        """
        together: dict[tuple[tuple[str, ...], int, frozenset[Label]], list[str]] = {}
        for rule in self.about(asker.role, service).allows:
            if not rule.waits_for_emergency(true):
                ids = together.setdefault((rule.unmet(asker, true), rule.covers, rule.labels), [])
                ids.append(rule.row.id)
        found = [NearRules(*key, tuple(sorted(ids)[:_NEAREST])) for key, ids in together.items()]
        return sorted(found, key=lambda near: (len(near.unmet), near.ids))
