"""Step 4: one slow, dead or lying source never delays, breaks or taints the others."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.contract import Ambiguous, Ask, LocalId, Name, Reply, TooLittle, Traits
from connectors.errors import SourceBroken, SourceError, SourceMisconfigured, SourceRefused, SourceUnavailable
from hub.answer.breaker import Circuit
from hub.answer.bulkhead import WAITING, Bulkhead, Busy
from hub.answer.gather import Errand, Found, gather
from hub.answer.sources import ConnectedSource
from schema.fields import CATALOGUE, FieldId
from schema.outcomes import Outcome
from tests.cast import MAYA, ROWAN, SYNCED, CastConnector, source_config

ALL = frozenset(CATALOGUE)
NAME = frozenset({FieldId("PersonName.given")})


def connected(source: str, **limits: Any) -> tuple[ConnectedSource, CastConnector]:
    connector = CastConnector(source)
    return ConnectedSource.of(source_config(source, **limits), connector), connector


def errand(source: ConnectedSource, *, fields: frozenset[FieldId] = ALL, child: Any = MAYA) -> Errand:
    return Errand(child.key, source, fields, (child.local_id(source.config.id),))


async def run(*errands: Errand, deadline: float = 5.0) -> dict[tuple[str, str], Found]:
    named = {(e.person_id, e.source.config.id, n): e for n, e in enumerate(errands)}
    found = await gather(named, deadline=deadline, clock=lambda: datetime.now(UTC))
    return {(person, source): f for (person, source, _), f in reversed(found.items())}


async def test_a_source_answers_with_its_records_and_how_fresh_they_are() -> None:
    source, _ = connected("housing")
    found = (await run(errand(source)))["maya", "housing"]
    assert found.outcome is Outcome.RECORDS
    assert found.records
    assert found.complete
    assert found.as_of == SYNCED


async def test_people_asked_the_same_of_one_source_go_in_one_ask() -> None:
    source, connector = connected("education")
    found = await run(errand(source), errand(source, child=ROWAN), errand(source, fields=NAME, child=ROWAN))
    assert sorted(len(ask.people) for ask in connector.asks) == [1, 2]
    assert found["maya", "education"].records != found["rowan", "education"].records


async def test_a_batch_larger_than_the_source_takes_is_split() -> None:
    source, connector = connected("education")
    ids = tuple(LocalId(f"nobody-{n}") for n in range(70))
    found = await run(Errand("maya", source, NAME, (*ids, MAYA.local_id("education"))))
    assert [len(ask.people) for ask in connector.asks] == [50, 21]
    assert len(found["maya", "education"].records) == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SourceUnavailable("refused-connection"), "unavailable:refused-connection"),
        (SourceRefused("401"), "refused:401"),
        (SourceBroken("html"), "broken:html"),
        (SourceMisconfigured("path"), "misconfigured:path"),
        (SourceError("other"), "unavailable:other"),
        (ZeroDivisionError("9990000018"), "broken:ZeroDivisionError"),
    ],
)
async def test_every_error_becomes_an_outcome_and_a_code_without_a_value(error: Exception, code: str) -> None:
    bad, connector = connected("police")
    good, _ = connected("health")

    def fail(_: Ask) -> None:
        raise error

    connector.misbehave = fail
    found = await run(errand(bad), errand(good))
    assert found["maya", "police"] == Found(Outcome.UNAVAILABLE, code, complete=False)
    assert found["maya", "health"].outcome is Outcome.RECORDS


async def test_a_transport_that_waited_in_vain_and_the_deadline_say_the_same() -> None:
    source, connector = connected("police")

    def late(_: Ask) -> None:
        raise SourceUnavailable("timed-out")

    connector.misbehave = late
    found = (await run(errand(source)))["maya", "police"]
    assert found == Found(Outcome.TIMED_OUT, "unavailable:timed-out", complete=False)


async def test_a_source_that_hangs_is_cut_at_its_own_deadline() -> None:
    slow, connector = connected("health", deadline=0.05)
    good, _ = connected("police")

    def hang(_: Ask) -> Any:
        return asyncio.sleep(30)

    connector.misbehave = hang
    started = asyncio.get_running_loop().time()
    found = await run(errand(slow), errand(good))
    assert asyncio.get_running_loop().time() - started < 2
    assert found["maya", "health"].outcome is Outcome.TIMED_OUT
    assert found["maya", "police"].outcome is Outcome.RECORDS
    assert connector.cancelled == 1


async def test_the_requests_deadline_is_the_last_word() -> None:
    slow, connector = connected("health", deadline=30)
    connector.misbehave = lambda _: asyncio.sleep(30)
    found = await run(errand(slow), deadline=0.05)
    assert found["maya", "health"].outcome is Outcome.TIMED_OUT


async def test_records_of_somebody_who_was_not_asked_about_are_refused_whole() -> None:
    source, connector = connected("housing")
    connector.misbehave = lambda ask: Reply({LocalId("housing/rowan"): connector.reply(ask).records[ask.people[0]]})
    found = (await run(errand(source)))["maya", "housing"]
    assert (found.outcome, found.code, found.records) == (Outcome.UNAVAILABLE, "broken:wrong-person", ())


async def test_more_records_than_the_source_may_give_are_refused_whole() -> None:
    source, _ = connected("housing", records=2)
    found = (await run(errand(source)))["maya", "housing"]
    assert (found.outcome, found.code) == (Outcome.UNAVAILABLE, "broken:too-many-records")


async def test_a_source_that_no_longer_knows_the_person_holds_none() -> None:
    source, connector = connected("housing")
    connector.misbehave = lambda _: Reply({})
    assert (await run(errand(source)))["maya", "housing"].outcome is Outcome.NONE_HELD


async def test_an_answer_cut_or_partly_unreadable_is_not_complete_and_an_old_one_is_stale() -> None:
    source, connector = connected("housing")

    def cut(ask: Ask) -> Reply:
        return Reply(connector.reply(ask).records, stale=True, complete=False)

    connector.misbehave = cut
    found = (await run(errand(source)))["maya", "housing"]
    assert (found.outcome, found.complete) == (Outcome.STALE, False)


async def test_a_traced_person_is_asked_about_by_the_id_found() -> None:
    source, connector = connected("police")
    found = await run(Errand("maya", source, NAME, (), MAYA.traits))
    assert found["maya", "police"].outcome is Outcome.RECORDS
    assert connector.asks[0].people == (MAYA.local_id("police"),)


async def test_nobody_found_by_tracing_is_none_held_and_several_are_for_a_person_to_choose() -> None:
    source, connector = connected("police")
    nobody = replace(MAYA.traits, identifiers=(), names=(Name("Nobody", "Atall"),))
    assert (await run(Errand("x", source, NAME, (), nobody)))["x", "police"].outcome is Outcome.NONE_HELD
    assert connector.asks == []

    async def several(_: Traits) -> Ambiguous:
        return Ambiguous(2)

    connector.locate = several  # type: ignore[method-assign]
    found = (await run(Errand("x", source, NAME, (), Traits())))["x", "police"]
    assert (found.outcome, found.complete) == (Outcome.UNIDENTIFIED, False)


# A source that could not look for want of a name, a birthday or a number holds nobody for all anyone knows.
async def test_too_little_to_look_by_is_not_none_held() -> None:
    source, connector = connected("police")
    for traits in (Traits(), replace(MAYA.traits, identifiers=(), date_of_birth=None)):
        found = (await run(Errand("x", source, NAME, (), traits)))["x", "police"]
        assert (found.outcome, found.code) == (Outcome.UNIDENTIFIED, "too-little-known")

    async def unable(_: Traits) -> TooLittle:
        return TooLittle()

    connector.locate = unable  # type: ignore[method-assign]
    found = (await run(Errand("x", source, NAME, (), MAYA.traits)))["x", "police"]
    assert (found.outcome, found.complete) == (Outcome.UNIDENTIFIED, False)
    assert connector.asks == []


async def test_a_bulkhead_bounds_the_calls_a_source_has_at_once() -> None:
    source, connector = connected("health", concurrency=2)
    now = most = 0

    async def count(_: Ask) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.01)
        now -= 1

    connector.misbehave = count
    await asyncio.gather(*(run(errand(source)) for _ in range(6)))
    assert most == 2


async def test_a_source_that_keeps_failing_is_left_alone_and_the_others_are_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Five failures open the circuit: then it costs nothing and says so, until one probe is answered."""
    dead, connector = connected("police")
    good, _ = connected("health")

    def fail(_: Ask) -> None:
        raise SourceUnavailable("unreachable")

    connector.misbehave = fail
    for _ in range(8):
        found = await run(errand(dead), errand(good))
        assert found["maya", "health"].outcome is Outcome.RECORDS
    assert len(connector.asks) == 5
    assert found["maya", "police"].code == "unavailable:circuit-open"
    connector.misbehave = None
    later = time.monotonic() + 60
    monkeypatch.setattr(dead.breaker, "_monotonic", lambda: later)
    assert (await run(errand(dead)))["maya", "police"].outcome is Outcome.RECORDS
    assert (await run(errand(dead)))["maya", "police"].outcome is Outcome.RECORDS


