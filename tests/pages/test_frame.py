"""The frame of every page, without a browser: who may see one, what comes with it, and what is said when it fails."""

import re
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import select, update

from hub.identity import held_searches
from hub.settings import SettingsError, read_settings
from hub.store.database import StoreUnavailable
from hub.web.council import Council
from tests.pages.conftest import Served, serving_pages
from tests.rooms.governance.desk import everything_stored
from tests.rooms.signing_in.browser import Browser

PURPOSE = {"purpose": "CHILD_PROTECTION", "reference": "REF 1"}


async def said(worker: Browser, served: Served, **more: str) -> httpx2.Response:
    """Choose a purpose."""
    url = f"{served.url}/purpose"
    token = re.search(r'name="form" value="([0-9a-f]+)"', (await worker.get(url)).text)
    assert token
    form = {"form": token[1]} | PURPOSE | more
    return await worker.follow(url, await worker.send("POST", url, data=form, headers={"Origin": served.url}))


# A page is private: kept by nobody, framed by nobody, told to no other site, and runs nothing but the hub's own file.
async def test_a_page_is_private(worker: Browser, served: Served) -> None:
    page = await worker.get(f"{served.url}/purpose")
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "same-origin"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self'; connect-src 'self';" in policy
    assert "unsafe" not in policy
    assert re.findall(r"<script[^>]*>", page.text) == re.findall(
        r'<script src="/pages/[0-9a-f]{12}\.js" defer>', page.text
    )
    assert " on" not in "".join(re.findall(r"<[a-z][^>]* on[a-z]+=", page.text))
    assert "style=" not in page.text


# Whatever comes along with a page that is only asked for is held to the bound of a form: it fills no memory.
async def test_a_page_that_is_asked_for_brings_no_more_than_a_form_may(worker: Browser, served: Served) -> None:
    sent = [await worker.send("GET", f"{served.url}/purpose", content=b"x" * size) for size in (2, 300_000)]
    assert [answer.status_code for answer in sent] == [200, 400]
    assert "The form could not be read" in sent[1].text


# A bearer token opens no page: it is for APIs. Whoever brings one is sent to sign in.
async def test_a_token_opens_no_page(served: Served, client: httpx2.AsyncClient) -> None:
    answer = await client.get(f"{served.url}/find", headers={"Authorization": "Bearer something"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?return=%2Ffind"


# A form from another site, or without the session's own token, does nothing.
@pytest.mark.parametrize("headers", [{"Origin": "https://elsewhere.example.org"}, {"Sec-Fetch-Site": "cross-site"}, {}])
async def test_a_forged_form_does_nothing(worker: Browser, served: Served, headers: dict[str, str]) -> None:
    shown = await worker.get(f"{served.url}/purpose")
    found = re.search(r'name="form" value="([0-9a-f]+)"', shown.text)
    assert found
    for form, sent in ((found[1], headers), ("0" * 64, {"Origin": served.url})):
        answer = await worker.send("POST", f"{served.url}/purpose", data=PURPOSE | {"form": form}, headers=sent)
        assert answer.status_code == 403
        assert "did not come from a page of yours" in answer.text
    assert "not chosen yet" in (await worker.get(f"{served.url}/purpose")).text


# The purpose and the case are remembered, shown on every page, in no address, and changed at will.
async def test_the_purpose_is_remembered(worker: Browser, served: Served) -> None:
    unsaid = await worker.get(f"{served.url}/find")
    assert str(unsaid.url) == f"{served.url}/purpose?return=%2Ffind"
    found = await said(worker, served)
    assert str(found.url) == f"{served.url}/find"
    assert "REF 1" in found.text
    assert "Child protection" in found.text
    changed = await said(worker, served, purpose="CRIME_PREVENTION", reference="")
    assert "Crime prevention" in changed.text
    assert "REF 1" not in changed.text


# A search is sent and held sealed for its session, and found again at a random address, by that session alone; what is
# wanting is said beside its field, with what would do instead.
async def test_a_search_is_come_back_to(worker: Browser, served: Served, client: httpx2.AsyncClient) -> None:
    form = await said(worker, served)
    token = re.search(r'name="form" value="([0-9a-f]+)"', form.text)
    assert token

    async def search(**typed: str) -> httpx2.Response:
        given = {"form": token[1]} | typed
        return await worker.send("POST", f"{served.url}/find", data=given, headers={"Origin": served.url})

    little = await search(family="quilfeather")
    assert little.status_code == 400
    assert '<a href="#day">Add the date of birth: a family name alone fits too many children</a>' in little.text
    assert "the given name and the age" in little.text
    first = await search(family="quilfeather", day="17", month="5", year="2012")
    address = first.headers["location"]
    assert re.fullmatch(r"/find/[A-Za-z0-9_-]{22}", address)
    for _ in range(2):
        assert "Maya Quillfeather" in (await worker.get(served.url + address)).text
    stored = await everything_stored(served.home.database)
    assert b"quilfeather" not in stored
    assert address.rpartition("/")[2].encode() not in stored
    other = Browser(client)
    await other.submit(await other.get(f"{served.url}/sign-in?return=/purpose"), person="front-door")
    await said(other, served)
    assert "That search is over" in (await other.get(served.url + address)).text
    for _ in range(held_searches.MOST):
        await search(family="quilfeather", day="17", month="5", year="2012")
    async with served.home.database.begin() as connection:
        held = await connection.execute(select(held_searches.HELD.c.id))
        assert len(held.all()) == held_searches.MOST
        await connection.execute(update(held_searches.HELD).values(at=0))
    assert "That search is over" in (await worker.get(served.url + address)).text


# What is missing or wrong is said beside its field, and what was typed is still there, escaped.
@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"purpose": ""}, "Choose why you ask"),
        ({"purpose": "ANALYSIS"}, "Choose why you ask"),
        ({"reference": ""}, "needs the reference of the referral or case"),
        ({"reference": '"><script>'}, "The reference must be up to 64 letters"),
        ({"reason": "x" * 501}, "Say why in at most 500 characters"),
    ],
)
async def test_a_wrong_purpose_is_told(worker: Browser, served: Served, given: dict[str, str], says: str) -> None:
    answer = await said(worker, served, **given)
    assert answer.status_code == 400
    assert says in answer.text
    assert "<title>Error: " in answer.text
    assert "<script>" not in answer.text


