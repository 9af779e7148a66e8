"""Looks of one watch, told as one: a family reads that somebody was told of changes, from when until when, how often.

Only looks that say the very same are put together, so nothing that one of them told is lost.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import orjson
from sqlalchemy import select

from hub.audit.entries import Kind
from hub.audit.export import RECORDS
from hub.audit.pseudonyms import Pseudonym
from hub.audit.reports import WATCH_BEGAN, Look
from hub.store.database import Database

ASKED_TO_BE_TOLD = "The person asking had asked to be told of changes."


async def watches_of(database: Database, subjects: Iterable[Pseudonym]) -> frozenset[str]:
    """Give the requests of every watch of these people: all its looks have its request's id."""
    query = select(RECORDS.c.body).where(
        RECORDS.c.kind == Kind.EVENT.value, RECORDS.c.subject.in_(subjects), RECORDS.c.body.is_not(None)
    )
    async with database.snapshot() as connection:
        bodies = [orjson.loads(body) for (body,) in (await connection.execute(query)).all()]
    return frozenset(body["request_id"] for body in bodies if body["name"] == WATCH_BEGAN)


def as_watches(looks: Iterable[Look]) -> tuple[Look, ...]:
    """Put together what one watch saw again and again; the looks are in the order of their time, oldest first."""
    groups: list[list[Look]] = []
    latest: dict[str, list[Look]] = {}
    for look in looks:
        group = latest.get(look.watch)
        if look.watch and group is not None and _said(group[-1]) == _said(look):
            group.append(look)
            continue
        groups.append([look])
        latest[look.watch] = groups[-1]
    return tuple(_as_one(group) for group in groups)


def _said(look: Look) -> Look:
    return replace(look, at="", record_id="")


def _as_one(group: list[Look]) -> Look:
    first = group[0]
    if not first.watch:
        return first
    again = "" if len(group) == 1 else f" This was asked {len(group)} times by itself, until {_moment(group[-1].at)}."
    return replace(first, ended=f"{first.ended} {ASKED_TO_BE_TOLD}{again}")


def _moment(at: str) -> str:
    return f"{datetime.fromisoformat(at):%d/%m/%Y at %H:%M} (UTC)"
