"""Walking a record: every governed field that is set, parts included, and whether its value fits its type."""

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from connectors.contract import Reply
from connectors.mapping.fields import field_type
from schema.fields import FieldId
from schema.labels import Label
from schema.records import Record
from schema.rows import Rows, Several


@dataclass(frozen=True, slots=True)
class Given:
    """One governed field that a record has a value for."""

    field: FieldId
    value: Any
    kind: Any
    """The declared type: str, date, bool, a closed list, or list for a list of texts."""


def given(record: Any) -> Iterator[Given]:
    """Yield every governed field that is set in a record and in the records inside it."""
    name = type(record).__name__
    for f in dataclasses.fields(record):
        value = getattr(record, f.name)
        if value is None:
            continue
        if "held" in f.metadata:
            yield Given(FieldId(f"{name}.{f.name}"), value, field_type(type(record), f.name))
        elif "part" in f.metadata:
            for inner in value if isinstance(value, list) else [value]:
                yield from given(inner)


def all_given(reply: Reply) -> Iterator[Given]:
    """Yield every governed field set anywhere in a reply."""
    for records in reply.records.values():
        for record in records:
            yield from given(record)


def fits(value: Any, kind: Any) -> bool:
    """Whether a value is exactly of its declared type: a date with a time is not a date, a flag is not a number."""
    if kind is list:
        return isinstance(value, list) and all(type(v) is str for v in value)
    return type(value) is kind


def misfits(reply: Reply) -> Iterable[str]:
    """Name the fields, envelopes and parts of a reply whose values do not fit."""
    for one in all_given(reply):
        if not fits(one.value, one.kind):
            yield one.field
    for local_id, records in reply.records.items():
        if type(local_id) is not str or not isinstance(records, tuple | Rows | Several):
            yield "Reply.records"
        yield from (f"{type(r).__name__} envelope" for r in records if not _envelope_fits(r))
    if reply.as_of is not None and (not isinstance(reply.as_of, datetime) or reply.as_of.tzinfo is None):
        yield "Reply.as_of"


def _envelope_fits(record: Any) -> bool:
    return (
        isinstance(record, Record)
        and type(record.id) is str
        and isinstance(record.labels, frozenset)
        and all(isinstance(label, Label) for label in record.labels)
    )


def telling_values(replies: Iterable[Reply]) -> frozenset[str]:
    """Give the values of replies that would tell something about a person if they were found in a log."""
    values = [one.value for reply in replies for one in all_given(reply)]
    texts = [v for value in values for v in (value if isinstance(value, list) else [value]) if type(v) is str]
    days = [v.isoformat() for v in values if type(v) is date]
    return frozenset(v for v in (*texts, *days) if len(v) >= _TELLING)


_TELLING = 5
"""Shorter texts turn up in any log by chance."""
