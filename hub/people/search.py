"""Searching: keys bring candidates, weights order them, and only the release rule makes one a match."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

from sqlalchemy import select

from connectors.contract import Traits
from hub.people import blocks, protection
from hub.people.blocks import Row
from hub.people.comparable import EVERYTHING, Seen, View, profile_of
from hub.people.compare import compare, score
from hub.people.criteria import Question
from hub.people.entries import Entry, unseal
from hub.people.found import SHOWN, Candidate, Found, Held, Result
from hub.people.hashing import Hashers
from hub.people.keys import Key, case_keys, keys, mother_key
from hub.people.linking import Status
from hub.people.profile import Profile
from hub.people.rules import VERSION, Note, Rule, judge
from hub.people.sealing import Sealer
from hub.people.weights import Agreement, Compared, Weights
from hub.store.database import Database
from hub.store.one_hop import OneHop
from hub.store.tables.people import SOURCE_FEED
from schema.labels import Label
from schema.records import IdentifierSystem

_SPEAKS = frozenset({Agreement.EXACT, Agreement.FORMER, Agreement.SAME})
_SPEAKING = (Compared.POSTCODE, Compared.ADDRESS, Compared.NHS, Compared.UPN, Compared.OTHER)

_TWINS = frozenset({Note.TWIN, Note.TWIN_OR_SLIP})

PLAUSIBLE = 4.0
"""Bits below which nobody is shown."""
BEHIND = 12.0
"""Bits behind the best beyond which nobody is shown."""


_SOURCES = select(SOURCE_FEED.c.source_id)
_hop = lru_cache(maxsize=2)(lambda dialect: OneHop(_SOURCES, dialect))


async def search(
    database: Database,
    sealer: Sealer,
    hashers: Hashers,
    weights: Weights,
    question: Question,
    visible: Callable[[str], bool],
    comparable: Seen,
) -> Found:
    """Find who may be meant, among what sources the requester may see hold and by what they may be told of it."""
    sources = [row[0] for row in await _hop(database.engine.dialect).rows(database, {})]
    seen = [source_id for source_id in sources if visible(source_id)]
    wanted = _wanted(question, seen)
    by_key = await blocks.near(database, hashers, wanted, seen)
    people = await blocks.entries(database, by_key.people)
    looking = _Looking(sealer, weights, question, wanted, frozenset(seen), comparable)
    candidates = [c for rows in people if (c := looking.candidate(rows))]
    return outcome(candidates, question.searched, weights, truncated=by_key.truncated, by_number=by_key.by_number)


def _wanted(question: Question, sources: Collection[str]) -> frozenset[Key]:
    mother = {mother_key(*at) for at in question.mother or () if at[0] in sources}
    return keys(question.profile) | case_keys(question.profile.of(IdentifierSystem.CASE_NUMBER)) | mother


@dataclass(frozen=True, slots=True)
class _Looking:
    """One search, and what whoever searches may be told."""

    sealer: Sealer
    weights: Weights
    question: Question
    wanted: frozenset[Key]
    sources: frozenset[str]
    comparable: Seen

    def candidate(self, rows: Sequence[Row]) -> Candidate | None:
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
    """Say what the candidates amount to: one match only if it alone fits and everybody was looked at.

    Where not everybody was, those found by what few share are shown, and said to be possible only.
    """
    version = f"{VERSION}/{weights.version}"
    shown = _plausible(candidates)
    fits = [c.person_id for c in shown if c.rule and (not truncated or (by_number and c.rule is Rule.R1))]
    if len(fits) == 1:
        return Found(Result.MATCH, _with_twins(_first(fits[0], shown), weights), searched, version)
    if len(shown) > SHOWN or (truncated and not shown):
        return Found(Result.TOO_MANY, (), searched, version)
    if not shown:
        return Found(Result.NO_MATCH, (), searched, version)
    several = tuple(_but(c, Note.NOT_UNIQUE) if c.rule and not truncated else c for c in shown)
    if truncated:
        several = tuple(_but(c, Note.TRUNCATED) for c in several)
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
