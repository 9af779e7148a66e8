"""A question on its way: let go of before its end, refused before its beginning, and released from copies."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.contract import Ask
from hub.answer.copied import copied
from hub.answer.gather import gather
from hub.answer.selection import Selection
from hub.answer.unfolding import Shown, may_unfold
from hub.audit.entries import Ended, OutcomeRecord
from hub.governance.reasons import Reasons
from schema.outcomes import Outcome
from schema.purposes import Purpose
from schema.records import Involvement, Professional
from schema.rows import still_rows
from tests.house import House
from tests.rooms.answer.test_gather import connected, errand
from tests.tabled import tabled

ASKED = Selection("person", "person", {}, (Selection("involvements", "involvements"), Selection("age", "age")))
NAMING = Selection("person", "person", {}, (Selection("relationships", "relationships"),))


def all_of(shown: Sequence[Shown]) -> list[frozenset[str]]:
    return [frozenset(one.results) for one in shown]


async def test_what_is_left_before_its_end_is_written_down_as_left(home: House) -> None:
    """Sources are let go of; where the hub failed the ledger says so; what ended by itself has one outcome."""
    for error, ended in ((None, Ended.ABANDONED), (ZeroDivisionError(), Ended.FAILED)):
        held, append, written = asyncio.Event(), home.ledger.append, list[Any]()

        async def noting(*entries: Any, written: list[Any] = written, append: Any = append) -> Any:
            written += entries
            return await append(*entries)

        home.ledger.append = noting  # type: ignore[method-assign] # what is written is what is tried
        home.connectors["police"].misbehave = lambda _, held=held: held.wait()  # type: ignore[misc] # waits for its own
        question = home.question(ASKED, "front-door", Purpose.CHILD_PROTECTION)
        assert may_unfold(question)
        unfolding = await home.answerer.unfold(question)
        await asyncio.sleep(0)
        await unfolding.__aexit__(None, error, None)
        home.ledger.append = append  # type: ignore[method-assign] # as it was
        home.connectors["police"].misbehave = None
        (outcome,) = (one for one in written if isinstance(one, OutcomeRecord))
        assert outcome.ended is ended
        assert not outcome.sources
    async with await home.answerer.unfold(home.question(ASKED, "front-door", Purpose.CHILD_PROTECTION)) as unfolding:
        await unfolding.pause(10)
        await unfolding.news()
        assert await unfolding.release(all_of)


async def test_nothing_that_names_relatives_is_answered_in_parts(home: House) -> None:
    assert not may_unfold(home.question(NAMING, "front-door", Purpose.CHILD_PROTECTION))


async def test_a_question_that_cannot_be_begun_is_written_down_as_failed(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where its reason cannot be kept no source is asked."""

    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Reasons, "keep", broken)
    question = replace(home.question(ASKED, "front-door", Purpose.CHILD_PROTECTION), reason="Because")
    with pytest.raises(ZeroDivisionError):
        await home.answerer.unfold(question)
    assert not any(connector.asks for connector in home.connectors.values())


def test_a_copy_is_written_on_and_what_it_was_made_of_is_not() -> None:
    """Records inside it are copied too; what is no record of ours is left for release to refuse."""
    inner = Professional(name="A")
    record = Involvement(professionals=[inner], plan=None)
    (again,) = copied([record])
    again.professionals[0].name = None  # type: ignore[index] # it has one
    again.notes = "x"
    assert (inner.name, record.notes) == ("A", None)
    stranger = object()
    assert copied([stranger])[0] is stranger


def test_a_copy_of_rows_is_written_on_and_they_are_not() -> None:
    """Rows that nobody has looked at stay so for whoever else is given them; those that somebody has are copied."""
    rows = tabled([Involvement(notes="x")])
    again = copied(rows)
    again[0].notes = None
    assert still_rows(rows)
    assert [one.notes for one in rows] == ["x"]
    copied(rows)[0].notes = None
    assert [one.notes for one in rows] == ["x"]


async def test_what_a_source_gives_after_it_was_given_up_as_late_is_told_to_nobody() -> None:
    """It was said of it that it was late; what it says then is not taken for an answer that came."""
    source, connector = connected("health", deadline=0.05)
    good, _ = connected("police")
    let_go, ended, heard = asyncio.Event(), asyncio.Event(), list[Any]()

    async def stay(_: Ask) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await let_go.wait()
        await let_go.wait()
        ended.set()

    connector.misbehave = stay
    errands = {"late": errand(source), "good": errand(good)}
    found = await gather(errands, deadline=5.0, clock=lambda: datetime.now(UTC), came=heard.append)
    assert found["late"].outcome is Outcome.TIMED_OUT
    let_go.set()
    await ended.wait()
    await asyncio.sleep(0.01)
    assert [list(one) for one in heard] == [["good"]]


async def test_the_last_source_to_come_makes_the_last_part(home: House) -> None:
    """One that is left alone has come too: nothing more is waited for, and no part is made before the last of it."""
    gate, seen = asyncio.Event(), list[bool]()
    home.connectors["police"].misbehave = lambda _: gate.wait()  # type: ignore[assignment] # held until it is let
    source = home.answerer.preparer.sources["health"]
    while source.breaker.admits():
        source.breaker.failed()
    async with await home.answerer.unfold(home.question(ASKED, "front-door", Purpose.CHILD_PROTECTION)) as unfolding:
        while len(unfolding._found) < len(home.connectors) - 1:
            await unfolding.news()
            await asyncio.sleep(0)
        for _ in range(2):
            assert await unfolding.release(lambda shown: seen.append(shown[0].whole) or all_of(shown))  # type: ignore[func-returns-value] # noted on the way
            gate.set()
            await unfolding.news()
    assert seen == [False, True]
