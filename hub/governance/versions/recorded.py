"""Recorded decisions: what the ledger's intents hold of every source decided on, as far as it can be decided again.

A decision whose facts are not all there, whose flags were kept back, or whose words are no longer ours, is counted
and not guessed. Nothing here says about whom it was.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select

from hub.audit.canonical import instant
from hub.audit.entries import Kind
from hub.audit.export import RECORDS, rows
from hub.governance.versions.fact_words import read_from_ledger
from hub.store.database import Database
from policies.facts import Asker
from policies.simulate.replay import RecordedDecision
from schema.fields import CATALOGUE, FieldId
from schema.purposes import Purpose
from schema.services import Service


async def recorded(
    database: Database, since: datetime | None = None, newest: int | None = None
) -> AsyncIterator[RecordedDecision | None]:
    """Give each decision about one source since a moment, oldest log first; none for one that cannot be made again.

    ``newest`` is how many questions are looked at most: the newest of them.
    """
    query = select(RECORDS.c.kind, RECORDS.c.body).where(
        RECORDS.c.kind == Kind.INTENT.value, RECORDS.c.body.is_not(None)
    )
    if since is not None:
        query = query.where(RECORDS.c.at >= instant(since))
    if newest is not None:
        query = query.order_by(RECORDS.c.at.desc()).limit(newest)
    async with database.snapshot() as connection:
        async for row in rows(connection, query):
            intent = orjson.loads(row["body"])
            for source in intent["sources"]:
                yield _recorded(intent, source)


def _recorded(intent: Mapping[str, Any], source: Mapping[str, Any]) -> RecordedDecision | None:
    facts = read_from_ledger(source["facts"])
    try:
        asker = Asker(intent["role"], intent["organisation"], Purpose[intent["purpose"]])
        asked, permitted = (frozenset(CATALOGUE[FieldId(f)].id for f in source[n]) for n in ("asked", "permitted"))
        service = Service(source["service"])
    except (KeyError, ValueError):
        return None
    if facts is None:
        return None
    return RecordedDecision(asker, service, facts, asked, permitted, intent["policy_version"])
