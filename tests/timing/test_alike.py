"""What may not be told of reads like what is not there: status, headers, size and words, over HTTP."""

import re
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from hub.graphql.grid import until_next_step
from tests.cast import CHILDREN
from tests.house import house
from tests.rooms.graphql.conftest import Door, door_of
from tests.rooms.graphql.watchers import OFTEN, post_of
from tests.timing.auc import auc, quickest
from tests.timing.questions import CASES, EXTRA, PAIRS, STEP
from tests.timing.watches import BEAT, EVERY, looks

IDS = re.compile(r'"(requestId|id|decisionId)":"[^"]+"')
"""What differs between any two answers: ids, which are all of one length."""


@pytest.fixture
async def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Door]:
    for key, child in EXTRA.items():
        monkeypatch.setitem(CHILDREN, key, child)
    async with house(tmp_path) as home, door_of(home, tmp_path) as opened:
        yield opened


async def asked(door: Door, name: str) -> tuple[int, dict[str, str], int, str]:
    case = CASES[name]
    person = str(uuid.uuid4()) if case.child is None else door.home.ids[case.child]
    context = {"purpose": case.purpose, "reference": "TIMING 1"}
    response = await door.ask(case.query, {"id": person, "context": context}, who=case.who)
    told = response.text
    for key, child in EXTRA.items():
        told = told.replace(key, "*" * len(key)).replace(child.traits.names[0].given, "*")
    return response.status_code, dict(response.headers), len(response.content), IDS.sub(r'"\1":"*"', told)


@pytest.mark.parametrize(("one", "other"), [(one, other) for one, other, _ in PAIRS])
async def test_what_may_not_be_told_of_reads_like_what_is_not_there(door: Door, one: str, other: str) -> None:
    """Status, headers, size and body are the same to the letter, but for ids; no source is asked that would tell."""
    first = await asked(door, one)
    calls = {s: len(c.asks) for s, c in door.home.connectors.items()}
    second = await asked(door, other)
    assert first == second
    assert {s: len(c.asks) for s, c in door.home.connectors.items()} == {s: 2 * n for s, n in calls.items()}
    assert not calls["police"]


async def test_the_comparison_sees_a_difference(door: Door) -> None:
    """Somebody who may be told of reads like neither."""
    assert await asked(door, "police hold none") != await asked(door, "nobody")


async def test_an_answer_leaves_on_the_grid(tmp_path: Path) -> None:
    """Never before its step, whatever became of it; without a grid it leaves when it is ready."""
    step = 0.2
    async with house(tmp_path) as home, door_of(home, tmp_path, step=step) as opened:
        for query in ("{ me { name } }", "{ nonsense }"):
            began = time.perf_counter()
            await opened.ask(query)
            assert time.perf_counter() - began >= step
    started = time.perf_counter()
    await until_next_step(started - 0.3 * step, step)
    assert time.perf_counter() - started >= 0.7 * step
    await until_next_step(time.perf_counter(), 0)


def test_the_measure_is_a_half_where_nothing_is_told_and_one_where_all_is() -> None:
    """Ties count half; the quickest of several are taken in a row."""
    assert auc([1, 2, 3], [1, 2, 3]) == 0.5
    assert auc([1, 2], [3, 4]) == 1
    assert auc([3, 4], [1, 2]) == 0
    assert auc([1, 1], [1, 2]) == 0.75
    assert quickest([3, 1, 2, 5, 4, 6, 9], 3) == [1, 4]


async def test_a_look_that_takes_longer_shows_between_two_signs_of_life(tmp_path: Path) -> None:
    """What the command measures of watches: of looks on a grid the steps, and so a look that is a step longer."""
    assert looks([1.0, 1.030, 1.040, 1.075]) == pytest.approx([0.008, 0.013])
    bounds = replace(OFTEN, every=EVERY, beat=BEAT)
    async with house(tmp_path) as home, post_of(home, tmp_path, bounds, step=STEP) as post:
        listening = post.watch(variables=post.variables(str(uuid.uuid4()), "EARLY_HELP"), who="early-help")
        await listening.started()
        await listening.event()
        beats = []
        for _ in range(6):
            await listening.alive(1)
            beats.append(time.perf_counter())
        assert looks(beats)