async def test_deadlines_open_the_circuit_and_refusals_and_leavers_do_not() -> None:
    slow, hanging = connected("health", deadline=0.01)
    hanging.misbehave = lambda _: asyncio.sleep(30)
    refusing, refused = connected("police")
    left, leaving = connected("housing")
    leaving.misbehave = lambda _: asyncio.sleep(30)

    def refuse(_: Ask) -> None:
        raise SourceRefused("401")

    refused.misbehave = refuse
    for _ in range(7):
        await run(errand(slow), errand(refusing))
        task = asyncio.create_task(run(errand(left)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert slow.breaker.circuit is Circuit.OPEN
    assert refusing.breaker.circuit is Circuit.CLOSED
    assert left.breaker.circuit is Circuit.CLOSED


async def test_a_source_whose_places_and_queue_are_full_is_busy_at_once() -> None:
    """One that hangs fills its own places; the next is told in a quarter of a second, not at the deadline."""
    source, connector = connected("health", concurrency=1, deadline=1.5)
    connector.misbehave = lambda _: asyncio.sleep(30)
    everyone = await asyncio.gather(*(run(errand(source)) for _ in range(40)))
    codes = [f["maya", "health"].code for f in everyone]
    assert codes.count("unavailable:busy") == 39
    assert codes.count("deadline") == 1
    assert len(connector.asks) == 1


async def test_a_crowd_at_one_moment_is_answered_by_a_quick_source() -> None:
    """Two hundred calls of a source with sixteen places wait their turn, and none is turned away."""
    bulkhead = Bulkhead(16)

    async def call() -> str:
        async with bulkhead:
            await asyncio.sleep(0)
        return "answered"

    assert await asyncio.gather(*(call() for _ in range(200))) == ["answered"] * 200


async def test_a_queue_has_an_end_and_whoever_comes_then_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long patience is, so many wait and no more: the next is busy before anybody's wait is over."""
    monkeypatch.setattr("hub.answer.bulkhead.PATIENCE", 60.0)
    bulkhead, done = Bulkhead(1), asyncio.Event()

    async def call() -> str:
        async with bulkhead:
            await done.wait()
        return "answered"

    calls = [asyncio.create_task(call()) for _ in range(1 + WAITING)]
    calls.append(last := asyncio.create_task(call()))
    await asyncio.sleep(0)
    assert last.done()
    with pytest.raises(Busy):
        await calls.pop()
    done.set()
    assert await asyncio.gather(*calls) == ["answered"] * (1 + WAITING)


async def test_a_call_that_will_not_be_cancelled_is_left_behind_at_the_deadline() -> None:
    """A driver may take seconds over being cancelled: nobody waits for it, and its place is kept until it ends."""
    stubborn, connector = connected("health", deadline=0.05, concurrency=1)
    good, _ = connected("police")
    let_go = asyncio.Event()

    async def stay(_: Ask) -> None:
        while not let_go.is_set():
            try:
                await let_go.wait()
            except asyncio.CancelledError:
                continue
        raise OSError

    connector.misbehave = stay
    started = asyncio.get_running_loop().time()
    found = await run(errand(stubborn), errand(good))
    assert asyncio.get_running_loop().time() - started < 1
    assert found["maya", "health"].outcome is Outcome.TIMED_OUT
    assert found["maya", "police"].outcome is Outcome.RECORDS
    assert (await run(errand(stubborn)))["maya", "health"].outcome is not Outcome.RECORDS
    let_go.set()
    await asyncio.sleep(0.05)
    connector.misbehave = None
    assert (await run(errand(stubborn)))["maya", "health"].outcome is Outcome.RECORDS


@pytest.mark.parametrize("stale_first", [True, False])
async def test_what_is_old_in_one_part_is_old(stale_first: bool) -> None:  # noqa: FBT001 -- a case of two
    """Of two local ids the older answer's age is the answer's age, whichever comes first."""
    source, connector = connected("housing")
    connector.batch = 1
    turns = iter([stale_first, not stale_first])
    connector.misbehave = lambda ask: Reply(connector.reply(ask).records, stale=next(turns), as_of=SYNCED)
    ids = (MAYA.local_id("housing"), LocalId("housing/another"))
    found = (await run(Errand("maya", source, NAME, ids)))["maya", "housing"]
    assert found.outcome is Outcome.STALE


async def test_two_who_are_told_the_same_record_are_each_given_their_own() -> None:
    """Release writes on what it is given: the same record told twice is told in two copies."""
    source, _ = connected("housing")
    told = await gather({1: errand(source), 2: errand(source)}, deadline=5, clock=lambda: datetime.now(UTC))
    assert told[1].records == told[2].records
    assert all(a is not b for a, b in zip(told[1].records, told[2].records, strict=True))
