"""JSON from an agency, read with suspicion before it is believed.

NUL and the length of numbers are checked on the bytes before they are parsed, depth and duplicate keys on what came of
them. The parser itself refuses NaN, infinities, lone surrogates, a byte order mark, anything not UTF-8, and what is
nested a thousand deep. Each check first asks a cheap question that an honest answer passes, and then the exact one.
"""

import gc
import re
from itertools import chain
from typing import TypeAlias

import orjson

from connectors.errors import SourceBroken

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""What JSON can say (RFC 8259)."""

_ESCAPE = re.compile(rb"\\(?:u0000|.)", re.DOTALL)
_NUL = rb"\u0000"
_NUL_OR_COLON = re.compile(rb"\\u00(?:00|3[aA])")
_LONGEST_NUMBER = 19
_ONE_BRACKET = bytes.maketrans(b"[]", b"{}")
_ONE_DIGIT = bytes.maketrans(b"123456789", b"000000000")
_NOT_STRUCTURE = bytes(set(range(256)) - set(b'"[]{}'))
_DIGITS_APART = 5
_SMALL = 4096
"""Of so few bytes brackets are counted sooner than what is in them is looked at."""


def read_json(raw: bytes, depth: int) -> Json:
    """Give the value; SourceBroken with a code, never with the text, when it is not safe to believe."""
    doubtful = b"\\" in raw and _NUL_OR_COLON.search(raw) is not None
    if doubtful and _NUL in _ESCAPE.findall(raw):
        raise SourceBroken("nul")
    if _number_too_long(raw):
        raise SourceBroken("number-too-long")
    value, broken = _parsed(raw)
    if not broken and _nested_within(raw, value, depth):
        if not _duplicate_key(raw, value, doubtful=doubtful):
            return value
        broken = "duplicate-key"
    # What a key given twice stood for first is dropped by a parser: how deep that went only the text says.
    raise SourceBroken("too-deep" if not broken or _deeper_than(raw, depth) else broken)


def _outside_strings(raw: bytes) -> bytes:
    """Leave what stands in no string: without what is escaped, every quotation mark begins or ends one."""
    return b"".join(_ESCAPE.sub(b"", raw).split(b'"')[::2])


def _number_too_long(raw: bytes) -> bool:
    """Refuse what a parser would turn into another number: more than nineteen digits in a row."""
    run = b"0" * (_LONGEST_NUMBER + 1)
    few = raw[::_DIGITS_APART].translate(_ONE_DIGIT)  # Of so many digits in a row every fifth is one, four times.
    if run[::_DIGITS_APART] not in few or run not in raw.translate(_ONE_DIGIT):
        return False
    return run in _outside_strings(raw).translate(_ONE_DIGIT)


def _deeper_than(raw: bytes, depth: int) -> bool:
    """Peel one level of brackets at a time: as many passes as there are levels, each at memory speed."""
    # Two marks side by side go without changing which brackets are inside a string.
    plain = _ESCAPE.sub(b"", raw).translate(_ONE_BRACKET, _NOT_STRUCTURE)
    left = _outside_strings(plain.replace(b'""', b""))
    for _ in range(depth):
        peeled = left.replace(b"{}", b"")
        if len(peeled) == len(left):
            return False
        left = peeled
    return bool(left)


def _nested_within(raw: bytes, value: Json, depth: int) -> bool:
    """Say whether lists and objects are nested no deeper than that, by counting them or level by level."""
    if len(raw) < _SMALL and raw.count(b"[") + raw.count(b"{") <= depth:
        return True
    objects, lists = list[dict[str, Json]](), [[value]]
    for _ in range(depth + 1):
        # The collector does not follow an object in which there is nothing to follow: no list and no other object.
        within = chain(*lists, *map(dict.values, filter(gc.is_tracked, objects)))
        inner = [held for held in within if held.__class__ is dict or held.__class__ is list]
        if not inner:
            return True
        objects = [held for held in inner if isinstance(held, dict)]
        lists = [held for held in inner if isinstance(held, list)] if len(objects) < len(inner) else []
    return False


def _duplicate_key(raw: bytes, value: Json, *, doubtful: bool) -> bool:
    """Count pairs in the text and in what was kept: a parser keeps one of two equal keys and drops the other."""
    kept = orjson.dumps(value)
    if kept == raw:  # as most systems write it
        return False
    if raw.count(b":") == kept.count(b":") and not doubtful:
        return False
    return _outside_strings(raw).count(b":") != _outside_strings(kept).count(b":")


def _parsed(raw: bytes) -> tuple[Json, str]:
    """Give the value, or why there is none: an error of the parser's carries the whole document, and stays here."""
    try:
        return orjson.loads(raw), ""
    except orjson.JSONDecodeError:
        return None, "not-json"
