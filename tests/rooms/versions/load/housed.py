"""The load over two replicas in this process, for the tests: quick to set up."""

from contextlib import AsyncExitStack
from pathlib import Path

from hub.keys import read_keys
from tests.cast import NOW
from tests.house import house
from tests.rooms.versions.load.desk import Desk
from tests.rooms.versions.load.planted import Stale
from tests.rooms.versions.load.replicas import Housed
from tests.rooms.versions.load.running import Load, Plan, Seen
from tests.rooms.versions.load.versions import SHUT, rulebook


async def load(url: str, folder: Path, plan: Plan, *, stale: bool = False) -> Seen:
    """Run the load on one database; ``stale`` plants a replica that does not notice."""
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(house(folder, url=url, replica="one", rulebook=rulebook(SHUT)))
        two = await stack.enter_async_context(house(folder, url=url, replica="two", agreements=False))
        desk = Desk.of(one.database, one.ledger, read_keys(folder / "keys"), one.ids["maya"], lambda: NOW)
        await desk.begin()
        running = Load((Housed(one), Housed(two)), desk, plan)
        await running.learn()
        if stale:
            two.answerer.preparer.rulebooks.__class__ = Stale
        return await running.run()
