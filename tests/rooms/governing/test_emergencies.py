"""Emergency access over GraphQL: the worker's own, one person, told at once; ended; reviewed by somebody else."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from hub.governance.standing_read import GRANT
from hub.identity.requester import Bound, Requester
from hub.store.seconds import Now
from schema.purposes import Purpose
from tests.cast import agency
from tests.house import House, house
from tests.rooms.governing.desk import COLLEAGUE, COUNCIL, HEALTH, POLICE, WORKER, ask, do, ledger, logged, names, of

RECORDED = "{ id problem { code message } }"
OPENED = "{ emergencyAccess { reference ends banner } problem { code message } }"
WORDS = "Maya Quillfeather was last seen at noon"
TASKS = "emergencyAccesses { reference state person requester agencies reason outcome reviewedBy endedBy }"


async def broken(home: House, who: Any = WORKER, child: str = "maya", **given: Any) -> Any:
    access = {
        "person": home.ids.get(child, child),
        "agencies": [agency("health")],
        "reason": "MISSING_CHILD",
        "text": WORDS,
        "reference": "CASE 77",
    } | given
    return await do(home, who, f"breakGlass(access: $a) {OPENED}", a=("BreakGlassInput!", access))


async def by_reference(home: House, who: Any, field: str, reference: str, rest: str = "", told: str = RECORDED) -> Any:
    return await do(home, who, f"{field}(reference: $r{rest}) {told}", r=("ID!", reference))


async def over(home: House) -> None:
    async with home.database.begin() as connection:
        await connection.execute(update(GRANT).values(until=Now() - 1))


@pytest.mark.parametrize(
    ("who", "code", "says"),
    [
        (replace(WORKER, lately=False), "sign-in-again", "auth_time"),
        (replace(WORKER, lately=False, session="s"), "sign-in-again", "/sign-in?again=yes"),
        (replace(WORKER, bound=Bound(frozenset(Purpose), frozenset(), frozenset())), "not-for-this-system", "sign"),
    ],
)
async def test_glass_is_broken_by_somebody_who_signed_in_just_now_and_by_no_system(
    home: House, who: Requester, code: str, says: str
) -> None:
    """Whoever brings a token must bring one that says when; nothing opens, and both are told what to do."""
    refused = await broken(home, who)
    assert (refused["emergencyAccess"], refused["problem"]["code"]) == (None, code)
    assert says in refused["problem"]["message"]
    assert "break-glass-granted" not in await names(home)


async def test_a_worker_opens_one_persons_records_and_an_officer_reviews_it(home: House) -> None:
    """Both leads are told by reference only; the words are read by the reviewer, and that is written down."""
    opened = (await broken(home, minutes=30))["emergencyAccess"]
    assert "Emergency access" in opened["banner"]
    for who in (COUNCIL, HEALTH):
        (task,) = (await ask(home, who, TASKS))["emergencyAccesses"]
        assert (task["reference"], task["state"]) == (opened["reference"], "open")
        notices = (await ask(home, who, "notices { id about reference }"))["notices"]
        assert [n["reference"] for n in notices] == [opened["reference"]]
    assert await ask(home, POLICE, f"{TASKS} notices {{ id }}") == {"emergencyAccesses": [], "notices": []}
    words = "{ text caseReference problem { code } }"
    read = await by_reference(home, HEALTH, "readEmergencyWords", opened["reference"], told=words)
    assert (read["text"], read["caseReference"]) == (WORDS, "CASE 77")
    assert "break-glass-read" in await names(home)
    early = await by_reference(home, HEALTH, "reviewEmergencyAccess", opened["reference"], ", outcome: JUSTIFIED")
    assert early["problem"]["code"] == "still-open"
    assert (await by_reference(home, WORKER, "endEmergencyAccess", opened["reference"]))["problem"] is None
    done = await by_reference(home, HEALTH, "reviewEmergencyAccess", opened["reference"], ", outcome: JUSTIFIED")
    assert done["id"] == opened["reference"]
    (task,) = (await ask(home, COUNCIL, TASKS))["emergencyAccesses"]
    assert (task["state"], task["outcome"]) == ("reviewed", "JUSTIFIED")
    assert "Quillfeather" not in logged(home) + json.dumps(await ledger(home))


async def test_to_an_officer_of_no_agency_it_concerns_there_is_none(home: House) -> None:
    """Nor to another worker who would end it."""
    opened = (await broken(home))["emergencyAccess"]["reference"]
    for who, field, rest, told in (
        (POLICE, "readEmergencyWords", "", "{ text problem { code } }"),
        (POLICE, "reviewEmergencyAccess", ", outcome: EXCESSIVE", RECORDED),
        (POLICE, "endEmergencyAccess", "", RECORDED),
        (of("police-officer", "police"), "endEmergencyAccess", "", RECORDED),
    ):
        assert (await by_reference(home, who, field, opened, rest, told))["problem"]["code"] == "no-such-grant"
    own = await by_reference(home, COLLEAGUE, "endEmergencyAccess", opened)
    assert own["problem"]["code"] == "not-an-officer"
    assert (await by_reference(home, HEALTH, "endEmergencyAccess", opened))["problem"] is None


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"text": " "}, "no-words"),
    ({"text": WORDS * 20}, "too-many-words"),
    ({"reference": " "}, "no-reference"),
    ({"reference": "Maya; Quillfeather"}, "no-reference"),
    ({"minutes": 61}, "too-long"),
    ({"minutes": 0}, "too-long"),
    ({"agencies": ["cast-health", "Not An Agency"]}, "no-agency"),
]


async def test_what_is_not_asked_for_rightly_is_refused_in_data(home: House) -> None:
    for given, code in WRONG:
        refused = await broken(home, **given)
        assert refused["problem"]["code"] == code
        assert "Quillfeather" not in str(refused)
    assert await names(home) == []


async def test_one_access_at_a_time(home: House) -> None:
    await broken(home)
    assert (await broken(home))["problem"]["code"] == "already-open"


async def test_of_nobody_no_access_is_opened(home: House) -> None:
    """Somebody sealed, somebody no emergency would show, and somebody who does not exist are answered alike."""
    refused = [
        await broken(home, child="sealed"),
        await broken(home, child="0" * 32),
        await broken(home, child="%"),
    ]
    assert all(r["emergencyAccess"] is None for r in refused)
    assert {r["problem"]["code"] for r in refused} == {"no-such-person"}
    agreed = "agreeAsSecondPerson(person: $p, worker: $w, minutes: 5)"
    given: dict[str, Any] = {"w": ("String!", WORKER.subject)}
    nobody = await do(home, COLLEAGUE, f"{agreed} {RECORDED}", p=("ID!", home.ids["sealed"]), **given)
    assert nobody["problem"] == refused[0]["problem"]
    somebody = await do(home, COLLEAGUE, f"{agreed} {RECORDED}", p=("ID!", home.ids["maya"]), **given)
    assert somebody["id"]
    oneself = await do(home, WORKER, f"{agreed} {RECORDED}", p=("ID!", home.ids["maya"]), **given)
    assert oneself["problem"]["code"] == "oneself"


async def test_notices_are_marked_seen_by_the_agency_they_are_to(home: House) -> None:
    await broken(home)
    (mine,) = (await ask(home, HEALTH, "notices { id at }"))["notices"]
    mark = "markNoticesSeen(ids: $ids) { id }"
    assert await do(home, COUNCIL, mark, ids=("[ID!]!", [mine["id"]])) == []
    assert await do(home, HEALTH, mark, ids=("[ID!]!", [mine["id"]])) == [{"id": mine["id"]}]
    assert (await ask(home, HEALTH, "notices { id }"))["notices"] == []
    assert (await names(home)).count("notice-seen") == 1


async def test_what_is_over_is_over(home: House) -> None:
    opened = (await broken(home))["emergencyAccess"]["reference"]
    await over(home)
    assert (await by_reference(home, WORKER, "endEmergencyAccess", opened))["problem"]["code"] == "not-open"
    words = "{ text problem { code } }"
    none = await by_reference(home, HEALTH, "readEmergencyWords", "0" * 32, told=words)
    assert none["problem"]["code"] == "no-such-grant"


async def test_whom_not_even_an_emergency_would_show_is_nobody(tmp_path: Path) -> None:
    """Without agreements a housing worker reaches Rowan where an emergency opens what knows him, and nowhere else."""
    worker = of("social-worker", "housing")
    async with house(tmp_path, agreements=False) as home:
        nobody = await broken(home, worker, "rowan", agencies=[agency("police")])
        assert nobody["problem"]["code"] == "no-such-person"
        assert (await broken(home, worker, "rowan", agencies=[agency("health")]))["problem"] is None
