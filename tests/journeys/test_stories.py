"""The cast's stories, asked of the running town: what each child's life makes the hub show, hide and say."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from connectors.contract import LocalId
from hub.demo.cast import tell
from hub.demo.faults import Fault, FaultKind
from hub.demo.people import Person
from hub.demo.staff import PERSONAS
from tests.journeys.town import SOURCES, Town, of_source, outcomes

pytestmark = pytest.mark.asyncio(loop_scope="session")

OWN = {
    "front-door": ("CHILD_PROTECTION", "SAFEGUARDING_TRIAGE"),
    "social-worker": ("CHILD_PROTECTION", "CHILD_IN_NEED"),
    "early-help": ("EARLY_HELP",),
    "school": ("EDUCATION_WELFARE",),
    "police": ("CHILD_PROTECTION", "CRIME_PREVENTION"),
    "health": ("CHILD_PROTECTION", "EARLY_HELP"),
    "analyst": ("ANALYSIS",),
    "ig-officer": ("POLICY_REVIEW",),
    "ig-approver": (),
}
"""Everybody who can sign in, and for what they ask."""

EVERYBODY = [(who, purpose) for who, purposes in OWN.items() for purpose in purposes]


AGE = {"bornFrom": "1980-01-01", "bornTo": "2030-01-01"}
"""Any age at all."""


def person(town: Town, key: str) -> Person:
    """Give a person of the cast as their story is told."""
    people = {p.key: p for told in tell(town.place.truth.today) for p in told.family.members}
    return people[f"cast-{key}"]


def homes(town: Town, key: str) -> set[str]:
    """Give where a person of the cast has lived: postcodes and lines."""
    return {part for home in person(town, key).homes for part in (home.postcode, home.line)}


def postcodes(town: Town, key: str) -> list[str]:
    """Give the postcodes of where a person of the cast has lived."""
    return [home.postcode for home in person(town, key).homes]


def born(town: Town, key: str) -> str:
    """Give a child's date of birth."""
    day = town.place.truth.cast_member(key).born
    assert day is not None
    return day.isoformat()


def ids(found: Any) -> set[str]:
    """Give the people a search showed."""
    return {c["id"] for c in found["candidates"]}


async def test_everybody_who_can_sign_in_is_tried() -> None:
    """No persona is left out of these stories."""
    assert set(OWN) == set(PERSONAS)


async def test_these_ways_of_searching_find_any_other_child(town: Town) -> None:
    """Each way of searching that must not find a protected child does find one who is not."""
    for given in _ways(town, "step-down"):
        assert town.people["step-down"] in ids(await town.search(**given)), list(given)


async def test_the_adopted_childs_earlier_identity_is_found_by_nobody(town: Town) -> None:
    """Neither by name, birthday, postcode nor number; and asked about by its id it reads as if there were nobody."""
    gone = town.people["adopted-before"]
    for who, purpose in EVERYBODY:
        for given in _ways(town, "adopted-before"):
            found = await town.search(who, purpose, **given)
            assert gone not in ids(found), who
        if gone is not None:
            mine, nobodys = [await town.ask(i, who, purpose) for i in (gone, "00000000-0000-0000-0000-000000000000")]
            assert _without_id(mine) == _without_id(nobodys), who


async def test_the_earlier_name_does_not_lead_to_the_present_identity(town: Town) -> None:
    """Whoever knows a child's name and birthday from before her adoption is not offered who she is now."""
    for given in _ways(town, "adopted-before"):
        assert town.people["adopted-after"] not in ids(await town.search(**given))


def _ways(town: Town, key: str) -> Iterator[dict[str, Any]]:
    """Give every way to search for a child who is known well: by name with birthday or postcode, and by number."""
    member = town.place.truth.cast_member(key)
    name = {"familyName": member.surname, "givenName": member.given}
    yield name | {"dateOfBirth": born(town, key)}
    for postcode in postcodes(town, key):
        yield name | AGE | {"postcode": postcode}
        yield name | {"dateOfBirth": born(town, key), "postcode": postcode}
    for number in person(town, key).nhs:
        yield {"identifier": {"system": "NHS_NUMBER", "value": number}}


