"""The pages about one child beside who is involved and the chronology, without a browser."""

import re
from typing import Any

import httpx2
from sqlalchemy import text

from hub.governance.acting import By
from hub.governance.feedback import FoundIt, Missed, counts
from hub.governance.feedback_reading import given as given_by
from hub.governance.feedback_reading import read_words
from hub.governance.not_sharing import NotSharing, NotSharingReason
from hub.governance.withholding import decide_not_to_share
from hub.web.pages.feedback.page import page_of
from hub.web.pages.involved.panels import summed
from tests.benchmarks.bench_pages import MOST_BYTES, measure
from tests.cast import NOW, agency
from tests.pages.conftest import Served, leave_something
from tests.pages.test_frame import said
from tests.pages.test_journeys import end_agreement
from tests.rooms.signing_in.browser import Browser

TOKEN = re.compile(r'name="form" value="([0-9a-f]+)"')


async def child_page(worker: Browser, served: Served, path: str = "", child: str = "maya") -> httpx2.Response:
    """Open one of a child's pages."""
    return await worker.get(f"{served.url}/children/{served.home.ids[child]}{path}")


async def sent(browser: Browser, shown: httpx2.Response, path: str, /, **given: str) -> httpx2.Response:
    """Send a form of a page that was shown."""
    found = TOKEN.search(shown.text)
    assert found
    url = f"{shown.url.scheme}://{shown.url.netloc.decode()}"
    answer = await browser.send("POST", url + path, data={"form": found[1]} | given, headers={"Origin": url})
    return await browser.follow(url + path, answer)


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


WRONG_FEEDBACK: list[tuple[dict[str, str], str]] = [
    ({"found": "", "missed": "NOTHING"}, "Choose whether you found"),
    ({"found": "YES", "missed": "MUCH"}, "Choose what you missed"),
    ({"found": "YES", "missed": "SPEED", "words": "born 17.5.2012"}, "nothing about a person"),
    ({"found": "YES", "missed": "SPEED", "words": "at bk7 7qq"}, "nothing about a person"),
    ({"found": "YES", "missed": "SPEED", "words": "a" * 301}, "at most 300 characters"),
]


# Feedback is two choices and words that look like nobody's data; the page is known by its pattern alone.
async def test_wrong_feedback_is_told(worker: Browser, served: Served) -> None:
    shown = await worker.get(f"{served.url}/feedback")
    for given, says in WRONG_FEEDBACK:
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
    reader = By("reader", "ig-officer", "cast-housing")
    (one,) = await given_by(served.home.acting, reader)
    assert (one.role, one.found, one.missed) == ("front-door-worker", FoundIt.PARTLY, Missed.A_SERVICE)
    assert await read_words(served.home.acting, [one.id], reader) == {one.id: "Probation, please"}
    assert page_of("//elsewhere.example.org/x") == "/"


async def why(worker: Browser, served: Served, source: str, path: str) -> str:
    """Ask why something is not shown, and give what the page says."""
    return (await child_page(worker, served, f"/why?source={source}&path={path}")).text


# A gap explains itself: the reason, whom to ring, what to quote, and the ways forward that are open, and no other.
async def test_a_gap_explains_itself(worker: Browser, served: Served) -> None:
    await said(worker, served, purpose="EARLY_HELP")
    told = await why(worker, served, "housing", "involvements.professionals.phone")
    assert "none is recorded" in told or "not for this purpose" in told or "No rule lets" in told
    assert "01632 960000" in told
    assert re.search(r"[0-9a-f]{32}~housing~involvements", told)
    await said(worker, served)
    shown = await why(worker, served, "housing", "involvements.professionals.phone")
    assert "do not hold this back from you now" in shown
    for wrong in ("source=nobody&path=flags.code", "source=police&path=flags.nothing", ""):
        assert (await child_page(worker, served, f"/why?{wrong}")).status_code == 404


