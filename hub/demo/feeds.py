"""The demo place's paper truth as index feeds: who each source says its people are."""

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime

from connectors.contract import Identity, LocalId, Name, Traits
from hub.demo.agencies import Source
from hub.demo.people import Restriction
from hub.demo.population import Entry, Population
from schema.labels import Label
from schema.records import IdentifierSystem
from schema.services import Service

SERVICE = {
    Source.SOCIAL_CARE: Service("SOCIAL_CARE"),
    Source.EARLY_HELP: Service("EARLY_HELP"),
    Source.EDUCATION: Service("EDUCATION"),
    Source.SEND_NEET: Service("SEND_NEET"),
    Source.YOUTH_JUSTICE: Service("YOUTH_JUSTICE"),
    Source.UNIVERSAL: Service("UNIVERSAL"),
    Source.HOUSING: Service("HOUSING"),
    Source.HEALTH: Service("HEALTH"),
}
"""The sources that give a feed; the police are traced on demand."""

HAS_FORMER_HOMES = frozenset({Source.SOCIAL_CARE, Source.EARLY_HELP, Source.HOUSING, Source.HEALTH})
NHS_SOURCES = frozenset(set(Source) - {Source.EDUCATION, Source.HOUSING, Source.POLICE})

_LABELS = {
    Restriction.ADOPTION_PRE: Label.ADOPTION,
    Restriction.CONFIDENTIAL_ADDRESS: Label.CONFIDENTIAL_ADDRESS,
    Restriction.STAFF_RELATIVE: Label.STAFF_OR_RELATIVE,
    Restriction.WITNESS: Label.WITNESS_PROTECTION,
}


def identity(entry: Entry, source: Source, more: dict[Restriction, Label] | None = None) -> Identity:
    """Say what a source's feed gives of one entry."""
    written = entry.written
    labelled = {**_LABELS, **(more or {})}
    restricted = source in {Source.SOCIAL_CARE, Source.EARLY_HELP}
    numbers = [(IdentifierSystem.NHS_NUMBER, n) for n in written.nhs] if source in NHS_SOURCES else []
    pupil = [(IdentifierSystem.UPN, n) for n in (written.upn, written.former_upn) if n]
    homes = written.homes if source in HAS_FORMER_HOMES else written.homes[:1]
    return Identity(
        LocalId(entry.local_id),
        Traits(
            names=tuple(Name(n.given, n.family) for n in (written.name, *written.former)),
            date_of_birth=written.born,
            expected_date_of_birth=written.person.expected,
            sex={"F": "FEMALE", "M": "MALE"}.get(written.person.sex),
            postcodes=tuple(h.postcode for h in homes),
            identifiers=(*numbers, *(pupil if written.upn else [])),
        ),
        changed=datetime(2026, 11, 20, tzinfo=UTC),
        labels=frozenset(labelled[r] for r in written.person.restrictions if r in labelled)
        if restricted
        else frozenset(),
    )


async def feed(identities: Iterable[Identity]) -> AsyncIterator[Identity]:
    """Give identities as a source's feed does."""
    for each in identities:
        yield each


def truth(population: Population) -> dict[str, dict[str, list[str]]]:
    """Say whose each entry of a feed truly is."""
    found: dict[str, dict[str, list[str]]] = {}
    for source in SERVICE:
        for entry in population.entries[source]:
            found.setdefault(entry.person.key, {}).setdefault(source.value, []).append(entry.local_id)
    return found
