"""One field's line of a mapping, compiled to a reader of rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import Enum
from inspect import get_annotations
from types import NoneType
from typing import Any, get_args

from connectors.mapping.columns import Values, codes, days, texts, values_of
from connectors.mapping.dates import calendar, date_reader, usual_reader
from connectors.mapping.paths import is_key, path_getter
from connectors.mapping.reading import Read, ReadColumn, Reader, Reading, Row, Settle, Value, constant
from connectors.mapping.scalars import BOOLEANS, UNREADABLE, Scalar, as_bool, as_member, as_text, clean, decoded, member
from connectors.mapping.wrong import Where

KEYS = ("path", "date", "codes", "constant", "join", "separator", "split")


def field_type(cls: type[Any], name: str) -> Any:
    """Say what a record's field holds: str, date, bool, list or a closed list."""
    declared = get_annotations(cls)[name]
    held = next((a for a in get_args(declared) if a is not NoneType), declared)
    return list if get_args(held) else held


def compile_field(spec: Any, kind: Any, where: Where) -> Reader:
    """Compile a field's path or table into a reader for its type."""
    if isinstance(spec, str):
        return _path_reader({"path": spec}, kind, where)
    table = where.table(spec)
    where.only(table, KEYS)
    chosen = [k for k in ("path", "constant", "join") if k in table]
    if len(chosen) != 1:
        raise where.wrong("needs exactly one of path, constant, join")
    if "constant" in table:
        return _constant_reader(table["constant"], kind, where)
    return _path_reader(table, kind, where) if "path" in table else _join_reader(table, kind, where)


def _constant_reader(value: Any, kind: Any, where: Where) -> Reader:
    fixed = where.at("constant")
    if isinstance(kind, type) and issubclass(kind, Enum):
        value = member(value, fixed, kind)
    elif not isinstance(value, kind):
        raise fixed.wrong(f"must be a {kind.__name__}")
    elif kind is list:
        value = list(fixed.texts(value))
    return constant(value)


_INSTEAD: Mapping[Any, str] = {date: ', date = "iso"', list: ', split = ";"', bool: ""}
"""What may stand beside a path for what is no text."""


def _join_reader(table: Mapping[str, Any], kind: Any, where: Where) -> Reader:
    where.only(table, ("join", "separator"))
    paths = where.at("join").texts(table["join"])
    if kind is not str:
        near = f'{{ path = "{paths[0]}"{_INSTEAD.get(kind, ", codes = …")} }}'
        raise where.wrong(f"a join makes a text, and this is a {kind.__name__}; did you mean {near}?")
    separator = where.at("separator").text(table.get("separator", " "))
    parts = tuple(_path_reader({"path": p}, str, where) for p in paths)
    reads = tuple(part.read for part in parts)

    def read(row: Row, reading: Reading) -> str | None:
        return separator.join(v for v in (part(row, reading) for part in reads) if v) or None

    def column(rows: Sequence[Row], reading: Reading) -> list[str | None]:
        columns = [part.every(rows, reading) for part in parts]
        return [separator.join(filter(None, held)) or None for held in zip(*columns, strict=True)]

    return Reader(read, frozenset(paths), column)


def _path_reader(table: Mapping[str, Any], kind: Any, where: Where) -> Reader:
    path = where.at("path").text(table["path"])
    if kind is list:
        return Reader(_list_read(path, table, where), frozenset({path}))
    get, key = path_getter(path, where), path if is_key(path, where) else None
    values = values_of(path, where)
    if kind is date:
        settle, column = _date(path, table, where, values)
        value = Value(get, key, settle)
    elif kind is str and "codes" not in table:
        if len(table) > 1:
            raise where.wrong("a text takes path, codes, join or constant")
        settle = _text(path, where)
        value, column = Value(get, key, settle, nulls=where.nulls), texts(values, settle, where.nulls)
    else:
        scalar, sure, code = _scalar(table, kind, where)
        settle, listed = _coded(path, scalar, code, where), _listed(sure, scalar, where.nulls)
        value, column = Value(get, key, settle, listed=listed), codes(values, settle, listed)

    def read(row: Row, reading: Reading) -> Any:
        return settle(get(row) if key is None else row.get(key), reading)

    return Reader(read, frozenset({path}), column, value)


