"""The conformance kit catches every liar at its own lie and finds nothing against the honest."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from connectors.conformance import PROMISES, Examples, Known, check
from connectors.conformance.honest import EXAMPLES, Honest
from connectors.conformance.liars import LIARS, examples_for
from connectors.contract import Ask, Connector, Health, Identity, LocalId, Located, Reply, Traits, Unknown
from connectors.errors import SourceUnavailable


async def test_the_honest_conform() -> None:
    """A connector that keeps every promise conforms, with nothing skipped."""
    report = await check(Honest(), examples_for(Honest))
    assert report.conforms
    assert not report.partly
    assert not report.skipped
    assert set(report.kept) == set(PROMISES)
    assert isinstance(Honest(), Connector)


@pytest.mark.parametrize("promise", PROMISES)
async def test_every_promise_has_a_liar_that_breaks_it_and_only_it(promise: str) -> None:
    """No check is hollow, and none cries over another's lie."""
    liar = LIARS[promise]
    report = await check(liar(), examples_for(liar))
    assert [b.promise for b in report.broken] == [promise]
    assert report.broken[0].where


async def test_what_the_examples_cannot_try_is_skipped_not_kept() -> None:
    """Examples without traits, or without anybody, prove nothing about finding or fields."""
    nobody = Examples(known=(), stranger=LocalId("nobody"), today=EXAMPLES.today)
    report = await check(Honest(), nobody)
    assert set(report.kept) == {"says_nothing_of_a_stranger", "raises_only_the_four_errors"}
    assert set(report.kept) | {s.promise for s in report.skipped} == set(PROMISES)
    assert report.conforms


async def test_what_the_examples_try_in_part_is_said() -> None:
    """Without a connector out of reach, or with people who lack a field, a promise is kept as far as tried."""
    one = Examples(known=EXAMPLES.known[:1], stranger=LocalId("nobody"), today=EXAMPLES.today, whole=False)
    report = await check(Honest(), one)
    assert report.conforms
    assert {p.promise: p.why for p in report.partly} == {
        "every_declared_field_is_answered": "nobody among the examples has Identifier.system, Identifier.value",
        "tells_none_held_from_could_not_look": "no connector without its system among the examples",
    }


class _Forgetful(Honest):
    async def fetch(self, ask: Ask) -> Reply:
        reply = await super().fetch(ask)
        return Reply({p: r for p, r in reply.records.items() if p != "ben"})


class _Deaf(Honest):
    async def locate(self, traits: Traits) -> Located:
        del traits
        return Unknown()


class _Vain(Honest):
    async def health(self) -> Health:
        return Health(ok=True)


class _Feed(Honest):
    fed: tuple[str, ...] = ()

    async def identities(self, since: datetime | None) -> AsyncIterator[Identity]:
        del since
        for one in self.fed:
            yield Identity(LocalId(one), Traits())


class _Short(_Feed):
    fed = ("ada",)


class _Circling(_Feed):
    fed = ("ada", "ben", "ada")


@pytest.mark.parametrize(
    ("liar", "where"),
    [
        (_Forgetful, "somebody known has no entry"),
        (_Deaf, "locate answered though the system was out of reach"),
        (_Vain, "health was well though the system was out of reach"),
        (_Short, "the feed answered though the system was out of reach"),
    ],
)
async def test_silence_is_not_taken_for_none_held(liar: type[Honest], where: str) -> None:
    """Each verb must say that it could not look; each known person must have an entry."""
    promise = PROMISES["tells_none_held_from_could_not_look"]
    assert await promise(liar(), examples_for(liar)) == where


@pytest.mark.parametrize(
    ("liar", "where"),
    [(_Short, "the feed ended before somebody known"), (_Circling, "the feed gave somebody twice")],
)
async def test_a_feed_is_read_to_its_end(liar: type[Honest], where: str) -> None:
    """A feed that stops early or goes round is caught."""
    assert await PROMISES["pages_to_the_end"](liar(), EXAMPLES) == where


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
