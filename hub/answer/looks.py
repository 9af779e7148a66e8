"""What is shown of records that leave just as they are: settled once for each combination of their values' types.

Records are looked at column by column, each step one call for all of them: those that are made, and those that are
still rows of a table. A label, a value of the wrong type, a field that was not asked or that may be shown in part
alone: of whatever has one there is no such thing to say, and it is to be released record by record.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import Any, NamedTuple

from hub.answer.release import Scope
from hub.answer.shapes import BY_NAME, NOTHING, SHAPES, Shape
from schema.building import defaults
from schema.fields import RECORDS, FieldId, RecordName
from schema.rows import Rows, still_rows
from schema.tables import Table

Shown = frozenset[FieldId]
Look = Shown | None
"""The fields shown of what leaves just as it is; none of what is to be released record by record."""

_EMPTY: Shown = frozenset()
_FEW = 4
"""Records up to which it is quicker to look at each than at their columns."""
_LABELS = 1
"""Where a record's labels stand in what ``Shape.whole`` gives."""


class _Kinds(NamedTuple):
    """What a combination of types means: the fields shown, and which of the values are lists of what."""

    shown: Shown
    lists: tuple[tuple[int, type], ...]


def looks_at(parts: Sequence[Sequence[Any]], scope: Scope) -> Sequence[Look]:
    """Look at parts of answers, each of one person, and touch nothing."""
    made = [part for part in parts if not still_rows(part)]
    looks = _united(made, _looks(list(chain.from_iterable(made)), scope, scope.wanted), [_EMPTY] * len(made))
    if len(made) == len(parts):
        return looks
    each, rows = iter(looks), _of_rows([part for part in parts if still_rows(part)], scope)
    return [next(rows) if still_rows(part) else next(each) for part in parts]


def united(answers: Sequence[Sequence[Sequence[Any]]], looks: Sequence[Look]) -> Sequence[Look]:
    """Give for each answer what is shown of all its parts."""
    return _united(answers, looks, [_EMPTY] * len(answers))


def _of_rows(parts: Sequence[Rows], scope: Scope) -> Iterator[Look]:
    """Look at rows of tables: those of one table together, and no others of it."""
    tables: dict[int, list[Rows]] = {}
    for part in parts:
        tables.setdefault(id(part.table), []).append(part)
    looks = {number: iter(_of_one_table(its, scope)) for number, its in tables.items()}
    return (next(looks[id(part.table)]) for part in parts)


def _of_one_table(parts: Sequence[Rows], scope: Scope) -> Sequence[Look]:
    places = [part.places for part in parts]
    whose = places[0] if len(parts) == 1 else list(chain.from_iterable(places))
    return _united(places, _of_table(parts[0].table.some(whose), scope, scope.wanted), [_EMPTY] * len(parts))


def _of_table(table: Table, scope: Scope, wanted: frozenset[RecordName]) -> Sequence[Look]:
    """Look at the rows of a table as at the records that would be made of them."""
    shape = SHAPES.get(table.kind)
    if shape is None or shape.name not in wanted or not _plain(table, shape):
        return [None] * table.size
    own = defaults(table.kind)
    columns = [
        _held(table, name) if name in table.within else table.columns.get(name) or [own.get(name)] * table.size
        for name in shape.told
    ]
    looks = _of_columns(columns, shape, scope)
    for _, name, inner, _ in shape.within:
        if name in table.within and inner in scope.own:
            within = table.within[name]
            looks = _united(list(map(range, within.counts)), _of_table(within.table, scope, frozenset({inner})), looks)
    return looks


def _plain(table: Table, shape: Shape) -> bool:
    """Say whether a table has nothing but what a record of its kind may be given by a source, where it belongs."""
    parts = {name: (RECORDS[inner], many) for _, name, inner, many in shape.within}
    return table.columns.keys() <= shape.own and all(
        parts.get(name) == (within.table.kind, within.many) for name, within in table.within.items()
    )


def _held(table: Table, name: str) -> Sequence[Any]:
    """Give for each row what stands for the records in it: it counts here only whether there are any."""
    within = table.within[name]
    if within.many:
        return [[]] * table.size
    one = within.table.kind()
    return [one if count else None for count in within.counts]


def _looks(records: Sequence[Any], scope: Scope, wanted: frozenset[RecordName]) -> Sequence[Look]:
    """Look at records of any kind, and touch none."""
    kinds = set(map(type, records))
    if len(kinds) == 1:
        return _alike(records, SHAPES.get(kinds.pop()), scope, wanted)
    alike = {kind: [record for record in records if type(record) is kind] for kind in kinds}
    each = {kind: iter(_alike(some, SHAPES.get(kind), scope, wanted)) for kind, some in alike.items()}
    return [next(each[type(record)]) for record in records]


