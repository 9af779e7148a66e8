"""Step 5: release. Every record passes here once more: only asked and permitted fields of the right type leave.

Records are checked by the tuple of their values' types: one look-up a record where all is well, so that the cost
grows with records and not with rules.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from hub.answer.shapes import BY_NAME, NOTHING, SHAPES, TEXT, Shape
from policies.decide import ServiceMask
from policies.masks import apply_mask
from policies.verdicts import Decision, Verdict
from policies.vocabulary import Duty
from schema.fields import RECORDS, FieldId, RecordName
from schema.labels import Label
from schema.records import Provenance, Record
from schema.tables import Stamp


@dataclass(frozen=True, slots=True)
class _Plan:
    """What to do with a record whose values have certain types: places to clear, lists to look into, fields shown."""

    clear: tuple[int, ...]
    look: tuple[int, ...]
    shown: frozenset[FieldId]


@lru_cache(maxsize=4096)
def _plan(name: RecordName, held: tuple[type, ...], allowed: frozenset[FieldId]) -> _Plan:
    shape = BY_NAME[name]
    clear, look, shown = [], [], []
    for place, (fid, kind) in enumerate(zip(shape.ids, held, strict=True)):
        if kind is NOTHING:
            continue
        if fid not in allowed or kind not in shape.types[place]:
            clear.append(place)
            continue
        shown.append(fid)
        if shape.items[place] is not None:
            look.append(place)
    return _Plan(tuple(clear), tuple(look), frozenset(shown))


@dataclass(frozen=True, slots=True)
class Scope:
    """What was decided and asked, for every record alike: the fields that may leave, and of which only a part may.

    ``own`` are the kinds of record with such a field of their own; ``wanted`` those and the kinds they travel in.
    """

    allowed: frozenset[FieldId]
    masked: frozenset[FieldId]
    own: frozenset[RecordName]
    wanted: frozenset[RecordName]


@lru_cache(maxsize=1024)
def scope_of(mask: ServiceMask, asked: frozenset[FieldId]) -> Scope:
    """Read a mask once, for every record it decides on."""
    allowed = asked & mask.permitted
    masked = frozenset(fid for fid in mask.permitted if mask.decide(fid).verdict is Verdict.MASK)
    own = frozenset(name for name, shape in BY_NAME.items() if not allowed.isdisjoint(shape.ids))
    outer = (name for name, shape in BY_NAME.items() if any(inner in own for _, inner in shape.parts))
    return Scope(allowed, masked & allowed, own, own.union(outer))


@dataclass(slots=True)
class Released:
    """What left one source for one person: records, the fields shown, what was held back, and what made no sense.

    ``owner_told`` says that a record's own labels make it a duty to tell its owner that it was seen.
    """

    records: list[Record] = field(default_factory=list)
    shown: set[FieldId] = field(default_factory=set)
    held_back: dict[FieldId, Decision] = field(default_factory=dict)
    wrong_types: set[FieldId] = field(default_factory=set)
    unreadable: int = 0
    owner_told: bool = False


class Releaser:
    """Releases one source's records for one person under one mask."""

    def __init__(
        self, mask: ServiceMask, asked: frozenset[FieldId], provenance: Provenance, opaque: Callable[[str], str] | None
    ) -> None:
        """Take what was decided and asked; ``opaque`` makes record ids, where they were selected."""
        self._given = mask, asked, provenance, opaque
        self._mask = mask
        self.scope = scope_of(mask, asked)
        self._allowed, self._masked = self.scope.allowed, self.scope.masked
        self.stamp = Stamp(provenance, opaque)
        self.out = Released()

    def anew(self) -> "Releaser":
        """Give another for the next person, under the same mask."""
        return Releaser(*self._given)

    def release(self, records: Sequence[Record]) -> Released:
        """Release what may be; a record whose existence may not be told is left out whole."""
        for record in records:
            shape = SHAPES.get(type(record))
            if shape is None:
                self.out.unreadable += 1
            elif shape.name not in self.scope.wanted:
                self.out.wrong_types.add(FieldId(shape.name))  # a kind of record that was not asked for
            elif self._pass(record, shape, frozenset()):
                self.out.records.append(record)
        return self.out

    def _pass(self, record: Record, shape: Shape, outer: frozenset[Label]) -> bool:
        if not _sound(record):
            self.out.unreadable += 1
            return False
        for name in shape.ours:
            setattr(record, name, None)
        labels = record.labels | outer if outer else record.labels
        plan = self._scrub(record, shape)
        shown = True
        if labels:
            shown = self._label(record, shape, labels)
        elif self._masked:
            self._mask_values(record, shape)
        if shape.parts:
            shown = self._parts(record, shape, labels) or shown
        if not labels:
            self.out.shown |= plan.shown
        self.stamp.on((record,))
        return shown

    def _scrub(self, record: Record, shape: Shape) -> _Plan:
        """Clear every field that was not both asked and permitted, or is of the wrong type."""
        values = shape.values(record)
        plan = _plan(shape.name, tuple(map(type, values)), self._allowed)
        for place in plan.clear:
            if shape.ids[place] in self._allowed:
                self.out.wrong_types.add(shape.ids[place])
            setattr(record, shape.names[place], None)
        for place in plan.look:
            value, item = values[place], shape.items[place]
            if not (isinstance(value, list) and all(type(v) is item for v in value)):
                self.out.wrong_types.add(shape.ids[place])
                setattr(record, shape.names[place], None)
        return plan

    def _label(self, record: Record, shape: Shape, labels: frozenset[Label]) -> bool:
        """Decide again what only this record's labels could tell, existence included; true where anything is left."""
        left = False
        for fid, name, value in zip(shape.ids, shape.names, shape.values(record), strict=True):
            if value is None:
                continue
            decision = self._mask.decide(fid, labels)
            if decision.verdict is not Verdict.PERMIT:
                masked = decision.mask if decision.verdict is Verdict.MASK else None
                value = apply_mask(masked, value) if masked else None  # noqa: PLW2901 -- the value that leaves
                setattr(record, name, value)
                if decision.verdict is not Verdict.OMIT:
                    self.out.held_back.setdefault(fid, decision)
            if value is not None:
                self.out.shown.add(fid)
                self.out.owner_told = self.out.owner_told or Duty.NOTIFY_OWNER in decision.duties
                left = True
        return left

    def _mask_values(self, record: Record, shape: Shape) -> None:
        for fid, name in zip(shape.ids, shape.names, strict=True):
            if fid in self._masked and (value := getattr(record, name)) is not None:
                mask = self._mask.decide(fid).mask
                setattr(record, name, apply_mask(mask, value) if mask else None)

    def _parts(self, record: Record, shape: Shape, labels: frozenset[Label]) -> bool:
        """Release the records inside; true where any is left."""
        any_left = False
        for _, name, inner, many in shape.within:
            held = getattr(record, name)
            if held is None:
                continue
            inner_shape = BY_NAME[inner]
            if inner not in self.scope.own:
                setattr(record, name, None)
                continue
            if isinstance(held, list) is not many:  # a list in the place of one, or one in that of a list
                self.out.wrong_types.add(FieldId(inner))
                setattr(record, name, None)
                continue
            fitting = [one for one in (held if many else [held]) if type(one) is RECORDS[inner]]
            if len(fitting) < (len(held) if many else 1):  # something else stands among them, and is left out
                self.out.wrong_types.add(FieldId(inner))
            left = [one for one in fitting if self._pass(one, inner_shape, labels)]
            setattr(record, name, left if many else (left[0] if left else None))
            any_left = any_left or bool(left)
        return any_left


def _sound(record: Record) -> bool:
    """Say whether what a record is told apart and protected by is of its type; if not, it is not released at all."""
    return (
        type(record.id) is str and type(record.labels) is frozenset and type(getattr(record, "local_id", None)) in TEXT
    )


def opaque_ids(secret: bytes, source: str) -> Callable[[str], str]:
    """Make opaque record ids: the same record, the same id; the source's own id cannot be read from it."""
    keyed = hashlib.blake2b(source.encode(), key=secret[:32], digest_size=12)

    def opaque(local: str) -> str:
        one = keyed.copy()
        one.update(local.encode("utf-8", "replace"))
        return one.hexdigest()

    return opaque


def stamp(source: str, service: Any, name: str, as_of: datetime | None, now: datetime) -> Provenance:
    """Make the provenance one source's records share."""
    return Provenance(source=source, service=service, name=name, as_of=as_of, retrieved_at=now)
