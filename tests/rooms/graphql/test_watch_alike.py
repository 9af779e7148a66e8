"""Events, too, tell nobody from somebody who may not be known of: the same words, and when the clock says."""

import re
import time
import uuid
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from schema.records import Status
from tests.cast import CHILDREN
from tests.house import house
from tests.rooms.graphql.test_watching import holds
from tests.rooms.graphql.watchers import OFTEN, ONCE, Post, Watcher, post_of
from tests.timing.questions import EXTRA

IDS = re.compile(rb'"(requestId|id|seenAt)":"[^"]+"')
"""What differs between any two events: ids of one length, and the moment."""


@pytest.fixture(autouse=True)
def more_children(monkeypatch: pytest.MonkeyPatch) -> None:
    for key, child in EXTRA.items():
        monkeypatch.setitem(CHILDREN, key, child)


async def begun(post: Post, *children: str) -> list[Watcher]:
    """Watch these, as somebody of early help, who may not know that the police know anybody; hear the first events."""
    watchers = [post.watch(variables=post.variables(child, "EARLY_HELP"), who="early-help") for child in children]
    for watcher in watchers:
        assert (await watcher.started())[0] == 200
    return watchers


async def next_of(watchers: list[Watcher]) -> list[bytes]:
    """Give the next event of each, without what differs between any two."""
    return [IDS.sub(rb'"\1":"*"', orjson.dumps(await watcher.event())) for watcher in watchers]


async def test_events_about_nobody_and_about_whom_one_may_not_know_are_the_same(tmp_path: Path) -> None:
    """The first is, to the letter; and whatever happens at a source that may not be told of, none hears of it."""
    async with house(tmp_path) as home, post_of(home, tmp_path, replace(OFTEN, each=6)) as post:
        hidden = await begun(post, str(uuid.uuid4()), "sealed", "police-only")
        first = await next_of(hidden)
        assert len(set(first)) == 1
        omitted = await begun(post, "without", "with-it")
        one, other = await next_of(omitted)
        assert one == other
        assert one != first[0], "the comparison sees a difference"
        for status in (Status.HISTORIC, None, Status.CURRENT):
            holds(post, "police", status=status)
            await post.looks(5)
        assert all(watcher.told_nothing() for watcher in (*hidden, *omitted))
        holds(post, "early-help", status=Status.HISTORIC)
        one, other = await next_of(omitted)
        assert one == other
        assert b'"CHANGED"' in one
        assert all(watcher.told_nothing() for watcher in hidden)


async def test_an_event_leaves_on_the_grid(tmp_path: Path) -> None:
    """Never before its step, whomever it is about."""
    step = 0.2
    async with house(tmp_path) as home, post_of(home, tmp_path, ONCE, step=step) as post:
        for child in (str(uuid.uuid4()), "police-only", "without"):
            started = time.perf_counter()
            (watcher,) = await begun(post, child)
            await watcher.event()
            assert time.perf_counter() - started >= step
            await watcher.leave()
