"""A version's life over GraphQL: drafted from edited rows, approved by another person, made to count, rolled back."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from schema.fields import FieldId
from tests.house import House, house
from tests.rooms.governing.desk import COUNCIL, FEW, HEALTH, POLICE, ask, do, names, of, run

RESULT = "{ version { id stage active } findings mustApprove problem { code message } }"
DRAFT = f"draftPolicyVersion(edits: $edits) {RESULT}"
RULE: dict[str, Any] = {
    "id": "front-door-90",
    "role": ["front-door-worker"],
    "agency": ["*"],
    "purpose": ["SAFEGUARDING_TRIAGE"],
    "service": ["HEALTH"],
    "kind": ["*"],
    "field": ["*"],
    "sensitivity": ["*"],
    "when": ["always"],
    "effect": "deny",
    "onDeny": "withhold",
    "reason": "PROTECTED",
    "why": "Tried by a test.",
}


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path, rulebook=FEW) as opened:
        yield opened


async def drafted(home: House, edits: dict[str, Any] | None = None, who: Any = COUNCIL) -> Any:
    given = {"reason": "Tried by a test"} | (edits if edits is not None else {"put": [RULE]})
    return await do(home, who, DRAFT, edits=("DraftInput!", given))


async def step(home: House, who: Any, field: str, version: str, **more: Any) -> Any:
    arguments = ", ".join([f"version: $version{''.join(f', {n}: ${n}' for n in more)}"])
    return await do(home, who, f"{field}({arguments}) {RESULT}", version=("ID!", version), **more)


async def active(home: House) -> str:
    return str((await ask(home, COUNCIL, "activeVersion"))["activeVersion"])


async def test_a_version_goes_from_edited_rows_to_the_one_that_counts_and_back(home: House) -> None:
    """Each step is in the ledger; the version it was made from stays as it was; nobody approves their own."""
    first = await active(home)
    before = await ask(home, COUNCIL, "content { id rules { id why } parent mustApprove }")
    draft = (await drafted(home))["version"]
    assert (draft["stage"], draft["active"]) == ("DRAFT", False)
    version = draft["id"]
    proposed = await step(home, COUNCIL, "proposePolicyVersion", version)
    assert proposed["version"]["stage"] == "PROPOSED"
    assert proposed["mustApprove"] == [HEALTH.organisation]
    own = await step(home, COUNCIL, "approvePolicyVersion", version)
    assert own["problem"]["code"] == "step-refused"
    other = await step(home, POLICE, "approvePolicyVersion", version)
    assert other["version"] is None
    assert (await step(home, HEALTH, "approvePolicyVersion", version))["version"]["stage"] == "APPROVED"
    published = await step(home, COUNCIL, "publishPolicyVersion", version)
    assert published["version"] == {"id": version, "stage": "ACTIVE", "active": True}
    assert await active(home) == version
    back = await do(home, COUNCIL, f"rollBackPolicy(reason: $why) {RESULT}", why=("String!", "a mistake"))
    assert back["problem"]["code"] == "step-refused"  # the cast's first version was stored without a life
    assert await active(home) == version
    assert (await ask(home, COUNCIL, "content(version: $v) { id }", v=("ID", first)))["content"]["id"] == first
    assert before["content"]["id"] == first
    after = await ask(home, COUNCIL, "content { parent rules { id } }")
    assert {r["id"] for r in after["content"]["rules"]} - {r["id"] for r in before["content"]["rules"]} == {RULE["id"]}
    assert after["content"]["parent"] == first
    assert [n for n in await names(home) if n.startswith("policy-")] == [
        f"policy-{act}" for act in ("draft", "lint", "simulate", "propose", "approve", "activate")
    ]
    told = await ask(
        home, HEALTH, "version(id: $v) { stage history { act stage agency reason gained lost } }", v=("ID!", version)
    )
    assert [s["act"] for s in told["version"]["history"]][-1] == "activate"
    assert len((await ask(home, HEALTH, "versions { id }"))["versions"]) >= 1


async def test_a_second_version_is_rolled_back_to_the_first(home: House) -> None:
    """By name too; and what is scheduled waits for its moment."""
    versions = []
    for why in ("Once.", "Twice."):
        made = (await drafted(home, {"put": [RULE | {"why": why}]}))["version"]["id"]
        await step(home, COUNCIL, "proposePolicyVersion", made)
        await step(home, HEALTH, "approvePolicyVersion", made, reason=("String!", "agreed"))
        await step(home, COUNCIL, "publishPolicyVersion", made)
        versions.append(made)
    back = await do(home, COUNCIL, f"rollBackPolicy(reason: $why) {RESULT}", why=("String!", "a mistake"))
    assert back["version"] == {"id": versions[0], "stage": "ACTIVE", "active": True}
    forth = "rollBackPolicy(reason: $why, version: $version)"
    again = await do(home, COUNCIL, f"{forth} {RESULT}", why=("String!", "no mistake"), version=("ID", versions[1]))
    assert again["version"]["id"] == versions[1] == await active(home)


async def test_a_version_is_scheduled_for_a_moment_to_come(home: House) -> None:
    made = (await drafted(home))["version"]["id"]
    await step(home, COUNCIL, "proposePolicyVersion", made)
    await step(home, HEALTH, "approvePolicyVersion", made)
    now = await home.executor._governing.policies.versions.now()
    for at, code in (
        ((now + timedelta(days=1)).replace(tzinfo=None), "no-offset"),
        (now - timedelta(1), "step-refused"),
    ):
        refused = await step(home, COUNCIL, "schedulePolicyVersion", made, at=("DateTime!", at.isoformat()))
        assert refused["problem"]["code"] == code
    at = (now + timedelta(days=1)).isoformat()
    scheduled = await step(home, COUNCIL, "schedulePolicyVersion", made, at=("DateTime!", at))
    assert scheduled["version"]["stage"] == "SCHEDULED"


async def test_a_wrong_row_is_refused_with_its_place_and_nothing_is_stored(home: House) -> None:
    before = await ask(home, COUNCIL, "versions { id } activeVersion")
    for edits, code in (
        ({"put": [RULE | {"effect": "Deny"}]}, "rules-not-valid"),
        ({"put": [RULE, RULE]}, "twice"),
        ({"remove": ["no-such-rule"]}, "no-such-row"),
        ({"put": [RULE], "start": "somebody's name"}, "step-refused"),
        ({"put": [RULE], "reason": " "}, "step-refused"),
        ({}, "step-refused"),
    ):
        problem = (await drafted(home, edits))["problem"]
        assert problem["code"] == code, problem
        assert "somebody" not in problem["message"]
    assert await ask(home, COUNCIL, "versions { id } activeVersion") == before


async def test_a_version_that_breaks_a_guard_rail_is_not_proposed_and_the_findings_are_told(home: House) -> None:
    """An allow that needs no agreement: linted, told, refused."""
    open_to_all = RULE | {"effect": "allow", "onDeny": "", "reason": "", "sensitivity": ["ORDINARY"]}
    made = await drafted(home, {"put": [open_to_all]})
    assert made["problem"] is None
    told = await step(home, COUNCIL, "proposePolicyVersion", made["version"]["id"])
    assert told["problem"]["code"] == "step-refused"
    assert any("no-agreement" in finding for finding in told["findings"])
    again = await step(home, COUNCIL, "proposePolicyVersion", made["version"]["id"])
    assert again["problem"]["code"] == "step-refused"


async def test_tests_are_attached_taken_away_and_run(home: House) -> None:
    """One that the rules decide otherwise stops the draft; what holds is kept, and stands with its facts."""
    facts = {
        **dict.fromkeys(("own", "break_glass", "reason_given", "second_person"), "no"),
        "basis": "CHILDREN_ACT_1989_S47",
        "consent": "NOT_RECORDED",
        "agreement": "IN_FORCE",
        "relationship": "REFERENCE_GIVEN",
        "basis_state": "IN_FORCE",
        "objection": "NONE",
        "not_to_share": "NONE",
    }
    test = {
        "where": "A test",
        "role": "front-door-worker",
        "agency": "cast-social-care",
        "purpose": "CHILD_PROTECTION",
        "service": "POLICE",
        "field": FieldId("Involvement.service"),
        "labels": [],
        "facts": [{"name": n, "word": w} for n, w in facts.items()],
        "flags": [],
        "expect": "WITHHOLD",
        "why": "Tried by a test.",
    }
    wrong = await drafted(home, {"put": [RULE], "attach": [test]})
    assert wrong["problem"]["code"] == "rules-not-valid"
    nonsense = await drafted(home, {"put": [RULE], "attach": [test | {"facts": []}]})
    assert nonsense["problem"]["code"] == "rules-not-valid"
    right = await drafted(home, {"put": [RULE], "attach": [test | {"expect": "PERMIT"}]})
    version = right["version"]["id"]
    told = await ask(home, HEALTH, "tests(version: $v) { where fault facts { name word } }", v=("ID", version))
    assert [(t["where"], t["fault"]) for t in told["tests"]] == [("A test", None)]
    assert {f["name"]: f["word"] for f in told["tests"][0]["facts"]} == facts
    start = {"start": version, "remove": [RULE["id"]], "detach": ["A test"], "put": [RULE | {"id": "front-door-91"}]}
    other = (await drafted(home, start))["version"]["id"]
    assert (await ask(home, HEALTH, "tests(version: $v) { where }", v=("ID", other)))["tests"] == []


async def test_of_versions_that_are_none_nothing_is_repeated(home: House) -> None:
    """What was typed for a version's id stands in no error and in no result."""
    query = (
        'query { governance { content(version: "Maya Quillfeather") { id } version(id: "Maya Quillfeather") { id } } }'
    )
    result = await run(home, COUNCIL, query)
    assert result.data["governance"] == {"content": None, "version": None}
    assert [e.extensions["code"] for e in result.errors] == ["BAD_USER_INPUT"]
    changed = await step(home, of("ig-officer", "health"), "publishPolicyVersion", "Maya Quillfeather")
    assert changed["problem"]["message"] == "there is no such version"
    assert "Quillfeather" not in str(result.errors)


