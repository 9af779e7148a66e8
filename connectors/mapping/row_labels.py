"""Labels a row carries: the source's own markers, turned into the schema's."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from connectors.mapping.columns import each_that_differs, values_of
from connectors.mapping.paths import path_getter
from connectors.mapping.reading import Reader, Reading, Row
from connectors.mapping.scalars import as_text, clean, member
from connectors.mapping.wrong import Where
from schema.labels import Label

Tell: TypeAlias = Callable[[Any], frozenset[Label]]
"""Gives the labels that a marker, or a list of them, stands for."""


def compile_labels(spec: Any, where: Where) -> Reader:
    """Compile tables of ``{path, codes, otherwise}`` or ``{constant}`` into one reader.

    ``otherwise`` is the label of a marker nobody listed; without it a marker not listed says nothing.
    """
    always: set[Label] = set()
    marks: list[tuple[str, Tell]] = []
    for table in where.tables(spec):
        where.only(table, ("path", "codes", "otherwise", "constant"))
        if "constant" in table:
            always.add(member(table["constant"], where.at("constant"), Label))
            continue
        path = where.at("path").text(table.get("path"))
        listed = where.at("codes").table(table.get("codes", {}))
        codes = {raw.casefold(): member(name, where.at("codes"), Label) for raw, name in listed.items()}
        rest = member(table["otherwise"], where.at("otherwise"), Label) if "otherwise" in table else None
        marks.append((path, _tell(codes, rest, where.nulls)))
    return _reader(frozenset(always), marks, where)


def _tell(codes: Mapping[str, Label], rest: Label | None, nulls: frozenset[str]) -> Tell:
    def tell(value: Any) -> frozenset[Label]:
        value = clean(value, nulls)
        values = value if isinstance(value, list) else [] if value is None else [value]
        labels = (codes.get(str(as_text(v)).casefold(), rest) for v in values)
        return frozenset(label for label in labels if label is not None)

    return tell


def _reader(always: frozenset[Label], marks: Sequence[tuple[str, Tell]], where: Where) -> Reader:
    one = [(path_getter(path, where), tell) for path, tell in marks]
    many = [(values_of(path, where), tell) for path, tell in marks]

    def read(row: Row, _reading: Reading) -> frozenset[Label]:
        return always.union(*(tell(get(row)) for get, tell in one))

    def column(rows: Sequence[Row], _reading: Reading) -> list[frozenset[Label]]:
        told = [each_that_differs(values(rows), tell) for values, tell in many]
        return [always.union(*labels) for labels in zip(*told, strict=True)] if told else [always] * len(rows)

    return Reader(read, frozenset(path for path, _ in marks), column)
