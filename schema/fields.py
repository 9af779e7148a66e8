"""Governed fields: every one declares its kind of data, its sensitivity label and its meaning.

A field id is ``Record.field_name`` in Python's spelling, such as ``Professional.phone``: rules,
mappings, asks and the audit ledger all use it. In GraphQL the same field is camel-cased and its
declaration is visible as ``@held(kind:, label:)`` with the meaning as description.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any, NewType, TypeVar

import strawberry
from strawberry.schema_directive import Location

from schema.kinds import Kind
from schema.labels import Label
from schema.sizes import sized

FieldId = NewType("FieldId", str)
"""``Record.field_name``: one governed field."""

RecordName = NewType("RecordName", str)
"""The name of a kind of record: ``Involvement``, ``Professional`` …"""


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    description="A governed field: released only where a rule permits this kind of data at this sensitivity.",
)
class Held:
    """The declaration of a governed field, printed in the schema."""

    kind: Kind
    label: Label


@dataclass(frozen=True, slots=True)
class HeldField:
    """One governed field as rules and connectors see it."""

    id: FieldId
    record: RecordName
    name: str
    kind: Kind
    label: Label
    means: str


def held(*, kind: Kind, means: str, label: Label = Label.ORDINARY) -> Any:
    """Declare a governed field: null unless a rule permits it and its source holds it."""
    return strawberry.field(
        description=means,
        directives=[Held(kind=kind, label=label)],
        default=None,
        metadata={"held": (kind, label, means)},
    )


def part(*, means: str, size: int | None = None) -> Any:
    """Declare records inside a record: their own fields are what is governed; null where none may be shown.

    ``size`` is how many a list of them is taken to hold.
    """
    directives = [sized(size)] if size else []
    return strawberry.field(description=means, directives=directives, default=None, metadata={"part": True})


def envelope(*, means: str, default: Any = None) -> Any:
    """Declare what travels with a record and says where it is from; nothing of the child's."""
    return strawberry.field(description=means, default=default, metadata={"envelope": True})


CATALOGUE: dict[FieldId, HeldField] = {}
"""Every governed field there is, filled as the records are declared."""

RECORDS: dict[RecordName, type[Any]] = {}
"""Every kind of record there is."""

R = TypeVar("R", bound=type[Any])


class UndeclaredFieldError(TypeError):
    """A record's field is neither governed, a part nor its envelope: the schema refuses to load."""


def record(cls: R) -> R:
    """Register a kind of record; refuse one with a field that nobody declared."""
    name = RecordName(cls.__name__)
    for f in dataclasses.fields(cls):
        if "held" in f.metadata:
            kind, label, means = f.metadata["held"]
            fid = FieldId(f"{name}.{f.name}")
            CATALOGUE[fid] = HeldField(fid, name, f.name, kind, label, means)
        elif not {"part", "envelope"} & set(f.metadata):
            raise UndeclaredFieldError(f"{name}.{f.name} declares no kind of data: use held(), part() or envelope()")
    RECORDS[name] = cls
    return cls
