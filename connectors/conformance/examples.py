"""Examples: the few people a connector is checked with. Made-up people, or a source's own test patients."""

from dataclasses import dataclass
from datetime import date

from connectors.contract import Connector, LocalId, Traits


@dataclass(frozen=True, slots=True)
class Known:
    """A person the source knows, and traits that find exactly them; without traits finding is not tried."""

    local_id: LocalId
    traits: Traits | None = None


@dataclass(frozen=True, slots=True)
class Examples:
    """Whom to ask about.

    Between them the known people should have every field the connector declares. ``ambiguous`` are traits that fit
    more than one person; ``deadline`` is the seconds any one call may take. ``unreachable`` is the same connector
    pointed where no system is; without it "could not look" is tried in part only. ``whole`` is false where nobody can
    be expected to have every field, as at a live source with one test person.
    """

    known: tuple[Known, ...]
    stranger: LocalId
    today: date
    stranger_traits: Traits | None = None
    ambiguous: Traits | None = None
    deadline: float = 3.0
    unreachable: Connector | None = None
    whole: bool = True

    @property
    def people(self) -> tuple[LocalId, ...]:
        """The known people's ids."""
        return tuple(k.local_id for k in self.known)