# Where consent is wanting the way is to ask for it; where a statute is relied on nothing of the kind is offered.
async def test_consent_is_the_way_where_it_is_wanting(served: Served, client: httpx2.AsyncClient) -> None:
    early_help = Browser(client)
    await early_help.submit(await early_help.get(f"{served.url}/sign-in?return=/purpose"), person="early-help")
    await said(early_help, served, purpose="EARLY_HELP")
    told = await why(early_help, served, "education", "involvements.service")
    assert "none is recorded" in told
    assert '/consent"' in told
    assert "/emergency" not in told


# What is held back of a relationship for the other's sake is explained on the other's page, and has the ways there.
async def test_a_relatives_gap_has_the_relatives_ways(worker: Browser, served: Served) -> None:
    home, education = served.home, agency("education")
    maya, rowan = home.ids["maya"], home.ids["rowan"]
    words = (
        frozenset[Any](),
        frozenset[Any](),
        NotSharingReason.RISK_TO_CHILD,
        NOW.date(),
        NOW.date().replace(year=2090),
    )
    by = By("o", "ig-officer", education)
    await decide_not_to_share(home.acting, NotSharing("", rowan, education, *words, "o"), "words", by)
    await said(worker, served)
    told = (await why(worker, served, "education", "relationships.type")).partition('id="ways"')[2]
    assert f"/children/{maya}/emergency" not in told
    theirs = re.search(rf"/children/{rowan}/why[^\"]*", told)
    assert theirs, told
    there = (await worker.get(served.url + theirs[0].replace("&amp;", "&"))).text
    assert "decided not to share" in there


RECORDED = {
    "relationship": "MOTHER",
    "capacity": "PARENTAL_RESPONSIBILITY",
    "said": "yes",
    "method": "form",
    "purposes-EARLY_HELP": "yes",
    "act": "save",
}


WRONG_CONSENTS: list[tuple[dict[str, str], str]] = [
    ({"relationship": ""}, "Choose who said it"),
    ({"capacity": "GILLICK"}, "does not decide by this right"),
    ({"said": "perhaps"}, "Choose what they said"),
    ({"purposes-EARLY_HELP": ""}, "Choose what it is for"),
    ({"method": "dreamt"}, "Choose how they said it"),
    ({"evidence": "in my desk"}, "without spaces"),
    ({"evidence": "a;b"}, "without spaces"),
    ({"given": "2099-01-01"}, "not to come"),
    ({"given": "2026-02-30"}, "must be a real day"),
    ({"expires": "2020-01-01"}, "cannot end before"),
]


# What is wrong with what was typed of a consent is said beside its field, and nothing is recorded.
async def test_a_wrong_consent_is_told(worker: Browser, served: Served) -> None:
    await said(worker, served)
    form = await child_page(worker, served, "/consent/record")
    for given, says in WRONG_CONSENTS:
        answer = await sent(worker, form, f"/children/{served.home.ids['maya']}/consent/record", **(RECORDED | given))
        assert answer.status_code == 400
        assert says in answer.text
    assert "Nothing is recorded" in (await child_page(worker, served, "/consent")).text


# A consent is recorded, reviewed with a new end, and taken back; what was taken back cannot be reviewed.
async def test_consent_is_recorded_reviewed_and_taken_back(worker: Browser, served: Served) -> None:
    await said(worker, served)
    base = f"/children/{served.home.ids['maya']}/consent"
    form = await child_page(worker, served, "/consent/record")
    listed = await sent(worker, form, f"{base}/record", **RECORDED, which="second", expires="2098-04-01")
    assert "The mother (mother-2)" in listed.text
    assert "1 April 2098" in listed.text
    first = re.search(r"/consent/([0-9a-f]+)\?what=review", listed.text)
    assert first
    wrong = await sent(worker, form, f"{base}/{first[1]}", what="review", day="2026-03-02", expires="2026-01-01")
    assert "cannot end before that day" in wrong.text
    looked = await sent(worker, form, f"{base}/{first[1]}", what="review", expires="2099-01-01")
    assert "Nothing opens and nothing closes" in looked.text
    again = await sent(worker, form, f"{base}/{first[1]}", what="review", expires="2099-01-01", act="save")
    assert "1 January 2099" in again.text
    assert "said something else since" in again.text
    late = await sent(worker, form, f"{base}/{first[1]}", what="review", act="save")
    assert (late.status_code, "said something else since" in late.text) == (400, True)
    gone = await sent(worker, form, f"{base}/{first[1]}", what="withdraw", scope="all", day="x")
    assert "must be a real day" in gone.text
    gone = await sent(worker, form, f"{base}/{first[1]}", what="withdraw", scope="all", act="save")
    assert "Taken back" in gone.text
    assert "what=review" not in gone.text
    assert (await worker.get(f"{served.url}{base}/0")).status_code == 404


