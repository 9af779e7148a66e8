"""One value, one sequence of bytes; and nothing that has two."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

import orjson
import pytest

from hub.audit.canonical import canonical
from hub.audit.errors import EntryRefused
from schema.purposes import Purpose


@dataclass(frozen=True)
class Pair:
    b: object
    a: object


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        [1.0],
        {"a": float("nan")},
        {"é": 1},
        {1: 2},
        2**53,
        -(2**53),
        b"",
        {1},
        "\ud800",
        datetime(2025, 1, 1, tzinfo=UTC).replace(tzinfo=None),
        Pair,
    ],
)
def test_what_has_no_one_form_is_refused(value: object) -> None:
    """Floats, foreign keys, large numbers, bytes, sets, half characters, times without a zone."""
    with pytest.raises(EntryRefused):
        canonical(value)


def test_the_same_thing_said_differently_is_the_same_bytes() -> None:
    """Order of keys, kind of sequence and time zone make no difference."""
    at = datetime(2025, 6, 1, 12, tzinfo=UTC)
    one = canonical({"b": (1, None, True), "a": Pair(at, "é\x1f")})
    two = canonical({"a": {"a": "é\x1f", "b": at.astimezone(timezone(timedelta(hours=1)))}, "b": [1, None, True]})
    assert one == two
    assert one == '{"a":{"a":"é\\u001f","b":"2025-06-01T12:00:00.000000Z"},"b":[1,null,true]}'.encode()


def test_a_member_of_a_closed_list_is_its_code() -> None:
    """Members stand as their codes, as keys too."""
    assert canonical({Purpose.ANALYSIS: [Purpose.EARLY_HELP]}) == b'{"ANALYSIS":["EARLY_HELP"]}'


@dataclass(frozen=True, slots=True)
class Kept:
    b: object
    a: object
    written: orjson.Fragment | None = field(default=None, init=False, repr=False, compare=False)


def test_what_keeps_its_bytes_reads_the_same_wherever_it_stands() -> None:
    """The first time and every other; and what has no one form is refused there too, each time."""
    kept, again = Kept({"d": (1,), "c": "é"}, Pair(None, "x")), Pair({"d": (1,), "c": "é"}, Pair(None, "x"))
    for _ in range(2):
        assert canonical({"z": [kept], "y": kept}) == canonical({"z": [again], "y": again})
    for wrong in (1.5, "\ud800", {"é": 1}):
        bad = Kept(wrong, None)
        for _ in range(2):
            with pytest.raises(EntryRefused):
                canonical([bad])