def _without_id(person: Any) -> Any:
    return {k: v for k, v in person.items() if k != "id"} if person else None


async def test_the_adopted_childs_present_identity_is_found_and_answered(town: Town) -> None:
    """Rose is a child like any other; nothing of her answer leads to Rosie, and no entry of the one is the other's."""
    now, before = (town.place.truth.cast_member(f"adopted-{when}") for when in ("after", "before"))
    found = await town.search(familyName=now.surname, givenName=now.given, dateOfBirth=born(town, "adopted-after"))
    assert ids(found) == {town.people["adopted-after"]}
    answer = await town.ask("adopted-after", "social-worker")
    assert {s for s, o in outcomes(answer).items() if o == "RECORDS"} == set(now.links)
    told = json.dumps([found, answer], ensure_ascii=False)
    earlier = {before.surname, before.given, *(i for ids in before.links.values() for i in ids)}
    assert not [value for value in earlier | homes(town, "adopted-before") if f'"{value}' in told]
    for source, local_ids in before.links.items():
        linked = await town.hub.index.by_local(source, map(LocalId, (*local_ids, *now.links.get(source, ()))))
        assert {linked.get(LocalId(i)) for i in local_ids}.isdisjoint(
            {linked.get(LocalId(i)) for i in now.links.get(source, ())} - {None}
        )


@pytest.mark.parametrize(("who", "purpose"), EVERYBODY)
async def test_a_refuge_is_never_shown(town: Town, who: str, purpose: str) -> None:
    """No address of a girl in a refuge is told to anybody, not even as a hint; whom to ring is."""
    answer = await town.ask("refuge", who, purpose)
    told = json.dumps(answer, ensure_ascii=False)
    assert not [part for part in homes(town, "refuge") if part in told]
    if answer is None:  # nobody whom the asker may look into knows her: to them she is like nobody
        assert (who, purpose) == ("early-help", "EARLY_HELP")
        return
    assert answer["addresses"] is None
    if (who, purpose) in {("front-door", "CHILD_PROTECTION"), ("school", "EDUCATION_WELFARE")}:
        ringing = {p["phone"] for i in answer["involvements"] for p in i["professionals"] or () if p["phone"]}
        assert ringing
        assert any(w["path"].startswith("addresses") and w["code"] == "PROTECTED" for w in answer["withheld"])


async def test_a_refuge_is_not_found_by_its_postcode_nor_told_to_a_custodian(town: Town) -> None:
    """A search that names a postcode of hers finds nobody; what traces her elsewhere holds no postcode either."""
    member, person_id = town.place.truth.cast_member("refuge"), town.people["refuge"]
    assert person_id is not None
    for postcode in postcodes(town, "refuge"):
        found = await town.search(familyName=member.surname, givenName=member.given, postcode=postcode, **AGE)
        assert person_id not in ids(found)
    traits = await town.hub.index.traits(person_id)
    assert not homes(town, "refuge") & {*traits.postcodes, traits.address}


async def test_where_a_looked_after_child_is_placed_is_not_told(town: Town) -> None:
    """Placements' postcodes are in no answer; that he is looked after, and his social worker, are."""
    placed = {"BK6 3DH", "BK9 1PW", "BK5 8TR"}
    for who, purpose in EVERYBODY:
        told = json.dumps(await town.ask("looked-after", who, purpose))
        assert not [postcode for postcode in placed if postcode in told], who
    answer = await town.ask("looked-after")
    care = [i for i in answer["involvements"] if i["threshold"] == "LOOKED_AFTER"]
    assert [i["status"] for i in care] == ["CURRENT"]
    assert any(p["phone"] for p in care[0]["professionals"])


