"""A hub with its pages over the cast, and a real browser that knows no way off this machine.

The browser is Debian's or the desk's own: ``$CHROMIUM``, or ``chromium`` on the path. Without one these tests are
skipped, and say so; with ``PAGES_BROWSER=required`` they fail instead.
"""

import contextlib
import os
import shutil
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Response, async_playwright
from starlette.applications import Starlette

from hub.governance.acting import By
from hub.governance.break_glass import GlassReason
from hub.governance.breaking_glass import Asked, break_glass
from hub.governance.consent import Consent
from hub.governance.consenting import record_consent
from hub.identity.sign_in_room import sign_in_room
from hub.keys import read_keys
from hub.people.sealing import Sealer
from hub.settings import read_settings
from hub.web.council import Council
from hub.web.pages.involved import waiting
from hub.web.pages.routes import page_routes
from hub.web.routes import sign_in_routes
from policies.facts import ConsentState
from schema.purposes import Purpose
from tests.house import House, house
from tests.rooms.signing_in.browser import Browser as Client
from tests.rooms.signing_in.conftest import listening

SHOTS = os.environ.get("PAGES_SCREENSHOTS")
"""A folder to leave pictures of every page in; none are taken without it."""


@dataclass(repr=False)
class Served:
    """A hub that serves its pages."""

    url: str
    home: House
    given: dict[str, str] = field(default_factory=dict)
    """Ids of what was left to be looked at, by what they are called in a page's path."""


@contextlib.asynccontextmanager
async def serving_pages(folder: Path, **given: object) -> AsyncIterator[Served]:
    """Serve the pages of a hub over the cast; its people's agencies are the cast's."""
    door = socket.create_server(("127.0.0.1", 0))
    door.setsockopt(
        socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
    )  # as ``hub serve`` does: no answer waits to be acknowledged
    settings = read_settings({}, **({"env": "development", "data": folder, "port": door.getsockname()[1]} | given))
    async with house(folder) as home:
        keyring, pseudonyms = read_keys(folder / "keys"), home.acting.pseudonyms
        sealer = Sealer(keyring.versions("kek"))
        rooms = (settings, home.database, sealer, home.ledger, pseudonyms, home.acting.clock)
        room = sign_in_room(*rooms, home.observer.issuer_keys_unread, home.observer.sign_out_unwritten)
        assert room is not None
        app = Starlette(
            routes=[
                *sign_in_routes(lambda request: request.app.state.hub, development=True),
                *page_routes(lambda request: request.app.state.hub, Council.of(settings)),
            ]
        )
        app.state.hub = SimpleNamespace(
            settings=settings,
            sign_in=room,
            observer=home.observer,
            asking=home.executor._asking,
            governing=home.executor._governing,
        )
        async with listening(app, door):
            yield Served(settings.base_url, home)
        await room.close()


def cast_signs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whoever signs in work for an agency of the cast."""
    from hub.identity import sign_in_room as module

    people = {key: SimpleNamespace(**{**_words(p), "agency": AGENCIES[key]}) for key, p in module.PERSONAS.items()}
    monkeypatch.setattr(module, "PERSONAS", people | SECOND)
    monkeypatch.setattr(waiting, "PATIENCE", 60.0)  # a page that waits is seen by whoever tries one, however busy it is


@pytest.fixture
async def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    """Give a hub; whoever signs in works for an agency of the cast."""
    cast_signs_in(monkeypatch)
    async with serving_pages(tmp_path, council="Brookshire Council", colour="#1d3f72") as made:
        yield made


AGENCIES = dict.fromkeys(
    ("front-door", "social-worker", "analyst", "ig-officer", "ig-approver"), "cast-social-care"
) | {
    "early-help": "cast-early-help",
    "school": "cast-education",
    "police": "cast-police",
    "health": "cast-health",
}


SECOND = {
    key: SimpleNamespace(
        key=key,
        name=name,
        role="ig-officer",
        agency="cast-education",
        agency_name="Cast education",
        email=f"{key}@education.example.org",
    )
    for key, name in (("writer", "Winifred Okafor"), ("approver", "Tobias Fenwick"))
}
"""Two officers of one agency: one writes, the other approves."""


def _words(persona: object) -> dict[str, str]:
    names = ("key", "name", "role", "agency_name", "email")
    return {name: getattr(persona, name) for name in names}


async def leave_something(served: Served) -> None:
    """Leave a consent to change and an emergency access to judge, of a colleague's; pages about either have them."""
    acting, maya = served.home.acting, served.home.ids["maya"]
    purposes, now = frozenset({Purpose.EARLY_HELP}), acting.clock()
    everything: frozenset[Any] = frozenset()
    said = (maya, "mother", ConsentState.GIVEN, everything, purposes, everything, "form", "", now)
    by = By("colleague", "social-worker", "cast-social-care")
    served.given["record"] = await record_consent(acting, Consent(*said, given=now.date()), by)
    asked = Asked(maya, frozenset({"cast-health"}), GlassReason.MISSING_CHILD, "Not seen since noon", "CASE 77")
    served.given["reference"] = (await break_glass(acting, asked, by)).id


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(trust_env=False, timeout=60) as made:  # a busy machine may be late
        yield made


