"""Accesses: each question and search of the ledger, newest first and a page at a time, for those who oversee.

A projection: nothing is kept of it. People are pseudonyms here; who they are is for whoever holds the key to say.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, and_, func, literal, or_, select

from hub.audit.canonical import instant
from hub.audit.entries import Ended, Kind
from hub.audit.export import RECORDS
from hub.audit.outcomes import by_intent
from hub.audit.pseudonyms import Pseudonym
from hub.store.database import Database
from schema.lawful_bases import LawfulBasis
from schema.purposes import Purpose
from schema.services import Service

MOST: Final = 500
"""Accesses in a page, at most."""

NO_BUSINESS: Final = "NONE"


@dataclass(frozen=True, slots=True)
class Which:
    """Which accesses: of these people, by this asker, at this source, from and until a time. Nothing said: all.

    ``concerning`` is an agency and its sources: what its own workers asked, and what anybody asked its sources.
    """

    subjects: frozenset[Pseudonym] = frozenset()
    actor: Pseudonym | None = None
    source: str | None = None
    organisation: str | None = None
    concerning: tuple[str, frozenset[str]] | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What one source was asked in an access, and what became of it."""

    source: str
    service: Service
    called: bool
    outcome: str | None
    shown: int
    withheld: int
    business: bool


@dataclass(frozen=True, slots=True)
class Access:
    """One question about one person, or one search; ``presented`` are those a search showed."""

    record_id: str
    request_id: str
    at: str
    kind: Kind
    actor: Pseudonym
    role: str
    organisation: str
    purpose: Purpose
    basis: LawfulBasis | None
    subject: Pseudonym | None
    presented: tuple[Pseudonym, ...]
    ended: Ended | None
    sources: tuple[Asked, ...]

    @property
    def cursor(self) -> str:
        """Where the next page begins."""
        return f"{self.at}~{self.record_id}"

    @property
    def business(self) -> bool:
        """Whether the asker had some business with the person that the hub knew of; a search needs none."""
        return not self.sources or any(asked.business for asked in self.sources)


async def accesses(database: Database, which: Which, *, limit: int, after: str = "") -> tuple[Access, ...]:
    """Give a page of accesses, newest first; ``after`` is the cursor of the last one seen."""
    where = [RECORDS.c.kind.in_((Kind.INTENT.value, Kind.SEARCH.value)), RECORDS.c.body.is_not(None)]
    where += _conditions(database, which)
    at, _, record_id = after.partition("~")
    if after:
        where.append(or_(RECORDS.c.at < at, and_(RECORDS.c.at == at, RECORDS.c.record_id < record_id)))
    query = select(RECORDS.c.kind, RECORDS.c.body).where(*where)
    query = query.order_by(RECORDS.c.at.desc(), RECORDS.c.record_id.desc()).limit(max(0, min(limit, MOST)))
    async with database.snapshot() as connection:
        found = [(Kind(kind), orjson.loads(body)) for kind, body in (await connection.execute(query)).all()]
        subjects = {body["subject"] for kind, body in found if kind is Kind.INTENT}
        requests = {body["request_id"] for _, body in found}
        told = select(RECORDS.c.body).where(
            RECORDS.c.kind == Kind.OUTCOME.value,
            RECORDS.c.subject.in_(subjects),
            RECORDS.c.request_id.in_(requests),
            RECORDS.c.body.is_not(None),
        )
        bodies = [orjson.loads(body) for (body,) in (await connection.execute(told)).all()] if subjects else []
    ended = by_intent(bodies)
    return tuple(access(kind, body, ended.get(body["record_id"])) for kind, body in found)


def _conditions(database: Database, which: Which) -> Iterable[ColumnElement[bool]]:
    def said(what: str) -> ColumnElement[bool]:
        if database.dialect == "sqlite":
            return func.instr(RECORDS.c.body, what.encode()) > 0
        return func.position(literal(what.encode()).op("IN")(RECORDS.c.body)) > 0

    if which.subjects:
        met = [and_(RECORDS.c.kind == Kind.SEARCH.value, said(f'"{one}"')) for one in sorted(which.subjects)]
        yield or_(RECORDS.c.subject.in_(which.subjects), *met)
    if which.actor:
        yield RECORDS.c.actor == which.actor
    if which.source:
        yield said(f'"source":"{which.source}"')
    if which.organisation:
        yield said(f'"organisation":"{which.organisation}"')
    if which.concerning:
        agency, sources = which.concerning
        theirs = [said(f'"source":"{source}"') for source in sorted(sources)]
        yield or_(said(f'"organisation":"{agency}"'), *theirs)
    if which.since:
        yield RECORDS.c.at >= instant(which.since)
    if which.until:
        yield RECORDS.c.at < instant(which.until)


def access(kind: Kind, body: Mapping[str, Any], outcome: Mapping[str, Any] | None = None) -> Access:
    """Read an access from an entry's body, and from its outcome's where there is one."""
    told = {one["source"]: one for one in outcome["sources"]} if outcome else {}
    basis = body.get("basis")
    return Access(
        record_id=body["record_id"],
        request_id=body["request_id"],
        at=body["at"],
        kind=kind,
        actor=Pseudonym(body["actor"]),
        role=body["role"],
        organisation=body["organisation"],
        purpose=Purpose[body["purpose"]],
        basis=LawfulBasis[basis] if basis else None,
        subject=Pseudonym(body["subject"]) if kind is Kind.INTENT else None,
        presented=tuple(map(Pseudonym, body.get("presented", ()))),
        ended=Ended(outcome["ended"]) if outcome else None,
        sources=tuple(_asked(one, told.get(one["source"], {})) for one in body.get("sources", ())),
    )


def _asked(source: Mapping[str, Any], told: Mapping[str, Any]) -> Asked:
    facts = source["facts"]
    return Asked(
        source=source["source"],
        service=Service(source["service"]),
        called=source["called"],
        outcome=told.get("outcome"),
        shown=len(told.get("released", ())),
        withheld=len(told.get("withheld", ())),
        business=facts.get("relationship") != NO_BUSINESS or facts.get("own") == "yes",
    )
