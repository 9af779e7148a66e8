"""What officers record of people over GraphQL: it acts on the next question, and of nobody nothing is learnt."""

import json
from datetime import timedelta
from typing import Any

from tests.cast import TODAY, agency
from tests.house import House
from tests.rooms.governing.desk import COUNCIL, HEALTH, POLICE, ask, do, ledger, logged, names, of

RECORDED = "{ id problem { code message } }"
EARLY = of("ig-officer", "early-help")
WORDS = "Maya Quillfeather told the school nurse"
PERSON = """person(id: $id) {
  consents { id giver state relationship services recipients reason } objections { id state reason }
  decisionsNotToShare { id reason } allocations { id worker team last } }"""


async def person(home: House, who: Any, child: str) -> Any:
    return (await ask(home, who, PERSON, id=("ID!", home.ids.get(child, child))))["person"]


def consent(home: House, child: str = "maya", **changes: Any) -> dict[str, Any]:
    return {
        "person": home.ids.get(child, child),
        "giver": "mother",
        "relationship": "MOTHER",
        "capacity": "PARENTAL_RESPONSIBILITY",
        "refused": False,
        "purposes": ["EARLY_HELP"],
        "method": "form",
    } | changes


async def record(home: House, who: Any = COUNCIL, **given: Any) -> Any:
    return await do(home, who, f"recordConsent(consent: $c) {RECORDED}", c=("ConsentInput!", consent(home, **given)))


async def withdraw(home: House, who: Any = COUNCIL, **given: Any) -> Any:
    taken = {"person": home.ids["maya"], "giver": "mother", "reason": "TOO_MUCH_SHARED"} | given
    return await do(home, who, f"withdrawConsent(withdrawal: $w) {RECORDED}", w=("WithdrawalInput!", taken))


async def seen(home: House) -> int:
    answer = await home.person(who="early-help", purpose="EARLY_HELP")
    return len([s for s in answer["sources"] if s["outcome"].value == "RECORDS"])


async def test_consent_is_recorded_and_taken_back_and_acts_on_the_next_question(home: House) -> None:
    before = await seen(home)
    given = await record(home)
    assert given["problem"] is None
    assert await seen(home) > before
    listed = (await person(home, COUNCIL, "maya"))["consents"]
    assert [(c["id"], c["state"]) for c in listed] == [(given["id"], "GIVEN")]
    back = await withdraw(home)
    assert await seen(home) == before
    assert [c["state"] for c in (await person(home, COUNCIL, "maya"))["consents"]] == ["GIVEN", "WITHDRAWN"]
    assert (await names(home))[:1] == ["consent-given"]
    assert back["id"]
    assert "governance-of-person-read" in await names(home)
    assert home.ids["maya"] not in json.dumps(await ledger(home))


async def test_one_record_is_taken_back_or_a_refusal_recorded(home: House) -> None:
    given = await record(home, services=["HEALTH"], recipients=[agency("early-help")], expires="2027-01-01")
    assert (await withdraw(home, EARLY, only=given["id"], said="2026-03-01"))["problem"] is None
    assert (await record(home, refused=True, giver="father", relationship="FATHER"))["problem"] is None
    assert (await withdraw(home, giver="nobody"))["problem"]["code"] == "no-such-consent"


async def test_a_consent_between_others_is_not_told_nor_taken_back(home: House) -> None:
    """The police are neither recipient nor provider of what early help may see of health."""
    await record(home, services=["HEALTH"], recipients=[agency("early-help")])
    assert (await person(home, POLICE, "maya"))["consents"] == []
    assert len((await person(home, HEALTH, "maya"))["consents"]) == 1
    assert (await withdraw(home, POLICE))["problem"]["code"] == "no-such-consent"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"capacity": "GILLICK"}, "capacity"),
    ({"purposes": []}, "no-purpose"),
    ({"giver": " "}, "no-giver"),
    ({"recipients": ["Not An Agency"]}, "no-agency"),
    ({"method": "x" * 201}, "too-many-words"),
]


async def test_a_consent_that_cannot_be_is_refused_in_data(home: House) -> None:
    for changes, code in WRONG:
        assert (await record(home, **changes))["problem"]["code"] == code
    assert await names(home) == []


async def test_nobody_somebody_sealed_and_somebody_unknown_to_ones_agency_are_alike(home: House) -> None:
    """To every officer, in every question and change that names a person."""
    housing = of("ig-officer", "housing")
    for who, child in ((COUNCIL, "sealed"), (COUNCIL, "0" * 32), (COUNCIL, "%not an id%"), (housing, "rowan")):
        assert await person(home, who, child) is None
        refused = {json.dumps((await change(home, who, home.ids.get(child, child)))["problem"]) for change in CHANGES}
        assert refused == {json.dumps({"code": "no-such-person", "message": "the hub knows no person of that id"})}
    assert await names(home) == []