@pytest.fixture
async def worker(served: Served, client: httpx2.AsyncClient) -> Client:
    """Give a front door worker who has signed in and said why they ask, without a browser's engine."""
    browser = Client(client)
    await browser.submit(await browser.get(f"{served.url}/sign-in?return=/purpose"), person="front-door")
    return browser


of_a_file = partial(pytest_asyncio.fixture, scope="module", loop_scope="module")
"""One hub for all the tests of a file: each leaves it fit for the next."""


@of_a_file()
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """Give a hub that a file's tests share."""
    with pytest.MonkeyPatch.context() as patch:
        cast_signs_in(patch)
        async with serving_pages(tmp_path_factory.mktemp("officers"), council="Brookshire Council") as made:
            yield made


@contextlib.asynccontextmanager
async def signed_in(served: Served, person: str) -> AsyncIterator[Client]:
    """Sign somebody in, without a browser's engine."""
    async with httpx2.AsyncClient(trust_env=False, timeout=30) as client:
        browser = Client(client)
        await browser.submit(await browser.get(f"{served.url}/sign-in?return=/purpose"), person=person)
        yield browser


@of_a_file()
async def officer(hub: Served) -> AsyncIterator[Client]:
    """Give an information governance officer who has signed in."""
    async with signed_in(hub, "ig-officer") as browser:
        yield browser


@of_a_file()
async def colleague(hub: Served) -> AsyncIterator[Client]:
    """Give a front door worker who has signed in."""
    async with signed_in(hub, "front-door") as browser:
        yield browser


def chromium() -> str:
    """Give the browser; without one the test is skipped, or fails where one is required."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        (pytest.fail if os.environ.get("PAGES_BROWSER") == "required" else pytest.skip)(
            "NO BROWSER: the pages were not looked at. Install chromium, or name one in $CHROMIUM."
        )
    return str(found)


@dataclass(repr=False)
class Desk:
    """A worker's browser at a hub, and every address it asked for."""

    served: Served
    page: Page
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    answer: Response | None = None

    @property
    def status(self) -> int:
        """Give the status of the page that was opened last."""
        return self.answer.status if self.answer else 0

    async def go(self, path: str) -> Page:
        """Open a page."""
        self.answer = await self.page.goto(f"{self.served.url}{path}")
        return self.page

    async def sign_in(self, name: str = "Grace Attwater", purpose: str = "Child protection") -> None:
        """Sign in and say why."""
        await self.go("/sign-in?return=/purpose")
        await self.page.get_by_role("button", name=name).click()
        await self.page.get_by_label(purpose).check()
        await self.page.get_by_label("Referral or case reference").fill("REF 1")
        await self.page.get_by_role("button", name="Continue").click()

    async def save_chronology(self, name: str = "Initial conference, June") -> None:
        """Save a chronology of one's own of Maya, of every event; pages about one have it."""
        await self.go(f"/children/{self.served.home.ids['maya']}/saved/new")
        await self.page.get_by_label("What to call it").fill(name)
        await self.page.get_by_label("Every event shown").check()
        await self.page.get_by_role("button", name="Save and open it").click()
        self.served.given["saved"] = self.page.url.partition("?")[0].rpartition("/")[2]

    async def find_maya(self) -> None:
        """Find Maya by name and date of birth; the page of results has an address that can be come back to."""
        await self.go("/find")
        await self.page.get_by_label("Family name").fill("quilfeather")
        for part, value in (("Day", "17"), ("Month", "May"), ("Year", "2012")):
            await self.page.get_by_label(part, exact=True).fill(value)
        await self.page.get_by_role("button", name="Search").click()
        self.served.given["search"] = self.page.url.rpartition("/")[2]

    async def sign_in_as_officer(self, name: str = "Harriet Lowndes", path: str = "/policies") -> None:
        """Sign in as somebody else, an information governance officer, who need not say why."""
        await self.page.context.clear_cookies()
        await self.go(f"/sign-in?return={path}")
        await self.page.get_by_role("button", name=name).click()

    async def shot(self, name: str, width: int = 0) -> None:
        """Leave a picture, at this width or another, where pictures are wanted."""
        if SHOTS:
            if width:
                await self.page.set_viewport_size({"width": width, "height": 844})
            await self.page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)

    async def paper(self, name: str) -> None:
        """Leave the page as it prints on A4, where pictures are wanted."""
        if SHOTS:
            await self.page.pdf(path=f"{SHOTS}/{name}.pdf", format="A4")


@pytest.fixture
async def desk(served: Served) -> AsyncIterator[Desk]:
    """Give a browser, nobody signed in, scripts off: every page must do without."""
    path = chromium()
    async with async_playwright() as playwright:
        browser: Browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        context = await browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
        made = Desk(served, await context.new_page())
        made.page.on("request", lambda request: made.asked.append(request.url))
        made.page.on("console", lambda message: made.said.append(message.text))
        yield made
        await browser.close()
