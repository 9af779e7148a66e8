"""What held when, and what may have been answered between two moments. Pure but for the clock it is given."""

import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter


@dataclass(frozen=True, slots=True)
class Change:
    """A change to a state: from when it may have been answered by, and from when nothing before it may."""

    state: str
    begun: float
    acknowledged: float


@dataclass
class Truth:
    """What held, change after change; the changes of one truth never overlap."""

    clock: Callable[[], float]
    changes: list[Change] = field(default_factory=list)

    @property
    def state(self) -> str:
        """Give what was acknowledged last."""
        return self.changes[-1].state

    def changed(self, state: str, begun: float) -> None:
        """Write down that a change was acknowledged just now."""
        self.changes.append(Change(state, begun, self.clock()))

    def between(self, asked: float, answered: float) -> Sequence[str]:
        """Give what held when a question was asked and what came to hold, or may have, until it was answered."""
        before = bisect.bisect_right(self.changes, asked, key=attrgetter("acknowledged")) - 1
        until = bisect.bisect_left(self.changes, answered, key=attrgetter("begun"))
        return [change.state for change in self.changes[before:until]]
