"""One cell of the glance: each field of a kind of a service for a role, what becomes of it, and by which rules."""

from dataclasses import dataclass
from typing import Final

from hub.graphql.governing.books import book
from hub.web.pages.policies.matrix.page import OF_KIND
from hub.web.pages.policies.outcomes import OUTCOMES, Says
from hub.web.pages.policies.supposing import CHOICES, CONSENT, read
from hub.web.pages.visit import NoSuchPage, Shown, Visit
from hub.web.pages.words import KINDS, OFFERED, role_words
from policies.simulate.explaining import explain
from policies.vocabulary import ROLES
from schema.fields import CATALOGUE
from schema.kinds import Kind
from schema.services import SERVICES, Service

_NEAR: Final = 2
"""Near misses to tell of: the nearest."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: what it is, what becomes of it, why, and what nearly allowed it."""

    name: str
    means: str
    label: str
    outcome: Says
    rules: tuple[str, ...]
    why: str
    near: tuple[str, ...]


async def cell(visit: Visit) -> Shown:
    """Show one cell."""
    room, given = visit.governing, read(visit.query)
    role = ROLES.get(visit.query.get("role", ""))
    services, kinds = {s.value: s for s in Service}, {k.value: k for k in Kind}
    service, kind = services.get(visit.query.get("service", "")), kinds.get(visit.query.get("kind", ""))
    if role is None or service is None or kind is None:
        raise NoSuchPage
    rules = await book(room, None)
    asker, facts = await given.facts(room, role)
    fields = []
    for name in sorted(OF_KIND[kind]):
        found = explain(asker, service, facts, name, frozenset(), rules)
        decision, held = found.decision, CATALOGUE[name]
        why = decision.reason.means if decision.reason else ""
        by = decision.deny or decision.allow
        fields.append(
            Field(name, held.means, held.label.means, OUTCOMES[decision.verdict], by, why, found.near_misses[:_NEAR])
        )
    values = {
        "tab": "glance",
        "given": given,
        "offered": OFFERED,
        "consents": CONSENT,
        "choices": CHOICES,
        "hidden": {"role": role.value, "service": service.value, "kind": kind.value},
        "role_label": role_words(role.value),
        "service": SERVICES[service].label,
        "kind": KINDS[kind],
        "means": kind.means,
        "fields": fields,
        "version": rules.version,
    }
    return Shown("policies/cell/page.html", f"{SERVICES[service].label}: {KINDS[kind].lower()}", values)
