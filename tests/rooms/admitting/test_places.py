"""Places: so many at once, one start in a turn, so many waiting, and whoever would wait too long told at once."""

import asyncio
import itertools
from collections.abc import Callable

import pytest

from hub.admitting.places import Busy, Places, Room


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def turns(places: Places, until: Callable[[], bool]) -> int:
    """Let the loop turn until something is so; give how often it turned."""
    for n in range(1_000):
        if until():
            return n
        await asyncio.sleep(0)
    raise AssertionError((places.taken, places.waiting))


async def take_many(places: Places, many: int) -> list[asyncio.Task[None]]:
    """Have many ask for a place, and let each come as far as it can in one turn."""
    asking = [asyncio.create_task(places.take()) for _ in range(many)]
    await asyncio.sleep(0)
    return asking


async def test_no_more_are_answered_at_once_than_there_are_places() -> None:
    """The rest wait in line, and are let in as places come free, in the order they came."""
    places = Places(Room(at_once=2, waiting=10, patience=60), Clock())
    asking = await take_many(places, 5)
    await turns(places, lambda: places.taken == 2)
    for _ in range(20):
        await asyncio.sleep(0)
    assert (places.taken, places.waiting) == (2, 3)
    assert [task.done() for task in asking] == [True, True, False, False, False]
    for let_in in (3, 4, 5):
        places.give_back()
        await turns(places, lambda: sum(task.done() for task in asking) == let_in)  # noqa: B023 -- called at once
        assert all(task.done() for task in asking[:let_in])
    assert (places.taken, places.waiting) == (2, 0)


async def test_one_starts_in_a_turn_of_the_loop() -> None:
    """Places are free, and still those who come together are begun one after the other."""
    places = Places(Room(at_once=64), Clock())
    await take_many(places, 5)
    seen = [places.taken]
    for _ in range(10):
        await asyncio.sleep(0)
        seen.append(places.taken)
    assert seen[0] == 1
    assert max(b - a for a, b in itertools.pairwise(seen)) == 1
    assert seen[-1] == 5


async def test_whoever_finds_the_line_full_is_told_at_once() -> None:
    """The line is bounded, so that memory is."""
    places = Places(Room(at_once=1, waiting=2, patience=60), Clock())
    await places.take()
    asking = await take_many(places, 2)
    with pytest.raises(Busy):
        await places.take()
    assert places.waiting == 2
    for task in asking:
        task.cancel()


async def test_whoever_would_wait_too_long_is_told_at_once_and_for_how_long() -> None:
    """The pace of those before says so: no start for half a second, and one waits before whoever comes now."""
    clock = Clock()
    places = Places(Room(at_once=1, waiting=100, patience=1.8), clock)
    await places.take()
    first, second = await take_many(places, 2)
    clock.now += 0.6
    with pytest.raises(Busy) as told:
        await places.take()
    assert told.value.seconds == 2
    places.give_back()
    await turns(places, first.done)
    assert not second.done()
    clock.now += 0.1
    third = asyncio.create_task(places.take())
    await asyncio.sleep(0)
    assert places.waiting == 1, "at a start in 0.6 seconds the second to wait would wait too long"
    assert isinstance((await asyncio.gather(third, return_exceptions=True))[0], Busy)
    second.cancel()


async def test_nobody_waits_longer_than_is_allowed_where_nothing_moves() -> None:
    """Those who hold the places hang: whoever waits is sent away when their patience ends."""
    loop = asyncio.get_running_loop()
    places = Places(Room(at_once=1, waiting=10, patience=0.05), loop.time)
    await places.take()
    asking = await take_many(places, 3)
    async with asyncio.timeout(5):
        ended = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(end) for end in ended] == [Busy] * 3
    assert (places.taken, places.waiting) == (1, 0)


async def test_whoever_leaves_the_line_takes_no_place() -> None:
    """One who is let go of while waiting, or in the very turn of being let in, leaves their place to the next."""
    places = Places(Room(at_once=1, waiting=10, patience=60), Clock())
    await places.take()
    waits, leaves, stays = await take_many(places, 3)
    leaves.cancel()
    await asyncio.gather(leaves, return_exceptions=True)
    assert places.waiting == 2
    places.give_back()
    await turns(places, lambda: places.taken == 1)
    waits.cancel()  # it was let in and does not know yet
    await asyncio.gather(waits, return_exceptions=True)
    await turns(places, stays.done)
    assert (places.taken, places.waiting) == (1, 0)
    places.give_back()
    assert places.taken == 0


async def test_a_line_that_was_left_altogether_is_no_line() -> None:
    """Of those who left nobody is let in, and the next to come finds the place free."""
    places = Places(Room(at_once=1, waiting=10, patience=60), Clock())
    await places.take()
    asking = await take_many(places, 3)
    places.give_back()
    for task in asking:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    await asyncio.sleep(0)
    await asyncio.wait_for(places.take(), 1)
    assert (places.taken, places.waiting) == (1, 0)


async def test_whoever_gave_a_place_up_for_a_while_has_the_next_one() -> None:
    """Before all in line, and one who goes while they wait for it, or are just given it, takes none along."""
    places = Places(Room(at_once=1, waiting=10, patience=60), Clock())
    await places.take()
    (in_line,) = await take_many(places, 1)
    goes, stays, given = (asyncio.create_task(places.again()) for _ in range(3))
    await asyncio.sleep(0)
    goes.cancel()
    places.give_back()
    await turns(places, stays.done)
    assert (places.taken, given.done(), in_line.done()) == (1, False, False)
    places.give_back()
    while places.taken == 0:  # noqa: ASYNC110 -- until it is given, and not yet taken up
        await asyncio.sleep(0)
    given.cancel()
    await turns(places, in_line.done)
    assert (places.taken, places.waiting) == (1, 0)
    await turns(places, lambda: goes.cancelled() and given.cancelled())
    waits = asyncio.create_task(places.again())
    await asyncio.sleep(0)
    waits.cancel()
    await turns(places, waits.cancelled)
    places.give_back()
    await places.again()
    assert places.taken == 1
