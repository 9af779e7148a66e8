"""Entries: what the ledger writes down. Names of fields, codes and pseudonyms; never a value of a record.

One intent and one outcome for each request and person; what each source was asked stands inside them. An answer that
left in parts has an outcome for each (``outcomes.py`` puts them together).
"""

import re
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, TypeAlias

import orjson

import schema.person  # noqa: F401 -- declares every governed field
from hub.audit.errors import EntryRefused
from hub.audit.pseudonyms import Pseudonym
from schema.fields import CATALOGUE, FieldId
from schema.lawful_bases import LawfulBasis
from schema.outcomes import Outcome
from schema.purposes import Purpose
from schema.reasons import Reason
from schema.services import Service

WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,79}")


class Kind(StrEnum):
    """What a leaf of the log is."""

    INTENT = "INTENT"
    OUTCOME = "OUTCOME"
    SEARCH = "SEARCH"
    EVENT = "EVENT"


class Ended(StrEnum):
    """How a question ended."""

    COMPLETE = "COMPLETE"
    PART = "PART"
    """A part of the answer was shown; another outcome says how the question ended, unless the hub was cut off."""
    ABANDONED = "ABANDONED"
    DEADLINE = "DEADLINE"
    CHANGED = "CHANGED"
    FAILED = "FAILED"


class Bucket(StrEnum):
    """About how many records were shown: enough to tell a glance from a trawl, too little to describe a child."""

    NONE = "0"
    ONE = "1"
    FEW = "2-5"
    SOME = "6-20"
    MANY = "21+"


def bucket(count: int) -> Bucket:
    """Give the bucket a count falls in."""
    for limit, name in ((0, Bucket.NONE), (1, Bucket.ONE), (5, Bucket.FEW), (20, Bucket.SOME)):
        if count <= limit:
            return name
    return Bucket.MANY


def new_record_id(at: datetime | None = None) -> str:
    """Give a fresh id for a record, in hexadecimal: 48 bits of the moment in milliseconds, then 80 that nobody guesses.

    The moment is now, if none is given.

    Ids of one moment begin alike (as in RFC 9562, "UUID Version 7"), so that the database's index of records grows at
    one end: with ids all random each record would change a page of its own, and a hundred of one question a hundred.
    """
    moment = time.time_ns() // 1_000_000 if at is None else int(at.timestamp() * 1_000)
    return f"{moment:012x}{secrets.token_hex(10)}"


def _governed(*groups: Iterable[FieldId]) -> None:
    if any(not CATALOGUE.keys() >= set(group) for group in groups):
        raise EntryRefused("an entry names a field that nobody declared")


def _words(*words: str) -> None:
    if not all(WORD.fullmatch(word) for word in words):
        raise EntryRefused("an entry holds something that is not a code")


@dataclass(frozen=True, slots=True)
class SourceIntent:
    """What one source is about to be asked, what the rules permit of it, and why."""

    source: str
    service: Service
    called: bool
    asked: tuple[FieldId, ...]
    permitted: tuple[FieldId, ...]
    rules: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    written: orjson.Fragment | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse what is neither a governed field nor a code."""
        _governed(self.asked, self.permitted)
        _words(self.source, *self.rules, *self.facts, *self.facts.values())


@dataclass(frozen=True, slots=True)
class Intent:
    """A question about one person, before any source is asked."""

    kind: ClassVar[Kind] = Kind.INTENT

    record_id: str
    request_id: str
    at: datetime
    actor: Pseudonym
    role: str
    organisation: str
    purpose: Purpose
    basis: LawfulBasis | None
    reference: Pseudonym | None
    subject: Pseudonym
    policy_version: str
    sources: tuple[SourceIntent, ...]


@dataclass(frozen=True, slots=True)
class SourceOutcome:
    """What became of asking one source, and which fields of its answer were shown or withheld."""

    source: str
    outcome: Outcome
    reason: Reason | None
    released: tuple[FieldId, ...]
    withheld: tuple[FieldId, ...]
    records: Bucket | None = None
    written: orjson.Fragment | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse what is neither a governed field nor a code."""
        _governed(self.released, self.withheld)
        _words(self.source)


@dataclass(frozen=True, slots=True)
class OutcomeRecord:
    """The answer about one person, before its first byte is released."""

    kind: ClassVar[Kind] = Kind.OUTCOME
    actor: ClassVar[None] = None  # the intent says who

    record_id: str
    intent_id: str
    request_id: str
    at: datetime
    subject: Pseudonym
    sources: tuple[SourceOutcome, ...]
    ended: Ended


@dataclass(frozen=True, slots=True)
class Search:
    """A search for a person: which criteria were used, by name, and who was presented."""

    kind: ClassVar[Kind] = Kind.SEARCH
    subject: ClassVar[None] = None  # nobody is chosen yet; those presented stand inside

    record_id: str
    request_id: str
    at: datetime
    actor: Pseudonym
    role: str
    organisation: str
    purpose: Purpose
    reference: Pseudonym | None
    criteria: tuple[str, ...]
    presented: tuple[Pseudonym, ...]

    def __post_init__(self) -> None:
        """Refuse criteria that are not names of criteria."""
        _words(*self.criteria)


@dataclass(frozen=True, slots=True)
class Event:
    """Anything else worth keeping: a sign-in, an edit of the rules, break-glass, an erasure.

    ``name`` is a code; ``about`` is the id of what it concerns, ``facts`` are codes by name.
    """

    kind: ClassVar[Kind] = Kind.EVENT

    record_id: str
    request_id: str
    at: datetime
    name: str
    actor: Pseudonym | None = None
    role: str | None = None
    organisation: str | None = None
    subject: Pseudonym | None = None
    about: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what is not a code."""
        _words(self.name, *self.facts, *self.facts.values())


Entry: TypeAlias = Intent | OutcomeRecord | Search | Event
