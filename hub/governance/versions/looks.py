"""The two looks at a version before it may be proposed."""

from hub.governance.versions.checks import Checks, Faults
from policies.rulebook import Rulebook


async def _lint(_before: Rulebook | None, _after: Rulebook) -> Faults:
    return Faults()


async def _compare(_before: Rulebook | None, _after: Rulebook) -> tuple[int, int]:
    return 0, 0


CHECKS = Checks(_lint, _compare)
