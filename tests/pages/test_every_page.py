"""Every page, in a real browser: what must hold of all of them, walked route by route, so that none is forgotten."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from itertools import pairwise
from urllib.parse import urlsplit

import httpx2
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from connectors.contract import Ask, Reply
from hub.web.pages.officers import OFFICERS_PAGES
from hub.web.pages.routes import PAGES
from hub.web.pages.statements.named import STATEMENTS
from schema.records import Involvement, Status
from tests.cast import CastConnector
from tests.house import RULES
from tests.pages.conftest import Desk, Served, leave_something
from tests.pages.hands import TWO_MINUTES, Hands
from tests.pages.snapshots import differs, frame_taken, path_of, taken

HEADINGS = "[...document.querySelectorAll('h1,h2,h3,h4')].map(h => Number(h.tagName[1]))"
WIDE = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
NAME = "(e.getAttribute('href') || e.id || e.textContent.trim())"
REACHED = f"() => {{const e = document.activeElement; return {NAME}}}"
STOP = "(e.type !== 'radio' || e === ([...document.getElementsByName(e.name)].find(o => o.checked) || first(e)))"
UNFOLDED = "(e.matches('summary') || !e.closest('details:not([open])'))"
IN_ORDER = f"""() => {{const first = e => document.getElementsByName(e.name)[0];
return [...document.querySelectorAll('a[href],button,select,input,textarea,summary,[tabindex="0"]')]
 .filter(e => e.type !== 'hidden' && !e.hidden && {STOP} && {UNFOLDED}).map(e => {NAME})}}"""
_TEXT = """main => {main = main.cloneNode(true); main.querySelectorAll('[data-ends]').forEach(e => e.remove());
return main.textContent.replace(/\\s+/g, ' ').trim()}"""
SAYS = f"() => ({_TEXT})(document.querySelector('main'))"
SAID = f"html => ({_TEXT})(new DOMParser().parseFromString(html, 'text/html').querySelector('main'))"
"""What a page says with its script, and what came before any ran; a countdown ticks in one of them alone."""
LISTING = {*OFFICERS_PAGES, "/figures"}
"""Pages of which a snapshot holds what they are made of alone: what they list changes with every rule and run."""
FAULTS_ALONE = {"resultTypes": ["violations"]}
"""What is asked of axe: it need not list all that is well."""
FAR = 11
"""Stops of the keyboard that are followed: up to the first things a page has of its own."""


QUERIES = {
    "/children/{person}/why": "?source=police&path=flags.code",
    "/policies/cell": "?role=front-door-worker&service=HOUSING&kind=PROFESSIONAL",
}
"""What a page needs beside its path to have something to show."""


def addresses(served: Served) -> dict[str, str]:
    """Give an address of every page, about a child of the cast and the rules that count."""
    given = {"person": served.home.ids["maya"], "rule": "front-door-01", "version": RULES.version}
    given |= {"record": "none", "reference": "none", "saved": "none", "search": "none"} | served.given
    return {path: path.format(**given) + QUERIES.get(path, "") for path in PAGES}


async def theirs(desk: Desk) -> AsyncIterator[tuple[str, str]]:
    """Give every page with its address, signed in as somebody whose page it is."""
    await leave_something(desk.served)
    await desk.sign_in()
    await desk.find_maya()
    await desk.save_chronology()
    every = addresses(desk.served)
    for path, address in every.items():
        if path not in OFFICERS_PAGES:
            yield path, address
    for path in STATEMENTS:
        yield path, path
    await desk.sign_in_as_officer()
    for path in OFFICERS_PAGES:
        yield path, every[path]


# Nobody sees a page without a session: each sends them to sign in, and says nothing of what is there.
async def test_sign_in_is_required(served: Served, client: httpx2.AsyncClient) -> None:
    for path in addresses(served).values():
        answer = await client.get(f"{served.url}{path}")
        assert (answer.status_code, answer.text) == (303, ""), path
        assert answer.headers["location"].startswith("/sign-in?return="), path


async def walked(page: Page, path: str) -> None:
    """Follow the keyboard to the first things a page has of its own."""
    wanted = await page.evaluate(IN_ORDER)
    reached = []
    for _ in wanted[:FAR]:
        await page.keyboard.press("Tab")
        reached.append(await page.evaluate(REACHED))
    assert reached == wanted[:FAR], path
    assert reached[0] == "#main", path
    assert await page.evaluate("getComputedStyle(document.activeElement).boxShadow") != "none", path


# Each page has one h1, a title that begins with it, headings in order, no fault that axe finds, fits 320 px, is
# reached by keyboard in the order it is read, beginning with the way to its content, which shows where it is; says
# without a script all that it says with one; is heard and printed as it is kept; and asks nothing of another machine.
async def test_each_page_is_sound(desk: Desk) -> None:
    changed: list[str] = []
    async for path, address in theirs(desk):
        page = await desk.go(address)
        heading = await page.locator("h1").all_inner_texts()
        assert (len(heading), desk.status) == (1, 200), path
        assert (await page.title()).startswith(heading[0]), path
        levels = await page.evaluate(HEADINGS)
        assert levels[0] == 1, path
        assert all(after <= before + 1 for before, after in pairwise(levels)), (path, levels)
        await walked(page, path)
        found = await Axe().run(page, options=FAULTS_ALONE)
        assert found.violations_count == 0, (path, found.generate_report())
        shown = await desk.answer.text() if desk.answer else ""
        assert await page.evaluate(SAID, shown) == await page.evaluate(SAYS), path
        name = path.strip("/").replace("/", "_").replace("{", "one-").replace("}", "")
        take = frame_taken if path in LISTING else taken
        changed.append(differs(name, await take(page)))
        assert path_of(name).exists(), path
        await desk.shot(name)
        for width in (320, 640):  # a phone, and 200 % zoom of a 1280 px desk
            await page.set_viewport_size({"width": width, "height": 700})
            wide, there = await page.evaluate(WIDE)
            assert wide <= there, (path, width)
        await desk.shot(f"{name}-phone", width=390)
        await desk.paper(name)
        await page.set_viewport_size({"width": 1280, "height": 900})
    assert [change for change in changed if change] == []
    hosts = {urlsplit(url).netloc for url in desk.asked if not url.startswith("data:")}
    assert hosts == {urlsplit(desk.served.url).netloc}
    assert desk.said == []


def in_the_past(connector: CastConnector) -> None:
    """Let an agency have been involved, and be no longer."""

    def over(ask: Ask) -> Reply:
        reply = connector.reply(ask)
        held = {
            person: tuple(
                replace(r, status=Status.HISTORIC, end=date(2024, 1, 9)) if isinstance(r, Involvement) else r
                for r in of
            )
            for person, of in reply.records.items()
        }
        return replace(reply, records=held)

    connector.misbehave = over


# A front door worker finds a child, comes back to the results, sees who is involved and the chronology, and prints the
# sheet, by clicks alone: under two minutes of them, as the keystroke-level model counts hands.
async def test_a_worker_triages(desk: Desk) -> None:
    page, hands = desk.page, Hands()
    in_the_past(desk.served.home.connectors["police"])
    await desk.go("/sign-in?return=/purpose")
    await hands.click(page.get_by_role("button", name="Grace Attwater"))
    await hands.click(page.get_by_label("Child protection"))
    await hands.type(page.get_by_label("Referral or case reference"), "REF 1")
    await hands.click(page.get_by_role("button", name="Continue"))
    await hands.type(page.get_by_label("Family name"), "quilfeather")
    for part, value in (("Day", "17"), ("Month", "May"), ("Year", "2012")):
        await hands.type(page.get_by_label(part, exact=True), value)
    await hands.click(page.get_by_role("button", name="Search"))
    assert "uil" not in page.url + await page.title()
    await page.get_by_role("link", name="Maya Quillfeather").first.click()
    await page.go_back()
    assert await page.locator("h1").inner_text() == "1 child found"
    await hands.click(page.get_by_role("link", name="Maya Quillfeather").first)
    assert await page.locator("h1").inner_text() == "Who is involved with Maya Quillfeather"
    table = page.get_by_role("row", name="Housing")
    assert "Involved now" in await table.inner_text()
    assert "Pro housing-maya" in await table.inner_text()
    assert await page.locator("a[href^='mailto:']").count() > 0
    folded = page.get_by_text("Involved in the past (1): Police"), page.locator("#source-police")
    assert [await part.is_visible() for part in folded] == [True, False]
    await page.emulate_media(media="print")
    assert [await part.is_visible() for part in folded] == [True, True]
    sheet = await page.locator(".paper").inner_text()
    assert sheet.startswith("Printed by Grace Attwater, Front door worker")
    assert "Child protection, case REF 1" in sheet
    assert await page.get_by_role("heading", name="What is not shown").is_visible()
    await page.emulate_media(media="screen")
    await hands.click(page.get_by_role("link", name="Chronology", exact=True))
    assert await page.locator("svg.lanes circle, svg.lanes path").count() == await page.locator(".year li").count()
    await hands.click(page.get_by_text("Choose what to show"))
    select = page.get_by_label("Service", exact=True).and_(page.locator("select"))
    await hands.chose(select.select_option("HOUSING"))
    await hands.click(page.get_by_role("button", name="Show"))
    assert set(await page.locator("tbody th").all_inner_texts()) == {"Housing"}
    await hands.click(page.get_by_role("link", name="Contact sheet", exact=True))
    await hands.click(page.get_by_role("button", name="Print this sheet"))
    assert hands.seconds < TWO_MINUTES, hands.seconds
