"""What is read for one answer, as it is filled round by round."""

from dataclasses import dataclass, field
from datetime import datetime

from connectors.contract import Ask
from connectors.mapping.reading import Reading
from connectors.systems.ssd.asked import Asked
from connectors.systems.ssd.family import Kin
from connectors.systems.ssd.held import Rows
from connectors.transports.sql import Database, Query
from connectors.transports.sql import Rows as Found


@dataclass(slots=True)
class Read:
    """Everything read for an answer; filled by the reader."""

    people: tuple[str, ...]
    rows: Rows
    kin: Kin = field(default_factory=lambda: Kin({}, {}, {}))
    complete: bool = True
    as_of: datetime | None = None


def unread(ask: Ask) -> Read:
    """Begin an answer."""
    return Read(tuple(str(p) for p in ask.people), Rows(Asked(ask.fields), Reading(ask.today)))


async def run(read: Read, database: Database, queries: list[Query]) -> list[Found]:
    """Run queries for an answer, and note where one was cut."""
    found = await database.read(queries)
    read.complete = read.complete and all(f.complete for f in found)
    return found
