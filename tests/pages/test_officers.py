"""The officers' pages, without a browser: who may see them, and what they say."""

import re
from datetime import date
from pathlib import Path

import httpx2
import orjson
import pytest
from sqlalchemy import text

from connectors.contract import Rejected, Reply
from connectors.errors import SourceUnavailable
from hub.governance.feedback import Feedback, FoundIt, Missed, give
from hub.settings import Environment, SettingsError, read_settings
from hub.web.council import Council
from hub.web.pages.figures.page import chart
from hub.web.pages.officers import OFFICERS_PAGES
from hub.web.pages.rendering import render
from hub.web.pages.statements.named import STATEMENTS
from hub.web.pages.statements.page import stated
from tests.cast import requester
from tests.pages.conftest import Served
from tests.pages.forms import sent
from tests.rooms.signing_in.browser import Browser

pytestmark = pytest.mark.asyncio(loop_scope="module")

HEAD = {
    "council": Council("Wexmere", "#000000", None),
    "who": None,
    "links": (),
    "statements": STATEMENTS,
    "here": "",
    "sheet": "",
    "script": "",
    "problem": False,
    "opens_children": False,
    "request_id": "",
}
"""What the frame gives a page for a stranger."""


# No officer's page is shown to a worker, by any method; each page is in the walk, so a new one is tried too.
async def test_officers_pages_are_for_officers(colleague: Browser, hub: Served) -> None:
    for path, (_, methods) in OFFICERS_PAGES.items():
        address = re.sub(r"\{[a-z]+\}", "front-door-01", path)
        answer = await colleague.get(f"{hub.url}{address}")
        assert answer.status_code == 403, path
        assert "for information governance officers" in answer.text, path
        if "POST" in methods:
            token = re.search(r'name="form" value="([0-9a-f]+)"', answer.text)
            assert token
            sent = await colleague.send(
                "POST", f"{hub.url}{address}", data={"form": token[1]}, headers={"Origin": hub.url}
            )
            assert sent.status_code == 403, path


# An officer is offered officers' pages and no child's, and is not asked why; a worker is offered no officer's.
async def test_each_role_is_offered_its_own(officer: Browser, colleague: Browser, hub: Served) -> None:
    shown = (await officer.get(f"{hub.url}/policies")).text
    assert 'href="/find"' not in shown
    assert "not chosen yet" not in shown
    assert 'href="/policies"' not in (await colleague.get(f"{hub.url}/purpose")).text
    assert 'href="/policies"' in (await officer.get(f"{hub.url}/")).text


# The glance says what the rules say, changes with what is supposed, and leads to the rule behind each field.
async def test_the_glance_is_what_the_rules_say(officer: Browser, hub: Served) -> None:
    page = (await officer.get(f"{hub.url}/policies?purpose=EARLY_HELP&consent=GIVEN")).text
    assert "Early help worker" in page
    refused = (await officer.get(f"{hub.url}/policies?purpose=EARLY_HELP&consent=REFUSED")).text
    grid = r'<h2 id="role-early-help-worker">'
    assert re.search(grid, page)
    assert not re.search(grid, refused)
    cell = "/policies/cell?role=early-help-worker&service=HOUSING&kind=PROFESSIONAL&purpose=EARLY_HELP&consent="
    assert "early-help-01" in (await officer.get(f"{hub.url}{cell}GIVEN")).text
    refused_cell = (await officer.get(f"{hub.url}{cell}REFUSED")).text
    assert "Not shown, and told why" in refused_cell
    assert "refused or withdrawn" in refused_cell
    for wrong in ("role=nobody", "service=NONE", "kind=NONE"):
        assert (await officer.get(f"{hub.url}{cell}&{wrong}")).status_code == 404


