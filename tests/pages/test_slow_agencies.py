"""A slow agency and a dead one: what is known is shown at once, what is not is said to be unknown, script or none."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from playwright.async_api import expect

from connectors.contract import Ask
from connectors.errors import SourceUnavailable
from hub.web.pages.involved import waiting
from tests.pages.conftest import Desk, Served
from tests.pages.test_frame import said
from tests.pages.test_workers import child_page
from tests.rooms.signing_in.browser import Browser


def patiently(served: Served, source: str, deadline: float) -> None:
    """Let a source take its time."""
    sources = served.home.answerer.preparer.sources
    held = sources[source]
    limits = held.config.limits.model_copy(update={"deadline": deadline})
    sources._by[source] = replace(held, config=held.config.model_copy(update={"limits": limits}))


# Each service's panel comes as it answers, a dead one's says that it did not; when the slow one answers the page is
# complete. Without a script the page waits, within the deadline, and says of the slow one that it did not answer.
async def test_a_slow_and_a_dead_agency(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    answers, home = asyncio.Event(), desk.served.home

    async def slowly(_: Ask) -> Any:
        await answers.wait()

    def dead(_: Ask) -> Any:
        raise SourceUnavailable("connection-refused")

    home.connectors["health"].misbehave, home.connectors["police"].misbehave = slowly, dead
    patiently(desk.served, "health", 60.0)
    monkeypatch.setattr(waiting, "PATIENCE", 0.05)
    await desk.sign_in()
    page, child = desk.page, f"/children/{home.ids['maya']}"
    await desk.go(child)
    await expect(page.locator("h1")).to_have_text("Who is involved: asking")
    await expect(page.get_by_text("Pro housing-maya")).to_be_visible(timeout=60_000)
    await expect(page.get_by_role("region", name="Police")).to_contain_text("Did not answer: unknown", timeout=60_000)
    await expect(page.get_by_role("region", name="Health")).to_contain_text("asking")
    await desk.shot("slow")
    reference = page.locator(".foot .code")
    before = await reference.inner_text()
    answers.set()
    await expect(page.locator("h1")).to_have_text("Who is involved with Maya Quillfeather", timeout=60_000)
    await expect(page.locator("#source-health").get_by_text("Pro health-maya", exact=True)).to_be_visible()
    await expect(page.get_by_role("link", name="Try again")).to_be_visible()
    await expect(reference).not_to_have_text(before)  # the foot is the complete page's too
    assert await page.title() == "Who is involved with Maya Quillfeather - Children's services hub - Brookshire Council"
    answers.clear()
    patiently(desk.served, "health", 0.2)
    browser = page.context.browser
    assert browser
    context = await browser.new_context(java_script_enabled=False, storage_state=await page.context.storage_state())
    plain = await context.new_page()
    await plain.goto(desk.served.url + child)
    await plain.wait_for_url("**?whole=yes", timeout=60_000)
    row = plain.get_by_role("row", name="Health")
    await expect(row).to_contain_text("Did not answer: unknown")
    await expect(plain.locator("#source-housing").get_by_text("Pro housing-maya", exact=True)).to_be_visible()


# A panel is of a service that there is; of somebody who may not be told of it says what it says of nobody.
async def test_a_panel_is_of_a_service(worker: Browser, served: Served) -> None:
    await said(worker, served)
    assert "Pro housing-maya" in (await child_page(worker, served, "/panel?service=HOUSING")).text
    assert (await child_page(worker, served, "/panel?service=CIRCUS")).status_code == 404
    sealed = await child_page(worker, served, "/panel?service=SOCIAL_CARE", "sealed")
    nobody = await worker.get(f"{served.url}/children/00000000-0000-0000-0000-000000000000/panel?service=SOCIAL_CARE")
    assert (sealed.status_code, sealed.text) == (nobody.status_code, nobody.text) == (200, sealed.text)
    assert "nothing can be said by itself" in sealed.text
