"""Changing the rules and the agreements, without a browser: what officers' pages say of it, and what they refuse."""

from dataclasses import replace

import orjson
import pytest

from hub.governance.agreeing import agreements_in
from hub.governance.agreement_file import write_agreement
from hub.governance.versions.editing import Edits, drafted
from hub.governance.versions.example_cells import cells_of
from hub.web.pages.policies import comparing
from policies.reading import read_written
from policies.verdicts import Verdict
from schema.fields import FieldId
from schema.services import Service
from tests.cast import requester
from tests.house import RULES
from tests.pages.conftest import Served
from tests.pages.forms import sent
from tests.rooms.signing_in.browser import Browser

pytestmark = pytest.mark.asyncio(loop_scope="module")

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
async def test_a_rule_is_looked_at_as_it_is_written(
    officer: Browser, hub: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = await sent(officer, hub.url, "/policies/new-rule", act="check", id="not a name!")
    assert nothing.status_code == 400
    for says in (
        "Choose at least one: who asks",
        "must be letters, digits and hyphens",
        "Say in English",
        "<title>Error",
    ):
        assert says in nothing.text, says
    taken = await sent(officer, hub.url, "/policies/new-rule", act="check", id="police-02", **RULE)
    assert "called that already" in taken.text
    wide = RULE | {"when.agreement-in-force": "no", "when.always": "yes", "kind.DETAIL": "yes"}
    checked = await sent(officer, hub.url, "/policies/new-rule", act="check", id="police-10", **wide)
    assert "it allows where no agreement is in force" in checked.text
    assert "Gains: Police officer" in checked.text
    unsaid = await sent(officer, hub.url, "/policies/new-rule", act="save", id="police-10", **RULE)
    assert "a version needs a reason" in unsaid.text
    assert "/policies/versions/" not in (await officer.get(f"{hub.url}/policies/versions")).text
    kept = await sent(officer, hub.url, "/policies/new-rule", act="save", id="police-10", draft="Try", **wide)
    assert kept.url.path.startswith("/policies/versions/")
    assert "New rule:" in kept.text
    assert "Decide them again" in kept.text
    await hub.home.person("maya", who="police")
    monkeypatch.setattr(comparing, "AT_ONCE", 2)  # they are taken a few at a time
    replayed = await sent(officer, hub.url, kept.url.path, act="replay")
    assert "<p>9 recorded decisions were decided again by both versions" in replayed.text
    monkeypatch.setattr(comparing, "NEWEST", 0)
    assert "Nothing has been asked" in (await sent(officer, hub.url, kept.url.path, act="replay")).text
    refused = await sent(officer, hub.url, kept.url.path, act="propose")
    assert refused.status_code == 400
    assert "There is a problem" in refused.text
    assert (await sent(officer, hub.url, kept.url.path, act="withdraw", reason="A try")).status_code == 200
    assert "Withdrawn" in (await officer.get(f"{hub.url}/policies/versions")).text


# A test that a change would break is told with what it would come to; the change is kept only once the officer says
# that the test is to expect it.
async def test_tests_that_expect_otherwise_are_told(officer: Browser, hub: Served) -> None:
    room, by = hub.home.executor._governing.policies, requester("ig-officer")
    start, education = FieldId("Involvement.start"), Service("EDUCATION")
    seen = ((e, RULES.ruling(e.asker, education, e.facts).decide(start)) for e in read_written().examples)
    resting = next(e for e, found in seen if found.verdict is Verdict.PERMIT and found.allow == ("police-02",))
    example = replace(resting, service=education, field=start, labels=frozenset(), expect=Verdict.PERMIT)
    edits = Edits(put=(RULES.row("police-02").cells() | {"why": "As before"},), attach=(cells_of(example),))
    with_test = await drafted(room, await room.versions.read(RULES.version), edits, by, "With a test")
    rule = await officer.get(f"{hub.url}/policies/rules/police-02?version={with_test}")
    assert example.where in rule.text
    path = f"/policies/rules/police-02/change?version={with_test}"
    narrow = RULE | {"purpose.CRIME_PREVENTION": "yes", "draft": "Fewer dates"}
    told = await sent(officer, hub.url, path, act="save", **narrow)
    assert told.status_code == 400
    assert "Some tests expect otherwise" in told.text
    assert example.why in told.text
    assert "Not shown, and told why" in told.text
    kept = await sent(officer, hub.url, path, act="save", **narrow, **{f"accept.{example.where}": "yes"})
    assert kept.url.path.startswith("/policies/versions/"), kept.text
    assert "1 of 1 hold" in kept.text


# Whatever a step is refused for is said in the words of a version's own life, and nothing changes.
async def test_steps_that_cannot_be_taken_are_told(officer: Browser, hub: Served) -> None:
    counts = f"/policies/versions/{RULES.version}"
    later = {"at": "2099-01-01T08:00"}
    for act in ("approve", "publish", "schedule", "reject", "restore", "roll-back"):
        refused = await sent(officer, hub.url, counts, act=act, reason="To see", **later)
        assert refused.status_code == 400, act
        assert "There is a problem" in refused.text, act


TEST = {
    "test.role": "police-officer",
    "test.service": "EDUCATION",
    "test.field": "Involvement.start",
    "test.purpose": "CHILD_PROTECTION",
    "test.expect": "PERMIT",
    "test.why": "The police may see since when a school knows a child.",
}


# A test is written with a rule and kept with its version: one that does not hold is told before anything is kept, and
# what leaving the rule out would do is told too.
async def test_a_test_is_written_with_a_rule(officer: Browser, hub: Served) -> None:
    path = "/policies/rules/police-02/change"
    nothing = await sent(officer, hub.url, path, act="check", **RULE, **{"test.expect": "PERMIT"})
    assert "Choose who asks, of which service" in nothing.text
    unsaid = await sent(officer, hub.url, path, act="check", **RULE, **TEST | {"test.why": ""})
    assert "Say in English what the test is for" in unsaid.text
    narrow = await sent(officer, hub.url, path, act="save", draft="Fewer", **RULE, **TEST)
    assert "Some tests expect otherwise" in narrow.text
    assert TEST["test.why"] in narrow.text
    wide = RULE | {"kind.CONTACT": "yes"}
    assert (
        "The test you wrote holds: Police officer"
        in (await sent(officer, hub.url, path, act="check", **wide, **TEST)).text
    )
    kept = await sent(officer, hub.url, path, act="save", draft="With a test of its own", **wide, **TEST)
    assert "1 of 1 hold" in kept.text
    assert TEST["test.why"] in kept.text
    out = await sent(officer, hub.url, path, act="check-out", **RULE)
    assert "What leaving the rule out would do" in out.text
    assert "Loses: Police officer" in out.text


# An agreement is brought in by the agency whose data it is about: checked first, with its warnings and what it takes
# the place of; what is wrong is told with its place, and nothing of it is kept.
async def test_an_agreement_is_brought_in(officer: Browser, hub: Served) -> None:
    path = "/policies/agreements/import"
    there = next(one for one in await agreements_in(hub.home.database) if one.id == "social-care--police")
    document = orjson.loads(write_agreement(there)) | {"title": "Social care and the police, 2026", "dpia": "DPIA 7"}
    document["lawfulBases"] = ["CHILDREN_ACT_1989_S47"]
    document["signatories"] = [
        {"organisation": one, "name": "Somebody", "office": "Lead", "on": "2026-01-01"}
        for one in (there.provider, *there.consumers)
    ]
    whole = orjson.dumps(document).decode()
    for wrong, says in (
        ("", "Paste the agreement"),
        (whole[:-1], "Line 1"),
        (orjson.dumps(document | {"purposes": ["GOSSIP"]}).decode(), "$.purposes"),
        (orjson.dumps(document | {"signatories": []}).decode(), "nobody signed for"),
        (orjson.dumps(document | {"provider": "cast-health"}).decode(), "$.signatories"),
        (orjson.dumps(document | {"id": "health--police"}).decode(), "begins with its provider"),
        (orjson.dumps(document | {"id": "nobodys"}).decode(), "begins with its provider"),
    ):
        refused = await sent(officer, hub.url, path, act="save", document=wrong)
        assert (refused.status_code, says in refused.text) == (400, True), says
    checked = await sent(officer, hub.url, path, act="check", document=whole)
    assert "It takes the place of" in checked.text
    assert "Social care and the police, 2026" not in (await officer.get(f"{hub.url}/policies/agreements")).text
    kept = await sent(officer, hub.url, path, act="save", document=whole)
    assert "Kept." in kept.text
    assert "Social care and the police, 2026" in kept.text


# Taking a rule out is a draft too; what is no version, rule or step is no page, or is told.
async def test_what_is_not_there_is_told(officer: Browser, hub: Served) -> None:
    out = await sent(officer, hub.url, "/policies/rules/police-02/change", act="remove", draft="Not needed")
    assert "Taken out:" in out.text
    for path in ("/policies/rules/none-01", "/policies/rules/none-01/change", "/policies/versions/none"):
        assert (await officer.get(f"{hub.url}{path}")).status_code == 404
    counts = f"/policies/versions/{RULES.version}"
    assert "Choose what to do" in (await sent(officer, hub.url, counts, act="nothing")).text
    late = await sent(officer, hub.url, counts, act="schedule", at="soon")
    assert "as a day and a time" in late.text


# An agreement of the officer's agency is listed with its review, suspended by either party and lifted by whose data it
# is about; another's is not to be had.
async def test_agreements_are_listed_and_suspended(officer: Browser, hub: Served) -> None:
    path = "/policies/agreements"
    listed = (await officer.get(f"{hub.url}{path}")).text
    assert "housing--social-care" in listed
    assert "housing--police" not in listed
    assert "In force" in listed
    suspended = await sent(officer, hub.url, path, act="suspend", agreement="social-care--police")
    assert "Suspended" in suspended.text
    assert "Suspended" not in (await sent(officer, hub.url, path, act="lift", agreement="social-care--police")).text
    await sent(officer, hub.url, path, act="suspend", agreement="housing--social-care")
    for act, named in (("lift", "housing--social-care"), ("suspend", "housing--police"), ("nothing", "")):
        refused = await sent(officer, hub.url, path, act=act, agreement=named)
        assert refused.status_code == 400, named
        assert "There is a problem" in refused.text