async def test_after_consent_is_withdrawn_early_help_sees_only_its_own(town: Town) -> None:
    """Stepped down, then consent withdrawn: early help has its own file alone; child protection does not rest on it."""
    answer = await town.ask("step-down", "early-help", "EARLY_HELP")
    said = outcomes(answer)
    assert (said.pop("early-help"), said.pop("police")) == ("RECORDS", "NONE_HELD")
    assert set(said.values()) == {"WITHHELD"}
    assert {s["reason"] for s in answer["sources"] if s["outcome"] == "WITHHELD"} == {"CONSENT_REFUSED"}
    assert {i["service"] for i in answer["involvements"]} == {"EARLY_HELP"}
    protected = outcomes(await town.ask("step-down"))
    known = set(town.place.truth.cast_member("step-down").links)
    assert {s for s, o in protected.items() if o == "RECORDS"} == known


async def test_consent_given_opens_what_rests_on_it(town: Town) -> None:
    """Maya's mother agreed: the same worker, for the same purpose, sees who else helps Maya."""
    said = outcomes(await town.ask("main", "early-help", "EARLY_HELP"))
    assert [s for s, o in said.items() if o == "RECORDS"] == [
        s for s in SOURCES if s not in {"youth-justice", "police"}
    ]


async def test_an_unborn_child_is_not_found_by_an_ordinary_search(town: Town) -> None:
    """Nobody looking for the mother's name finds the child expected; who knows its id is answered."""
    answer = await town.ask("unborn")
    # The custodian matches by name and date of birth: without them it cannot look, so no list is known to be whole.
    assert (answer["dateOfBirth"], answer["names"], outcomes(answer)["police"]) == (None, None, "UNIDENTIFIED")
    assert answer["expectedDateOfBirth"] > town.place.truth.today.isoformat()
    assert {s for s, o in outcomes(answer).items() if o == "RECORDS"} == {"social-care"}
    mother = town.place.truth.people["cast-unborn-mother"]
    assert mother.born is not None
    (postcode,) = postcodes(town, "unborn-mother")
    for given in (
        {"familyName": "Bondarenko", "dateOfBirth": mother.born.isoformat()},
        {"familyName": "Bondarenko", "givenName": "Kateryna", "postcode": postcode} | AGE,
        {"familyName": "Bondarenko", "givenName": "Baby", "postcode": postcode} | AGE,
        {"familyName": "Bondarenko", "postcode": postcode} | AGE,
        {"familyName": "Bondarenko", "dateOfBirth": answer["expectedDateOfBirth"]},
    ):
        assert town.people["unborn"] not in ids(await town.search(**given))


async def test_twins_are_both_shown_and_never_taken_for_each_other(town: Town) -> None:
    """Without a telling given name there is no match; with one, and the postcode, it is the right twin or nobody."""
    twins = {town.people["twin-a"], town.people["twin-b"]}
    shared = {"familyName": "Hussain", "dateOfBirth": born(town, "twin-a")}
    (postcode,) = postcodes(town, "twin-a")
    for given in (shared, shared | {"postcode": postcode}, shared | {"givenName": "A", "postcode": postcode}):
        found = await town.search(**given)
        assert (found["outcome"], ids(found)) == ("POSSIBLE", twins)
        assert all("twin or sibling?" in c["notes"] for c in found["candidates"])
    for key, given_name in (("twin-a", "Ayaan"), ("twin-b", "Ayesha")):
        found = await town.search(**shared, postcode=postcode, givenName=given_name)
        assert found["candidates"][0]["id"] == town.people[key]


async def test_a_child_known_to_one_service_alone(town: Town) -> None:
    """Eight services hold nothing, or do not cover her age: neither is withheld, nor unavailable, nor the like."""
    said = outcomes(await town.ask("universal-only"))
    assert said.pop("universal") == "RECORDS"
    assert (said.pop("education"), said.pop("youth-justice")) == ("NOT_COVERED", "NOT_COVERED")
    assert set(said.values()) == {"NONE_HELD"}