async def test_a_version_is_rejected_or_withdrawn_and_cannot_count(home: House) -> None:
    """Rejected by an agency whose data it is, withdrawn by the one that brought it, with a reason, and by no other."""
    why = ("String!", "nobody needs it")
    for field, entitled, other, stage in (
        ("rejectPolicyVersion", HEALTH, POLICE, "REJECTED"),
        ("withdrawPolicyVersion", COUNCIL, HEALTH, "WITHDRAWN"),
    ):
        version = (await drafted(home))["version"]["id"]
        await step(home, COUNCIL, "proposePolicyVersion", version)
        for who, reason in ((other, why), (entitled, ("String!", " "))):
            refused = await step(home, who, field, version, reason=reason)
            assert (refused["version"], refused["problem"]["code"]) == (None, "step-refused")
        assert (await step(home, entitled, field, version, reason=why))["version"]["stage"] == stage
        assert (await step(home, HEALTH, "approvePolicyVersion", version))["problem"]["code"] == "step-refused"
    nowhere = await step(home, COUNCIL, "withdrawPolicyVersion", "0" * 12, reason=why)
    assert nowhere["problem"]["message"] == "there is no version 000000000000"
    assert [n for n in await names(home) if n in {"policy-reject", "policy-withdraw"}] == [
        "policy-reject",
        "policy-withdraw",
    ]
