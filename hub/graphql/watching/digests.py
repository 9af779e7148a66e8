"""What of a person was shown, source by source, as keyed digests: all that a watch keeps between two questions.

The key is drawn for each watch and never written. Of a source that does not answer the last digest stands.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from hashlib import blake2b
from typing import Any

import strawberry

from schema.outcomes import Outcome
from schema.person import Person
from schema.services import Service
from schema.watched import SeenChange, SourceChange

UNANSWERED = frozenset({Outcome.UNAVAILABLE, Outcome.TIMED_OUT, Outcome.UNIDENTIFIED})
"""Outcomes that say nothing of what a source holds."""

_ENVELOPE = frozenset({"id", "labels", "provenance", "local_id"})
"""What of a record is not said by its source of the person, or is another at every answer."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one source was shown to hold: a digest, none where nothing was; and whether it answered when last asked."""

    service: Service
    digest: bytes | None
    answered: bool


Parts = Mapping[str, Part]


@dataclass(frozen=True, slots=True)
class Digests:
    """Makes digests under a key of its own."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def parts(self, person: Person | None, before: Parts) -> Parts:
        """Give what is shown of a person by source; of whoever is nobody, of no source anything."""
        if person is None:
            return {source: replace(part, digest=None, answered=True) for source, part in before.items()}
        found = {}
        for answer in person.sources:
            source = str(answer.source)
            if answer.outcome in UNANSWERED:
                last = before.get(source)
                found[source] = Part(answer.service, last.digest if last else None, answered=False)
            else:
                found[source] = Part(answer.service, self._of(_shown(person, source)), answered=True)
        return found

    def _of(self, records: Iterable[object]) -> bytes | None:
        written = sorted(repr(_plain(record)).encode("utf-8", "surrogatepass") for record in records)
        if not written:
            return None
        keyed = blake2b(key=self.key, digest_size=32)
        for one in written:
            keyed.update(len(one).to_bytes(8) + one)
        return keyed.digest()


def _shown(person: Person, source: str) -> list[object]:
    held = person.held_involvements or ()
    return [one for one in held if one.provenance is not None and one.provenance.source == source]


def _plain(value: Any) -> object:
    """Give a record's values in one order, without what a source does not say of the person."""
    if is_dataclass(value):
        named = (f.name for f in fields(value) if f.name not in _ENVELOPE)
        return tuple((name, _plain(getattr(value, name))) for name in named)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def changes(before: Parts, now: Parts) -> list[SourceChange]:
    """Give what changed from one look to the next, source by source."""
    told = []
    for source in dict.fromkeys((*before, *now)):
        last, part = before.get(source), now.get(source)
        change = _change(last, part)
        if change is not None:
            service = part.service if part else last.service if last else None
            assert service is not None  # noqa: S101 -- it is in one of the two
            told.append(SourceChange(source=strawberry.ID(source), service=service, change=change))
    return told


def _change(last: Part | None, part: Part | None) -> SeenChange | None:
    if part is not None and not part.answered:
        return SeenChange.SILENT if last is None or last.answered else None
    was, now = last.digest if last else None, part.digest if part else None
    if was != now:
        return SeenChange.SHOWN if was is None else SeenChange.GONE if now is None else SeenChange.CHANGED
    return SeenChange.HEARD if last is not None and not last.answered else None
