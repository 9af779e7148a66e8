"""Scalars: a raw value as text, as one of a closed list, as yes or no, as a list; and what counts as null."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from connectors.mapping.wrong import Where

NULLS = frozenset({"", "NULL", "null", "#N/A", "#n/a", "N/A", "n/a", "#REF!", "#VALUE!", "Not found", "NaN", "nan"})
"""Texts that mean nothing; exact case, because Null is a surname."""

UNREADABLE = object()
"""What a scalar reader gives for a value it cannot read."""

Scalar = Callable[[Any], Any]
"""Reads one raw, non-null value; UNREADABLE where it cannot."""


def clean(value: Any, nulls: frozenset[str]) -> Any:
    """Strip a text (no-break spaces too) and give none for one that means nothing."""
    if isinstance(value, str):
        value = value.strip()
        return None if value in nulls else value
    return None if value is None or value != value else value  # noqa: PLR0124 -- a NaN is not itself


def as_text(value: Any) -> Any:
    """Give a text as it is, leading zeros and all; a spreadsheet's 12.0 is 12."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(int(value)) if value == value.to_integral_value() else str(value)
    return str(value) if isinstance(value, int | float | UUID) else UNREADABLE


def as_member(kind: type[Enum]) -> Scalar:
    """Read a member of a closed list by its name, in any case."""
    members: dict[Any, Any] = {m.name.casefold(): m for m in kind}
    return lambda value: members.get(str(value).casefold(), UNREADABLE)


BOOLEANS = {"true": True, "yes": True, "y": True, "1": True, "false": False, "no": False, "n": False, "0": False}
"""Yes and no, as systems write them."""


def as_bool(value: Any) -> Any:
    """Read yes or no as systems write them."""
    return BOOLEANS.get(str(as_text(value)).casefold(), UNREADABLE)


def decoded(codes: Mapping[str, Any], where: Where, kind: type[Enum] | type[bool] | None) -> Scalar:
    """Compile a code list; raw codes in any case. An unknown code is unreadable, except for a text, which keeps it."""
    exact = {raw: _meaning(raw, meaning, where, kind) for raw, meaning in codes.items()}
    table = {raw.casefold(): meaning for raw, meaning in exact.items()}

    def read(value: Any) -> Any:
        if value.__class__ is str and value in exact:
            return exact[value]
        text = as_text(value)
        if text is UNREADABLE:
            return text
        return table.get(text.casefold(), text if kind is None else UNREADABLE)

    return read


def _meaning(raw: str, meaning: Any, where: Where, kind: type[Enum] | type[bool] | None) -> Any:
    if kind is None:
        return where.at(raw).text(meaning)
    if kind is bool:
        if not isinstance(meaning, bool):
            raise where.at(raw).wrong("must be true or false")
        return meaning
    return member(meaning, where.at(raw), kind)


def member(name: Any, where: Where, kind: type[Enum] | type[bool]) -> Any:
    """Look a member of a closed list up for a mapping; refuse one there is not."""
    names = {m.name: m for m in kind} if issubclass(kind, Enum) else {}
    if name not in names:
        raise where.no_such(kind.__name__, name, names)
    return names[name]
