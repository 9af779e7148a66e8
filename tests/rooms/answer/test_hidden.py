"""Who is hidden is nobody, also while an answer is being made; what was opened for a while is shut when it ends."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from connectors.contract import Ask
from hub.budgets.limits import Ladder, Limits, UserLimits
from hub.governance.acting import By
from hub.governance.allocating import allocate
from hub.governance.allocations import Allocation
from hub.governance.break_glass import GlassReason
from hub.governance.breaking_glass import Asked, break_glass
from hub.governance.consent import Consent
from hub.governance.not_sharing import NotSharing, NotSharingReason
from hub.governance.notices import waiting
from hub.governance.withholding import decide_not_to_share
from policies.facts import ConsentState
from policies.reading import read_rules
from policies.rulebook import Rulebook
from schema.labels import Label
from schema.purposes import Purpose
from tests.cast import CHILDREN, NOW, ROLES, agency, requester
from tests.house import House, house

ASK = "query ($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) { %s } }"
FIND = """query ($s: PersonSearchInput!, $context: RequestContext!) {
  searchPeople(input: $s, context: $context) { candidates { names postcodes } } }"""
CONTEXT = {"purpose": "CHILD_PROTECTION", "reference": "REF 1"}
MAYA = {"familyName": "Quillfeather", "givenName": "Maya", "dateOfBirth": "2012-05-17"}

Flag = Callable[[str, Label], None]


@pytest.fixture
def flag(monkeypatch: pytest.MonkeyPatch) -> Flag:
    """Let a child of the cast carry a flag."""

    def carry(child: str, label: Label) -> None:
        monkeypatch.setitem(CHILDREN, child, replace(CHILDREN[child], labels=frozenset({label})))

    return carry


def outcomes(person: dict[str, Any]) -> dict[str, str]:
    return {s["source"]: s["outcome"].value for s in person["sources"]}


async def answer(home: House, wanted: str, child: str = "maya", who: str = "front-door", **context: Any) -> Any:
    asked = {"id": home.ids.get(child, child), "context": CONTEXT | context}
    result = await home.ask(ASK % wanted, asked, who=who)
    assert not result.errors
    return result.data["person"]


# A flag that hides that there is anything to tell makes a child nobody: the very answer to an id of nobody's.
@pytest.mark.parametrize("label", [Label.SEXUAL_HEALTH, Label.MAPPA, Label.ALLEGATION_AGAINST_STAFF])
async def test_whom_a_flag_hides_is_nobody(tmp_path: Path, flag: Flag, label: Label) -> None:
    flag("maya", label)
    async with house(tmp_path) as home:
        wanted = "id involvements { service } sources { source outcome }"
        assert await answer(home, wanted) is await answer(home, wanted, "f" * 32) is None


# A relative whom a flag hides is not named at all.
async def test_a_hidden_relative_is_nobody(tmp_path: Path, flag: Flag) -> None:
    flag("rowan", Label.ALLEGATION_AGAINST_STAFF)
    async with house(tmp_path) as home:
        assert (await answer(home, "relationships { name person { id } }"))["relationships"] == []


# Nor does a count tell of them: whoever opens somebody with such a relative comes no nearer to a limit by it.
async def test_a_hidden_relative_counts_for_nothing(tmp_path: Path, flag: Flag) -> None:
    flag("rowan", Label.ALLEGATION_AGAINST_STAFF)
    two = Limits(user=UserLimits(people_hour=2, people_day=2), ladder=Ladder(slow_seconds=0))
    wanted = "relationships { name person { id } }"
    async with house(tmp_path, limits=two) as home:
        await answer(home, wanted)
        await answer(home, "id", "f" * 32)
        await answer(home, wanted)
        over = await home.ask(ASK % "id", {"id": "e" * 32, "context": CONTEXT})
        assert [e.extensions["code"] for e in over.errors] == ["REASON_NEEDED"]


# Where the provider keeps back one child's records openly, the child is somebody: the worker is told whom to ring.
async def test_somebody_kept_back_openly_is_somebody(home: House) -> None:
    decision = NotSharing(
        "",
        home.ids["hidden"],
        agency("health"),
        frozenset(),
        frozenset(),
        NotSharingReason.RISK_TO_CHILD,
        NOW.date(),
        NOW.date().replace(year=2090),
        "lead",
    )
    await decide_not_to_share(home.acting, decision, "words", By("lead", "ig-officer", agency("health")))
    wanted = "involvements(services: [HEALTH]) { service } sources { source outcome } withheld { code }"
    person = await answer(home, wanted, "hidden")
    assert outcomes(person)["health"] == "WITHHELD"
    assert {gap["code"].value for gap in person["withheld"]} == {"DECISION_NOT_TO_SHARE"}


# Somebody sealed while the sources answer is named by no relationship, opened or not.
@pytest.mark.parametrize("wanted", ["relationships { type name }", "relationships { name person { id } }"])
async def test_a_relative_sealed_meanwhile_is_not_named(home: House, wanted: str) -> None:
    async def seal(_: Ask) -> None:
        async with home.database.begin() as connection:
            sealing = text("UPDATE person SET status = 'sealed' WHERE id = :id")
            await connection.execute(sealing, {"id": home.ids["rowan"]})

    before = await answer(home, wanted)
    assert before["relationships"]
    real = home.answerer.preparer.register.standing
    reads = []

    async def standing(people: Any) -> Any:
        reads.append(people)
        if len(reads) == 1:
            home.connectors["housing"].misbehave = seal
        return await real(people)

    home.answerer.preparer.register.standing = standing  # type: ignore[method-assign] # to act after the first read
    assert not (await answer(home, wanted))["relationships"]


# Emergency access that runs out while the sources answer opens nothing any more.
async def test_a_grant_that_runs_out_meanwhile_opens_nothing(tmp_path: Path) -> None:
    async with house(tmp_path, agreements=False) as home:
        asker = requester("front-door")
        owners = frozenset({agency("housing")})
        asked = Asked(home.ids["maya"], owners, GlassReason.IMMEDIATE_DANGER, "heard screaming", "REF 1", 30)
        await break_glass(home.acting, asked, By(asker.subject, asker.role, asker.organisation))

        async def run_out(_: Ask) -> None:
            async with home.database.begin() as connection:
                await connection.execute(text("UPDATE break_glass_grant SET until = began"))

        wanted = "involvements { service } sources { source outcome }"
        assert outcomes(await answer(home, wanted))["housing"] == "RECORDS"
        home.connectors["housing"].misbehave = run_out
        assert outcomes(await answer(home, wanted))["housing"] == "WITHHELD"


# Whoever says that they work with a child says it of that child, not of those beside.
async def test_what_is_said_of_a_child_is_not_said_of_relatives(tmp_path: Path) -> None:
    rows = {r.id: r for r in read_rules().rows}
    said = replace(rows["school-03"], when=("agreement-in-force", "says-they-work-with-the-child"))
    named = replace(rows["school-01"], id="said-01", service=("SOCIAL_CARE",), kind=("IDENTITY",))
    named = replace(named, field=("Relationship.*",), when=("agreement-in-force",))
    rules = Rulebook([*(r for r in rows.values() if r.id != "school-03"), said, named])
    async with house(tmp_path, rulebook=rules) as home:
        wanted = "relationships { person { sources { source outcome } } } sources { source outcome }"
        more = {"purpose": "EDUCATION_WELFARE", "reference": None, "reason": "a pupil", "iWorkWithThisChild": True}
        person = await answer(home, wanted, who="school", **more)
        assert outcomes(person)["social-care"] == "RECORDS"
        beside = [r["person"] for r in person["relationships"] if r["person"]]
        assert beside
        assert {outcomes(relative)["social-care"] for relative in beside} == {"WITHHELD"}


# A search that shows a member of staff's relative tells the owners, as a question does.
async def test_a_search_tells_the_owner(tmp_path: Path, flag: Flag) -> None:
    flag("maya", Label.STAFF_OR_RELATIVE)
    async with house(tmp_path) as home:
        result = await home.ask(FIND, {"s": MAYA, "context": CONTEXT})
        assert result.data["searchPeople"]["candidates"]
        told = {notice.agency for notice in (await waiting(home.database)).found}
        assert agency("housing") in told
        assert agency("social-care") not in told  # the asker's own


async def test_a_familys_no_is_told_to_whoever_a_yes_would_show_something(tmp_path: Path) -> None:
    """To every other role a child whose family refused reads like an id there is not, whatever they ask for."""
    wanted = "involvements { service } sources { source outcome reason explanation } withheld { path code }"
    async with house(tmp_path) as home:
        said = (frozenset[Any](), frozenset(Purpose), frozenset[str](), "spoken", "w", NOW)
        for child in ("maya", "rowan"):
            await home.register.record_consent(Consent(home.ids[child], "mother", ConsentState.REFUSED, *said))
        for who in ROLES:
            for purpose in (Purpose.EARLY_HELP, Purpose.EDUCATION_WELFARE, Purpose.ANALYSIS):
                child, nobody = [await answer(home, wanted, c, who, purpose=purpose.value) for c in ("maya", "0" * 32)]
                told = child is not None and any(s["outcome"].value == "RECORDS" for s in child["sources"])
                assert child == nobody or told, (who, purpose)
        for child in ("maya", "rowan"):  # who is not among early help's own
            told = await answer(home, wanted, child, "early-help", purpose="EARLY_HELP")
            assert "CONSENT_REFUSED" in {w["code"].value for w in told["withheld"]}
        police = [await answer(home, wanted, c, "police", purpose="EARLY_HELP") for c in ("rowan", "0" * 32)]
        assert police[0] == police[1]


async def test_a_familys_no_is_told_to_whoever_works_with_the_child(tmp_path: Path) -> None:
    """Also where the rules ask for that beside a yes: the worker's own child does not become an id there is not."""
    rows = {r.id: r for r in read_rules().rows if r.id != "early-help-03"}
    theirs = replace(rows["early-help-01"], when=("agreement-in-force", "consent-given", "works-with-the-child"))
    wanted = "sources { source outcome } withheld { code }"
    async with house(tmp_path, rulebook=Rulebook([*(rows | {theirs.id: theirs}).values()])) as home:
        said = (frozenset[Any](), frozenset(Purpose), frozenset[str](), "spoken", "w", NOW)
        await home.register.record_consent(Consent(home.ids["rowan"], "mother", ConsentState.REFUSED, *said))
        assert await answer(home, wanted, "rowan", "early-help", purpose="EARLY_HELP") is None
        who = requester("early-help")
        worker = Allocation("", home.ids["rowan"], who.organisation, who.subject, "", NOW.date())
        await allocate(home.acting, worker, By("lead", "ig-officer", who.organisation))
        told = await answer(home, wanted, "rowan", "early-help", purpose="EARLY_HELP")
        assert "CONSENT_REFUSED" in {w["code"].value for w in told["withheld"]}
