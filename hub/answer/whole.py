"""Release of many answers of one source together, where they leave just as they are; every other record by record.

What a record may show follows from the types of its values: that is settled once for each combination of them, for
all the people of a question. Whoever's answer has anything in it that does not leave as it is, it is released as if
theirs were the only one.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

from hub.answer.looks import Shown, looks_at, united
from hub.answer.release import Released, Releaser
from hub.answer.shapes import SHAPES
from schema.rows import Several, parts_of, still_rows
from schema.tables import Stamp


class AsItIs(NamedTuple):
    """One answer that left just as it was: its records, stamped, and the fields shown of them."""

    records: Sequence[Any]
    shown: Shown


def release_together(answers: Sequence[Sequence[Any]], releaser: Releaser) -> list[AsItIs | Released]:
    """Release what one source gave of some people, under one mask."""
    parts = [parts_of(answer) for answer in answers]
    every = list(chain.from_iterable(parts))
    looks = looks_at(every, releaser.scope)
    if len(every) > len(parts):
        looks = united(parts, looks)
    leaving = [part for its, look in zip(parts, looks, strict=True) if look is not None for part in its]
    _mark([record for part in leaving if not still_rows(part) for record in part], releaser.stamp)
    return [
        releaser.anew().release(answer) if look is None else AsItIs(_stamped(its, releaser.stamp), look)
        for answer, its, look in zip(answers, parts, looks, strict=True)
    ]


def _stamped(parts: Sequence[Sequence[Any]], stamp: Stamp) -> Sequence[Any]:
    """Give an answer with the stamp on what nobody has made records of."""
    stamped = [part.again(stamp) if still_rows(part) else part for part in parts]
    return stamped[0] if len(stamped) == 1 else Several(stamped)


def _mark(records: Sequence[Any], stamp: Stamp) -> None:
    """Put the stamp on every record, and on those inside."""
    for kind in set(map(type, records)):
        shape = SHAPES[kind]
        some: list[Any] = [record for record in records if type(record) is kind]
        stamp.on(some)
        for name in shape.ours:
            for record in some:
                setattr(record, name, None)
        for _, name, _, many in shape.within:
            held = [part for record in some if (part := getattr(record, name)) is not None]
            _mark(list(chain.from_iterable(held)) if many else held, stamp)
