"""Measure how long it takes from breaking glass until the lead whose records are opened is told (E4).

``python -m tests.benchmarks notices``: a hundred times, at moments spread over two minutes; the hub sends what waits as
often as it does in service, each notice is signed and posted over real HTTP, and the receiver says when it came.
"""

import asyncio
import contextlib
import io
import sys
import tempfile
from pathlib import Path
from random import Random
from statistics import median

from hub import upkeep
from hub.governance.posting import posted
from hub.observing import Observer
from hub.settings import read_settings
from tests.cast import agency
from tests.house import house
from tests.rooms.governance.telling import glass_broken, receiving

TIMES = 100
SPREAD = 120.0
"""Seconds over which they are spread."""


async def main(times: int) -> None:
    """Print the table."""
    chance, health = Random(1), agency("health")  # noqa: S311 -- moments, the same every time
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "secret").write_text("made-up-secret\n", "utf-8")
        async with receiving() as receiver, house(folder / "hub") as home:
            file = folder / "notices.toml"
            secret = f'{{ file = "{folder / "secret"}" }}'
            file.write_text(f'[[agency]]\nid = "{health}"\nurl = "{receiver.url}"\nsecret = {secret}\n', "utf-8")
            posts = posted(read_settings({}, env="development", data=folder, notices=file))
            assert posts is not None
            sending = asyncio.create_task(upkeep.notices(posts, home.database, Observer(io.StringIO())))
            taken = await glass_broken(
                home.acting, home.ids["maya"], health, receiver, times, lambda: chance.uniform(0, 2 * SPREAD / TIMES)
            )
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sending
    print(
        f"| breaking glass until its agency is told, sent every {upkeep.TELL_EVERY:.0f} s | seconds |\n| --- | ---: |"
    )
    found = sorted(taken)
    for what, value in (("median", median(found)), ("95 of 100 within", found[len(found) * 95 // 100 - 1])):
        print(f"| {what} | {value:.2f} |")
    print(f"| longest of {len(found)} | {found[-1]:.2f} |")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else TIMES))