# Who can see a field is told in full, and of nobody that it is nobody.
async def test_who_can_see_a_field(officer: Browser, hub: Served) -> None:
    seen = (await officer.get(f"{hub.url}/policies/who?field=Professional.phone&service=HOUSING")).text
    assert "Social worker" in seen
    assert "social-worker-01" in seen
    sealed = "/policies/who?field=Professional.phone&service=HOUSING&flag=WITNESS_PROTECTION"
    assert "Nobody can see it" in (await officer.get(f"{hub.url}{sealed}")).text


# A decision a worker quotes is explained by its id to an officer it concerns, and is none to anybody else.
async def test_a_decision_is_explained(officer: Browser, hub: Served) -> None:
    answer = await hub.home.person("maya", who="front-door")
    quoted = next(gap["decisionId"] for gap in answer["withheld"] if gap["path"].startswith("involvements"))
    told = await sent(officer, hub.url, "/policies/decision", decision=quoted)
    assert told.status_code == 200
    assert "Front door worker of Social care" in told.text
    assert "Not permitted" in told.text
    others = await hub.home.person("maya", who="police", purpose="CRIME_PREVENTION")
    not_theirs = next(gap["decisionId"] for gap in others["withheld"] if "~housing~" in gap["decisionId"])
    for none in (not_theirs, "nothing", "x" * 300):
        refused = await sent(officer, hub.url, "/policies/decision", decision=none)
        assert "no such decision that concerns your agency" in refused.text


# Who looked at a child is listed as far as it concerns the officer's agency, and kept as a file; nobody is told of a
# child whom the agency does not know, and of nobody at all. That it was asked is in the ledger.
async def test_who_looked_is_listed(officer: Browser, hub: Served) -> None:
    maya = hub.home.ids["maya"]
    await hub.home.person("maya", who="police", purpose="CHILD_PROTECTION")
    listed = await sent(officer, hub.url, "/audit", child=f"{hub.url}/children/{maya}/chronology")
    assert "Police officer" in listed.text
    assert "Shown: Social care" in listed.text
    assert "Quillfeather" not in listed.text
    assert "Housing" not in listed.text.partition("Police officer")[2].partition("</tr>")[0]
    kept = await sent(officer, hub.url, "/audit", child=maya, act="csv")
    assert kept.headers["content-disposition"] == 'attachment; filename="who-looked.csv"'
    assert kept.content.startswith(b"\xef\xbb\xbfat,kind,entry,worker")  # by these three bytes Excel knows UTF-8
    assert kept.text.count("\n") > 1
    for none in ("00000000-0000-0000-0000-000000000000", "", hub.home.ids["sealed"]):
        refused = await sent(officer, hub.url, "/audit", child=none)
        assert "knows a child by that id" in refused.text
    for wrong in ({"since": "soon"}, {"until": "9999-12-31"}, {"since": "0001-01-01"}):
        assert "Write a day" in (await sent(officer, hub.url, "/audit", child=maya, **wrong)).text


# What a worker asked is listed by their id at sign-in and kept as a file; an id nobody has finds nothing.
async def test_what_a_worker_asked_is_listed(officer: Browser, hub: Served) -> None:
    await hub.home.person("maya", who="front-door")
    asked = (await sent(officer, hub.url, "/audit/worker", worker=requester("front-door").subject)).text
    assert "Front door worker" in asked
    assert "Nothing is recorded" in (await sent(officer, hub.url, "/audit/worker", worker="nobody")).text
    assert "Enter the worker" in (await sent(officer, hub.url, "/audit/worker", worker="")).text
    kept = await sent(officer, hub.url, "/audit/worker", worker="nobody", act="csv")
    assert kept.text.count("\n") == 1


