"""Outcome columns: JSON as text, often concatenated by hand, with free text as the last member.

A System C build does not escape COMMENTS and clamps the column's length, so invalid JSON is expected. The flags
are read from before COMMENTS only: what somebody wrote can never look like an outcome.
"""

import re
from dataclasses import dataclass
from typing import Any

import orjson

_COMMENTS = re.compile(r'"COMMENTS"\s*:\s*', re.IGNORECASE)
_FLAG = re.compile(r'"([A-Z0-9_]+?)_FLAG"\s*:\s*"([YN])"')
_TAIL = re.compile(r'"?\s*\}?\s*$')


@dataclass(frozen=True, slots=True)
class OutcomeText:
    """What an outcome column holds: its flags in words, and apart from them what was written."""

    flags: tuple[str, ...] = ()
    comments: str | None = None


def read_outcome(column: str | None) -> OutcomeText:
    """Read an outcome column, whether or not it is JSON."""
    if column is None:
        return OutcomeText()
    head, comments = _apart(column)
    flags = tuple(_words(name) for name, set_ in _FLAG.findall(head) if set_ == "Y")
    return OutcomeText(flags, comments)


def _apart(column: str) -> tuple[str, str | None]:
    found = _COMMENTS.search(column)
    if found is None:
        return column, None
    written = _parsed(column)
    if written is None:
        rest = column[found.end() :]
        written = _TAIL.sub("", rest[1:]) if rest.startswith('"') else None
    return column[: found.start()], (written or "").strip() or None


def _parsed(column: str) -> str | None:
    try:
        value: Any = orjson.loads(column)
    except orjson.JSONDecodeError:
        return None
    written = value.get("COMMENTS") if isinstance(value, dict) else None
    return written if isinstance(written, str) else None


def read_list(column: str | None) -> list[str]:
    """Read a column that should hold a JSON list of codes; codes in anything that looks like one are kept."""
    return re.findall(r"\b\d{1,2}[A-Z]\b", column or "")


def read_object(column: str | None) -> dict[str, str]:
    """Read a column that should hold a JSON object of texts; nothing where it does not."""
    try:
        value: Any = orjson.loads(column or "{}")
    except orjson.JSONDecodeError:
        return {}
    return (
        {k: v.strip() for k, v in value.items() if isinstance(v, str) and v.strip()} if isinstance(value, dict) else {}
    )


_KEPT = {"NFA": "No further action", "CIN PLAN": "Child in need plan", "CP PLAN": "Child protection plan"}


def _words(name: str) -> str:
    plain = name.replace("_", " ")
    said = _KEPT.get(plain, plain.capitalize())
    return said.replace("Cp ", "Child protection ")