def _alike(records: Sequence[Any], shape: Shape | None, scope: Scope, wanted: frozenset[RecordName]) -> Sequence[Look]:
    if shape is None or shape.name not in wanted:
        return [None] * len(records)
    columns = list(zip(*map(shape.whole, records), strict=True))
    looks = _of_columns(columns, shape, scope)
    for place, _, inner, many in shape.within:
        if inner in scope.own:
            looks = _with_parts(looks, columns[place], inner, scope, many=many)
    return looks


def _of_columns(columns: Sequence[Sequence[Any]], shape: Shape, scope: Scope) -> Sequence[Look]:
    kinds, known = _kinds_of(columns, shape.name, scope)
    looks: Sequence[Look] = [kind and kind.shown for kind in kinds]
    if any(columns[_LABELS]):
        looks = [None if labels else look for labels, look in zip(columns[_LABELS], looks, strict=True)]
    for place, item in {pair for kind in known if kind for pair in kind.lists}:
        looks = [look if _lists(value, item) else None for look, value in zip(looks, columns[place], strict=True)]
    return looks


def _kinds_of(
    columns: Sequence[Sequence[Any]], name: RecordName, scope: Scope
) -> tuple[Sequence[_Kinds | None], Collection[_Kinds | None]]:
    """Give what the types of each record's values mean, and the same each once.

    A column of one type alone, as most are, is not gone through again.
    """
    if len(columns[0]) < _FEW:
        rows = [tuple(map(type, row)) for row in zip(*columns, strict=True)]
        few = {row: _kinds(name, row, scope) for row in rows}
        return [few[row] for row in rows], few.values()
    types = [set(map(type, column)) for column in columns]
    mixed = [place for place, some in enumerate(types) if len(some) > 1]
    first = [next(iter(some)) for some in types]
    if not mixed:
        only = [_kinds(name, tuple(first), scope)]
        return only * len(columns[0]), only
    each = list(zip(*[list(map(type, columns[place])) for place in mixed], strict=True))
    known = {}
    for some in set(each):
        for place, kind in zip(mixed, some, strict=True):
            first[place] = kind
        known[some] = _kinds(name, tuple(first), scope)
    return [known[some] for some in each], known.values()


def _with_parts(
    looks: Sequence[Look], held: Sequence[Any], inner: RecordName, scope: Scope, *, many: bool
) -> Sequence[Look]:
    """Add what is shown of the records inside; nothing is looked into of what is not left as it is anyhow."""
    parts = [
        () if part is None or look is None else part if many else (part,)
        for part, look in zip(held, looks, strict=True)
    ]
    return _united(parts, _looks(list(chain.from_iterable(parts)), scope, frozenset({inner})), looks)


def _united(groups: Sequence[Sequence[Any]], looks: Sequence[Look], own: Sequence[Look]) -> Sequence[Look]:
    """Give for each group what is shown of its own and of all in it; none where one of them is none."""
    if len(set(own)) == 1 and len(set(looks)) == 1 and all(groups):
        return [_one(frozenset({own[0], looks[0]}))] * len(groups)
    each = iter(looks)
    return [_one(frozenset({first, *islice(each, len(group))})) for group, first in zip(groups, own, strict=True)]


@lru_cache(maxsize=1024)
def _one(looks: frozenset[Look]) -> Look:
    return None if None in looks else _EMPTY.union(*(look for look in looks if look is not None))


def _lists(value: Any, item: type) -> bool:
    """Say whether a value is no list, or a list of the right items alone."""
    return type(value) is not list or all(type(one) is item for one in value)


@lru_cache(maxsize=4096)
def _kinds(name: RecordName, types: tuple[type, ...], scope: Scope) -> _Kinds | None:
    """Say what a combination of types shows; none where a record of it may not leave just as it is."""
    shape = BY_NAME[name]
    lead = len(shape.envelope)
    if any(kind not in fitting for kind, fitting in zip(types[:lead], shape.envelope, strict=True)):
        return None
    if any(types[place] is not NOTHING and inner not in scope.own for place, _, inner, _ in shape.within):
        return None
    held = [place for place, kind in enumerate(types[lead:]) if kind is not NOTHING]
    shown = frozenset(shape.ids[place] for place in held)
    if not shown <= scope.allowed - scope.masked or any(types[lead + n] not in shape.types[n] for n in held):
        return None
    return _Kinds(shown, tuple((lead + n, item) for n in held if (item := shape.items[n]) is not None))
