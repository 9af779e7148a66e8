"""Retry-After: a source that asks to be left alone is, for a moment within the deadline or for as long as it said."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web

from connectors.contract import Limits
from connectors.errors import SourceUnavailable
from connectors.transports.client import Client, HttpConnection
from connectors.transports.retries import Pause
from tests.serving import serving


class Busy:
    """A source that says busy to begin with, and counts who asks."""

    def __init__(self, *after: str, status: int = 429) -> None:
        """Know what to say, call by call."""
        self.after = list(after)
        self.status = status
        self.calls = 0

    async def __call__(self, _request: web.BaseRequest) -> web.Response:
        self.calls += 1
        if self.after:
            return web.json_response({}, status=self.status, headers={"Retry-After": self.after.pop(0)})
        return web.json_response({})


@pytest.mark.parametrize("status", [429, 503])
async def test_a_short_wait_is_waited_once(status: int) -> None:
    """What fits the deadline is waited for, and the answer is given."""
    busy = Busy("1", status=status)
    async with serving(busy) as base:
        client = Client(HttpConnection(base_url=base), Limits(deadline=3.0), "t")
        began = asyncio.get_running_loop().time()
        assert await client.get(("a",)) is not None
        assert asyncio.get_running_loop().time() - began >= 1.0
        await client.close()
    assert busy.calls == 2


async def test_a_long_wait_is_reported_and_the_source_left_alone() -> None:
    """Beyond the deadline nobody waits, and nobody asks again before the time named: not to read, not to post."""
    busy = Busy("60")
    async with serving(busy) as base:
        client = Client(HttpConnection(base_url=base), Limits(deadline=0.5), "t")
        for _ in range(3):
            with pytest.raises(SourceUnavailable, match=r"^busy$"):
                await client.get(("a",))
        with pytest.raises(SourceUnavailable, match=r"^busy$"):
            await client.post(("a",), {})
        await client.close()
    assert busy.calls == 1


async def test_a_source_busy_twice_is_given_up() -> None:
    """The second time is not waited for."""
    busy = Busy("1", "1", "1")
    async with serving(busy) as base:
        client = Client(HttpConnection(base_url=base), Limits(deadline=5.0), "t")
        with pytest.raises(SourceUnavailable, match="busy"):
            await client.get(("a",))
        await client.close()
    assert busy.calls == 2


def test_seconds_dates_and_nonsense() -> None:
    """Both of the header's forms are understood; a year is an hour; nonsense asks for nothing."""
    now = 0.0
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    past = format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True)
    nonsense = [("soon", 0, 0), ("Mon, 01 Jan 2024 00:00:00 +99999999999999999", 0, 0)]
    for asked, low, high in (("7", 7, 7), (later, 85, 90), (past, 0, 0), ("9" * 9, 3600, 3600), *nonsense):
        pause = Pause(lambda: now)
        pause.note(asked)
        assert low <= pause.left() <= high
    pause = Pause(lambda: now)
    pause.note("30")
    pause.note(None)
    assert pause.left() == 30
