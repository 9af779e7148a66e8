"""What one user came to: windows that roll, levels in order, people once, numbers in runs; the moment is given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.budgets.limits import Ladder, Limits, UserLimits
from hub.budgets.numbers import number_of
from hub.budgets.use import DAY, HOUR, MINUTE, NUMBERS, Counting, Level, Measure, Use

NOON = 1_800_000_000
LIMITS = Limits(user=UserLimits(people_hour=4, people_day=8, searches_minute=4, searches_hour=20, misses_hour=4))


def counting(use: Use = Use(), now: int = NOON, *, reason: bool = True, limits: Limits = LIMITS) -> Counting:  # noqa: B008 -- it is frozen
    return Counting(use.at(now), limits, now, reason=reason)


def open_one_by_one(count: int, *, reason: bool, now: int = NOON, use: Use = Use()) -> tuple[Use, list[bool]]:  # noqa: B008 -- the same
    done = []
    for n in range(count):
        one = counting(use, now, reason=reason)
        done.append(one.people([f"p{n}"]) is None)
        use = one.use
    return use, done


def test_the_ladder_is_climbed_in_order() -> None:
    """Free to half, then a note, then waiting from three quarters, a reason beyond the limit, and the stop."""
    use, levels = Use(), []
    for n in range(6):
        one = counting(use)
        assert one.people([f"p{n}"]) is None
        levels.append(one.level)
        use = one.use
    assert levels == [Level.FREE, Level.FREE, Level.WARNED, Level.SLOWED, Level.REASON, Level.REASON]
    refused = counting(use).people(["p6"])
    assert refused is not None
    assert (refused.measure, refused.level, refused.until) == (Measure.PEOPLE_HOUR, Level.STOPPED, NOON + HOUR)


def test_beyond_the_limit_a_reason_is_asked_for() -> None:
    """Whoever gives none is refused at the limit itself, and is let through with one."""
    use, done = open_one_by_one(5, reason=False)
    assert done == [True] * 4 + [False]
    one = counting(use)
    assert one.people(["p9"]) is None
    (again,) = [counting(one.use, reason=False).people(["p10"])]
    assert again is not None
    assert again.level is Level.REASON


def test_whoever_was_opened_may_be_opened_again() -> None:
    """A stop is for new people: a worker is never cut off from the child they are working with."""
    use, done = open_one_by_one(7, reason=True)
    assert done == [True] * 6 + [False]
    one = counting(use)
    assert one.people(["p0", "p5"]) is None
    assert len(one.use.people) == 6


def test_people_who_belong_together_are_counted_whole_or_not_at_all() -> None:
    """A refusal counts nobody."""
    one = counting(open_one_by_one(5, reason=True)[0])
    assert one.people(["x", "y"]) is not None
    assert "x" not in one.use.people
    assert one.people(["x"]) is None


def test_the_hour_rolls_and_the_day_counts_on() -> None:
    """An hour later four more may be opened; the day's own stop comes at twelve."""
    use, at, opened = Use(), NOON, 0
    for n in range(40):
        one = counting(use, at)
        refused = one.people([f"p{n}"])
        opened += refused is None
        if refused is not None and refused.measure is Measure.PEOPLE_HOUR:
            at = refused.until
        use = one.use
    assert opened == 12
    late = counting(use, NOON + DAY + HOUR)
    assert late.people(["later"]) is None


def test_a_stop_ends_when_it_was_said_to() -> None:
    """One second before it is still there, and then it is not."""
    use, _ = open_one_by_one(6, reason=True)
    refused = counting(use, NOON + 5).people(["new"])
    assert refused is not None
    assert counting(use, refused.until - 1).people(["new"]) is not None
    assert counting(use, refused.until).people(["new"]) is None


def test_searches_are_counted_by_minute_and_hour() -> None:
    """The seventh within a minute is refused, and after the minute it is not; thirty are an hour's."""
    use = Use()
    for _ in range(6):
        one = counting(use)
        assert one.search() is None
        use = one.use
    refused = counting(use).search()
    assert refused is not None
    assert (refused.measure, refused.until) == (Measure.SEARCHES_MINUTE, NOON + MINUTE)
    done, at = 6, NOON + MINUTE
    for _ in range(60):
        one = counting(use, at)
        if (why := one.search()) is None:
            done, use = done + 1, one.use
        elif why.measure is Measure.SEARCHES_MINUTE:
            at = why.until
    assert done == 30


