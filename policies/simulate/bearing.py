"""Bearing: whether a rule that is in one version only applies to a question. Where none does, both answer it alike."""

from collections.abc import Sequence
from typing import Final

from policies.conditions import CONDITIONS
from policies.facts import Asker, Facts
from policies.rulebook import Rulebook
from policies.simulate.bodies import Body, Scope, body_of, scope_of
from schema.services import Service

_Rule = tuple[Body, Scope]


class Bearing:
    """Tells the questions to which some changed rule applies from those to which none does.

    What is permitted is worked out from the rules that apply: whom and what they are about, their conditions, fields,
    labels and effect, which a scope and a body hold, and nothing else of them; however many say the same, and in
    whatever order (see ``Ruling.permitted``). So where no rule applies that only one version has, both permit the same.
    """

    def __init__(self, before: Rulebook, after: Rulebook) -> None:
        self._changed: Final = tuple(_rules(before) ^ _rules(after))
        self._about: Final[dict[tuple[str, Service], Sequence[_Rule]]] = {}

    def on(self, asker: Asker, service: Service, facts: Facts) -> bool:
        """Whether a changed rule applies to a question."""
        about = self._about.get((asker.role, service))
        if about is None:
            about = [rule for rule in self._changed if _about(rule[1], asker.role, service)]
            self._about[asker.role, service] = about
        return any(_applies(body, scope, asker, facts) for body, scope in about)


def _rules(rulebook: Rulebook) -> frozenset[_Rule]:
    return frozenset((body_of(row), scope_of(row)) for row in rulebook.rows)


def _about(scope: Scope, role: str, service: Service) -> bool:
    return (scope.role is None or role in scope.role) and (scope.service is None or service in scope.service)


def _applies(body: Body, scope: Scope, asker: Asker, facts: Facts) -> bool:
    if scope.agency is not None and asker.agency not in scope.agency:
        return False
    if scope.purpose is not None and asker.purpose not in scope.purpose:
        return False
    return all(CONDITIONS[name].holds(asker, facts) for name in body.needs)
