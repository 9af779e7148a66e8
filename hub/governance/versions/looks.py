"""The two looks at a version before it may be proposed, off the event loop: they are exact, and take their time."""

import asyncio
from collections.abc import Mapping

from hub.governance.versions.checks import Checks, Faults
from hub.governance.versions.grounds import grounds
from hub.store.database import Database
from policies.rulebook import Rulebook
from policies.simulate.differences import Direction, diff
from policies.simulate.lint import lint
from schema.services import Service


def checks(database: Database, providers: Mapping[Service, frozenset[str]]) -> Checks:
    """Give the looks at a hub whose register is in this database and whose sources are of these agencies."""

    async def look(before: Rulebook | None, after: Rulebook) -> Faults:
        found = await asyncio.to_thread(lint, after, before, await grounds(database, providers))
        return Faults(tuple(str(f) for f in found if f.error), tuple(str(f) for f in found if not f.error))

    return Checks(look, _compare)


async def _compare(before: Rulebook | None, after: Rulebook) -> tuple[int, int]:
    if before is None:
        return 0, 0
    found = await asyncio.to_thread(diff, before, after)
    return found.rights(Direction.GAINS), found.rights(Direction.LOSES)
