"""The officers' pages, without a browser: who may see them, and what they say."""

import re

import httpx2
import pytest

from hub.web.pages.officers import OFFICERS_PAGES
from tests.pages.conftest import Served
from tests.rooms.signing_in.browser import Browser


@pytest.fixture
async def officer(served: Served, client: httpx2.AsyncClient) -> Browser:
    """Give an information governance officer who has signed in."""
    browser = Browser(client)
    await browser.submit(await browser.get(f"{served.url}/sign-in?return=/policies"), person="ig-officer")
    return browser


# No officer's page is shown to a worker, by any method; each page is in the walk, so a new one is tried too.
async def test_officers_pages_are_for_officers(worker: Browser, served: Served) -> None:
    for path, (_, methods) in OFFICERS_PAGES.items():
        address = re.sub(r"\{[a-z]+\}", "front-door-01", path)
        answer = await worker.get(f"{served.url}{address}")
        assert answer.status_code == 403, path
        assert "for information governance officers" in answer.text, path
        if "POST" in methods:
            token = re.search(r'name="form" value="([0-9a-f]+)"', answer.text)
            assert token
            sent = await worker.send(
                "POST", f"{served.url}{address}", data={"form": token[1]}, headers={"Origin": served.url}
            )
            assert sent.status_code == 403, path


# An officer is offered officers' pages and no child's, and is not asked why; a worker is offered no officer's.
async def test_each_role_is_offered_its_own(officer: Browser, worker: Browser, served: Served) -> None:
    shown = (await officer.get(f"{served.url}/policies")).text
    assert 'href="/find"' not in shown
    assert "not chosen yet" not in shown
    assert 'href="/policies"' not in (await worker.get(f"{served.url}/purpose")).text
    assert 'href="/policies"' in (await officer.get(f"{served.url}/")).text


# The glance says what the rules say, changes with what is supposed, and leads to the rule behind each field.
async def test_the_glance_is_what_the_rules_say(officer: Browser, served: Served) -> None:
    page = (await officer.get(f"{served.url}/policies?purpose=EARLY_HELP&consent=GIVEN")).text
    assert "Early help worker" in page
    refused = (await officer.get(f"{served.url}/policies?purpose=EARLY_HELP&consent=REFUSED")).text
    grid = r'<h2 id="role-early-help-worker">'
    assert re.search(grid, page)
    assert not re.search(grid, refused)
    cell = "/policies/cell?role=early-help-worker&service=HOUSING&kind=PROFESSIONAL&purpose=EARLY_HELP&consent="
    assert "early-help-01" in (await officer.get(f"{served.url}{cell}GIVEN")).text
    refused_cell = (await officer.get(f"{served.url}{cell}REFUSED")).text
    assert "Not shown, and told why" in refused_cell
    assert "refused or withdrawn" in refused_cell
    for wrong in ("role=nobody", "service=NONE", "kind=NONE"):
        assert (await officer.get(f"{served.url}{cell}&{wrong}")).status_code == 404
