"""Who can see a field of a service: every way there is, in which situations, in what form, by which rules. Exact."""

from dataclasses import dataclass
from typing import Final

from hub.graphql.governing.books import book
from hub.web.pages.policies.outcomes import DUTIES, ORDINARY, OUTCOMES, Says, plainest
from hub.web.pages.policies.telling import label
from hub.web.pages.visit import Shown, Visit
from hub.web.pages.words import KINDS, PURPOSES, role_words
from policies.simulate.reverse import Access, who_can
from schema.fields import CATALOGUE, FieldId
from schema.kinds import Kind
from schema.labels import Label
from schema.services import SERVICES, Service

FIRST: Final = FieldId("Professional.phone")


@dataclass(frozen=True, slots=True)
class Way:
    """One way to see it, in words."""

    role: str
    agencies: str
    purposes: str
    form: Says
    duties: str
    when: str
    more: int
    rules: tuple[str, ...]


async def who(visit: Visit) -> Shown:
    """Ask who can see a field."""
    room, query = visit.governing, visit.query
    services = {s.value: s for s in Service}
    field = FieldId(query["field"]) if query.get("field") in CATALOGUE else FIRST
    service = services.get(query.get("service", ""), next(iter(SERVICES)))
    flags = frozenset({Label[query["flag"]]} if query.get("flag") in Label.__members__ else ())
    labels = frozenset({Label[query["label"]]} if query.get("label") in Label.__members__ else ())
    rules = await book(room, None)
    found = await room.look(who_can, field, service, rules, flags=flags, labels=labels)
    values = {
        "tab": "who",
        "field": field,
        "service": service,
        "services": SERVICES,
        "offered": _offered(),
        "means": CATALOGUE[field].means.rstrip("."),
        "words": {one: label(one) for one in Label},
        "flag": next(iter(flags), None),
        "label": next(iter(labels), None),
        "ways": [_way(one) for one in found],
        "version": rules.version,
        "ordinary": ORDINARY,
    }
    return Shown("policies/who_can/page.html", "Who can see this?", values)


def _offered() -> dict[str, list[tuple[str, str]]]:
    """Give every field by its kind, as it may be chosen."""
    fields: dict[str, list[tuple[str, str]]] = {}
    for kind in Kind:
        told = [(f"{held.means.rstrip('.')} ({name})", name) for name, held in CATALOGUE.items() if held.kind is kind]
        fields[KINDS[kind]] = [(name, says) for says, name in sorted(told)]
    return fields


def _way(one: Access) -> Way:
    when, more = plainest(one.when)
    duties = ", and ".join(DUTIES[duty] for duty in one.form.duties)
    purposes = ", ".join(PURPOSES[purpose] for purpose in one.purposes)
    rules = (*one.deny, *one.allow)
    form = OUTCOMES[one.form.verdict]
    return Way(role_words(one.role.value), str(one.agencies), purposes, form, duties, when, more, rules)
