"""The words as GraphQL spells them: each kind of record's fields and inner records, and where each stands in a person.

Read from the schema itself, so that a field added there is asked for and read here without a line of code.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Any, get_args, get_origin

from connectors.mapping.fields import field_type
from schema.fields import CATALOGUE, RECORDS, FieldId, RecordName
from schema.person import PARTS, Person
from schema.sizes import ListSize

UNSAID = 10
"""How many a list is taken to hold that does not say (``hub/graphql/cost.py``)."""


@dataclass(frozen=True, slots=True)
class Word:
    """A governed field: its name here, its name in GraphQL, and the type of its values."""

    id: FieldId
    name: str
    spelt: str
    kind: Any


@dataclass(frozen=True, slots=True)
class Inner:
    """Records inside a record: one, or a list taken to be so long."""

    name: str
    spelt: str
    record: RecordName
    many: bool
    size: int


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of record."""

    make: type[Any]
    words: tuple[Word, ...]
    inner: tuple[Inner, ...]


def spelt(name: str) -> str:
    """Spell a name as GraphQL does."""
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)


def _size(cls: type[Any], name: str) -> int:
    definition = cls.__strawberry_definition__
    found = next(f for f in definition.fields if f.python_name == name)
    return next((d.assumed_size for d in found.directives if isinstance(d, ListSize)), UNSAID)


def _inner(cls: type[Any], field: dataclasses.Field[Any]) -> Inner:
    declared = next(a for a in get_args(cls.__annotations__[field.name]) if a is not NoneType)
    many = get_origin(declared) is list
    record = get_args(declared)[0] if many else declared
    size = _size(cls, field.name) if many else 1
    return Inner(field.name, spelt(field.name), RecordName(record.__name__), many, size)


def _shape(name: RecordName, cls: type[Any]) -> Shape:
    words = tuple(
        Word(FieldId(f"{name}.{f.name}"), f.name, spelt(f.name), field_type(cls, f.name))
        for f in dataclasses.fields(cls)
        if "held" in f.metadata
    )
    return Shape(cls, words, tuple(_inner(cls, f) for f in dataclasses.fields(cls) if "part" in f.metadata))


SHAPES: Mapping[RecordName, Shape] = {name: _shape(name, cls) for name, cls in RECORDS.items()}
"""Every kind of record."""

LISTS: Mapping[str, tuple[RecordName, int]] = {part: (record, _size(Person, part)) for part, record in PARTS.items()}
"""The lists of a person: the kind of record each holds, and how long it is taken to be."""


def _paths() -> dict[str, FieldId]:
    places = {record: part for part, record in PARTS.items()}
    for shape in SHAPES.values():
        outer = RecordName(shape.make.__name__)
        places |= {inner.record: f"{places[outer]}.{inner.spelt}" for inner in shape.inner}
    return {f"{places[held.record]}.{spelt(held.name)}": fid for fid, held in CATALOGUE.items()}


PATHS: Mapping[str, FieldId] = _paths()
"""Each governed field by where it stands in a person, as ``withheld`` names it."""
