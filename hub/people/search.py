"""Searching: keys bring candidates, weights order them, and only the release rule makes one a match."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.contract import Traits
from hub.people import protection
from hub.people.comparable import EVERYTHING, Seen, View, profile_of
from hub.people.compare import compare, score
from hub.people.criteria import Question
from hub.people.entries import Entry, unseal
from hub.people.found import SHOWN, Candidate, Found, Held, Result
from hub.people.hashing import Hasher
from hub.people.keys import IDENTIFIER, Key, case_keys, keys, mother_key
from hub.people.linking import CAP, Status
from hub.people.profile import Profile
from hub.people.reading import LIVE_LINK
from hub.people.rules import VERSION, Note, Rule, judge
from hub.people.sealing import Sealer
from hub.people.weights import Agreement, Compared, Weights
from hub.store.tables.people import AGENCY_LINK, LINK_KEY, PERSON, PERSON_SOURCE, SOURCE_FEED
from schema.labels import Label
from schema.records import IdentifierSystem

_SPEAKS = frozenset({Agreement.EXACT, Agreement.FORMER, Agreement.SAME})
_SPEAKING = (Compared.POSTCODE, Compared.ADDRESS, Compared.NHS, Compared.UPN, Compared.OTHER)

_TWINS = frozenset({Note.TWIN, Note.TWIN_OR_SLIP})

PLAUSIBLE = 4.0
"""Bits below which nobody is shown."""
BEHIND = 12.0
"""Bits behind the best beyond which nobody is shown."""


async def search(
    connection: AsyncConnection,
    sealer: Sealer,
    hasher: Hasher,
    weights: Weights,
    question: Question,
    visible: Callable[[str], bool],
    comparable: Seen,
) -> Found:
    """Find who may be meant, among what sources the requester may see hold and by what they may be told of it."""
    sources = [row.source_id for row in await connection.execute(select(SOURCE_FEED.c.source_id))]
    seen = [source_id for source_id in sources if visible(source_id)]
    wanted = _wanted(question, seen)
    ids, truncated, by_number = await _candidates(connection, hasher, wanted, seen)
    people = await _people(connection, ids)
    looking = _Looking(sealer, weights, question, wanted, frozenset(seen), comparable)
    candidates = [c for rows in people if (c := looking.candidate(rows))]
    return outcome(candidates, question.searched, weights, truncated=truncated, by_number=by_number)


def _wanted(question: Question, sources: Collection[str]) -> frozenset[Key]:
    mother = {mother_key(*question.mother)} if question.mother and question.mother[0] in sources else set()
    return keys(question.profile) | case_keys(question.profile.of(IdentifierSystem.CASE_NUMBER)) | mother


async def _candidates(
    connection: AsyncConnection, hasher: Hasher, wanted: Collection[Key], sources: Collection[str]
) -> tuple[list[str], bool, bool]:
    """Give the persons that share a key, whether the cap cut them, and whether a number alone still named few."""
    numbers = {key for key in wanted if key.kind == IDENTIFIER}
    by_number = await _sharing(connection, hasher, numbers, sources)
    by_any = await _sharing(connection, hasher, {*wanted} - numbers, sources)
    ids = dict.fromkeys([*by_number[:CAP], *by_any[:CAP]])
    return list(ids)[:CAP], len(by_number) > CAP or len(by_any) > CAP, 0 < len(by_number) <= CAP


async def _sharing(
    connection: AsyncConnection, hasher: Hasher, wanted: Collection[Key], sources: Collection[str]
) -> Sequence[str]:
    if not wanted or not sources:
        return ()
    query = (
        select(AGENCY_LINK.c.person_id)
        .join(LINK_KEY, LINK_KEY.c.entry_id == AGENCY_LINK.c.entry_id)
        .join(PERSON_SOURCE, PERSON_SOURCE.c.id == AGENCY_LINK.c.entry_id)
        .where(
            AGENCY_LINK.c.ended_at.is_(None),
            or_(*(_at(kind, [hasher.hash(k) for k in wanted if k.kind == kind]) for kind in _kinds(wanted))),
            LINK_KEY.c.key_version == hasher.version,
            PERSON_SOURCE.c.source_id.in_(sources),
        )
        .distinct()
        .limit(CAP + 1)
    )
    return [row.person_id for row in await connection.execute(query)]


def _kinds(wanted: Collection[Key]) -> list[str]:
    return sorted({key.kind for key in wanted})


def _at(kind: str, hashes: Collection[int]) -> Any:
    return and_(LINK_KEY.c.kind == kind, LINK_KEY.c.h.in_(hashes))


async def _people(connection: AsyncConnection, ids: Collection[str]) -> list[list[Row[Any]]]:
    query = (
        select(PERSON_SOURCE, AGENCY_LINK.c.person_id, PERSON.c.status, PERSON.c.labels.label("person_labels"))
        .join(AGENCY_LINK, LIVE_LINK)
        .join(PERSON, PERSON.c.id == AGENCY_LINK.c.person_id)
        .where(PERSON.c.id.in_(ids))
        .order_by(PERSON_SOURCE.c.source_id, PERSON_SOURCE.c.id)
    )
    people: dict[str, list[Row[Any]]] = {}
    for row in await connection.execute(query):
        people.setdefault(row.person_id, []).append(row)
    return list(people.values())


@dataclass(frozen=True, slots=True)
class _Looking:
    """One search, and what whoever searches may be told."""

    sealer: Sealer
    weights: Weights
    question: Question
    wanted: frozenset[Key]
    sources: frozenset[str]
    comparable: Seen

    def candidate(self, rows: Sequence[Row[Any]]) -> Candidate | None:
        """Compare with what may be compared of one person; none where the person must not be found."""
        labels = frozenset[Label]().union(*(protection.read(f"{row.labels} {row.person_labels}") for row in rows))
        status = Status(rows[0].status)
        hidden = bool(labels & protection.HIDES_ADDRESS)
        placed = self.question.profile.postcodes or self.question.profile.addresses
        if status is Status.SEALED or labels & protection.SEALING or (hidden and placed):
            return None
        if status is Status.UNBORN and not self.question.mother:
            return None
        seen = {row.source_id: self.comparable(row.source_id, labels) for row in rows if row.source_id in self.sources}
        entries = [unseal(self.sealer, row) for row in rows if seen.get(row.source_id) is not None]
        views = [
            View(e.source_id, e.local_id, _shown(e, hidden=hidden), may) for e in entries if (may := seen[e.source_id])
        ]
        limited = any(view.comparable != EVERYTHING for view in views)
        if not views or (limited and not any(view.meets(self.wanted) for view in views)):
            return None
        return self._judged(rows[0].person_id, status, entries, profile_of(views), hidden=hidden)

    def _judged(
        self, person_id: str, status: Status, entries: Sequence[Entry], compared: Profile, *, hidden: bool
    ) -> Candidate:
        evidence = compare(self.question.profile, compared, self.weights)
        verdict = judge(evidence)
        rule, notes = verdict.rule, verdict.notes
        if status is Status.UNBORN:
            rule, notes = None, (Note.UNBORN,)
        held = tuple(Held(e.source_id, e.service, _shown(e, hidden=hidden)) for e in entries)
        return Candidate(person_id, round(score(evidence), 2), evidence, notes, rule, held, compared)


def _shown(entry: Entry, *, hidden: bool) -> Traits:
    if not hidden:
        return entry.traits
    return replace(entry.traits, postcodes=(), address=None)


def outcome(
    candidates: Sequence[Candidate], searched: tuple[str, ...], weights: Weights, *, truncated: bool, by_number: bool
) -> Found:
    """Say what the candidates amount to: one match only if it alone fits and everybody was looked at."""
    version = f"{VERSION}/{weights.version}"
    shown = _plausible(candidates)
    fits = [c.person_id for c in shown if c.rule and (not truncated or (by_number and c.rule is Rule.R1))]
    if len(fits) == 1:
        return Found(Result.MATCH, _with_twins(_first(fits[0], shown), weights), searched, version)
    if truncated or len(shown) > SHOWN:
        return Found(Result.TOO_MANY, (), searched, version)
    if not shown:
        return Found(Result.NO_MATCH, (), searched, version)
    several = tuple(_but(c, Note.NOT_UNIQUE) if c.rule else c for c in shown)
    return Found(Result.POSSIBLE, _with_twins(several, weights), searched, version)


def _another_name(candidate: Candidate) -> bool:
    """Say whether the family name is quite another and neither a number nor a postcode speaks for the person.

    A birthday and a like given name are what an adopted child keeps: they must not lead from an earlier name to
    the present one, nor anybody to a stranger.
    """
    agreed = {e.field: e.agreement for e in candidate.evidence}
    spoken_for = any(agreed.get(field) in _SPEAKS for field in _SPEAKING)
    return agreed.get(Compared.SURNAME) is Agreement.DIFFERENT and not spoken_for


def _plausible(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Give those worth showing, best first and the youngest first among equals."""
    candidates = [c for c in candidates if not _another_name(c)]
    best = max((c.score for c in candidates), default=0.0)
    worth = (c for c in candidates if c.score >= max(PLAUSIBLE, best - BEHIND) or Note.UNBORN in c.notes)
    return tuple(sorted(worth, key=lambda c: (-c.score, -c.born.toordinal(), c.person_id)))


def _first(person_id: str, shown: Sequence[Candidate]) -> tuple[Candidate, ...]:
    return tuple(sorted(shown, key=lambda c: c.person_id != person_id))[:SHOWN]


def _with_twins(shown: Sequence[Candidate], weights: Weights) -> tuple[Candidate, ...]:
    """Put the banner on everybody shown beside somebody who looks like their twin."""
    twins: set[str] = set()
    for one, other in combinations(shown, 2):
        evidence = compare(one.compared, other.compared, weights)
        if not _TWINS.isdisjoint(judge(evidence).notes):
            twins |= {one.person_id, other.person_id}
    return tuple(replace(_but(c, Note.TWIN), rule=c.rule) if c.person_id in twins else c for c in shown)


def _but(candidate: Candidate, note: Note) -> Candidate:
    """Give a candidate with a note that keeps the rule from being enough."""
    return replace(candidate, rule=None, notes=tuple(dict.fromkeys((*candidate.notes, note))))
