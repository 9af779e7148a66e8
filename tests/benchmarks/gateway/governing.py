"""What must be settled before a hub answers the benchmark: agreements signed, people found, an asker's token."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from connectors.contract import LocalId
from hub.governance.agreements import Agreement, Status
from hub.governance.data_items import EVERYTHING
from hub.governance.register import Register
from hub.identity.development_issuer import DevelopmentIssuer
from hub.identity.requester import Requester
from hub.keys import read_keys
from hub.people.index import PersonIndex
from hub.settings import Environment
from hub.store.database import Database
from schema.purposes import Purpose
from tests.benchmarks.gateway.upstream import SERVICES

AGENCY = "bench-front-door"


async def sign(database: Database) -> None:
    """Sign an agreement of every agency of the benchmark with the front door."""
    await Register(database).record_agreements(
        Agreement(
            f"{s}",
            "Benchmark",
            f"bench-{s.lower().replace('_', '-')}",
            frozenset({AGENCY}),
            frozenset(Purpose),
            date(2020, 1, 1),
            date(2090, 1, 1),
            date(2099, 1, 1),
            (EVERYTHING,),
            Status.SIGNED,
        )
        for s in SERVICES
    )


async def govern(folder: Path, people: int) -> Sequence[str]:
    """Sign the agreements, and give the hub's ids of the benchmark's people."""
    database = Database(f"sqlite:///{folder / 'hub.db'}")
    await sign(database)
    index = PersonIndex(database, read_keys(folder / "keys"), lambda: datetime.now(UTC))
    local = [LocalId(f"P{n}") for n in range(1, people + 1)]
    found = await index.by_local("social-care", local)
    await database.close()
    return [found[one] for one in local]


def signed_in(folder: Path, who: str = "bench") -> Mapping[str, str]:
    """Give the headers of somebody who has signed in."""
    worker = Requester(who, "Bench", "front-door-worker", AGENCY, "bench")
    token = DevelopmentIssuer(folder, Environment.DEVELOPMENT).token(worker, audience="children-hub")
    return {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
