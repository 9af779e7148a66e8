"""What is looked at before a version may be proposed: its faults, and who gains and who loses by it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from policies.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Faults:
    """What linting found, in words: an error stops a proposal, a warning is shown to whoever approves."""

    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checks:
    """The two looks; each is given the version before (none for the first) and the one looked at."""

    lint: Callable[[Rulebook | None, Rulebook], Awaitable[Faults]]
    compare: Callable[[Rulebook | None, Rulebook], Awaitable[tuple[int, int]]]