def _coded(path: str, scalar: Scalar, code: str, where: Where) -> Settle:
    place, nulls = f"{where.resource}.{path}", where.nulls

    def settle(value: Any, reading: Reading) -> Any:
        if value.__class__ is str:
            value = value.strip()
            if value in nulls:
                return None
        elif value is None or (value := clean(value, nulls)) is None:
            return None
        value = scalar(value)
        if value is UNREADABLE:
            reading.reject(place, code)
            return None
        return value

    return settle


def _scalar(table: Mapping[str, Any], kind: Any, where: Where) -> tuple[Scalar, Iterable[str], str]:
    """Give what reads a code, the codes it surely reads, and what is said of one that it cannot."""
    where.only(table, ("path", "codes"))
    if "codes" in table:
        at, listed = where.at("codes"), None if kind is str else kind
        codes = at.table(table["codes"])
        return decoded(codes, at, listed), codes, "unknown-code"
    if kind is bool:
        return as_bool, BOOLEANS, "not-a-boolean"
    return as_member(kind), [one.name for one in kind], "unknown-code"


def _listed(codes: Iterable[str], scalar: Scalar, nulls: frozenset[str]) -> Mapping[str | None, Any]:
    """Read beforehand what needs no cleaning: the nulls, and the codes as they stand that no blanks are around."""
    listed: dict[str | None, Any] = dict.fromkeys((None, *nulls))
    return listed | {code: scalar(code) for code in codes if code == code.strip() and code not in nulls}


def _date(path: str, table: Mapping[str, Any], where: Where, values: Values) -> tuple[Settle, ReadColumn]:
    where.only(table, ("path", "date"))
    forms = where.at("date").texts(table.get("date", "iso"))
    to_date, usual = date_reader(forms, where.at("date")), usual_reader(forms)
    place, nulls = f"{where.resource}.{path}", where.nulls
    written = " ".join((*forms, *sorted(nulls)))
    known = calendar(forms[0])

    def settle(value: Any, reading: Reading) -> date | None:
        if value.__class__ is not str:
            return unusual(value, reading)
        known = reading.days[written]
        found = known.get(value)
        if found is None and value not in nulls:
            try:
                found = usual(value)
            except ValueError:
                found = None
            found = found or unusual(value, reading)
            if found is not None:
                known[value] = found
        return found

    def unusual(value: Any, reading: Reading) -> date | None:
        value = clean(value, nulls)
        if value is None:
            return None
        found = to_date(value)
        if found is None:
            reading.reject(place, "not-a-date")
        return found

    # A day may be among what means nothing at this source.
    return settle, days(values, settle, nulls, usual, written, known if nulls.isdisjoint(known) else {})


def _text(path: str, where: Where) -> Settle:
    place, nulls = f"{where.resource}.{path}", where.nulls

    def settle(value: Any, reading: Reading) -> str | None:
        if value.__class__ is str:
            value = value.strip()
            return None if value in nulls else value
        return None if value is None else odd(clean(value, nulls), reading)

    def odd(value: Any, reading: Reading) -> str | None:
        """Write a number, a day or an id as a text; a list or an object is none."""
        if value is None:
            return None
        text = as_text(value)
        if text is UNREADABLE:
            reading.reject(place, "not-text")
            return None
        return str(text)

    return settle


def _list_read(path: str, table: Mapping[str, Any], where: Where) -> Read:
    where.only(table, ("path", "split", "codes"))
    place = f"{where.resource}.{path}"
    get, nulls = path_getter(path, where), where.nulls
    split = where.at("split").text(table["split"]) if "split" in table else None
    codes = where.at("codes")
    decode = decoded(codes.table(table["codes"]), codes, None) if "codes" in table else as_text

    def read(row: Row, reading: Reading) -> list[str] | None:
        value = get(row)
        if isinstance(value, str):
            value = value.split(split) if split else [value]
        if value is None:
            return None
        if not isinstance(value, list):
            reading.reject(place, "not-a-list")
            return None
        return _texts(value, reading)

    def _texts(value: list[Any], reading: Reading) -> list[str] | None:
        found = [decode(v) for v in (clean(v, nulls) for v in value) if v is not None]
        if UNREADABLE in found:
            reading.reject(place, "not-text")
        return [str(v) for v in found if v is not UNREADABLE] or None

    return read
