"""JSON read strictly: one object, no name twice, no NaN, not too deep. Two readers must never see two meanings."""

import json
from typing import Any, NoReturn


def read_object(text: bytes) -> dict[str, Any]:
    """Read a JSON object; ValueError, holding nothing of it, for anything else."""
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ValueError("not one JSON object")  # noqa: TRY004 -- what is wrong is the text given
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that says a name twice: RFC 7519 section 4 lets readers choose which counts."""
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a name twice")
    return read


def _refuse(_: str) -> NoReturn:
    raise ValueError("not a number")
