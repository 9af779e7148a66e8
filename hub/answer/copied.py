"""Records once more, with the records inside them: release clears and stamps what it is given."""

import copy
from collections.abc import Sequence
from typing import TypeVar

from hub.answer.shapes import SHAPES
from schema.rows import parts_of, still_rows, together

R = TypeVar("R")


def copied(records: Sequence[R]) -> Sequence[R]:
    """Give records to be written on; rows that nobody has looked at are given once more as they are."""
    return together(part.again() if still_rows(part) else tuple(map(_copied, part)) for part in parts_of(records))


def _copied(record: R) -> R:
    """Give a record to be written on; what is no record of ours is given back, for release to refuse."""
    shape = SHAPES.get(type(record))
    if shape is None:
        return record
    again = copy.copy(record)
    for name, _ in shape.parts:
        held = getattr(again, name)
        setattr(again, name, [_copied(one) for one in held] if isinstance(held, list) else _copied(held))
    return again
