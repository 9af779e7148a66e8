"""Whose data a change is about: the agencies whose services the added, removed or altered rules name. Pure."""

from collections.abc import Iterable, Mapping

from hub.governance.versions.version import Cells
from policies.vocabulary import ANY
from schema.services import Service


def owners(agencies: Iterable[tuple[Service, str]]) -> Mapping[Service, frozenset[str]]:
    """Give the agencies that provide each service, from the configured sources."""
    by: dict[Service, set[str]] = {}
    for service, agency in agencies:
        by.setdefault(service, set()).add(agency)
    return {service: frozenset(named) for service, named in by.items()}


def services_changed(before: Iterable[Cells], after: Iterable[Cells]) -> frozenset[Service]:
    """Give the services named by any rule that is in one of two versions and not, cell for cell, in the other."""
    one, other = ({tuple(sorted(cells.items())) for cells in rules} for rules in (before, after))
    words = {word for cells in one ^ other for word in dict(cells)["service"].split()}
    return frozenset(Service) if ANY in words else frozenset(map(Service, words))


def must_approve(
    before: Iterable[Cells], after: Iterable[Cells], by_service: Mapping[Service, frozenset[str]]
) -> frozenset[str]:
    """Give every agency whose approval a change needs."""
    changed = services_changed(before, after)
    return frozenset(agency for service in changed for agency in by_service.get(service, ()))
