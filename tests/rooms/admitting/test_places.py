"""Places: so many at once, one start in a turn, so many waiting, and whoever would wait too long told at once."""

import asyncio
import itertools
from collections.abc import Callable

import pytest

from hub.admitting.askers import Asker
from hub.admitting.company import LATELY
from hub.admitting.places import Busy, Places, Room

ONE, OTHER, THIRD = (Asker(f"sub-{name}", named=True) for name in ("one", "other", "third"))


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


async def take_many(places: Places, many: int, asker: Asker = ONE) -> list[asyncio.Task[None]]:
    """Have many ask for a place, and let each come as far as it can in one turn."""
    asking = [asyncio.create_task(places.take(asker)) for _ in range(many)]
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
        places.give_back(ONE)
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
    await places.take(ONE)
    asking = await take_many(places, 2)
    with pytest.raises(Busy):
        await places.take(ONE)
    assert places.waiting == 2
    for task in asking:
        task.cancel()


async def test_whoever_would_wait_too_long_is_told_at_once_and_for_how_long() -> None:
    """The pace of those before says so: no start for half a second, and one waits before whoever comes now."""
    clock = Clock()
    places = Places(Room(at_once=1, waiting=100, patience=1.8), clock)
    await places.take(ONE)
    first, second = await take_many(places, 2)
    clock.now += 0.6
    with pytest.raises(Busy) as told:
        await places.take(ONE)
    assert told.value.seconds == 2
    places.give_back(ONE)
    await turns(places, first.done)
    assert not second.done()
    clock.now += 0.1
    third = asyncio.create_task(places.take(ONE))
    await asyncio.sleep(0)
    assert places.waiting == 1, "at a start in 0.6 seconds the second to wait would wait too long"
    assert isinstance((await asyncio.gather(third, return_exceptions=True))[0], Busy)
    second.cancel()


async def test_nobody_waits_longer_than_is_allowed_where_nothing_moves() -> None:
    """Those who hold the places hang: whoever waits is sent away when their patience ends."""
    loop = asyncio.get_running_loop()
    places = Places(Room(at_once=1, waiting=10, patience=0.05), loop.time)
    await places.take(ONE)
    asking = await take_many(places, 3)
    async with asyncio.timeout(5):
        ended = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(end) for end in ended] == [Busy] * 3
    assert (places.taken, places.waiting) == (1, 0)


async def test_whoever_leaves_the_line_takes_no_place() -> None:
    """One who is let go of while waiting, or in the very turn of being let in, leaves their place to the next."""
    places = Places(Room(at_once=1, waiting=10, patience=60), Clock())
    await places.take(ONE)
    waits, leaves, stays = await take_many(places, 3)
    leaves.cancel()
    await asyncio.gather(leaves, return_exceptions=True)
    assert places.waiting == 2
    places.give_back(ONE)
    await turns(places, lambda: places.taken == 1)
    waits.cancel()  # it was let in and does not know yet
    await asyncio.gather(waits, return_exceptions=True)
    await turns(places, stays.done)
    assert (places.taken, places.waiting) == (1, 0)
    places.give_back(ONE)
    assert places.taken == 0


async def test_a_line_that_was_left_altogether_is_no_line() -> None:
    """Of those who left nobody is let in, and the next to come finds the place free."""
    places = Places(Room(at_once=1, waiting=10, patience=60), Clock())
    await places.take(ONE)
    asking = await take_many(places, 3)
    places.give_back(ONE)
    for task in asking:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    await asyncio.sleep(0)
    await asyncio.wait_for(places.take(ONE), 1)
    assert (places.taken, places.waiting) == (1, 0)


async def test_whoever_gave_a_place_up_for_a_while_has_the_next_one() -> None:
    """Before all in line, and one who goes while they wait for it, or are just given it, takes none along."""
    places = Places(Room(at_once=1, waiting=10, patience=60), Clock())
    await places.take(ONE)
    (in_line,) = await take_many(places, 1)
    goes, stays, given = (asyncio.create_task(places.again(ONE)) for _ in range(3))
    await asyncio.sleep(0)
    goes.cancel()
    places.give_back(ONE)
    await turns(places, stays.done)
    assert (places.taken, given.done(), in_line.done()) == (1, False, False)
    places.give_back(ONE)
    while places.taken == 0:  # noqa: ASYNC110 -- until it is given, and not yet taken up
        await asyncio.sleep(0)
    given.cancel()
    await turns(places, in_line.done)
    assert (places.taken, places.waiting) == (1, 0)
    await turns(places, lambda: goes.cancelled() and given.cancelled())
    waits = asyncio.create_task(places.again(ONE))
    await asyncio.sleep(0)
    waits.cancel()
    await turns(places, waits.cancelled)
    places.give_back(ONE)
    await places.again(ONE)
    assert places.taken == 1


STRANGERS = [Asker(f"192.0.2.{n}", named=False) for n in range(1, 9)]


async def some_turns() -> None:
    """Let the loop turn until everybody got as far as they can."""
    for _ in range(40):
        await asyncio.sleep(0)


def let_in(asking: list[asyncio.Task[None]]) -> int:
    """Give how many were let in."""
    return sum(task.done() and task.exception() is None for task in asking)


async def ends(*asking: asyncio.Task[None]) -> None:
    """Let all go who wait still."""
    for task in asking:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)