async def decide(home: House, who: Any, person_id: str, **given: Any) -> Any:
    decision = {"person": person_id, "reason": "RISK_TO_CHILD", "text": WORDS, "review": "2027-01-01"} | given
    return await do(home, who, f"decideNotToShare(decision: $d) {RECORDED}", d=("NotSharingInput!", decision))


async def objected(home: House, who: Any, person_id: str, **given: Any) -> Any:
    objection = {"person": person_id, "objector": "MOTHER", "text": WORDS} | given
    return await do(home, who, f"receiveObjection(objection: $o) {RECORDED}", o=("ObjectionInput!", objection))


async def allocated(home: House, who: Any, person_id: str, **given: Any) -> Any:
    allocation = {"person": person_id, "worker": "sub-front-door"} | given
    return await do(home, who, f"allocate(allocation: $a) {RECORDED}", a=("AllocationInput!", allocation))


async def recorded_for(home: House, who: Any, person_id: str) -> Any:
    return await record(home, who, person=person_id)


async def taken_back(home: House, who: Any, person_id: str) -> Any:
    return await withdraw(home, who, person=person_id)


CHANGES = (recorded_for, taken_back, decide, objected, allocated)


async def test_an_agency_stops_sharing_and_shares_again(home: House) -> None:
    """What it holds is withheld from the next question on; the words are sealed and stand nowhere else."""

    async def health() -> str:
        answer = await home.person()
        return next(str(s["outcome"].value) for s in answer["sources"] if s["source"] == "health")

    assert await health() == "RECORDS"
    decision = await decide(home, HEALTH, home.ids["maya"], services=["HEALTH"])
    assert await health() == "WITHHELD"
    assert [d["id"] for d in (await person(home, HEALTH, "maya"))["decisionsNotToShare"]] == [decision["id"]]
    assert (await person(home, POLICE, "maya"))["decisionsNotToShare"] == []
    again = f"shareAgain(id: $id) {RECORDED}"
    assert (await do(home, POLICE, again, id=("ID!", decision["id"])))["problem"]["code"] == "no-such-decision"
    assert (await do(home, HEALTH, again, id=("ID!", decision["id"])))["id"] == decision["id"]
    assert await health() == "RECORDS"
    assert (await do(home, HEALTH, again, id=("ID!", decision["id"])))["problem"]["code"] == "no-such-decision"
    assert WORDS not in logged(home) + json.dumps(await ledger(home))


async def test_an_agency_decides_on_its_own_services_and_says_why(home: House) -> None:
    maya = home.ids["maya"]
    for change in (decide, objected):
        assert (await change(home, HEALTH, maya, services=["POLICE"]))["problem"]["code"] == "not-yours"
        assert (await change(home, HEALTH, maya, text="  "))["problem"]["code"] == "no-words"
        long = await change(home, HEALTH, maya, text=WORDS + "x" * 2000)
        assert long["problem"]["code"] == "too-many-words"
        assert "Quillfeather" not in str(long)
    assert (await decide(home, HEALTH, maya, review="2020-01-01"))["problem"]["code"] == "review-before-start"
    assert await names(home) == []


async def test_an_objection_is_received_and_assessed_once_by_the_agency_it_is_about(home: House) -> None:
    raised = await objected(home, HEALTH, home.ids["maya"])
    assess = f"assessObjection(id: $id, cameTo: OVERRULED, reason: SAFEGUARDING) {RECORDED}"
    assert [o["state"] for o in (await person(home, HEALTH, "maya"))["objections"]] == ["RAISED"]
    assert (await do(home, POLICE, assess, id=("ID!", raised["id"])))["problem"]["code"] == "no-such-objection"
    assert (await do(home, HEALTH, assess, id=("ID!", raised["id"])))["id"] == raised["id"]
    assert (await do(home, HEALTH, assess, id=("ID!", raised["id"])))["problem"]["code"] == "no-such-objection"
    assert [o["state"] for o in (await person(home, HEALTH, "maya"))["objections"]] == ["OVERRULED"]
    assert (await person(home, POLICE, "maya"))["objections"] == []


async def test_a_worker_is_allocated_and_that_ends(home: House) -> None:
    """Only to one's own agency's workers."""
    made = await allocated(home, COUNCIL, home.ids["maya"])
    end = f"endAllocation(id: $id, last: $day) {RECORDED}"
    listed = (await person(home, COUNCIL, "maya"))["allocations"]
    assert [(a["id"], a["worker"], a["last"]) for a in listed] == [(made["id"], "sub-front-door", None)]
    assert (await person(home, HEALTH, "maya"))["allocations"] == []
    day = (TODAY + timedelta(days=1)).isoformat()
    assert (await do(home, HEALTH, end, id=("ID!", made["id"]), day=("Date", day)))["problem"][
        "code"
    ] == "no-such-allocation"
    assert (await do(home, COUNCIL, end, id=("ID!", made["id"]), day=("Date", None)))["problem"] is None
    assert (await allocated(home, COUNCIL, home.ids["maya"], team="North"))["problem"]["code"] == "worker-or-team"
