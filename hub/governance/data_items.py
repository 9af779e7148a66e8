"""Data items: what an agreement is about, service by kind by field. Empty is none; all is written ``*``."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from policies.vocabulary import ANY, FIELD_WORDS, SERVICE_WORDS, Effect
from schema.fields import CATALOGUE, FieldId
from schema.kinds import Kind
from schema.purposes import Purpose
from schema.services import Service

EVERY: Final = frozenset({ANY})
"""All words of a list, said on purpose."""


@dataclass(frozen=True, slots=True)
class Reach:
    """One thing that might be shared: one field of one service's, with one agency, for one purpose, on one day."""

    consumer: str
    purpose: Purpose
    service: Service
    kind: Kind
    field: FieldId
    day: date


@dataclass(frozen=True, slots=True)
class DataItem:
    """What an agreement lets be seen, or bars. Every list holds ``*`` alone or words; an empty one reaches nothing.

    ``consumers`` and ``purposes`` narrow the agreement's own; ``start`` and ``until`` are inclusive.
    """

    services: frozenset[str]
    kinds: frozenset[str]
    fields: frozenset[str]
    effect: Effect = Effect.ALLOW
    consumers: frozenset[str] = EVERY
    purposes: frozenset[str] = EVERY
    start: date = date.min
    until: date = date.max

    def __post_init__(self) -> None:
        """Refuse a word that is on no list: what it would reach cannot be known."""
        if faults := list(self._faults()):
            raise ValueError("; ".join(faults))

    def _faults(self) -> Iterator[str]:
        lists: tuple[tuple[str, frozenset[str], Collection[str]], ...] = (
            ("services", self.services, SERVICE_WORDS),
            ("kinds", self.kinds, frozenset(Kind)),
            ("fields", self.fields, FIELD_WORDS),
            ("purposes", self.purposes, frozenset(Purpose)),
        )
        for name, words, known in lists:
            if ANY in words and len(words) > 1:
                yield f"{name}: {ANY!r} must stand alone"
            for word in sorted(words - {ANY} - set(known)):
                yield f"{name}: {word!r} is not a word it may use"

    def reaches(self, reach: Reach) -> bool:
        """Say whether the item is about this."""
        return (
            self.start <= reach.day <= self.until
            and _has(self.services, reach.service)
            and _has(self.kinds, reach.kind)
            and not self.fields.isdisjoint((ANY, reach.field, f"{CATALOGUE[reach.field].record}.*"))
            and _has(self.consumers, reach.consumer)
            and _has(self.purposes, reach.purpose)
        )


def _has(words: frozenset[str], word: str) -> bool:
    return word in words or ANY in words


EVERYTHING: Final = DataItem(EVERY, EVERY, EVERY)
"""Every field of every service, said on purpose."""
