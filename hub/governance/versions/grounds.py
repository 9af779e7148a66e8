"""What rules stand on at this hub: the agencies of its sources, and the agreements in its register, read each time."""

from collections.abc import Mapping

from sqlalchemy import select

from hub.governance.agreements import Agreement, Status
from hub.governance.register import AGREEMENT
from hub.governance.rows import read_agreement_row
from hub.governance.standing import ENGLAND
from hub.governance.versions.store import read_now
from hub.store.database import Database, patience
from policies.simulate.grounds import Grounds, Terms
from policies.vocabulary import ANY, Effect
from schema.services import Service


async def grounds(database: Database, providers: Mapping[Service, frozenset[str]]) -> Grounds:
    """Give what is so now, by the database's time; StoreUnavailable where it cannot be read."""
    async with patience(), database.read() as connection:
        rows = (await connection.execute(select(AGREEMENT))).all()
        today = (await read_now(connection)).astimezone(ENGLAND).date()
    signed = (one for one in map(read_agreement_row, rows) if one.status is Status.SIGNED)
    return Grounds(today, providers, tuple(map(terms_of, signed)))


def terms_of(agreement: Agreement) -> Terms:
    """Give what rules are held to of an agreement."""
    words = {word for item in agreement.items if item.effect is Effect.ALLOW for word in item.services}
    return Terms(
        agreement.id,
        agreement.provider,
        agreement.consumers,
        frozenset(Service) if ANY in words else frozenset(map(Service, words)),
        agreement.purposes,
        agreement.review,
        agreement.expiry,
    )