# After choosing one goes on to the page that was wanted, and never to another site.
async def test_one_goes_on_within_the_hub(worker: Browser, served: Served) -> None:
    child = f"/children/{served.home.ids['maya']}"
    assert (await said(worker, served, **{"return": child})).url.path == child
    assert (await said(worker, served, **{"return": "//elsewhere.example.org/"})).url.path == "/find"


# Nobody by an id, an id that is none, and somebody sealed read exactly alike.
async def test_nobody_is_nobody(worker: Browser, served: Served) -> None:
    await said(worker, served)
    pages = [
        await worker.get(f"{served.url}/children/{one}")
        for one in ("00000000-0000-0000-0000-000000000000", "Not-An-Id", served.home.ids["sealed"])
    ]
    assert {page.status_code for page in pages} == {404}
    assert len({re.sub(r"[0-9a-f]{24}|return=[^\"]+", "", page.text) for page in pages}) == 1


# What nobody foresaw is a page with a reference, and no word of what it was; what is away is said to be.
@pytest.mark.parametrize(
    ("error", "status", "says"),
    [(RuntimeError("Quillfeather"), 500, "Nothing was released"), (StoreUnavailable(), 503, "Try again shortly")],
)
async def test_errors_are_pages(
    worker: Browser, served: Served, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, says: str
) -> None:
    await said(worker, served)

    async def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("hub.graphql.asking.Asking.person", fail)
    answer = await worker.get(f"{served.url}/children/{served.home.ids['maya']}")
    assert answer.status_code == status
    assert says in answer.text
    assert "Quillfeather" not in answer.text + served.home.log.getvalue()
    assert "Traceback" not in answer.text
    assert re.search(r'class="code">[0-9a-f]{24}<', answer.text)


# A session that ends while a page is made takes the page with it.
async def test_an_ended_session_is_shown_nothing(
    worker: Browser, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hub.graphql.asking import Asking
    from hub.store.tables.sessions import SessionRow

    await said(worker, served)
    before = Asking.person

    async def ends(asking: Asking, *given: object) -> object:
        answer = await before(asking, *given)  # type: ignore[arg-type] # passed on as it came
        async with served.home.database.begin() as connection:
            await connection.execute(SessionRow.__table__.delete())  # type: ignore[attr-defined] # SQLModel's table
        return answer

    monkeypatch.setattr(Asking, "person", ends)
    answer = await worker.get(f"{served.url}/children/{served.home.ids['maya']}")
    assert "Quillfeather" not in answer.text
    assert "Who do you want to be?" in answer.text


# A body that is no form, or too long a one, is refused in a page.
async def test_what_is_no_form_is_refused(worker: Browser, served: Served) -> None:
    for given in ({"json": {"purpose": "x"}}, {"data": {"purpose": "x" * 140_000}}):
        answer = await worker.send("POST", f"{served.url}/purpose", headers={"Origin": served.url}, **given)
        assert answer.status_code == 400
        assert "could not be read" in answer.text
        assert "Grace Attwater" in answer.text


# Where the store is away the statements, and whom to ask for help, are still read.
async def test_statements_need_no_store(worker: Browser, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr("hub.identity.sessions.Sessions.read", away)
    assert "ring 999" in (await worker.get(f"{served.url}/help")).text


# The council's name, colour and logo are as configured; a colour too light to read on keeps the hub from starting.
async def test_the_council_is_configured(tmp_path: Path, client: httpx2.AsyncClient) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", "utf-8")
    async with serving_pages(tmp_path / "hub", council="Wexmere & Borough", colour="#5b2a6e", logo=logo) as served:
        browser = Browser(client)
        page = await browser.submit(await browser.get(f"{served.url}/sign-in?return=/purpose"), person="front-door")
        assert "Wexmere &amp; Borough" in page.text
        sheet = re.search(r"/pages/[0-9a-f]{12}\.css", page.text)
        assert sheet
        assert "--council:#5b2a6e" in (await browser.get(served.url + sheet[0])).text
        shown = await browser.get(f"{served.url}/pages/logo")
        assert shown.headers["content-type"] == "image/svg+xml"
        assert "sandbox" in shown.headers["content-security-policy"]
    for wrong in ({"HUB_COLOUR": "#ffdd00"}, {"HUB_COLOUR": "blue"}, {"HUB_LOGO": str(tmp_path / "none.svg")}):
        with pytest.raises(SettingsError):
            read_settings({"HUB_ENV": "development"} | wrong)
    assert Council.of(read_settings({"HUB_ENV": "development"})).name == "Children's services"
