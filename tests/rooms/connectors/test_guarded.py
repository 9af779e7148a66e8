"""JSON is read quickly where it is honest, and what is refused is what reading it character by character refuses."""

import json
import re
from random import Random
from typing import Any

import pytest

from connectors.errors import SourceBroken
from connectors.transports.guarded import read_json

DEPTH = 6
ROUNDS = 600
"""Texts made up in an ordinary run; once 400,000 small ones and a thousand large ones were read."""

_LEAVES = (
    *(
        '""',
        '"a:b"',
        '"\\u003a"',
        '"\\u003A{"',
        '"\\\\u003a"',
        '"\\"}]:"',
        '"\\u00eb\\n"',
        '"ë{[:"',
        '"\\\\"',
        '"\\\\u0000"',
    ),
    *('"12345678901234567890"', '"\\n1234567890\\n1234567890"', '"2026-11-20T02:00:00.123456+00:00"', '"\\"123"'),
    *("null", "true", "1", "-1.5e3", "1234567890123456789", "0.123456789012345678", "0.1234567890123456789"),
)
_HOSTILE = ('"\\u0000"', "12345678901234567890", "0.12345678901234567890", "1e12345678901234567890")
_MALFORMED = ("NaN", '"\\ud800"', "01", "'a'", "]", "{,}", '"\x00"', "[1 2]", '{"a" 1}', "12345678901234567890.")


def text(its: Random, hostile: float, left: int) -> str:
    """Make JSON up, mostly honest, sometimes with more room than is needed."""
    if its.random() < hostile:
        return its.choice((*_HOSTILE, *_HOSTILE, its.choice(_MALFORMED), _deep(its)))
    if left == 0 or its.random() < 0.4:
        return its.choice(_LEAVES)
    inner = [text(its, hostile, left - 1) for _ in range(its.randint(0, 4))]
    room = its.choice(["", "", " ", "\n\t"])
    if its.random() < 0.5:
        return f"[{room}{f',{room}'.join(inner)}]"
    names = its.sample(('"a"', '"b"', '"c:"', '"d\\u003a"', '"\\u0065"'), len(inner))
    if len(names) > 1 and its.random() < hostile:
        names[-1] = {'"a"': '"\\u0061"', '"\\u0065"': '"e"'}.get(names[0], names[0])
    return f"{{{room}{f',{room}'.join(f'{name}{room}:{value}' for name, value in zip(names, inner, strict=True))}}}"


def _deep(its: Random) -> str:
    levels = its.randint(1, 2 * DEPTH)
    return its.choice([lambda: "[" * levels + "]" * levels, lambda: '{"a":' * levels + "1" + "}" * levels])()


def plainly(raw: str) -> Any:
    """Read JSON the plain way: give what it says, or the code with which it is refused."""
    tokens = re.findall(r'"(?:\\.|[^"\\])*"|[\[{]|[\]}]|[^"\[\]{}]+', raw, re.DOTALL)
    strings = [token for token in tokens if token[0] == '"']
    if any(escape == "\\u0000" for one in strings for escape in re.findall(r"\\(?:u.{4}|.)", one, re.DOTALL)):
        return "nul"
    if any(re.search(r"\d{20}", token) for token in tokens if token[0] != '"'):
        return "number-too-long"
    depth = deepest = 0
    for token in tokens:
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token, 0)
        deepest = max(deepest, depth)
    if deepest > DEPTH:
        return "too-deep"
    twice = []

    def pairs(held: list[tuple[str, Any]]) -> dict[str, Any]:
        twice.extend(held if len(dict(held)) < len(held) else ())
        return dict(held)

    value = json.loads(raw, object_pairs_hook=pairs)
    return "duplicate-key" if twice else (value,)


def guardedly(raw: str) -> Any:
    try:
        return (read_json(raw.encode("utf-8", "surrogatepass"), DEPTH),)
    except SourceBroken as broken:
        return broken.code


def well_formed(raw: str) -> bool:
    """Say whether it is JSON (RFC 8259) that is text: the library takes NaN and lone surrogates."""
    try:
        json.loads(raw, parse_constant=int)
        raw.encode()
    except ValueError:
        return False
    return "\\ud800" not in raw


@pytest.mark.parametrize("rows", [1, 400])
@pytest.mark.parametrize("hostile", [0.0, 0.02, 0.2])
def test_json_is_read_and_refused_as_character_by_character(hostile: float, rows: int) -> None:
    """Small and large: the same value, or the same code; and what is no JSON is refused."""
    its = Random(f"{hostile} {rows}")  # noqa: S311 -- the same texts each time
    for number in range(ROUNDS // rows + 20):
        raw = text(its, hostile, 4)
        if rows > 1:
            raw = f"[{','.join([text(its, 0, 4) for _ in range(rows)])},{raw}]"
        said = guardedly(raw)
        if well_formed(raw):
            assert said == plainly(raw), number
        else:
            assert isinstance(said, str), number


@pytest.mark.parametrize("more", ["", " " * 5000])
@pytest.mark.parametrize("levels", [DEPTH, DEPTH + 1, 5000])
def test_how_deep_is_told_whatever_the_size(levels: int, more: str) -> None:
    """As deep as allowed is read; one deeper, and what no parser would follow, is too deep."""
    for opened, closed in (("[", "]"), ('{"a":[', "]}")):
        times = levels // (len(closed)) if levels == DEPTH else levels
        said = guardedly(opened * times + closed * times + more)
        assert (said == "too-deep") == (levels > DEPTH)


def test_what_a_key_given_twice_hid_is_refused_for_what_it_was() -> None:
    """What a parser dropped is too deep as it would have been had it been kept."""
    assert guardedly('{"a":' + "[" * DEPTH + "]" * DEPTH + ',"a":1}') == "too-deep"
    assert guardedly('{"a":[],"a":1}') == "duplicate-key"


@pytest.mark.parametrize("value", ["[]", '"\\u003a"', '"\\u003A"', "1e6"])
def test_a_key_given_twice_is_not_hidden(value: str) -> None:
    """Not by a colon written as a number, nor by a value that makes up for what was dropped."""
    assert guardedly(f'{{"a":1,"a":{value}}}') == "duplicate-key"
