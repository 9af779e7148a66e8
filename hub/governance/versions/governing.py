"""What governs a question: one read of governance, by a version whose rulebook this replica holds."""

from collections.abc import Sequence
from typing import Final

from hub.governance.register import Register, Standing, WrongPolicyVersion
from hub.governance.versions.rulebooks import Rulebooks

_TRIES: Final = 5
"""Times another version may come to count while one is being loaded, before the question is refused."""


async def governing(register: Register, rulebooks: Rulebooks, people: Sequence[str]) -> Standing:
    """Read what governs now. Where its version had to be loaded it is read again: loading takes time."""
    for _ in range(_TRIES):
        standing = await register.standing(people)
        if rulebooks.holds(standing.policy_version):
            return standing
        await rulebooks.at(standing.policy_version)
    raise WrongPolicyVersion(standing.policy_version)
