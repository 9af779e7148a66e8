"""The conformance kit catches every liar at its own lie and finds nothing against the honest."""

import asyncio

import pytest

from connectors.conformance import PROMISES, Examples, Known, check
from connectors.conformance.liars import EXAMPLES, LIARS, Honest
from connectors.contract import Ask, Connector, LocalId, Reply
from connectors.errors import SourceUnavailable


async def test_the_honest_conform() -> None:
    """A connector that keeps every promise conforms, with nothing skipped."""
    report = await check(Honest(), EXAMPLES)
    assert report.conforms
    assert not report.skipped
    assert set(report.kept) == set(PROMISES)
    assert isinstance(Honest(), Connector)


@pytest.mark.parametrize("promise", PROMISES)
async def test_every_promise_has_a_liar_that_breaks_it_and_only_it(promise: str) -> None:
    """No check is hollow, and none cries over another's lie."""
    report = await check(LIARS[promise](), EXAMPLES)
    assert [b.promise for b in report.broken] == [promise]
    assert report.broken[0].where


async def test_what_the_examples_cannot_try_is_skipped_not_kept() -> None:
    """Examples without traits, or without anybody, prove nothing about finding or fields."""
    nobody = Examples(known=(), stranger=LocalId("nobody"), today=EXAMPLES.today)
    report = await check(Honest(), nobody)
    assert {s.promise for s in report.skipped} == {
        "every_declared_field_is_answered",
        "does_not_guess_an_ambiguous_person",
        "finds_whom_it_is_given",
    }


async def test_a_connector_that_cannot_be_asked_is_reported_by_code() -> None:
    """A source that is down breaks promises by its code; one that raises anything else by the error's type."""

    class Down(Honest):
        async def fetch(self, ask: Ask) -> Reply:
            del ask
            raise SourceUnavailable("unreachable")

    class Odd(Honest):
        async def fetch(self, ask: Ask) -> Reply:
            del ask
            raise RuntimeError("Marchbanks")

    down = await check(Down(), EXAMPLES)
    odd = await check(Odd(), EXAMPLES)
    assert "could not be asked: unreachable" in {b.where for b in down.broken}
    assert "raised RuntimeError" in {b.where for b in odd.broken}
    assert "Marchbanks" not in repr(odd)


class _Twofold(Honest):
    async def fetch(self, ask: Ask) -> Reply:
        reply = await super().fetch(ask)
        return Reply({**reply.records, LocalId("ada"): ()}) if ask.people == ("ben",) else reply


async def test_somebody_not_asked_about_is_caught_even_with_no_record() -> None:
    """An entry for another person is already too much."""
    report = await check(_Twofold(), EXAMPLES)
    assert [b.promise for b in report.broken] == ["gives_only_what_was_asked"]


async def test_a_task_left_running_and_a_slow_answer_are_caught() -> None:
    """Cancelling must stop everything; an answer after the deadline is no answer."""
    kept: list[asyncio.Task[None]] = []

    class Leaky(Honest):
        async def fetch(self, ask: Ask) -> Reply:
            kept.append(asyncio.create_task(asyncio.sleep(30)))
            return await super().fetch(ask)

    class Slow(Honest):
        async def fetch(self, ask: Ask) -> Reply:
            await asyncio.sleep(0.2)
            return await super().fetch(ask)

    promise = PROMISES["cancels_cleanly"]
    hasty = Examples(known=(Known(LocalId("ada")),), stranger=LocalId("x"), today=EXAMPLES.today, deadline=0.05)
    assert await promise(Leaky(), hasty) == "left a task running"
    assert await promise(Slow(), hasty) == "did not answer within the deadline"
    for task in kept:
        task.cancel()
    await asyncio.gather(*kept, return_exceptions=True)