async def test_one_asker_has_every_place_while_nobody_else_asks_and_a_share_once_somebody_does() -> None:
    """As places come free they stay free for others, until nobody else has asked for a while."""
    clock = Clock()
    places = Places(Room(at_once=6, waiting=50, patience=60, each=2), clock)
    flood = await take_many(places, 20)
    await some_turns()
    assert let_in(flood) == 6
    (other,) = await take_many(places, 1, OTHER)
    for _ in range(4):
        places.give_back(ONE)
        await some_turns()
    assert (let_in([other]), let_in(flood), places.taken) == (1, 6, 3), "the first to come free is the other's"
    places.give_back(ONE)
    await some_turns()
    assert let_in(flood) == 7, "below its share, one asker goes on"
    clock.now += LATELY
    places.give_back(OTHER)
    await some_turns()
    assert (let_in(flood), places.taken) == (11, 6)
    await ends(*flood)


async def test_askers_take_turns_however_many_one_has_in_line() -> None:
    """Whoever asks once comes after one of a flood, and not after all of it."""
    places = Places(Room(at_once=1, waiting=50, patience=60), Clock())
    await places.take(THIRD)
    flood = await take_many(places, 20)
    others = [*await take_many(places, 2, OTHER)]
    seen = []
    for last in (THIRD, ONE, OTHER, ONE, OTHER):
        places.give_back(last)
        await some_turns()
        seen.append((let_in(flood), let_in(others)))
    assert seen == [(1, 0), (1, 1), (2, 1), (2, 2), (3, 2)]
    await ends(*flood)


async def test_a_flood_is_told_that_it_would_wait_too_long_and_nobody_else_is() -> None:
    """What one would wait goes by how many of their own are before them, and how many askers."""
    clock = Clock()
    places = Places(Room(at_once=1, waiting=50, patience=2), clock)
    await places.take(ONE)
    flood = await take_many(places, 12)
    clock.now += 0.1
    places.give_back(ONE)
    await some_turns()
    assert let_in(flood) == 1
    with pytest.raises(Busy):
        await places.take(ONE)
    other = asyncio.create_task(places.take(OTHER))
    await some_turns()
    assert not other.done()
    await ends(*flood, other)


async def test_where_the_line_is_full_the_latest_of_whoever_has_most_gives_way() -> None:
    """A flood fills the line and keeps nobody out of it; who has as many as the most is refused as ever."""
    places = Places(Room(at_once=1, waiting=4, patience=60), Clock())
    await places.take(THIRD)
    flood = await take_many(places, 4)
    others = await take_many(places, 2, OTHER)
    await some_turns()
    assert [task.done() for task in flood] == [False, False, True, True]
    assert all(isinstance(task.exception(), Busy) for task in flood[2:])
    with pytest.raises(Busy):
        await places.take(OTHER)
    assert places.waiting == 4
    await ends(*flood, *others)


async def test_strangers_have_half_the_places_together_and_give_way_to_the_named() -> None:
    """However many addresses they come from, whoever was named is let in, and they go on beside each other."""
    places = Places(Room(at_once=4, waiting=4, patience=60), Clock())
    strangers = [task for one in STRANGERS for task in await take_many(places, 1, one)]
    await some_turns()
    assert (let_in(strangers), places.waiting) == (2, 6)
    named = [task for one in (ONE, OTHER) for task in await take_many(places, 2, one)]
    await some_turns()
    assert (let_in(strangers), let_in(named)) == (2, 2)
    assert [task.done() for task in strangers].count(True) == 4, "two gave way"
    assert all(isinstance(task.exception(), Busy) for task in strangers if task.done() and task.exception())
    places.give_back(STRANGERS[0])
    await some_turns()
    assert (let_in(strangers), let_in(named)) == (3, 2)
    places.give_back(STRANGERS[1])
    await some_turns()
    assert (let_in(strangers), let_in(named)) == (3, 3), "neither keeps the other out"
    await ends(*strangers, *named)


async def test_a_flood_of_those_who_come_back_is_shared_out_too() -> None:
    """Whoever sends many bodies slowly and ends them all at once has no more places than anybody."""
    places = Places(Room(at_once=3, waiting=10, patience=60, each=1), Clock())
    await places.take(OTHER)
    back = [asyncio.create_task(places.again(ONE)) for _ in range(5)]
    await some_turns()
    assert (let_in(back), places.taken) == (1, 2)
    third = await take_many(places, 1, THIRD)
    await some_turns()
    assert (let_in(back), let_in(third)) == (1, 1)
    await ends(*back)


async def test_what_has_patience_takes_turns_with_the_rest_and_is_never_sent_away() -> None:
    """A watch's look waits as long as it takes, beside a flood and not behind it, and makes no line longer."""
    clock = Clock()
    places = Places(Room(at_once=1, waiting=50, patience=0.01), clock)
    looked = list[str]()

    async def look(name: str) -> None:
        async with places.held():
            looked.append(name)

    await places.take(THIRD)
    patient = [asyncio.create_task(look(name)) for name in ("a", "b", "leaves")]
    await some_turns()
    assert places.waiting == 0
    flood = await take_many(places, 5)
    await ends(patient.pop())
    places.give_back(THIRD)
    await some_turns()
    assert (let_in(flood), looked) == (1, [])
    places.give_back(ONE)
    await some_turns()
    assert (let_in(flood), looked) == (2, ["a"])
    clock.now += 60
    await asyncio.sleep(0.03)
    assert sum(isinstance(task.exception(), Busy) for task in flood if task.done()) == 3
    places.give_back(ONE)
    await asyncio.gather(*patient)
    assert (looked, places.taken) == (["a", "b"], 0)
