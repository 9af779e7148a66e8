"""What agencies are called, and which of them have records here."""

from collections.abc import Mapping

from hub.answer.sources import Sources
from schema.services import SERVICES


def agency_names(sources: Sources) -> Mapping[str, str]:
    """Give every agency that has a source, by its id, as people know it: its services and whose records they are."""
    owners: dict[str, str] = {}
    services: dict[str, list[str]] = {}
    for source in sources:
        owners[source.config.agency] = source.config.owner
        named = services.setdefault(source.config.agency, [])
        if SERVICES[source.config.service].label not in named:
            named.append(SERVICES[source.config.service].label)
    return {agency: f"{', '.join(services[agency])} ({owner})" for agency, owner in owners.items()}