# Whoever does not work with families may read what was said and record nothing; nor do they break glass.
async def test_each_role_does_its_own(served: Served, client: httpx2.AsyncClient) -> None:
    police = Browser(client)
    await police.submit(await police.get(f"{served.url}/sign-in?return=/purpose"), person="police")
    await said(police, served)
    assert "Record what somebody said" not in (await child_page(police, served, "/consent")).text
    assert (await child_page(police, served, "/consent/record")).status_code == 403
    school = Browser(client)
    await school.submit(await school.get(f"{served.url}/sign-in?return=/purpose"), person="school")
    await said(school, served)
    for path in ("/emergency", "/second-person"):
        assert (await child_page(school, served, path)).status_code == 403
    assert (await school.get(f"{served.url}/emergency-reviews")).status_code == 403


# What a family said is no more to be had by a child's address than the record is: whoever may see nothing of the child
# for their purpose neither reads nor records it. An officer keeps it for children their own agency knows.
async def test_consent_is_not_for_whoever_may_see_nothing(served: Served, client: httpx2.AsyncClient) -> None:
    await leave_something(served)
    base = f"/children/{served.home.ids['maya']}/consent"
    for person, status in (("school", 403), ("analyst", 403), ("ig-officer", 200)):
        browser = Browser(client)
        await browser.submit(await browser.get(f"{served.url}/sign-in?return=/purpose"), person=person)
        await said(browser, served)
        shown = await browser.get(f"{served.url}{base}")
        assert (shown.status_code, "2 March 2026</p>" in shown.text) == (status, status == 200), person
        if status == 403:
            for path in ("record", served.given["record"]):
                answer = await sent(browser, shown, f"{base}/{path}", **RECORDED, what="withdraw")
                assert answer.status_code == 403, (person, path)
        client.cookies.clear()
    async with served.home.database.begin() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM consent"))).scalar_one() == 1


AGREEING: list[tuple[dict[str, str], str]] = [
    ({"worker": "a-colleague", "minutes": "30"}, "Agreed."),
    ({"worker": "demo:front-door", "minutes": "30"}, "Somebody else must agree"),
    ({"worker": "", "minutes": "30"}, "Name the worker by their id"),
    ({"worker": "a-colleague", "minutes": "61"}, "from 1 to 60 minutes"),
    ({"worker": "a-colleague", "minutes": "soon"}, "how many minutes"),
]


# A second person agrees for a colleague of the same organisation, never for oneself, and for an hour at most.
async def test_a_second_person_agrees(worker: Browser, served: Served) -> None:
    await said(worker, served)
    form = await child_page(worker, served, "/second-person")
    for given, says in AGREEING:
        answer = await sent(worker, form, f"/children/{served.home.ids['maya']}/second-person", **given)
        assert says in answer.text, given


