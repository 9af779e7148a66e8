"""JSON from an agency, read with suspicion before it is believed.

Depth, the length of numbers and NUL are checked on the bytes before they are parsed; duplicate keys after.
The parser itself refuses NaN, infinities, lone surrogates, a byte order mark and anything not UTF-8.
Each check first asks a cheap question that an honest answer passes, and only then the exact one.
"""

import re
from typing import TypeAlias

import orjson

from connectors.errors import SourceBroken

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""What JSON can say (RFC 8259)."""

_ESCAPE = re.compile(rb"\\(?:u0000|.)", re.DOTALL)
_NUL = rb"\u0000"
_LONGEST_NUMBER = 19
_ONE_BRACKET = bytes.maketrans(b"[]", b"{}")
_ONE_DIGIT = bytes.maketrans(b"123456789", b"000000000")
_NOT_STRUCTURE = bytes(set(range(256)) - set(b'"[]{}'))


def read_json(raw: bytes, depth: int) -> Json:
    """Give the value; SourceBroken with a code, never with the text, when it is not safe to believe."""
    plain = _without_escapes(raw)
    if _number_too_long(plain):
        raise SourceBroken("number-too-long")
    if _deeper_than(plain, depth):
        raise SourceBroken("too-deep")
    value = _parsed(raw)
    if _duplicate_key(raw, plain, value):
        raise SourceBroken("duplicate-key")
    return value


def _without_escapes(raw: bytes) -> bytes:
    """Drop escaped characters, so that every quotation mark left begins or ends a string."""
    if b"\\" not in raw:
        return raw
    if _NUL in raw and _NUL in _ESCAPE.findall(raw):
        raise SourceBroken("nul")
    return _ESCAPE.sub(b"", raw)


def _outside_strings(plain: bytes) -> bytes:
    return b"".join(plain.split(b'"')[::2])


def _number_too_long(plain: bytes) -> bool:
    """Refuse what a parser would turn into another number: more than nineteen digits in a row."""
    run = b"0" * (_LONGEST_NUMBER + 1)
    return run in plain.translate(_ONE_DIGIT) and run in _outside_strings(plain).translate(_ONE_DIGIT)


def _deeper_than(plain: bytes, depth: int) -> bool:
    """Peel one level of brackets at a time: as many passes as there are levels, each at memory speed."""
    if plain.count(b"{") + plain.count(b"[") <= depth:  # so few cannot be deeper, wherever they stand
        return False
    # Two marks side by side go without changing which brackets are inside a string.
    left = _outside_strings(plain.translate(_ONE_BRACKET, _NOT_STRUCTURE).replace(b'""', b""))
    for _ in range(depth):
        peeled = left.replace(b"{}", b"")
        if len(peeled) == len(left):
            return False
        left = peeled
    return bool(left)


def _duplicate_key(raw: bytes, plain: bytes, value: Json) -> bool:
    """Count pairs in the text and in what was kept: a parser keeps one of two equal keys and drops the other."""
    kept = orjson.dumps(value)
    if raw.count(b":") == kept.count(b":") and (plain is raw or rb"\u" not in raw):  # nothing escaped, or no character
        return False
    return _outside_strings(plain).count(b":") != _outside_strings(_without_escapes(kept)).count(b":")


def _parsed(raw: bytes) -> Json:
    try:
        value: Json = orjson.loads(raw)
    except orjson.JSONDecodeError:
        pass
    else:
        return value
    # Raised here, not in the handler: the parser's error carries the whole document.
    raise SourceBroken("not-json")