# What a source of one's own was asked is counted, and unusual use listed, both to keep as files; another's is not.
async def test_use_is_counted(officer: Browser, hub: Served) -> None:
    await hub.home.person("maya", who="police", purpose="CHILD_PROTECTION")
    counted = (await officer.get(f"{hub.url}/audit/source?source=social-care&since=2020-01-01")).text
    assert re.search(r"Child protection</td><td>\d", counted)
    kept = await officer.get(f"{hub.url}/audit/source?source=social-care&as=csv")
    assert kept.content.startswith(b"\xef\xbb\xbforganisation,purpose,asked")
    assert (await officer.get(f"{hub.url}/audit/source?source=housing")).status_code == 400
    assert (await officer.get(f"{hub.url}/audit/source?source=social-care&until=x")).status_code == 400
    assert (await officer.get(f"{hub.url}/audit/unusual?since=2020-01-01")).status_code == 200
    assert (await officer.get(f"{hub.url}/audit/unusual?as=csv")).content.startswith(b"\xef\xbb\xbfday,sign,worker")
    assert (await officer.get(f"{hub.url}/audit/unusual?since=x")).status_code == 400


# Every source is listed to everybody; only an officer may run the check and sees codes, and one that fails is told.
async def test_sources_are_listed_and_checked(officer: Browser, colleague: Browser, hub: Served) -> None:
    seen = (await colleague.get(f"{hub.url}/sources")).text
    assert "Housing records" in seen
    assert "Circuit" not in seen
    assert "Run the check" not in seen
    assert (await sent(colleague, hub.url, "/sources")).status_code == 403
    assert "All 9 sources answer" in (await sent(officer, hub.url, "/sources")).text
    education = hub.home.connectors["education"]
    unread = Reply({}, rejected=(Rejected("pupils.Date of Birth", "not-a-date"),))
    hub.home.answerer.preparer.sources["education"].quality.heard(unread, hub.home.acting.clock())
    told = (await officer.get(f"{hub.url}/sources")).text
    assert re.search(r"pupils\.Date of Birth</th><td>Not a date</td><td>1", told)
    assert "pupils.Date of Birth" not in (await colleague.get(f"{hub.url}/sources")).text

    def away(_: object) -> None:
        raise SourceUnavailable("away")

    education.misbehave = away
    try:
        await hub.home.person("maya", who="social-worker")
        failed = (await officer.get(f"{hub.url}/sources")).text
        assert re.search(r"not answer:</strong>[^<]*Education records", failed)
        assert "unavailable:away" in failed
        assert "unavailable:away" not in (await colleague.get(f"{hub.url}/sources")).text
    finally:
        education.misbehave = None


# The figures are everybody's, drawn and as a table and a file; a few are not told how few, and nobody is named.
async def test_figures_are_told(colleague: Browser, hub: Served) -> None:
    for _ in range(6):
        await hub.home.person("maya", who="social-worker")
    told = (await colleague.get(f"{hub.url}/figures")).text
    assert "100 in 100" in told
    assert "The same as a table" in told
    assert told.count("<rect") > 28
    kept = await colleague.get(f"{hub.url}/figures?as=csv")
    assert len(kept.text.splitlines()) == 29
    assert kept.content.startswith(b"\xef\xbb\xbfday,")
    assert "Quillfeather" not in told + kept.text


async def events(hub: Served) -> list[str]:
    """Give the names of the events in the ledger, the first first."""
    query = "SELECT body FROM audit_record WHERE kind = 'EVENT' ORDER BY seq"
    async with hub.home.database.read() as connection:
        return [orjson.loads(body)["name"] for body in (await connection.execute(text(query))).scalars()]