# Emergency access says what is wanting beside its field; a session that is not fresh opens nothing and signs in again.
async def test_emergency_access_wants_a_reason_and_a_fresh_sign_in(worker: Browser, served: Served) -> None:
    await said(worker, served)
    path = f"/children/{served.home.ids['maya']}/emergency"
    form = await child_page(worker, served, "/emergency?source=health")
    wrong = await sent(worker, form, path, reference="", minutes="x")
    for says in ("Choose whose records", "Choose what it is about", "why it cannot wait", "case reference", "how many"):
        assert says in wrong.text
    given = {"agencies-cast-health": "yes", "reason": "MISSING_CHILD", "text": "At noon", "reference": "REF 1"}
    late = await sent(worker, form, path, **given, minutes="90")
    assert "from 1 to 60 minutes" in late.text
    async with served.home.database.begin() as connection:
        await connection.execute(text("UPDATE session SET authenticated = authenticated - 3600"))
    refused = await sent(worker, form, path, **given, minutes="5")
    assert (refused.status_code, "Sign in once more" in refused.text) == (403, True)
    asked = await worker.send("GET", served.url + path)
    assert asked.headers["location"].startswith("/sign-in?again=yes&return=")
    asked = await worker.send("GET", f"{served.url}{path}?source=health")
    assert "emergency%3Fsource%3Dhealth" in asked.headers["location"]
    assert (await sent(worker, form, f"{path}/end", reference="nothing")).status_code == 404
    back = await worker.send("GET", f"{served.url}{path}/end")  # who had to sign in first comes back so
    assert back.headers["location"] == path.removesuffix("/emergency")


# What does not concern an officer's agency is nothing to them; their own is judged by somebody else, and once.
async def test_an_officer_judges_what_concerns_them(served: Served, client: httpx2.AsyncClient) -> None:
    await leave_something(served)
    officer = Browser(client)
    queue = f"{served.url}/emergency-reviews"
    shown = await officer.submit(
        await officer.get(f"{served.url}/sign-in?return=/emergency-reviews"), person="ig-officer"
    )
    assert "Open now" in shown.text
    assert "<strong>1</strong> is open now, and is judged afterwards." in shown.text
    early = await sent(officer, shown, f"/emergency-reviews/{served.given['reference']}", outcome="JUSTIFIED")
    assert "still open" in early.text
    assert (await officer.get(f"{queue}/{'0' * 32}")).status_code == 404
    async with served.home.database.begin() as connection:
        await connection.execute(
            text("UPDATE break_glass_grant SET organisation = 'cast-police', owners = 'cast-health'")
        )
    assert (await officer.get(f"{queue}/{served.given['reference']}")).status_code == 404
    assert "No emergency access concerned" in (await officer.get(queue)).text


# What a browser fetches before it can show a page is small, on an old laptop and a slow line.
async def test_first_paint_is_small() -> None:
    for page, _, _, size in await measure(rounds=1):
        assert size < MOST_BYTES, page


# Where a second person is wanting, the way is named with the worker's own id; what a colleague agrees to opens it.
async def test_a_second_person_is_the_way_where_one_is_wanting(served: Served, client: httpx2.AsyncClient) -> None:
    await end_agreement(served.home.database, "health--social-care")
    worker = Browser(client)
    await worker.submit(await worker.get(f"{served.url}/sign-in?return=/purpose"), person="social-worker")
    await said(worker, served)
    form = await child_page(worker, served, "/emergency")
    given = {"agencies-cast-health": "yes", "reason": "MISSING_CHILD", "text": "At noon", "reference": "REF 1"}
    child = f"/children/{served.home.ids['maya']}"
    await sent(worker, form, f"{child}/emergency", **given, minutes="60")
    told = await why(worker, served, "health", "chronology.title")
    assert "do not hold this back" in told
    told = await why(worker, served, "health", "involvements.notes")
    assert "/second-person" in told
    assert "demo:social-worker" in told
    colleague = Browser(client)
    await colleague.submit(await colleague.get(f"{served.url}/sign-in?return=/purpose"), person="front-door")
    await said(colleague, served)
    form = await child_page(colleague, served, "/second-person")
    await sent(colleague, form, f"{child}/second-person", worker="demo:social-worker", minutes="5")
    assert "do not hold this back" in await why(worker, served, "health", "involvements.notes")
