"""Left out: entries that a family is not told of, because the law allows or demands it, each by an officer's decision.

UK data protection law lets a controller keep back what would prejudice the prevention or detection of crime (Data
Protection Act 2018, Schedule 2, paragraph 2; for competent authorities, section 45(4)) or be likely to cause serious
harm to somebody (Schedule 3, paragraphs 5, 11 and 19; child abuse data, paragraph 21). It is judged entry by entry.
A question asked to prevent or detect crime waits for that judgement; every other is told unless somebody decided.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import orjson
from sqlalchemy import select

from hub.audit.entries import Kind
from hub.audit.export import RECORDS
from hub.audit.pseudonyms import Pseudonym
from hub.audit.reports import Look, who_looked
from hub.store.database import Database
from schema.purposes import Purpose

LEFT_OUT: Final = "look-left-out"
TOLD: Final = "look-told"

MAY_BE_LEFT_OUT: Final = (
    "The law lets an organisation leave out a look where telling of it could harm somebody or hinder the prevention or "
    "detection of crime. If that was decided here, this list does not say so. You can ask the organisation, or "
    "complain to the Information Commissioner."
)
"""Said in every report, whether or not anything was left out: saying it only then would tell."""


class Ground(StrEnum):
    """Why somebody is not told of a look."""

    RISK_TO_CHILD = "RISK_TO_CHILD"
    RISK_TO_SOMEBODY = "RISK_TO_SOMEBODY"
    CRIME = "CRIME"
    COURT_ORDER = "COURT_ORDER"


async def told_to_family(database: Database, subjects: Iterable[Pseudonym]) -> tuple[Look, ...]:
    """Give the looks a family is told of, oldest first."""
    about = frozenset(subjects)
    decided = await decisions(database, about)
    return tuple(look for look in await who_looked(database, *about) if told(look.record_id, look.stated, decided))


def told(record_id: str, stated: Purpose, decided: dict[str, str]) -> bool:
    """Say whether a family is told of a look, as it was decided last; undecided, unless it was asked about a crime."""
    name = decided.get(record_id)
    return name == TOLD if name else stated is not Purpose.CRIME_PREVENTION


async def decisions(database: Database, subjects: frozenset[Pseudonym]) -> dict[str, str]:
    """Give what was decided last of each look at these people."""
    query = select(RECORDS.c.body).where(
        RECORDS.c.kind == Kind.EVENT.value, RECORDS.c.subject.in_(subjects), RECORDS.c.body.is_not(None)
    )
    query = query.order_by(RECORDS.c.at, RECORDS.c.log_id, RECORDS.c.seq)
    async with database.snapshot() as connection:
        bodies = [orjson.loads(body) for (body,) in (await connection.execute(query)).all()]
    return {body["about"]: body["name"] for body in bodies if body["name"] in {LEFT_OUT, TOLD}}
