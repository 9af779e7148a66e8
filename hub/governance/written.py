"""What is written down by others: JSON read strictly, so that a half-written or doubtful file is refused whole."""

import json
from collections.abc import Sequence
from typing import NoReturn

LARGEST = 1_000_000
"""Bytes of the largest file read."""


class Unreadable(ValueError):
    """Tell whoever wrote it: something is wrong with a file, at a place; nothing of it was taken."""

    def __init__(self, place: str, why: str) -> None:
        """Keep the place beside the reason."""
        super().__init__(f"{place or 'the file'}: {why}")
        self.place = place
        self.why = why


def read_json(written: bytes) -> object:
    """Read one JSON document; Unreadable where it is cut short, says a thing twice or is no JSON (RFC 8259)."""
    if len(written) > LARGEST:
        raise Unreadable("", f"it is larger than {LARGEST} bytes")
    try:
        return json.loads(written.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise Unreadable("", "it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"line {error.lineno}, column {error.colno}", error.msg.lower()) from None
    except RecursionError:
        raise Unreadable("", "it is nested too deeply") from None


def _once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise Unreadable(name, "it is there twice: which is meant cannot be known")
        found[name] = value
    return found


def _no_constant(_: str) -> NoReturn:
    raise Unreadable("", "a number must be a number")
