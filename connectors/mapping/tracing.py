"""Showing a mapping at work: for each field of a test person's rows, where it came from and what became of it.

For whoever writes a mapping, on their own screen. Nothing is traced unless it is asked for around one call, and what
is traced holds values: it is never logged, and its repr says none.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import jmespath
from jmespath.exceptions import JMESPathError

from connectors.mapping.block import STANDS_ALONE, Block
from connectors.mapping.making import telling
from connectors.mapping.paths import inner_rows
from connectors.mapping.people import People
from connectors.mapping.reading import Reader, Reading, Row
from schema.fields import FieldId


@dataclass(frozen=True, slots=True)
class Traced:
    """One field of one row: its paths in the resource, what stood there, what it became and why it was rejected."""

    name: FieldId
    resource: str
    row: int
    paths: tuple[str, ...]
    raw: tuple[Any, ...] = field(repr=False)
    value: Any = field(repr=False)
    rejected: tuple[str, ...] = ()


@dataclass(slots=True)
class Trace:
    """What was traced, and how many rows made no record: by resource, record and why."""

    fields: list[Traced] = field(default_factory=list)
    left_out: dict[tuple[str, str, str], int] = field(default_factory=dict)
    looked_through: list[tuple[People, Iterable[Row]]] = field(default_factory=list, repr=False)
    """Where somebody was looked for; nothing of a row is read out until it is known to be about them."""

    def who(self, people: People, rows: Iterable[Row]) -> None:
        """Note the rows a person is looked for among."""
        self.looked_through.append((people, rows))

    def identity_of(self, person: str, today: date) -> Iterator[Traced]:
        """Trace what says who one person is, in the rows that are about them and no others."""
        for people, rows in self.looked_through:
            fields = {FieldId(f"Identity.{name}"): reader for name, reader in people.readers()}
            for number, row in enumerate(rows, 1):
                if people.person.read(row, Reading(today)) == person:
                    yield from _traced(
                        Place(people.resource, number, "Identity"), fields, row, frozenset(fields), today
                    )

    def of(self, block: Block, rows: Iterable[Row], asked: frozenset[FieldId], today: date) -> None:
        """Trace one block over its rows."""
        for number, row in enumerate(rows, 1):
            if not all(condition.holds(row) for condition in block.when):
                self._leave_out(block.resource, block.record, "by `when`")
                continue
            for item in inner_rows(block.each, row):
                self._record(Place(block.resource, number, block.record), block.fields, item, asked, today)
                for part in block.parts:
                    for shape in part.shapes:
                        for inner in inner_rows(shape.each, item):
                            self._record(Place(block.resource, number, part.record), shape.fields, inner, asked, today)

    def _record(
        self, place: "Place", fields: Mapping[FieldId, Reader], row: Row, asked: frozenset[FieldId], today: date
    ) -> None:
        tells = {} if place.record in STANDS_ALONE else telling(fields, asked)
        if tells and all(reader.read(row, Reading(today)) is None for reader in tells.values()):
            self._leave_out(place.resource, place.record, "nothing there")
        else:
            self.fields.extend(_traced(place, fields, row, asked, today))

    def _leave_out(self, resource: str, record: str, why: str) -> None:
        place = (resource, record, why)
        self.left_out[place] = self.left_out.get(place, 0) + 1


class Place(NamedTuple):
    """A row of a resource, and the kind of record made of it."""

    resource: str
    row: int
    record: str


TRACE: ContextVar[Trace | None] = ContextVar("TRACE", default=None)
"""The trace being made, where somebody asked for one."""


@contextmanager
def tracing() -> Iterator[Trace]:
    """Trace every mapping that happens inside, in this task and the ones it starts."""
    trace = Trace()
    token = TRACE.set(trace)
    try:
        yield trace
    finally:
        TRACE.reset(token)


@contextmanager
def untraced() -> Iterator[None]:
    """Trace nothing of what happens inside: an index made of everybody is not about the person traced."""
    token = TRACE.set(None)
    try:
        yield
    finally:
        TRACE.reset(token)


def _traced(
    place: Place, fields: Mapping[FieldId, Reader], row: Row, asked: frozenset[FieldId], today: date
) -> Iterator[Traced]:
    for name, reader in fields.items():
        if name not in asked:
            continue
        reading = Reading(today)
        value = reader.read(row, reading)
        paths = tuple(sorted(reader.paths))
        codes = tuple(sorted({r.code for r in reading.rejected}))
        yield Traced(name, place.resource, place.row, paths, tuple(_raw(row, p) for p in paths), value, codes)


def _raw(row: Row, path: str) -> Any:
    if path in row:
        return row[path]
    try:
        return jmespath.search(path, row)
    except JMESPathError:
        return None
