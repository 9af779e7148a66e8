"""What business an asker has with a child decides what they see, from the next question on."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from hub.governance.acting import By
from hub.governance.allocating import allocate, end_allocation
from hub.governance.allocations import Allocation
from hub.governance.break_glass import GlassReason, ReviewOutcome
from hub.governance.breaking_glass import Asked, break_glass, end, review
from hub.governance.givers import GiverRelationship
from hub.governance.not_sharing import NotSharing, NotSharingReason
from hub.governance.notices import waiting
from hub.governance.objecting import receive
from hub.governance.objections import Objection
from hub.governance.second_person import agree
from hub.governance.withholding import decide_not_to_share
from policies.reading import read_rules
from policies.rulebook import Rulebook
from schema.kinds import Kind
from tests.cast import NOW, agency, requester
from tests.house import House, house

ROWS = read_rules().rows
DEFAULTS = [r for r in ROWS if r.id.startswith("defaults-")]
FRONT_DOOR = [r for r in ROWS if r.id in {"front-door-01", "front-door-02"}]


def by(who: str) -> By:
    asker = requester(who)
    return By(asker.subject, asker.role, asker.organisation)


def outcomes(person: dict[str, Any]) -> dict[str, str]:
    return {s["source"]: s["outcome"].value for s in person["sources"]}


def in_words(reason: str | None, **more: Any) -> dict[str, Any]:
    return {"purpose": "CHILD_PROTECTION", "reference": "REF 1", "reason": reason, **more}


QUERY = "query ($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) {%s} }"
SEEN = "involvements { service status professionals { name } } sources { source outcome } withheld { code source }"


def emergency(home: House, *sources: str, minutes: int = 30) -> Asked:
    owners = frozenset(map(agency, sources))
    return Asked(home.ids["maya"], owners, GlassReason.IMMEDIATE_DANGER, "heard screaming", "REF 1", minutes)


def everything_below(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())


# Emergency access opens one child's records at the agencies named to one worker, tells the owner, and ends at once.
async def test_breaking_glass_opens_what_no_agreement_covers(tmp_path: Path) -> None:
    async with house(tmp_path, agreements=False) as home:
        assert outcomes(await home.person())["housing"] == "WITHHELD"
        grant = await break_glass(home.acting, emergency(home, "housing"), by("front-door"))
        seen = outcomes(await home.person())
        assert (seen["housing"], seen["health"]) == ("RECORDS", "WITHHELD")
        assert outcomes(await home.person(who="social-worker"))["housing"] == "WITHHELD"
        assert outcomes(await home.person("rowan"))["education"] == "WITHHELD"
        told = [n for n in (await waiting(home.database, agency("housing"))).found if n.about == "records-seen"]
        assert len(told) == 1
        await end(home.acting, grant.id, by("front-door"))
        assert outcomes(await home.person())["housing"] == "WITHHELD"
        lead = By("lead", "ig-officer", agency("housing"))
        await review(home.acting, grant.id, ReviewOutcome.JUSTIFIED, lead)


# What the law forbids stays forbidden, whoever breaks glass: a person sealed is nobody, before and after.
async def test_breaking_glass_opens_nobody_the_law_protects(home: House) -> None:
    asked = replace(emergency(home, "social-care"), person_id=home.ids["sealed"])
    before = await home.ask(QUERY % SEEN, {"id": home.ids["sealed"], "context": in_words(None)})
    await break_glass(home.acting, asked, by("front-door"))
    after = await home.ask(QUERY % SEEN, {"id": home.ids["sealed"], "context": in_words(None)})
    assert before.data == after.data
    assert not home.connectors["social-care"].asks


# Whoever sees what a rule says the owner must be told of, has the owner told; if that cannot be kept, nothing leaves.
async def test_nothing_is_shown_that_the_owner_could_not_be_told_of(tmp_path: Path) -> None:
    async with house(tmp_path, agreements=False) as home:
        await break_glass(home.acting, emergency(home, "housing"), by("front-door"))
        async with home.database.begin() as connection:
            await connection.execute(text("DROP TABLE notice"))
        result = await home.ask(QUERY % SEEN, {"id": home.ids["maya"], "context": in_words(None)})
        assert result.data == {"person": None}
        assert [e.extensions["code"] for e in result.errors or ()] == ["NOT_READY"]


# A provider's decision not to share shuts its records from the next question on; nobody else's.
async def test_a_decision_not_to_share_is_kept_to(home: House) -> None:
    decision = NotSharing(
        "",
        home.ids["maya"],
        agency("housing"),
        frozenset(),
        frozenset({Kind.PROFESSIONAL}),
        NotSharingReason.RISK_TO_OTHERS,
        NOW.date(),
        NOW.date() + timedelta(days=90),
        "lead",
    )
    lead = By("lead", "ig-officer", agency("housing"))
    await decide_not_to_share(home.acting, decision, "words", lead)
    person = await home.person(query=QUERY % SEEN)
    assert "DECISION_NOT_TO_SHARE" in {w["code"].value for w in person["withheld"] if w["source"] == "housing"}
    (housing,) = [i for i in person["involvements"] if i["service"].value == "HOUSING"]
    assert housing["professionals"] is None


# An objection restricts what rests on a public task alone, from when it is received until it is assessed.
async def test_an_objection_restricts_what_may_be_objected_to(tmp_path: Path) -> None:
    rows = [replace(r, role=("analyst",), purpose=("ANALYSIS",), sensitivity=("PROTECTED",)) for r in FRONT_DOOR]
    async with house(tmp_path, rulebook=Rulebook([*DEFAULTS, *rows])) as home:
        ask = {"who": "analyst", "purpose": "ANALYSIS", "query": QUERY % SEEN}
        assert outcomes(await home.person(**ask))["housing"] == "RECORDS"
        objection = Objection(
            "", home.ids["maya"], agency("housing"), frozenset(), GiverRelationship.MOTHER, NOW.date()
        )
        await receive(home.acting, objection, "words", By("lead", "ig-officer", agency("housing")))
        seen = outcomes(await home.person(**ask))
        assert (seen["housing"], seen["health"]) == ("WITHHELD", "RECORDS")


# Whoever a child is allocated to, or whose team, works with the child; what they only say of themselves is the last.
async def test_an_allocation_is_why_a_worker_asks(tmp_path: Path) -> None:
    row = replace(FRONT_DOOR[0], purpose=("CRIME_PREVENTION",), when=("works-with-the-child",))
    said = replace(row, id="said-01", service=("HOUSING",), when=("says-they-work-with-the-child",))
    async with house(tmp_path, rulebook=Rulebook([*DEFAULTS, row, said])) as home:
        ask = QUERY % SEEN

        async def seen(**context: Any) -> set[str]:
            given = {"purpose": "CRIME_PREVENTION"} | context
            result = await home.ask(ask, {"id": home.ids["maya"], "context": given})
            assert not result.errors
            return {s for s, o in outcomes(result.data["person"]).items() if o == "RECORDS"}

        assert await seen() == set()
        assert await seen(reason="I am her worker", iWorkWithThisChild=True) == {"housing"}
        today = NOW.date()
        other = By("sub-manager", "ig-officer", agency("social-care"))
        worker = Allocation("", home.ids["maya"], agency("social-care"), "sub-front-door", "", today)
        made = await allocate(home.acting, worker, other)
        assert "health" in await seen()
        await end_allocation(home.acting, made.id, today - timedelta(days=1), other)
        assert await seen() == set()


# A second person's agreement counts for one worker, one child, and for as long as it lasts.
async def test_a_second_person_opens_what_needs_one(tmp_path: Path) -> None:
    async with house(tmp_path, agreements=False) as home:
        ask = {
            "who": "social-worker",
            "query": QUERY % "involvements { service plan { goals } } sources { source outcome }",
        }
        await break_glass(home.acting, emergency(home, "health"), by("social-worker"))
        before = await home.person(**ask)
        await agree(home.acting, home.ids["maya"], "sub-social-worker", 10, by("front-door"))
        after = await home.person(**ask)

        def goals(person: dict[str, Any]) -> Any:
            (health,) = [i for i in person["involvements"] if i["service"].value == "HEALTH"]
            return health["plan"] and health["plan"]["goals"]

        assert not goals(before)
        assert goals(after)


# Why somebody asked is kept sealed with their question, and no word of it is anywhere else.
async def test_a_reason_in_words_is_kept_sealed(home: House, tmp_path: Path) -> None:
    words = "her grandmother Zebedea rang"
    result = await home.ask(QUERY % "age", {"id": home.ids["maya"], "context": in_words(words)})
    assert not result.errors
    async with home.database.read() as connection:
        (record,) = (await connection.execute(text("SELECT record_id FROM asked_reason"))).scalars()
    assert await home.reasons.read(record) == words
    assert await home.reasons.read("nothing") is None
    assert b"Zebedea" not in everything_below(tmp_path)
    assert "Zebedea" not in home.log.getvalue()


# A reason that cannot be kept is no reason: nothing is asked.
async def test_a_reason_that_cannot_be_kept_stops_the_question(home: House) -> None:
    async with home.database.begin() as connection:
        await connection.execute(text("DROP TABLE asked_reason"))
    result = await home.ask(QUERY % "age", {"id": home.ids["maya"], "context": in_words("because")})
    assert result.data == {"person": None}
    assert not any(c.asks for c in home.connectors.values())


# Why somebody searched is kept sealed beside the record of the search.
async def test_the_reason_of_a_search_is_kept(home: House) -> None:
    find = """query ($s: PersonSearchInput!, $context: RequestContext!) {
      searchPeople(input: $s, context: $context) { outcome } }"""
    asked = {"s": {"familyName": "Quillfeather", "givenName": "Maya", "dateOfBirth": "2012-05-17"}}
    assert not (await home.ask(find, asked | {"context": in_words("her aunt asked")})).errors
    async with home.database.read() as connection:
        (record,) = (await connection.execute(text("SELECT record_id FROM asked_reason"))).scalars()
    assert await home.reasons.read(record) == "her aunt asked"