async def test_none_held_withheld_brokered_and_unavailable_are_four_things(town: Town) -> None:
    """In one answer, each in its own words and with whom to ring."""
    async with town.wrong({"early-help": Fault(FaultKind.DOWN)}):
        answer = await town.ask("refuge", "school", "EDUCATION_WELFARE")
    said = outcomes(answer)
    # The hub knows from the index that early help holds nothing: it need not be asked.
    assert (said["early-help"], said["send-neet"]) == ("NONE_HELD", "NONE_HELD")
    async with town.wrong({"social-care": Fault(FaultKind.DOWN)}):
        answer = await town.ask("refuge", "school", "EDUCATION_WELFARE")
    by = {s["source"]: s for s in answer["sources"]}
    four = [by[s] for s in ("send-neet", "health", "police", "social-care")]
    assert [s["outcome"] for s in four] == ["NONE_HELD", "WITHHELD", "BROKERED", "UNAVAILABLE"]
    assert len({s["explanation"].removeprefix(s["name"]) for s in four}) == 4
    assert all(s["contact"]["phone"] for s in four)


async def test_two_girls_of_one_name_and_birthday_are_never_one(town: Town) -> None:
    """Each is answered about from her own entries; a search shows both and says it cannot tell."""
    a, b = town.people["stranger-a"], town.people["stranger-b"]
    found = await town.search(familyName="Nowak", givenName="Oliwia", dateOfBirth=born(town, "stranger-a"))
    assert a != b
    assert found["outcome"] == "POSSIBLE"
    assert ids(found) == {a, b}
    for mine, other in (("stranger-a", "stranger-b"), ("stranger-b", "stranger-a")):
        told = json.dumps(await town.ask(mine), ensure_ascii=False)
        assert [part for part in homes(town, mine) if part in told]
        assert not [part for part in homes(town, other) if part in told]
        links = town.place.truth.cast_member(mine).links
        for source in links.keys() - {"police"}:
            where = await town.hub.index.by_local(source, map(LocalId, links[source]))
            assert set(where.values()) == {town.people[mine]}


RELATIVES = """query ($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) {
  relationships { type sameHousehold
    person { id involvements { service status } sources { source outcome } withheld { source code } } } } }"""


async def test_the_household_is_shown_with_its_own_involvements_each_written_down(town: Town) -> None:
    """Maya's brother and mother are decided on like anybody; every person asked about is two entries in the ledger."""
    before = town.hub.ledger.size
    answer = await town.ask("main", query=RELATIVES)
    near = {r["person"]["id"]: r["person"] for r in answer["relationships"] if r["person"]}
    assert town.people["main-brother"] in near
    assert town.people["main"] not in near
    assert town.hub.ledger.size - before == 2 * (1 + len(near))
    brother = near[town.people["main-brother"]]
    assert {i["service"] for i in brother["involvements"]} == {"SOCIAL_CARE", "EDUCATION", "HOUSING", "HEALTH"}
    alone = await town.ask("main-brother")
    assert outcomes(brother) == outcomes(alone)
    assert {r["type"] for r in answer["relationships"]} >= {"MOTHER", "SIBLING"}


@pytest.mark.parametrize(("who", "purpose"), EVERYBODY)
async def test_what_is_protected_even_in_being_held_is_told_to_nobody(town: Town, who: str, purpose: str) -> None:
    """Maya has been to a sexual health clinic, and is named in police intelligence: nothing anywhere shows it."""
    told = json.dumps(await town.ask("main", who, purpose), ensure_ascii=False).casefold()
    assert not [word for word in ("sexual", "intelligence", "named by a source") if word in told]


async def test_mental_health_is_for_child_protection_not_for_triage(town: Town) -> None:
    """The front door learns of CAMHS when it protects a child, not when it sorts contacts."""

    def teams(answer: Any) -> set[str]:
        return {i["subService"] for i in of_source(answer, "health")["involvements"]}

    assert "CAMHS" in teams(await town.ask())
    triage = await town.ask(purpose="SAFEGUARDING_TRIAGE")
    assert teams(triage)
    assert "camhs" not in json.dumps(triage, ensure_ascii=False).casefold()
