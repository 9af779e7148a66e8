"""The planted replicas, to show that the load sees them: ``python -m tests.rooms.versions.load.planted KIND serve``.

One decides for ever by the version it held first. The other looks at what governs twice a second, and not at each
question.
"""

import sys
import time
from collections.abc import Sequence

from hub.governance.register import Register, Standing
from hub.governance.versions.rulebooks import Rulebooks
from policies.rulebook import Rulebook

SECONDS = 0.5


class Stale(Rulebooks):
    """Decides by the version it held first, whatever counts."""

    def holds(self, version: str) -> bool:
        """Take any version for the one that is held."""
        return super().holds(version) or bool(self._held)

    def held(self, version: str) -> Rulebook:
        """Give the first."""
        del version
        return next(iter(self._held.values()))


class Late(Register):
    """Reads what governs now and then."""

    async def standing(self, people: Sequence[str]) -> Standing:
        """Give what was read of these people lately."""
        kept: dict[tuple[str, ...], tuple[float, Standing]] = self.__dict__.setdefault("lately", {})
        read, standing = kept.get(tuple(people), (0.0, None))
        if standing is None or time.monotonic() - read > SECONDS:
            standing = await super().standing(people)
            kept[tuple(people)] = time.monotonic(), standing
        return standing


def main() -> None:
    """Serve a hub with the fault named first in it."""
    import hub.cli
    import hub.joined
    from hub.governance.versions import joined

    kind = sys.argv.pop(1)
    if kind == "stale":
        joined.Rulebooks = Stale  # type: ignore[misc]
    else:
        hub.joined.Register = Late  # type: ignore[misc]
    hub.cli.main()


if __name__ == "__main__":
    main()