def test_searches_that_find_nobody_are_counted_and_their_share_is_told_of() -> None:
    """Six misses stop searching for the hour; twenty that are most of an hour's searches are told of before."""
    use = Use()
    for n in range(6):
        one = counting(use, NOON + n * MINUTE)
        assert one.search() is None
        one.missed()
        use = one.use
    refused = counting(use, NOON + 6 * MINUTE).search()
    assert refused is not None
    assert refused.measure is Measure.MISSES_HOUR
    wide = Limits(user=UserLimits(searches_minute=1_000, misses_hour=1_000))
    use, told = Use(), []
    for _ in range(25):
        one = counting(use, limits=wide)
        one.search()
        one.missed()
        told += one.tell()
        use = one.use
    assert told == [(Measure.MISSED_SHARE, Level.REASON)]


@pytest.mark.parametrize("step", [1, 3, -2])
def test_numbers_one_after_another_are_told_of_within_twenty(step: int) -> None:
    """Runs up, down and with gaps; numbers here and there are none."""
    use, told = Use(), 0
    for n in range(20):
        one = counting(use, NOON + n)
        one.number(900_000_000 + n * step, str)
        told = told or (n + 1 if one.tell() else 0)
        use = one.use
    assert 0 < told <= 20
    for n in range(20):
        one = counting(use := Use() if n == 0 else use)
        one.number(n * 1_000, str)
        assert not one.tell()
        use = one.use


def test_numbers_kept_are_bounded() -> None:
    """However many are asked for."""
    use = Use()
    for n in range(NUMBERS + 50):
        one = counting(use)
        one.number(n * 100, str)
        use = one.use
    assert len(use.numbers) == NUMBERS


def test_an_alarm_is_raised_once_an_hour() -> None:
    """Whoever hammers at a stop does not bury their lead."""
    use, _ = open_one_by_one(6, reason=True)
    one = counting(use)
    one.people(["new"])
    assert (Measure.PEOPLE_HOUR, Level.STOPPED) in one.tell()
    again = counting(one.use)
    again.people(["newer"])
    assert not again.tell()
    assert again.use == one.use.at(NOON)


@given(st.lists(st.tuples(st.sampled_from("abcdefghij"), st.integers(0, 2 * HOUR)), max_size=60))
def test_no_more_than_the_stop_are_ever_opened_within_an_hour(asked: list[tuple[str, int]]) -> None:
    """Whatever is asked and when: every window of an hour holds the stop's number of people at most."""
    use, opened = Use(), list[tuple[int, str]]()
    for person, later in sorted(asked, key=lambda one: one[1]):
        one = counting(use, NOON + later)
        if one.people([person]) is None:
            opened.append((NOON + later, person))
        use = Use.read(one.use.written())
    for start, _ in opened:
        assert len({p for at, p in opened if start <= at < start + HOUR}) <= 6


@pytest.mark.parametrize(
    "stored", [b"", b"{}", b"[]", b"[{},[],[],{},[],[]]", b'[{"a":"b"},[],[],{},[],{}]', b"[{},[1.5],[],{},[],{}]"]
)
def test_what_cannot_be_read_is_refused(stored: bytes) -> None:
    """A row that was meddled with is no empty one."""
    with pytest.raises(ValueError, match=r".*"):
        Use.read(stored)


def test_the_number_of_an_identifier_is_found() -> None:
    """An NHS number without its check digit; a UPN's or a case number's digits; an id's own."""
    assert number_of("999 000 0336") == 999_000_033
    assert number_of("A8502001234B") == int("A8502001234B", 16)
    assert number_of("CASE-0042") == 42
    assert number_of("12") == 12
    assert number_of("0000-000a") == 10
    assert number_of("none") is None


WIDE = str.maketrans("0123456789", "".join(chr(0xFF10 + n) for n in range(10)))
ARABIC = str.maketrans("0123456789", "".join(chr(0x0660 + n) for n in range(10)))


@pytest.mark.parametrize(
    "written",
    [
        "999 000 0336".translate(WIDE),
        "9990000336".translate(ARABIC),
        "999.000.0336",
        "999\u2010000\u20100336",
        "999%0000336*",
    ],
)
def test_a_number_is_found_however_it_is_written(written: str) -> None:
    """What a search takes for an NHS number counts as that number: other digits or separators hide no run."""
    assert number_of(written) == 999_000_033


def test_a_number_without_end_is_a_number_still() -> None:
    """However long a local id is, it is counted and breaks nothing."""
    assert number_of("9" * 5_000) == number_of("x" + "9" * 5_000) == int("9" * 64)


def test_limits_of_the_ladder_are_rounded_down_at_the_stop() -> None:
    """The stop is a part of the limit."""
    assert Limits(ladder=Ladder(stop=150)).stop(5) == 7
