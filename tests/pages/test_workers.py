"""The pages about one child beside who is involved and the chronology, without a browser."""

import re

import httpx2
import pytest

from hub.governance.feedback import FoundIt, Missed, counts, words
from hub.web.pages.feedback.page import page_of
from hub.web.pages.involved.panels import summed
from tests.pages.conftest import Served
from tests.pages.test_frame import said
from tests.rooms.signing_in.browser import Browser

TOKEN = re.compile(r'name="form" value="([0-9a-f]+)"')


async def child_page(worker: Browser, served: Served, path: str = "", child: str = "maya") -> httpx2.Response:
    """Open one of a child's pages."""
    return await worker.get(f"{served.url}/children/{served.home.ids[child]}{path}")


async def sent(worker: Browser, shown: httpx2.Response, path: str, **given: str) -> httpx2.Response:
    """Send a form of a page that was shown."""
    found = TOKEN.search(shown.text)
    assert found
    url = f"{shown.url.scheme}://{shown.url.netloc.decode()}"
    answer = await worker.send("POST", url + path, data={"form": found[1]} | given, headers={"Origin": url})
    return await worker.follow(url + path, answer)


# The contact sheet says whom to ring, who drew it up, for what, and what is missing.
async def test_the_sheet_says_whom_to_ring(worker: Browser, served: Served) -> None:
    await said(worker, served)
    page = (await child_page(worker, served, "/sheet")).text
    assert "Contact sheet: Maya Quillfeather" in page
    for source in ("social-care", "housing", "police"):
        assert f"Pro {source}-maya" in page
        assert f"Phone {source}-maya" in page
    assert "Drawn up by <strong>Grace Attwater</strong>" in page
    assert "case <strong>REF 1</strong>" in page
    assert "No rule lets your role see this for this purpose." in page


# Of a record of which nothing is shown its name is said once; of any other, each field.
def test_gaps_are_summed_up() -> None:
    every = {"flags": {"flags.code", "flags.text"}}
    assert summed(["flags.text", "flags.code", "births.sex"], every) == ("flags", "sex")
    assert summed(["flags.text"], every) == ("flag text",)


# Feedback is two choices and words that look like nobody's data; the page is known by its pattern alone.
@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"found": "", "missed": "NOTHING"}, "Choose whether you found"),
        ({"found": "YES", "missed": "MUCH"}, "Choose what you missed"),
        ({"found": "YES", "missed": "SPEED", "words": "born 17.5.2012"}, "nothing about a person"),
        ({"found": "YES", "missed": "SPEED", "words": "at bk7 7qq"}, "nothing about a person"),
        ({"found": "YES", "missed": "SPEED", "words": "a" * 301}, "at most 300 characters"),
    ],
)
async def test_wrong_feedback_is_told(worker: Browser, served: Served, given: dict[str, str], says: str) -> None:
    shown = await worker.get(f"{served.url}/feedback")
    answer = await sent(worker, shown, "/feedback", **given)
    assert answer.status_code == 400
    assert says in answer.text
    assert await counts(served.home.acting) == {}


# What is kept of feedback is the page's pattern, the role and the choices; the words are sealed, and read whole.
async def test_feedback_is_kept_without_anybody(worker: Browser, served: Served) -> None:
    child = f"/children/{served.home.ids['maya']}/chronology?service=HOUSING"
    shown = await worker.get(f"{served.url}/feedback")
    given = {"found": "PARTLY", "missed": "A_SERVICE", "words": "Probation, please", "return": child}
    answer = await sent(worker, shown, "/feedback", **given)
    assert "Thank you" in answer.text
    assert child.replace("&", "&amp;") in answer.text
    assert await counts(served.home.acting) == {("/children/-/chronology", "PARTLY", "A_SERVICE"): 1}
    (one,) = await words(served.home.acting)
    assert (one.role, one.found, one.missed) == ("front-door-worker", FoundIt.PARTLY, Missed.A_SERVICE)
    assert one.words == "Probation, please"
    assert page_of("//elsewhere.example.org/x") == "/"