# What people said is listed for officers; its words are opened when one asks, which the ledger has, and it leaves the
# list once it is dealt with. Whoever ticks nothing is told so.
async def test_what_people_said_is_read_and_dealt_with(officer: Browser, hub: Served) -> None:
    acting, path = hub.home.acting, "/feedback/said"
    assert "Nothing waits" in (await officer.get(f"{hub.url}{path}")).text
    said = ("/children/-/chronology", "front-door-worker", FoundIt.PARTLY, Missed.A_SERVICE, "Probation, please")
    name = await give(acting, Feedback(*said))
    listed = (await officer.get(f"{hub.url}{path}")).text
    assert re.search("Chronology <span[^>]*>Front door worker", listed)
    assert "Missed most: <strong>A service that is not connected" in listed
    assert "Probation" not in listed
    before = len(await events(hub))
    damaged = await give(acting, Feedback(*said))
    async with acting.database.begin() as connection:
        await connection.execute(text("UPDATE feedback SET text_ct = x'00' WHERE id = :id"), {"id": damaged})
    read = (await sent(officer, hub.url, path, act="read")).text
    assert read.count("could not be read") == 1
    assert "Probation, please" in read
    await sent(officer, hub.url, path, act="settle", **{f"done.{damaged}": "yes"})
    assert "Tick what was dealt with" in (await sent(officer, hub.url, path, act="settle")).text
    assert "Nothing waits" in (await sent(officer, hub.url, path, act="settle", **{f"done.{name}": "yes"})).text
    settled = (await officer.get(f"{hub.url}{path}?settled=yes")).text
    assert re.search(r"Dealt with on [^.]*by Social care", settled)
    assert (await events(hub))[before:] == ["feedback-read"] * 2 + ["feedback-settled"] * 2


# A count of a few is not told, on the page or in its drawing.
async def test_few_are_not_told() -> None:
    days = {date(2026, 3, day): count for day, count in ((1, 0), (2, 1), (3, 4), (4, 5), (5, 1200))}
    assert [bar.says for bar in chart(days).bars] == ["0", "fewer than 5", "fewer than 5", "5", "1,200"]
    one, few = (chart({date(2026, 3, 1): count, date(2026, 3, 2): 90}).bars[0].height for count in (1, 4))
    assert one == few > 0


# Anybody may read the statements, signed in or not; they give what is configured, and whoever is signed in stays so.
async def test_statements_are_for_anybody(officer: Browser, hub: Served, tmp_path: Path) -> None:
    async with httpx2.AsyncClient(trust_env=False) as stranger:
        for path, label in STATEMENTS.items():
            seen = await stranger.get(f"{hub.url}{path}")
            assert seen.status_code == 200, path
            assert f'aria-current="page">{label}' in seen.text, path
            assert "Sign out" not in seen.text, path
            assert seen.headers["cache-control"] == "no-store"
            assert "Sign out" in (await officer.get(f"{hub.url}{path}")).text, path
        assert "your service desk at Brookshire Council" in (await stranger.get(f"{hub.url}/help")).text
    given = {"contact_email": "hub@wexmere.example.org", "contact_phone": "01632 960 001"}
    settings = read_settings({}, env="development", data=tmp_path, privacy_contact="dpo@wexmere.example.org", **given)
    settings = settings.model_copy(update={"env": Environment.PRODUCTION})
    shown = {path: stated(path, settings) for path in STATEMENTS}
    told = {path: render(one.template, HEAD | {"title": one.title, **one.values}) for path, one in shown.items()}
    assert "tel:01632960001" in told["/help"]
    assert "dpo@wexmere.example.org" in told["/privacy"]
    assert "__Host-hub-session" in told["/cookies"]
    assert "not a live service" not in told["/about"]
    for wrong in ({"contact_email": "nobody"}, {"contact_phone": "ring me"}, {"privacy_contact": "a b@c"}):
        with pytest.raises(SettingsError):
            read_settings({}, env="development", data=tmp_path, **wrong)


# The ledger is verified from the page; one that was changed is said to be, with the place.
async def test_the_ledger_is_verified(officer: Browser, hub: Served) -> None:
    assert "The ledger is as it was written" in (await sent(officer, hub.url, "/audit/ledger")).text
    async with hub.home.database.begin() as connection:
        await connection.execute(text("UPDATE audit_record SET request_id = 'another' WHERE seq = 1"))
    changed = (await sent(officer, hub.url, "/audit/ledger")).text
    assert "The ledger was changed" in changed
