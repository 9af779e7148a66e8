"""A whole version as one JSON file, for another hub or a drawer: its rules, its examples, and a digest over all of it.

Whoever reads one back gets a draft at most. What is cut off, altered or malformed is refused with its place.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from hub.governance.versions.errors import VersionRefused
from hub.governance.versions.example_cells import EXAMPLE_COLUMNS
from hub.governance.versions.version import MOST_RULES, Cells, Version
from policies.rows import COLUMNS

FORM: Final = "hub-policy-version-1"
MOST_BYTES: Final = 32 * 1024 * 1024
_NAMES: Final = ("form", "version", "parent", "reason", "made_at", "rules", "examples", "digest")
_SHOWN: Final = 20
"""How many faults are told of one file."""


def written(version: Version) -> bytes:
    """Give a version as a file's bytes; who wrote it stays at home."""
    told: dict[str, Any] = {
        "form": FORM,
        "version": version.id,
        "parent": version.parent,
        "reason": version.reason,
        "made_at": version.made_at.isoformat(),
        "rules": list(version.rules),
        "examples": list(version.examples),
    }
    return orjson.dumps({**told, "digest": _digest(told)}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def read_whole(content: bytes, where: str) -> tuple[tuple[Cells, ...], tuple[Cells, ...]]:
    """Give the cells of a file's rules and examples; VersionRefused says what is wrong with it and where."""
    if len(content) > MOST_BYTES:
        raise VersionRefused(f"{where}: it is larger than {MOST_BYTES // 1024 // 1024} MiB")
    try:
        told = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        message = f"{where} line {error.lineno} column {error.colno}: it is not whole, well-formed JSON"
        raise VersionRefused(message) from None
    faults = list(_shape_faults(told))
    if faults:
        more = [f"and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else []
        raise VersionRefused("; ".join(f"{where}: {fault}" for fault in (*faults[:_SHOWN], *more)))
    if told["digest"] != _digest({name: told[name] for name in _NAMES if name != "digest"}):
        raise VersionRefused(f"{where}: digest: it is not the digest of the rest; the file was changed")
    return tuple(told["rules"]), tuple(told["examples"])


def _shape_faults(told: object) -> Iterator[str]:
    if not isinstance(told, dict):
        yield "it is not a JSON object"
        return
    yield from (f"{name}: it is missing" for name in _NAMES if name not in told)
    yield from (f"{name}: there is no such part" for name in told if name not in _NAMES)
    if told.get("form") != FORM:
        yield f"form: it must be {FORM!r}"
    yield from _table_faults("rules", told.get("rules"), COLUMNS)
    yield from _table_faults("examples", told.get("examples"), EXAMPLE_COLUMNS)


def _table_faults(name: str, table: object, columns: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(table, list):
        yield f"{name}: it is not a list"
    elif len(table) > MOST_RULES:
        yield f"{name}: there are {len(table)}, and {MOST_RULES} at most are read"
    else:
        for place, cells in enumerate(table, 1):
            if not isinstance(cells, dict) or set(cells) != set(columns):
                yield f"{name} {place}: its columns must be {', '.join(columns)}"
            else:
                yield from (f"{name} {place} {c}: it is not text" for c, v in cells.items() if not isinstance(v, str))


def _digest(told: Mapping[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(dict(told), option=orjson.OPT_SORT_KEYS)).hexdigest()
