"""Agreements and lawful bases over GraphQL: a provider opens its own records, either party closes them."""

import json
from typing import Any

from tests.cast import agency
from tests.house import House
from tests.rooms.governing.desk import COUNCIL, HEALTH, POLICE, ask, do, names

RESULT = (
    "{ agreement { id status today items { effect services start until } document } warnings problem { code message } }"
)
ID = f"{agency('health')}--{agency('social-care')}"
HEALTHS = "health--social-care"


async def outcome(home: House) -> str:
    answer = await home.person()
    return next(str(s["outcome"].value) for s in answer["sources"] if s["source"] == "health")


async def change(home: House, who: Any, field: str, agreement: str = HEALTHS) -> Any:
    return await do(home, who, f"{field}(id: $id) {RESULT}", id=("ID!", agreement))


async def bring(home: House, who: Any, document: str) -> Any:
    return await do(home, who, f"importAgreement(document: $d) {RESULT}", d=("String!", document))


async def test_either_party_suspends_and_only_the_provider_lets_it_stand_again(home: House) -> None:
    """It acts on the next question; to anybody else there is no such agreement."""
    assert await outcome(home) == "RECORDS"
    assert (await change(home, POLICE, "suspendAgreement"))["problem"]["code"] == "no-such-agreement"
    suspended = (await change(home, COUNCIL, "suspendAgreement"))["agreement"]
    assert (suspended["status"], suspended["today"]) == ("suspended", "NONE")
    assert await outcome(home) == "WITHHELD"
    assert (await change(home, COUNCIL, "liftSuspension"))["problem"]["code"] == "not-yours"
    assert (await change(home, HEALTH, "liftSuspension"))["agreement"]["status"] == "signed"
    assert (await change(home, HEALTH, "liftSuspension"))["problem"]["code"] == "not-suspended"
    assert await outcome(home) == "RECORDS"


async def test_agreements_are_listed_to_their_parties(home: House) -> None:
    """Each with its document, which is what an import reads."""
    listed = (await ask(home, POLICE, "agreements { id provider consumers today document items { services } }"))[
        "agreements"
    ]
    assert listed
    assert all(agency("police") in {a["provider"], *a["consumers"]} for a in listed)


async def document(home: House, **changes: Any) -> str:
    listed = (await ask(home, HEALTH, "agreements { id document }"))["agreements"]
    told = json.loads(next(a["document"] for a in listed if a["id"] == HEALTHS))
    parties = [told["provider"], *(c["id"] for c in told["consumers"])]
    signed = [{"organisation": o, "name": "N", "office": "O", "on": "2026-01-01"} for o in parties]
    told |= {"lawfulBases": ["CHILDREN_ACT_2004_S11"], "dpia": "DPIA 1", "signatories": signed}
    return json.dumps(told | changes)


async def test_the_provider_brings_an_agreement_in(home: House) -> None:
    narrow = [{"services": ["HEALTH"], "kinds": ["EXISTENCE"], "fields": ["*"], "until": "2027-01-01"}]
    told = await bring(home, HEALTH, await document(home, items=narrow))
    assert told["problem"] is None, told
    assert told["agreement"]["items"] == [
        {"effect": "allow", "services": ["HEALTH"], "start": None, "until": "2027-01-01"}
    ]
    warned = await bring(home, HEALTH, await document(home, id=f"{agency('health')}:new", items=[]))
    assert warned["warnings"]


async def test_nobody_opens_another_agencys_records(home: House) -> None:
    """A consumer's officer cannot; nor by giving its own agreement the id of another's."""
    written = await document(home)
    assert (await bring(home, COUNCIL, written))["problem"]["code"] == "not-yours"
    other = json.loads(written)
    other |= {"provider": agency("social-care"), "consumers": [{"id": agency("health")}]}
    told = [
        (await bring(home, COUNCIL, json.dumps(other | {"id": name})))["problem"] for name in (HEALTHS, "nobodys", ID)
    ]
    assert told[0]["code"] == "not-your-id"
    assert told == told[:1] * 3, "an id that is another's and one that is nobody's are alike"
    assert (await bring(home, HEALTH, written[:-20]))["problem"]["code"] == "unreadable"
    assert await names(home) == []


BASIS = "{ basis { basis start law needsConsent who end } problem { code } }"


async def test_a_law_that_awaits_its_day_is_commenced_and_that_is_taken_back(home: House) -> None:
    bases = (await ask(home, COUNCIL, "bases { basis start }"))["bases"]
    waiting = next(b["basis"] for b in bases if b["start"] is None)
    dated = next(b["basis"] for b in bases if b["start"] is not None)
    commence = f"commenceBasis(basis: $b, start: $d) {BASIS}"
    day = ("Date!", "2026-02-01")
    begun = await do(home, COUNCIL, commence, b=("LawfulBasis!", waiting), d=day)
    assert str(begun["basis"]["start"]) == "2026-02-01"
    refused = await do(home, COUNCIL, commence, b=("LawfulBasis!", dated), d=day)
    assert refused["problem"]["code"] == "has-a-date"
    back = await do(home, COUNCIL, f"undoCommencement(basis: $b) {BASIS}", b=("LawfulBasis!", waiting))
    assert back["basis"]["start"] is None


async def test_of_no_agreement_nothing_is_said(home: House) -> None:
    for field in ("suspendAgreement", "liftSuspension"):
        assert (await change(home, HEALTH, field, "none"))["problem"]["code"] == "no-such-agreement"
