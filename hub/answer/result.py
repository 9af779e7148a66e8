"""One source's part of a person's answer."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from connectors.neighbour import Said
from policies.verdicts import Decision
from schema.fields import FieldId
from schema.outcomes import Outcome
from schema.records import Record
from schema.sources import SourceAnswer

UNKNOWN = frozenset({Outcome.UNAVAILABLE, Outcome.TIMED_OUT, Outcome.UNIDENTIFIED})
"""Outcomes after which an empty list would be a lie."""


_NO_GAPS: Mapping[FieldId, Decision] = MappingProxyType({})


class SourceResult(NamedTuple):
    """One source's part of a person's answer; ``owner_told`` where its owner must be told that it was seen.

    ``word`` is what another authority's hub said of it, and ``theirs`` the gaps that are its own.
    """

    answer: SourceAnswer
    records: Sequence[Record] = ()
    shown: frozenset[FieldId] = frozenset()
    gaps: Mapping[FieldId, Decision] = _NO_GAPS
    owner_told: bool = False
    word: Said | None = None
    theirs: frozenset[FieldId] = frozenset()
