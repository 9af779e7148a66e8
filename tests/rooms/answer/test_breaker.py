"""A source that keeps failing is left alone, tried with one question, and trusted again when it answers."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.answer.breaker import FAILURES, LONGEST, PAUSE, Breaker, Circuit


class Clock:
    """A clock that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock, lambda: 0.0)


def fail(breaker: Breaker, times: int = FAILURES) -> None:
    for _ in range(times):
        assert breaker.admits()
        breaker.failed()


def test_failures_in_a_row_open_it_and_an_answer_between_them_does_not(breaker: Breaker) -> None:
    fail(breaker, FAILURES - 1)
    breaker.succeeded()
    fail(breaker, FAILURES - 1)
    assert breaker.circuit is Circuit.CLOSED
    fail(breaker, 1)
    assert breaker.circuit is Circuit.OPEN
    assert not breaker.admits()


def test_half_of_many_failing_opens_it_too(breaker: Breaker) -> None:
    for _ in range(4):
        breaker.failed()
        breaker.succeeded()
    assert breaker.circuit is Circuit.CLOSED
    breaker.failed()
    breaker.failed()
    assert breaker.circuit is Circuit.OPEN


def test_after_its_pause_one_probe_is_let_through_and_no_more(breaker: Breaker, clock: Clock) -> None:
    fail(breaker)
    clock.now = PAUSE - 0.1
    assert not breaker.admits()
    clock.now = PAUSE
    assert breaker.circuit is Circuit.HALF_OPEN
    assert [breaker.admits() for _ in range(3)] == [True, False, False]
    breaker.succeeded()
    assert breaker.circuit is Circuit.CLOSED
    fail(breaker, FAILURES - 1)
    assert breaker.circuit is Circuit.CLOSED


def test_each_probe_that_fails_makes_the_pause_longer_up_to_an_end(breaker: Breaker, clock: Clock) -> None:
    fail(breaker)
    pauses = []
    for _ in range(14):
        opened = clock.now
        while not breaker.admits():
            clock.now += 1
        pauses.append(clock.now - opened)
        breaker.failed()
    assert pauses[0] == PAUSE
    assert all(one <= other for one, other in pairwise(pauses))
    assert pauses[-1] == LONGEST


def test_a_probe_whose_asker_went_away_leaves_the_next_to_probe(breaker: Breaker, clock: Clock) -> None:
    fail(breaker)
    clock.now = PAUSE
    assert breaker.admits()
    assert not breaker.admits()
    breaker.abandoned()
    assert breaker.admits()


def test_jitter_keeps_replicas_from_returning_together(clock: Clock) -> None:
    one, other = Breaker(clock, lambda: 0.0), Breaker(clock, lambda: 1.0)
    fail(one)
    fail(other)
    clock.now = PAUSE + 1
    assert [one.admits(), other.admits()] == [True, False]


@given(st.lists(st.sampled_from(["ok", "fail", "wait", "gone"]), max_size=80))
def test_an_open_circuit_never_admits_and_a_source_is_never_given_up_for_ever(events: list[str]) -> None:
    clock = Clock()
    breaker = Breaker(clock, lambda: 0.5)
    for event in events:
        if event == "wait":
            clock.now += 20
            continue
        if breaker.circuit is Circuit.OPEN:
            assert not breaker.admits()
            continue
        if breaker.admits():
            match event:
                case "ok":
                    breaker.succeeded()
                    assert breaker.circuit is Circuit.CLOSED
                case "fail":
                    breaker.failed()
                case _:
                    breaker.abandoned()
    clock.now += 2 * LONGEST
    assert breaker.admits()
