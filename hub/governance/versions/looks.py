"""The two looks at a version before it may be proposed, off the event loop: they are exact, and take their time."""

import asyncio

from hub.governance.versions.checks import Checks, Faults
from policies.rulebook import Rulebook
from policies.simulate.differences import Direction, diff
from policies.simulate.lint import lint


async def _lint(before: Rulebook | None, after: Rulebook) -> Faults:
    found = await asyncio.to_thread(lint, after, before)
    return Faults(tuple(str(f) for f in found if f.error), tuple(str(f) for f in found if not f.error))


async def _compare(before: Rulebook | None, after: Rulebook) -> tuple[int, int]:
    if before is None:
        return 0, 0
    found = await asyncio.to_thread(diff, before, after)
    return found.rights(Direction.GAINS), found.rights(Direction.LOSES)


CHECKS = Checks(_lint, _compare)
