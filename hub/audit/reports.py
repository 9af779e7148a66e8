"""Reports: who looked at a person's record and why, in plain words; and how one thing was decided.

A projection of the ledger: it keeps nothing of its own. Times come from the entries, names stay pseudonyms.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Select, select

from hub.audit.entries import Ended, Kind
from hub.audit.export import RECORDS, rows
from hub.audit.outcomes import by_intent
from hub.audit.pseudonyms import Pseudonym
from hub.store.database import Database
from schema.fields import CATALOGUE, FieldId
from schema.lawful_bases import LawfulBasis
from schema.outcomes import Outcome
from schema.purposes import Purpose
from schema.services import SERVICES, Service

DIVIDER = "~"

WATCH_BEGAN = "watch-began"
"""The ledger's word for the beginning of a watch: its looks have its request's id."""

_ENDINGS = {
    None: "The question was written down; how it ended was not.",
    Ended.COMPLETE: "The question was answered.",
    Ended.PART: "A part of the answer was shown; the rest never was.",
    Ended.ABANDONED: "The person asking left before the answer was shown.",
    Ended.DEADLINE: "The answer took too long; what had come in time was shown.",
    Ended.CHANGED: "What was allowed changed before the answer was shown, and it was decided again.",
    Ended.FAILED: "Something went wrong and nothing was shown.",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What one service's system told, as a family would read it."""

    service: str
    outcome: str
    shown: tuple[str, ...]
    withheld: tuple[str, ...]
    source: str = ""
    """Whose system it was: several agencies may have one of the same service."""


@dataclass(frozen=True, slots=True)
class Look:
    """One time somebody asked about the person, or met them in a search."""

    at: str
    actor: Pseudonym
    organisation: str
    role: str
    purpose: str
    basis: str
    ended: str
    told: tuple[Told, ...]
    record_id: str
    stated: Purpose
    watch: str = ""
    """The request of the watch it is one look of; empty where somebody asked just once."""


@dataclass(frozen=True, slots=True)
class Decision:
    """How one source was decided in one question, as it was recorded then."""

    record_id: str
    at: str
    role: str
    organisation: str
    purpose: Purpose
    policy_version: str
    path: str
    source: str
    service: Service
    called: bool
    asked: tuple[FieldId, ...]
    permitted: tuple[FieldId, ...]
    rules: tuple[str, ...]
    facts: Mapping[str, str]


def decision_id(record_id: str, source: str, path: str) -> str:
    """Give the id by which somebody can ask how a path at a source was decided."""
    return DIVIDER.join((record_id, source, path))


async def who_looked(database: Database, *subjects: Pseudonym) -> tuple[Look, ...]:
    """Tell who looked at a person's record, by all their pseudonyms, oldest first; erased entries cannot tell."""
    about = select(RECORDS.c.kind, RECORDS.c.body).where(RECORDS.c.subject.in_(subjects))
    # a search presents several people, so its row names none of them: each is read (few ask, and seldom)
    searches = select(RECORDS.c.kind, RECORDS.c.body).where(RECORDS.c.kind == Kind.SEARCH.value)
    told: dict[Kind, list[dict[str, Any]]] = {kind: [] for kind in Kind}
    for kind, body in [*await _bodies(database, about), *await _bodies(database, searches)]:
        told[kind].append(body)
    ended = by_intent(told[Kind.OUTCOME])
    watched = {body["request_id"] for body in told[Kind.EVENT] if body["name"] == WATCH_BEGAN}
    looks = [_look(intent, ended.get(intent["record_id"]), watched) for intent in told[Kind.INTENT]]
    looks += [_met(body) for body in told[Kind.SEARCH] if not set(subjects).isdisjoint(body["presented"])]
    return tuple(sorted(looks, key=lambda look: (look.at, look.record_id)))


async def how_decided(database: Database, decision: str) -> Decision | None:
    """Fetch what was recorded of a decision; none where there is no such record, or its body was erased."""
    record_id, _, rest = decision.partition(DIVIDER)
    name, _, path = rest.partition(DIVIDER)
    query = select(RECORDS.c.kind, RECORDS.c.body).where(
        RECORDS.c.record_id == record_id, RECORDS.c.kind == Kind.INTENT.value
    )
    for _, body in await _bodies(database, query):
        for source in body["sources"]:
            if source["source"] == name:
                return _decision(body, source, path)
    return None


async def _bodies(database: Database, query: Select[Any]) -> list[tuple[Kind, dict[str, Any]]]:
    async with database.snapshot() as connection:
        found = rows(connection, query.where(RECORDS.c.body.is_not(None)))
        return [(Kind(row["kind"]), orjson.loads(row["body"])) async for row in found]


def _look(intent: dict[str, Any], outcome: dict[str, Any] | None, watched: Collection[str]) -> Look:
    services = {source["source"]: Service(source["service"]) for source in intent["sources"]}
    basis = intent["basis"]
    return Look(
        at=intent["at"],
        actor=Pseudonym(intent["actor"]),
        organisation=intent["organisation"],
        role=intent["role"],
        purpose=Purpose[intent["purpose"]].means,
        basis=LawfulBasis[basis].means if basis else "",
        ended=_ENDINGS[Ended(outcome["ended"]) if outcome else None],
        told=tuple(_told(source, services) for source in outcome["sources"]) if outcome else (),
        record_id=intent["record_id"],
        stated=Purpose[intent["purpose"]],
        watch=intent["request_id"] if intent["request_id"] in watched else "",
    )


def _met(search: dict[str, Any]) -> Look:
    return Look(
        at=search["at"],
        actor=Pseudonym(search["actor"]),
        organisation=search["organisation"],
        role=search["role"],
        purpose=Purpose[search["purpose"]].means,
        basis="",
        ended="The person was among those a search presented.",
        told=(),
        record_id=search["record_id"],
        stated=Purpose[search["purpose"]],
    )


def _told(source: dict[str, Any], services: Mapping[str, Service]) -> Told:
    service = services.get(source["source"])
    return Told(
        service=SERVICES[service].label if service else source["source"],
        outcome=Outcome[source["outcome"]].means,
        shown=_meanings(source["released"]),
        withheld=_meanings(source["withheld"]),
        source=source["source"],
    )


def _meanings(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(CATALOGUE[FieldId(name)].means if name in CATALOGUE else name for name in names)


def _decision(intent: dict[str, Any], source: dict[str, Any], path: str) -> Decision:
    return Decision(
        record_id=intent["record_id"],
        at=intent["at"],
        role=intent["role"],
        organisation=intent["organisation"],
        purpose=Purpose[intent["purpose"]],
        policy_version=intent["policy_version"],
        path=path,
        source=source["source"],
        service=Service(source["service"]),
        called=source["called"],
        asked=tuple(map(FieldId, source["asked"])),
        permitted=tuple(map(FieldId, source["permitted"])),
        rules=tuple(source["rules"]),
        facts=source["facts"],
    )
