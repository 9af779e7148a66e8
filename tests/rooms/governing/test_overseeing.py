"""Oversight over GraphQL: an officer sees what concerns their agency, a worker who opened a record who else did."""

from dataclasses import replace
from typing import Any

from hub.governance.acting import By
from hub.governance.overseeing import family, family_of_agency
from hub.governance.systems_apart import which_is_which
from schema.services import SERVICES, Service
from tests.cast import agency, requester
from tests.house import House
from tests.rooms.audit.people import intent, outcome
from tests.rooms.governing.desk import COUNCIL, HEALTH, POLICE, ask, ledger, names, of, run

PAGE = (
    "{ next accesses { id actor organisation role purpose subject search ended business sources { source outcome } } }"
)
LAST = "query ($id: ID!) { lastAccesses(id: $id) { at organisation role purpose } }"


async def looked(home: House, who: Any, child: str = "maya", **given: Any) -> Any:
    variables = {"id": ("ID!", home.ids.get(child, child))}
    variables |= {name: ("Int!" if name == "first" else "String!", value) for name, value in given.items()}
    names = "".join(f", {n}: ${n}" for n in given)
    return (await ask(home, who, f"personAccesses(id: $id{names}) {PAGE}", **variables))["personAccesses"]


async def last(home: House, who: Any, child: str = "maya") -> Any:
    result = await run(home, who, LAST, id=home.ids.get(child, child))
    assert not result.errors, result.errors
    return result.data["lastAccesses"]


async def test_an_officer_sees_who_looked_as_far_as_it_concerns_their_agency(home: House) -> None:
    """The asker's agency sees all of its question; another only what its own sources were asked; a stranger nobody."""
    await home.person()
    (council,) = (await looked(home, COUNCIL))["accesses"]
    assert (council["role"], council["ended"], council["search"]) == ("front-door-worker", "COMPLETE", False)
    assert len(council["sources"]) == 9
    (health,) = (await looked(home, HEALTH))["accesses"]
    assert {s["source"] for s in health["sources"]} == {"health"}
    assert health["id"] == council["id"]
    for child in ("sealed", "0" * 32, "no id"):
        assert await looked(home, COUNCIL, child) is None
    assert home.ids["maya"] not in str(await ledger(home))
    assert (await names(home)).count("report-asked") == 2


async def test_a_familys_letter_tells_of_no_other_agencys_system(home: House) -> None:
    """Two agencies have systems of one service: each tells of its own, and not whether the other's holds anything."""
    asked = intent(subject=home.acting.pseudonyms.subject(home.ids["maya"]))
    both = tuple(replace(asked.sources[0], source=name) for name in ("housing-north", "housing-south"))
    ended = outcome(asked)
    told = tuple(replace(ended.sources[0], source=one.source) for one in both)
    await home.acting.ledger.append(replace(asked, sources=both), replace(ended, sources=told))
    south = By("officer", "ig-officer", "southshire-homes")
    (look,) = await family_of_agency(home.acting, south, [home.ids["maya"]], {"housing-south"})
    assert [(one.source, one.service) for one in look.told] == [("housing-south", look.told[0].service)]
    assert which_is_which([look]) == ()


async def test_two_systems_of_one_service_are_told_apart(home: House) -> None:
    """In every look a system goes by one number, and by no name; one alone of its service by none."""
    subject = home.acting.pseudonyms.subject(home.ids["maya"])
    for number, systems in enumerate((("housing-south", "health"), ("housing-north", "housing-south", "health")), 1):
        asked = intent(number, subject=subject)
        ended = outcome(asked)
        service = {"health": replace(asked.sources[0], service=Service("HEALTH"), source="health")}
        each = tuple(service.get(name, replace(asked.sources[0], source=name)) for name in systems)
        told = tuple(replace(ended.sources[0], source=name) for name in systems)
        await home.acting.ledger.append(replace(asked, sources=each), replace(ended, sources=told))
    looks = await family(home.acting, By("officer", "ig-officer", "cast-social-care"), [home.ids["maya"]])
    housing = SERVICES[asked.sources[0].service].label
    first, second = f"{housing} (system 1)", f"{housing} (system 2)"
    assert [[one.service for one in look.told] for look in looks] == [
        [first, "Health"],
        [second, first, "Health"],
    ]
    assert which_is_which(looks) == ((first, "housing-south"), (second, "housing-north"))


async def test_reports_come_in_pages(home: House) -> None:
    """One at a time, newest first, each once; the last says that it is."""
    for _ in range(3):
        await home.person()
    seen, after = [], ""
    while True:
        page = await looked(home, COUNCIL, first=1, after=after)
        seen += [one["id"] for one in page["accesses"]]
        if page["next"] is None:
            break
        after = page["next"]
    whole = [one["id"] for one in (await looked(home, COUNCIL))["accesses"]]
    assert seen == whole
    assert len(set(whole)) == 3


async def test_workers_sources_and_unusual_use_are_of_ones_own_agency(home: House) -> None:
    """Another agency's worker did nothing that is to be seen; another's source is none."""
    await home.person()
    worker = f"workerAccesses(worker: $w) {PAGE}"
    found = (await ask(home, COUNCIL, worker, w=("String!", "sub-front-door")))["workerAccesses"]
    elsewhere = (await ask(home, POLICE, worker, w=("String!", "sub-front-door")))["workerAccesses"]
    assert len(found["accesses"]) == 1
    assert elsewhere["accesses"] == []
    use = "sourceUse(source: $s) { organisation purpose asked records }"
    (told,) = (await ask(home, HEALTH, use, s=("ID!", "health")))["sourceUse"]
    assert told == {"organisation": agency("social-care"), "purpose": "CHILD_PROTECTION", "asked": 1, "records": 1}
    refused = await run(home, COUNCIL, f"query ($s: ID!) {{ governance {{ {use} }} }}", s="health")
    assert refused.errors[0].extensions["code"] == "BAD_USER_INPUT"
    unusual = 'unusualUse(since: "2020-01-01", until: "2030-01-01") { sign means day times first actor role }'
    assert isinstance((await ask(home, COUNCIL, unusual))["unusualUse"], list)
    assert (await ask(home, POLICE, unusual))["unusualUse"] == []


async def test_a_worker_who_opened_a_record_sees_who_else_did_and_nobody_else_does(home: House) -> None:
    """At most twenty-five, nobody's name; nobody, somebody sealed and somebody not opened are alike; it is audited."""
    assert await last(home, requester("front-door")) is None
    for _ in range(30):
        await home.person()
    found = await last(home, requester("front-door"))
    assert len(found) == 25
    assert set(found[0]) == {"at", "organisation", "role", "purpose"}
    for child in ("rowan", "sealed", "0" * 32, "no id"):
        assert await last(home, requester("front-door"), child) is None
    assert await last(home, of("social-worker", "social-care", "somebody-else")) is None
    assert "last-accesses-read" in await names(home)
