"""The front door: the index a hub really has, in a folder of its own, asked as a worker asks it."""

import contextlib
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from connectors.contract import Identity, LocalId
from hub.keys import create_keys, read_keys
from hub.people.criteria import Criteria
from hub.people.found import Found, Result
from hub.people.index import PersonIndex
from hub.people.learning.lists import Record
from hub.people.weights import Weights
from hub.store.database import Database
from schema.services import Service

SOURCE, SERVICE = "measured", Service("HEALTH")
TOP = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """One search, and whose record truly is meant; nobody's where the person is not there at all."""

    criteria: Criteria
    person: str | None


@dataclass(slots=True)
class Tally:
    """What searches came to."""

    asked: int = 0
    outcomes: Counter[Result] = field(default_factory=Counter)
    right_match: int = 0
    wrong_match: int = 0
    shown: int = 0
    """The right person is matched or among the possible."""
    first: int = 0
    """The right person is the first of the possible."""
    possible: int = 0
    """The right person is among the possible."""
    cannot: int = 0
    """Too little was known to search with."""

    def add(self, asked: Asked, person: str | None, found: Found | None) -> None:
        """Count one search; ``person`` is who is meant, as the index calls them."""
        self.asked += 1
        if found is None:
            self.cannot += 1
            return
        self.outcomes[found.result] += 1
        ids = [candidate.person_id for candidate in found.candidates]
        if found.match:
            right = person is not None and found.match.person_id == person
            self.right_match += right
            self.wrong_match += not right
            self.shown += person in ids[:TOP]
        elif person is not None and asked.person is not None and person in ids[:TOP]:
            self.shown += 1
            self.possible += 1
            self.first += ids[0] == person


@contextlib.asynccontextmanager
async def empty_index(weights: Weights) -> AsyncIterator[PersonIndex]:
    """Open an index of nobody, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        create_keys(Path(folder, "keys"))
        database = Database(f"sqlite:///{folder}/hub.db")
        try:
            await database.upgrade()
            yield PersonIndex(database, read_keys(Path(folder, "keys")), lambda: datetime.now(UTC), weights)
        finally:
            await database.close()


@contextlib.asynccontextmanager
async def desk(
    records: Iterable[Record], weights: Weights, progress: Callable[[int], None] | None = None
) -> AsyncIterator[tuple[PersonIndex, dict[str, str]]]:
    """Open an index of these records; give it, and who each record became."""
    held = list(records)
    async with empty_index(weights) as index:
        await index.refresh(SOURCE, SERVICE, _feed(held), progress)
        persons = await index.by_local(SOURCE, [LocalId(r.id) for r in held])
        yield index, {str(local): person for local, person in persons.items()}


async def search(index: PersonIndex, persons: dict[str, str], questions: Iterable[Asked]) -> Tally:
    """Ask every question, by somebody who may see everything."""
    tally = Tally()
    for asked in questions:
        answer = await index.search(asked.criteria, lambda _source: True)
        person = persons.get(asked.person) if asked.person else None
        tally.add(asked, person, answer if isinstance(answer, Found) else None)
    return tally


async def _feed(records: Iterable[Record]) -> AsyncIterator[Identity]:
    for record in records:
        yield Identity(LocalId(record.id), record.traits)
