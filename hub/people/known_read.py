"""The reads of known people: one of everything a question starts from, and a shorter one of what tells that it changed.

A question reads everybody twice, the second time just before anything leaves. Most often nothing has changed by then:
the marks are the same, and what was read before still holds.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Dialect,
    Select,
    String,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    select,
    union_all,
)

from hub.store.one_hop import OneHop
from hub.store.tables.people import AGENCY_LINK, PERSON, PERSON_SOURCE

BETWEEN: Final = "/"
"""Stands between the marks of two entries; no id, version or label has one."""


class At(NamedTuple):
    """A row of the whole read: a person's link, or who ``superseded_by`` was.

    Where ``status`` is none, the person was once known by the id in ``superseded_by``.
    """

    person_id: str
    status: str | None
    labels: str
    superseded_by: str | None
    id: str | None
    source_id: str
    service: str
    key_ct: bytes
    local_ct: bytes
    entry_labels: str
    version: int


class Mark(NamedTuple):
    """How a person stands, and the id, version and labels of each entry that is theirs.

    An id is never given again, whatever became of its entry; a number may be, where a database was put back.
    Whatever else is known of an entry changes with its version alone. Where ``status`` is none, the person was once
    known by the id in ``superseded_by``.
    """

    person_id: str
    status: str | None
    labels: str | None
    superseded_by: str | None
    entries: frozenset[str]


_WHO = (PERSON.c.id.label("person_id"), PERSON.c.status, PERSON.c.labels, PERSON.c.superseded_by)
_OF = PERSON_SOURCE.c
_ENTRY = (
    _OF.id,
    _OF.source_id,
    _OF.service,
    _OF.key_ct,
    _OF.local_ct,
    _OF.labels.label("entry_labels"),
    _OF.version,
)
_SPACE = literal_column("' '", String())
_MARKED = _OF.id + _SPACE + cast(_OF.version, String) + _SPACE + _OF.labels
_ENTRIES_MARKED = func.aggregate_strings(
    _MARKED,
    literal_column(f"'{BETWEEN}'"),  # type: ignore[arg-type] # a str would become a parameter: OneHop has people alone
)


@lru_cache(maxsize=256)
def people_read(dialect: Dialect, count: int) -> OneHop:
    """Write the whole read for so many people, named ``p0``, ``p1`` and so on: a row a link."""
    wanted = _wanted(count)
    return OneHop(union_all(_linked(*_WHO, *_ENTRY).where(wanted), _earlier(wanted, len(_ENTRY))), dialect)


@lru_cache(maxsize=256)
def marks_read(dialect: Dialect, count: int) -> OneHop:
    """Write the read of their marks: a row a person."""
    wanted = _wanted(count)
    marks = _linked(*_WHO, _ENTRIES_MARKED).where(wanted).group_by(PERSON.c.id)  # its key: what is there of it is one
    return OneHop(union_all(marks, _earlier(wanted, 1)), dialect)


def marks_of(rows: Iterable[Any]) -> frozenset[Mark]:
    """Give the marks that the read of marks gave."""
    return frozenset(
        [Mark(row[0], row[1], row[2], row[3], frozenset(row[4].split(BETWEEN) if row[4] else ())) for row in rows]
    )


def marks_in(rows: Iterable[At]) -> frozenset[Mark]:
    """Give the marks of what the whole read gave: those that the read of marks gives if nothing has changed."""
    found: dict[tuple[str, str | None, str | None, str | None], set[str]] = {}
    for row in rows:
        entries = found.setdefault(row[:4], set())
        if row.id is not None:
            entries.add(f"{row.id} {row.version} {row.entry_labels}")
    return frozenset([Mark(*who, frozenset(entries)) for who, entries in found.items()])


def _wanted(count: int) -> ColumnElement[bool]:
    return PERSON.c.id.in_([bindparam(f"p{n}") for n in range(count)])


def _linked(*columns: ColumnElement[Any]) -> Select[Any]:
    link = (AGENCY_LINK.c.person_id == PERSON.c.id) & AGENCY_LINK.c.ended_at.is_(None)
    entries = PERSON.join(AGENCY_LINK, link, isouter=True)
    return select(*columns).select_from(
        entries.join(PERSON_SOURCE, PERSON_SOURCE.c.id == AGENCY_LINK.c.entry_id, isouter=True)
    )


def _earlier(wanted: ColumnElement[bool], more: int) -> Select[Any]:
    """Give whose place persons took, and whose place those took: UNION ends even a circle."""
    older = PERSON.alias("older")
    first = select(PERSON.c.id.label("now"), older.c.id.label("earlier")).join(
        older, older.c.superseded_by == PERSON.c.id
    )
    lead = first.where(wanted).cte("lead", recursive=True)
    oldest = PERSON.alias("oldest")
    lead = lead.union(select(lead.c.now, oldest.c.id).join(oldest, oldest.c.superseded_by == lead.c.earlier))
    return select(lead.c.now, null(), null(), lead.c.earlier, *(null() for _ in range(more)))
