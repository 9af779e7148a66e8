"""From breaking glass to the notice at the lead's own address: each step real, the time between taken (E4)."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import orjson
from aiohttp import web

from hub.governance.acting import Acting, By
from hub.governance.break_glass import GlassReason
from hub.governance.breaking_glass import Asked, break_glass


@dataclass
class Receiver:
    """An agency's address that takes everything, and when each notice came, by what it is about."""

    url: str = ""
    came: dict[str, float] = field(default_factory=dict)
    told: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        """Take a notice."""
        said = orjson.loads(await request.read())
        self.came.setdefault(said["reference"], time.perf_counter())
        self.told.set()
        return web.Response(status=204)


@contextlib.asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """Run one on loopback."""
    found, app = Receiver(), web.Application()
    app.router.add_post("/notices", found.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.url = f"{site.name}/notices"
    yield found
    await runner.cleanup()


async def glass_broken(
    acting: Acting, person_id: str, agency: str, receiver: Receiver, times: int, pause: Callable[[], float]
) -> list[float]:
    """Let so many workers break glass, each a while after the other; give the seconds until the agency was told."""
    began: dict[str, float] = {}
    for number in range(times):
        asked = Asked(person_id, frozenset({agency}), GlassReason.MISSING_CHILD, "not seen since noon", "CASE 77")
        start = time.perf_counter()
        grant = await break_glass(acting, asked, By(f"worker-{number}", "social-worker", "county-council"))
        began[grant.id] = start
        await asyncio.sleep(pause())
    while not began.keys() <= receiver.came.keys():
        await receiver.told.wait()
        receiver.told.clear()
    return [receiver.came[grant_id] - start for grant_id, start in began.items()]
