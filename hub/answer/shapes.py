"""Shapes: what release knows of each kind of record, worked out once from how the schema declares it."""

import types
import typing
from collections.abc import Callable
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, Union, get_args, get_origin

from hub.answer.question import NESTED
from schema.fields import RECORDS, FieldId, RecordName

NOTHING = type(None)
TEXT: frozenset[type] = frozenset({str, NOTHING})
_ENVELOPE = frozenset({"id", "labels", "local_id", "provenance"})
"""What of its envelope a source fills, or what is written over below."""
_OWN: tuple[frozenset[type], ...] = (frozenset({str}), frozenset({frozenset}), TEXT)
"""The types of an id, labels and a local id."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of record: its governed fields in order, the types each may have, its nested records.

    ``ours`` is what of its envelope only the hub may fill: a source that fills it is not believed.
    """

    name: RecordName
    ids: tuple[FieldId, ...]
    names: tuple[str, ...]
    types: tuple[frozenset[type], ...]
    items: tuple[type | None, ...]
    values: Callable[[Any], tuple[object, ...]]
    parts: tuple[tuple[str, RecordName], ...]
    ours: tuple[str, ...]
    envelope: tuple[frozenset[type], ...]
    """The types of what ``whole`` gives before the governed fields: id, labels, local id where it has one, parts."""
    whole: Callable[[Any], tuple[object, ...]]
    told: tuple[str, ...]
    """The names of what ``whole`` gives."""
    own: frozenset[str]
    """The names of those that are no other records: all that a source may fill itself."""
    within: tuple[tuple[int, str, RecordName, bool], ...]
    """Where ``whole`` gives each part, its name, the kind of record inside, and whether it is a list of them."""


def _types(annotation: Any) -> tuple[frozenset[type], type | None]:
    """Give the exact types a field may have, and its items' type where it is a list."""
    options = get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)
    plain = frozenset(get_origin(o) or o for o in options)
    items = [get_args(o)[0] for o in options if get_origin(o) is list]
    return plain | {NOTHING}, items[0] if items else None


def _shape(name: RecordName) -> Shape:
    cls = RECORDS[name]
    hints = typing.get_type_hints(cls, localns=_lazy())
    governed = [f.name for f in fields(cls) if "held" in f.metadata]
    allowed = [_types(hints[n]) for n in governed]
    ours = tuple(f.name for f in fields(cls) if "envelope" in f.metadata and f.name not in _ENVELOPE)
    parts = tuple(NESTED.get(name, {}).items())
    held = [(n, inner, list in _types(hints[n])[0]) for n, inner in parts]
    own = ("id", "labels", *(("local_id",) if "local_id" in hints else ()))
    return Shape(
        name=name,
        ids=tuple(FieldId(f"{name}.{n}") for n in governed),
        names=tuple(governed),
        types=tuple(a for a, _ in allowed),
        items=tuple(i for _, i in allowed),
        values=attrgetter(*governed),
        parts=parts,
        ours=ours,
        envelope=(
            *_OWN[: len(own)],
            *(frozenset[type]({list if many else RECORDS[inner], NOTHING}) for _, inner, many in held),
        ),
        whole=attrgetter(*own, *(n for n, _ in parts), *governed),
        told=(*own, *(n for n, _ in parts), *governed),
        own=frozenset((*own, *governed)),
        within=tuple((len(own) + place, *part) for place, part in enumerate(held)),
    )


def _lazy() -> dict[str, object]:
    from schema.person import Person

    return {"Person": Person}


SHAPES: dict[type, Shape] = {cls: _shape(name) for name, cls in RECORDS.items()}
BY_NAME = {shape.name: shape for shape in SHAPES.values()}
