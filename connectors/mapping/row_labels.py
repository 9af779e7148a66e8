"""Labels a row carries: the source's own markers, turned into the schema's."""

from collections.abc import Callable, Mapping
from typing import Any

from connectors.mapping.paths import Get, path_getter
from connectors.mapping.reading import Row
from connectors.mapping.scalars import as_text, clean, member
from connectors.mapping.wrong import Where
from schema.labels import Label

Labels = Callable[[Row], frozenset[Label]]

_NONE = frozenset[Label]()


def compile_labels(spec: Any, where: Where) -> tuple[Labels, frozenset[str]]:
    """Compile tables of ``{path, codes, otherwise}`` or ``{constant}`` into one reader.

    ``otherwise`` is the label of a marker nobody listed; without it a marker not listed says nothing.
    """
    always: set[Label] = set()
    marks: list[tuple[Get, Mapping[str, Label], Label | None]] = []
    paths: set[str] = set()
    for table in where.tables(spec):
        where.only(table, ("path", "codes", "otherwise", "constant"))
        if "constant" in table:
            always.add(member(table["constant"], where.at("constant"), Label))
            continue
        path = where.at("path").text(table.get("path"))
        listed = where.at("codes").table(table.get("codes", {}))
        codes = {raw.casefold(): member(name, where.at("codes"), Label) for raw, name in listed.items()}
        rest = member(table["otherwise"], where.at("otherwise"), Label) if "otherwise" in table else None
        marks.append((path_getter(path, where), codes, rest))
        paths.add(path)
    return _reader(frozenset(always), tuple(marks), where.nulls), frozenset(paths)


def _reader(
    always: frozenset[Label],
    marks: tuple[tuple[Get, Mapping[str, Label], Label | None], ...],
    nulls: frozenset[str],
) -> Labels:
    def read(row: Row) -> frozenset[Label]:
        found = always
        for get, codes, rest in marks:
            value = clean(get(row), nulls)
            values = value if isinstance(value, list) else [] if value is None else [value]
            labels = (codes.get(str(as_text(v)).casefold(), rest) for v in values)
            found |= {label for label in labels if label is not None}
        return found or _NONE

    return read
