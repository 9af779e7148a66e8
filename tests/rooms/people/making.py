"""Making entries of a feed for made-up people."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

from connectors.contract import Identity, LocalId, Name, Traits
from hub.people.feed_read import Refresh
from hub.people.index import PersonIndex
from schema.labels import Label
from schema.records import IdentifierSystem
from schema.services import Service

NHS = "9990000018"
OTHER_NHS = "9990000026"
BORN = date(2015, 3, 9)
HOME = "BK3 4AB"
START = datetime(2026, 11, 1, tzinfo=UTC)
HEALTH, SOCIAL_CARE, HOUSING = Service("HEALTH"), Service("SOCIAL_CARE"), Service("HOUSING")


def everybody(_source_id: str) -> bool:
    """Let every source be seen."""
    return True


def made(
    local_id: str = "1",
    given: str = "Amelia",
    family: str = "Okonkwo",
    *,
    born: date | None = BORN,
    postcodes: tuple[str, ...] = (HOME,),
    nhs: tuple[str, ...] = (),
    upn: tuple[str, ...] = (),
    labels: frozenset[Label] = frozenset(),
    ended: bool = False,
    expected: date | None = None,
    mother: str | None = None,
    former: tuple[Name, ...] = (),
    sex: str | None = "FEMALE",
    changed: int = 0,
) -> Identity:
    """Make one entry; who it is unless said otherwise: Amelia Okonkwo, with no identifier."""
    return Identity(
        LocalId(local_id),
        Traits(
            names=(Name(given, family), *former),
            date_of_birth=born,
            expected_date_of_birth=expected,
            sex=sex,
            postcodes=postcodes,
            address="14 Alder Lane",
            identifiers=(
                *((IdentifierSystem.NHS_NUMBER, n) for n in nhs),
                *((IdentifierSystem.UPN, n) for n in upn),
            ),
            mother_local_id=LocalId(mother) if mother else None,
        ),
        changed=START + timedelta(hours=changed),
        labels=labels,
        ended=ended,
    )


async def take(index: PersonIndex, source_id: str, *identities: Identity, service: Service = HEALTH) -> Refresh:
    """Let a source's feed give these entries."""

    async def feed() -> AsyncIterator[Identity]:
        for identity in identities:
            yield identity

    return await index.refresh(source_id, service, feed())


async def who(index: PersonIndex, source_id: str, local_id: str = "1") -> str | None:
    """Give the person an entry is."""
    return (await index.by_local(source_id, [LocalId(local_id)])).get(LocalId(local_id))
