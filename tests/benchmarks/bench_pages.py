"""What a page costs beside its sources: processor time in templates and rooms, and the bytes of the first paint.

Each page is asked for by a worker's session over loopback at a hub over the cast, whose sources answer from memory;
the time of asking itself (``Asking.people``) is taken away, the asking browser's is in it. Of the processor, not the
clock: a busy machine is no slower by it. A page's first paint is its HTML, the stylesheet and the script, as they come.
"""

import asyncio
import contextlib
import re
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from hub.graphql.asking import Asking
from tests.benchmarks.officers_pages import Cost, officers_pages, officers_table
from tests.pages.conftest import Served, cast_signs_in, serving_pages
from tests.pages.test_frame import said
from tests.rooms.signing_in.browser import Browser

PAGES = ("", "/sheet", "/chronology", "/enhanced", "/consent", "/why?source=police&path=flags.code")
ROUNDS = 20
OK = 200
MOST_BYTES = 200_000


@contextlib.asynccontextmanager
async def at_a_desk(person: str = "front-door") -> AsyncIterator[tuple[Served, Browser]]:
    """Serve pages, and sign somebody in; a worker has said why."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        cast_signs_in(patch)
        async with (
            serving_pages(Path(folder), answer_step=0) as served,
            httpx2.AsyncClient(trust_env=False, timeout=60) as client,
        ):
            browser = Browser(client)
            await browser.submit(await browser.get(f"{served.url}/sign-in?return=/purpose"), person=person)
            if person == "front-door":
                await said(browser, served)
            yield served, browser


async def measure(rounds: int = ROUNDS) -> list[tuple[str, float, float, int]]:
    """Give, for each page, the processor's median milliseconds, whole and beside asking, and its first bytes."""
    asked: list[float] = []
    people = Asking.people

    async def timed(asking: Asking, *given: Any) -> Any:
        began = time.process_time()
        try:
            return await people(asking, *given)
        finally:
            asked.append(time.process_time() - began)

    async with at_a_desk() as (served, browser):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Asking, "people", timed)
            child = f"{served.url}/children/{served.home.ids['maya']}"
            return [await _one(served, browser, child + page, page or "/", asked, rounds) for page in PAGES]


async def _one(
    served: Served, browser: Browser, url: str, name: str, asked: list[float], rounds: int
) -> tuple[str, float, float, int]:
    first = await browser.get(url)  # it fills the caches of templates too
    assert first.status_code == OK, (name, first.status_code)
    files = re.findall(r'(?:href|src)="(/pages/[0-9a-f]+\.(?:css|js))"', first.text)
    size = len(first.content) + sum([len((await browser.get(served.url + file)).content) for file in files])
    whole, beside = [], []
    for _ in range(rounds):
        asked.clear()
        began = time.process_time()
        await browser.get(url)
        took = time.process_time() - began
        whole.append(took * 1000)
        beside.append((took - sum(asked)) * 1000)
    return name, statistics.median(whole), statistics.median(beside), size


def table(found: list[tuple[str, float, float, int]]) -> str:
    """Write the table."""
    lines = [
        "| page of a child | CPU ms, whole | CPU ms beside asking | bytes of first paint |",
        "| --- | ---: | ---: | ---: |",
    ]
    lines += [f"| `{name}` | {whole:.1f} | {beside:.1f} | {size:,} |" for name, whole, beside, size in found]
    return "\n".join(lines)


async def measure_officers(rounds: int = ROUNDS) -> list[Cost]:
    """Give what each officer's page costs."""
    async with at_a_desk("ig-officer") as (served, browser):
        return await officers_pages(served, browser, rounds)


if __name__ == "__main__":
    print(table(asyncio.run(measure())), end="\n\n")
    print(officers_table(asyncio.run(measure_officers())))
