"""The officers' pages, without a browser: who may see them, and what they say."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import text

from connectors.errors import SourceUnavailable
from hub.governance.versions.editing import Edits, drafted
from hub.governance.versions.example_cells import cells_of
from hub.settings import Environment, SettingsError, read_settings
from hub.web.council import Council
from hub.web.pages.figures.page import chart
from hub.web.pages.officers import OFFICERS_PAGES
from hub.web.pages.rendering import render
from hub.web.pages.statements.named import STATEMENTS
from hub.web.pages.statements.page import stated
from policies.reading import read_written
from policies.verdicts import Verdict
from schema.fields import FieldId
from schema.services import Service
from tests.cast import requester
from tests.house import RULES
from tests.pages.conftest import Served, cast_signs_in, serving_pages
from tests.rooms.signing_in.browser import Browser

pytestmark = pytest.mark.asyncio(loop_scope="module")
module = partial(pytest_asyncio.fixture, scope="module", loop_scope="module")
"""One hub for all of these: each leaves it fit for the next."""


@module()
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    with pytest.MonkeyPatch.context() as patch:
        cast_signs_in(patch)
        async with serving_pages(tmp_path_factory.mktemp("officers"), council="Brookshire Council") as made:
            yield made


async def signed_in(served: Served, person: str) -> AsyncIterator[Browser]:
    async with httpx2.AsyncClient(trust_env=False, timeout=30) as client:
        browser = Browser(client)
        await browser.submit(await browser.get(f"{served.url}/sign-in?return=/purpose"), person=person)
        yield browser


@module()
async def officer(served: Served) -> AsyncIterator[Browser]:
    """Give an information governance officer who has signed in."""
    async for browser in signed_in(served, "ig-officer"):
        yield browser


@module()
async def worker(served: Served) -> AsyncIterator[Browser]:
    """Give a front door worker who has signed in."""
    async for browser in signed_in(served, "front-door"):
        yield browser


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


async def sent(officer: Browser, url: str, path: str, **form: str) -> httpx2.Response:
    """Send a form of a page, as the page has it."""
    token = re.search(r'name="form" value="([0-9a-f]+)"', (await officer.get(f"{url}/policies/versions")).text)
    assert token
    answer = await officer.send("POST", f"{url}{path}", data={"form": token[1]} | form, headers={"Origin": url})
    return await officer.follow(f"{url}{path}", answer)


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

RULE = {
    "effect": "allow..",
    "role.police-officer": "yes",
    "purpose.CHILD_PROTECTION": "yes",
    "service.EDUCATION": "yes",
    "kind.EXISTENCE": "yes",
    "field.*": "yes",
    "sensitivity.ORDINARY": "yes",
    "when.agreement-in-force": "yes",
    "why": "Which school.",
}


# What is wrong with a rule is said beside the list it is about; a rule that opens too much is not kept from being
# checked, but told; nothing of it is stored until it is kept, and a name is used once.
async def test_a_rule_is_looked_at_as_it_is_written(officer: Browser, served: Served) -> None:
    nothing = await sent(officer, served.url, "/policies/new-rule", act="check", id="not a name!")
    assert nothing.status_code == 400
    for says in (
        "Choose at least one: who asks",
        "must be letters, digits and hyphens",
        "Say in English",
        "<title>Error",
    ):
        assert says in nothing.text, says
    taken = await sent(officer, served.url, "/policies/new-rule", act="check", id="police-02", **RULE)
    assert "called that already" in taken.text
    wide = RULE | {"when.agreement-in-force": "no", "when.always": "yes", "kind.DETAIL": "yes"}
    checked = await sent(officer, served.url, "/policies/new-rule", act="check", id="police-10", **wide)
    assert "it allows where no agreement is in force" in checked.text
    assert "Gains: Police officer" in checked.text
    unsaid = await sent(officer, served.url, "/policies/new-rule", act="save", id="police-10", **RULE)
    assert "a version needs a reason" in unsaid.text
    assert "/policies/versions/" not in (await officer.get(f"{served.url}/policies/versions")).text
    kept = await sent(officer, served.url, "/policies/new-rule", act="save", id="police-10", draft="Try", **wide)
    assert kept.url.path.startswith("/policies/versions/")
    assert "New rule:" in kept.text
    refused = await sent(officer, served.url, kept.url.path, act="propose")
    assert refused.status_code == 400
    assert "There is a problem" in refused.text
    assert (await sent(officer, served.url, kept.url.path, act="withdraw", reason="A try")).status_code == 200
    assert "Withdrawn" in (await officer.get(f"{served.url}/policies/versions")).text


# A test that a change would break is told with what it would come to; the change is kept only once the officer says
# that the test is to expect it.
async def test_tests_that_expect_otherwise_are_told(officer: Browser, served: Served) -> None:
    room, by = served.home.executor._governing.policies, requester("ig-officer")
    start, education = FieldId("Involvement.start"), Service("EDUCATION")
    seen = ((e, RULES.ruling(e.asker, education, e.facts).decide(start)) for e in read_written().examples)
    resting = next(e for e, found in seen if found.verdict is Verdict.PERMIT and found.allow == ("police-02",))
    example = replace(resting, service=education, field=start, labels=frozenset(), expect=Verdict.PERMIT)
    edits = Edits(put=(RULES.row("police-02").cells() | {"why": "As before"},), attach=(cells_of(example),))
    with_test = await drafted(room, await room.versions.read(RULES.version), edits, by, "With a test")
    rule = await officer.get(f"{served.url}/policies/rules/police-02?version={with_test}")
    assert example.where in rule.text
    path = f"/policies/rules/police-02/change?version={with_test}"
    narrow = RULE | {"purpose.CRIME_PREVENTION": "yes", "draft": "Fewer dates"}
    told = await sent(officer, served.url, path, act="save", **narrow)
    assert told.status_code == 400
    assert "Some tests expect otherwise" in told.text
    assert example.why in told.text
    assert "Not shown, and told why" in told.text
    kept = await sent(officer, served.url, path, act="save", **narrow, **{f"accept.{example.where}": "yes"})
    assert kept.url.path.startswith("/policies/versions/"), kept.text
    assert "1 of 1 hold" in kept.text


# Whatever a step is refused for is said in the words of a version's own life, and nothing changes.
async def test_steps_that_cannot_be_taken_are_told(officer: Browser, served: Served) -> None:
    counts = f"/policies/versions/{RULES.version}"
    later = {"at": "2099-01-01T08:00"}
    for act in ("approve", "publish", "schedule", "reject", "restore", "roll-back"):
        refused = await sent(officer, served.url, counts, act=act, reason="To see", **later)
        assert refused.status_code == 400, act
        assert "There is a problem" in refused.text, act


# Taking a rule out is a draft too; what is no version, rule or step is no page, or is told.
async def test_what_is_not_there_is_told(officer: Browser, served: Served) -> None:
    out = await sent(officer, served.url, "/policies/rules/police-02/change", act="remove", draft="Not needed")
    assert "Taken out:" in out.text
    for path in ("/policies/rules/none-01", "/policies/rules/none-01/change", "/policies/versions/none"):
        assert (await officer.get(f"{served.url}{path}")).status_code == 404
    counts = f"/policies/versions/{RULES.version}"
    assert "Choose what to do" in (await sent(officer, served.url, counts, act="nothing")).text
    late = await sent(officer, served.url, counts, act="schedule", at="soon")
    assert "as a day and a time" in late.text


# Who can see a field is told in full, and of nobody that it is nobody.
async def test_who_can_see_a_field(officer: Browser, served: Served) -> None:
    seen = (await officer.get(f"{served.url}/policies/who?field=Professional.phone&service=HOUSING")).text
    assert "Social worker" in seen
    assert "social-worker-01" in seen
    sealed = "/policies/who?field=Professional.phone&service=HOUSING&flag=WITNESS_PROTECTION"
    assert "Nobody can see it" in (await officer.get(f"{served.url}{sealed}")).text


# A decision a worker quotes is explained by its id to an officer it concerns, and is none to anybody else.
async def test_a_decision_is_explained(officer: Browser, served: Served) -> None:
    answer = await served.home.person("maya", who="front-door")
    quoted = next(gap["decisionId"] for gap in answer["withheld"] if gap["path"].startswith("involvements"))
    told = await sent(officer, served.url, "/policies/decision", decision=quoted)
    assert told.status_code == 200
    assert "Front door worker of cast-social-care" in told.text
    assert "Not permitted" in told.text
    others = await served.home.person("maya", who="police", purpose="CRIME_PREVENTION")
    not_theirs = next(gap["decisionId"] for gap in others["withheld"] if "~housing~" in gap["decisionId"])
    for none in (not_theirs, "nothing", "x" * 300):
        refused = await sent(officer, served.url, "/policies/decision", decision=none)
        assert "no such decision that concerns your agency" in refused.text


# An agreement of the officer's agency is listed with its review, suspended by either party and lifted by whose data it
# is about; another's is not to be had.
async def test_agreements_are_listed_and_suspended(officer: Browser, served: Served) -> None:
    path = "/policies/agreements"
    listed = (await officer.get(f"{served.url}{path}")).text
    assert "housing--social-care" in listed
    assert "housing--police" not in listed
    assert "In force" in listed
    suspended = await sent(officer, served.url, path, act="suspend", agreement="social-care--police")
    assert "Suspended" in suspended.text
    assert "Suspended" not in (await sent(officer, served.url, path, act="lift", agreement="social-care--police")).text
    await sent(officer, served.url, path, act="suspend", agreement="housing--social-care")
    for act, named in (("lift", "housing--social-care"), ("suspend", "housing--police"), ("nothing", "")):
        refused = await sent(officer, served.url, path, act=act, agreement=named)
        assert refused.status_code == 400, named
        assert "There is a problem" in refused.text


# Who looked at a child is listed as far as it concerns the officer's agency, and kept as a file; nobody is told of a
# child whom the agency does not know, and of nobody at all. That it was asked is in the ledger.
async def test_who_looked_is_listed(officer: Browser, served: Served) -> None:
    maya = served.home.ids["maya"]
    await served.home.person("maya", who="police", purpose="CHILD_PROTECTION")
    listed = await sent(officer, served.url, "/audit", child=f"{served.url}/children/{maya}/chronology")
    assert "Police officer" in listed.text
    assert "Shown: Social care" in listed.text
    assert "Quillfeather" not in listed.text
    assert "Housing" not in listed.text.partition("Police officer")[2].partition("</tr>")[0]
    kept = await sent(officer, served.url, "/audit", child=maya, act="csv")
    assert kept.headers["content-disposition"] == 'attachment; filename="who-looked.csv"'
    assert kept.text.startswith("at,kind,entry,worker")
    assert kept.text.count("\n") > 1
    for none in ("00000000-0000-0000-0000-000000000000", "", served.home.ids["sealed"]):
        refused = await sent(officer, served.url, "/audit", child=none)
        assert "knows a child by that id" in refused.text
    for wrong in ({"since": "soon"}, {"until": "9999-12-31"}, {"since": "0001-01-01"}):
        assert "Write a day" in (await sent(officer, served.url, "/audit", child=maya, **wrong)).text


# What a worker asked is listed by their id at sign-in and kept as a file; an id nobody has finds nothing.
async def test_what_a_worker_asked_is_listed(officer: Browser, served: Served) -> None:
    await served.home.person("maya", who="front-door")
    asked = (await sent(officer, served.url, "/audit/worker", worker=requester("front-door").subject)).text
    assert "Front door worker" in asked
    assert "Nothing is recorded" in (await sent(officer, served.url, "/audit/worker", worker="nobody")).text
    assert "Enter the worker" in (await sent(officer, served.url, "/audit/worker", worker="")).text
    kept = await sent(officer, served.url, "/audit/worker", worker="nobody", act="csv")
    assert kept.text.count("\n") == 1


# What a source of one's own was asked is counted, and unusual use listed, both to keep as files; another's is not.
async def test_use_is_counted(officer: Browser, served: Served) -> None:
    await served.home.person("maya", who="police", purpose="CHILD_PROTECTION")
    counted = (await officer.get(f"{served.url}/audit/source?source=social-care&since=2020-01-01")).text
    assert re.search(r"Child protection</td><td>\d", counted)
    kept = await officer.get(f"{served.url}/audit/source?source=social-care&as=csv")
    assert kept.text.startswith("organisation,purpose,asked")
    assert (await officer.get(f"{served.url}/audit/source?source=housing")).status_code == 400
    assert (await officer.get(f"{served.url}/audit/source?source=social-care&until=x")).status_code == 400
    assert (await officer.get(f"{served.url}/audit/unusual?since=2020-01-01")).status_code == 200
    assert (await officer.get(f"{served.url}/audit/unusual?as=csv")).text.startswith("day,sign,worker")
    assert (await officer.get(f"{served.url}/audit/unusual?since=x")).status_code == 400


# Every source is listed to everybody; only an officer may run the check and sees codes, and one that fails is told.
async def test_sources_are_listed_and_checked(officer: Browser, worker: Browser, served: Served) -> None:
    seen = (await worker.get(f"{served.url}/sources")).text
    assert "Housing records" in seen
    assert "Circuit" not in seen
    assert "Run the check" not in seen
    assert (await sent(worker, served.url, "/sources")).status_code == 403
    assert "All 9 sources answer" in (await sent(officer, served.url, "/sources")).text
    education = served.home.connectors["education"]

    def away(_: object) -> None:
        raise SourceUnavailable("away")

    education.misbehave = away
    try:
        await served.home.person("maya", who="social-worker")
        failed = (await officer.get(f"{served.url}/sources")).text
        assert re.search(r"not answer:</strong>[^<]*Education records", failed)
        assert "unavailable:away" in failed
        assert "unavailable:away" not in (await worker.get(f"{served.url}/sources")).text
    finally:
        education.misbehave = None


# The figures are everybody's, drawn and as a table and a file; a few are not told how few, and nobody is named.
async def test_figures_are_told(worker: Browser, served: Served) -> None:
    for _ in range(6):
        await served.home.person("maya", who="social-worker")
    told = (await worker.get(f"{served.url}/figures")).text
    assert "100 in 100" in told
    assert "The same as a table" in told
    assert told.count("<rect") > 28
    kept = await worker.get(f"{served.url}/figures?as=csv")
    assert len(kept.text.splitlines()) == 29
    assert "Quillfeather" not in told + kept.text


# A count of a few is not told, on the page or in its drawing.
async def test_few_are_not_told() -> None:
    days = {date(2026, 3, day): count for day, count in ((1, 0), (2, 1), (3, 4), (4, 5), (5, 1200))}
    assert [bar.says for bar in chart(days).bars] == ["0", "fewer than 5", "fewer than 5", "5", "1,200"]
    one, few = (chart({date(2026, 3, 1): count, date(2026, 3, 2): 90}).bars[0].height for count in (1, 4))
    assert one == few > 0


# Anybody may read the statements, signed in or not; they give what is configured, and whoever is signed in stays so.
async def test_statements_are_for_anybody(officer: Browser, served: Served, tmp_path: Path) -> None:
    async with httpx2.AsyncClient(trust_env=False) as stranger:
        for path, label in STATEMENTS.items():
            seen = await stranger.get(f"{served.url}{path}")
            assert seen.status_code == 200, path
            assert f'aria-current="page">{label}' in seen.text, path
            assert "Sign out" not in seen.text, path
            assert seen.headers["cache-control"] == "no-store"
            assert "Sign out" in (await officer.get(f"{served.url}{path}")).text, path
        assert "your service desk at Brookshire Council" in (await stranger.get(f"{served.url}/help")).text
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
async def test_the_ledger_is_verified(officer: Browser, served: Served) -> None:
    assert "The ledger is as it was written" in (await sent(officer, served.url, "/audit/ledger")).text
    async with served.home.database.begin() as connection:
        await connection.execute(text("UPDATE audit_record SET request_id = 'another' WHERE seq = 1"))
    changed = (await sent(officer, served.url, "/audit/ledger")).text
    assert "The ledger was changed" in changed
