"""OneRoster: pupils, schools and whom to ring there, over real HTTP."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from connectors.conformance import Examples, Known, check
from connectors.contract import Ambiguous, Ask, Connector, LocalId, Matched, Name, Reply, Traits, Unknown
from connectors.errors import SourceBroken, SourceRefused
from connectors.registry import connect
from schema.fields import FieldId
from schema.records import (
    Address,
    Birth,
    ChronologyEvent,
    EventKind,
    IdentifierSystem,
    Involvement,
    PersonName,
    Relationship,
    RelationshipType,
    Sex,
    Status,
    Use,
)
from tests.serving import answer, serving
from tests.sources import SECRET, demo_source

TODAY = date(2026, 11, 21)
ADA, BEN, CAT = LocalId("stu-ada"), LocalId("stu-ben"), LocalId("stu-cat")


def ref(kind: str, sourced_id: str) -> dict[str, str]:
    return {"href": f"/{kind}/{sourced_id}", "sourcedId": sourced_id, "type": kind}


def person(sourced_id: str, given: str, family: str, **more: Any) -> dict[str, Any]:
    return {
        "sourcedId": sourced_id,
        "status": "active",
        "dateLastModified": "2026-09-02T00:00:00.000Z",
        "givenName": given,
        "familyName": family,
        "userIds": [],
        "phone": "",
        "email": "",
        "agents": [],
        "metadata": {},
    } | more


def student(sourced_id: str, given: str, upn: str, **metadata: Any) -> dict[str, Any]:
    return person(
        sourced_id,
        given,
        "O'Marchbanks",
        role="student",
        identifier=upn,
        userIds=[{"type": "UPN", "identifier": upn}, {"type": "FormerUPN", "identifier": f"OLD{upn}"}],
        agents=[ref("user", "par-1")],
        metadata={
            "dateOfBirth": "2012-03-09",
            "postcode": "BK3 4AB",
            "addressLine": "14 Alder Lane, Brookminster",
            "formerFamilyName": "",
            "preferredGivenName": "",
        }
        | metadata,
    )


def school_records() -> dict[str, list[dict[str, Any]]]:
    """Make a school with four pupils: Cat and another Cat are two people."""
    return {
        "students": [
            student(ADA, "Ada", "A801", formerFamilyName="Oldacre", preferredGivenName="Addie"),
            student(BEN, "Ben", "A802"),
            student(CAT, "Cat", "A803"),
            student("stu-cat-2", "Cat", "A804"),
            student("stu-gone", "Gil", "A805") | {"status": "tobedeleted"},
        ],
        "users": [
            person("par-1", "Una", "Marchbanks", metadata={"relationship": "Mother", "parentalResponsibility": True}),
            person(
                "tea-1",
                "Pat",
                "Underhay",
                phone="01632 960301",
                email="p@example.org",
                metadata={"jobTitle": "Head of Year"},
            ),
        ],
        "orgs": [
            {
                "sourcedId": "sch-1",
                "status": "active",
                "name": "Brook High",
                "metadata": {"phone": "01632 960300", "email": "office@example.org", "phase": "Secondary"},
            }
        ],
        "enrollments": [
            {
                "sourcedId": "enr-1",
                "status": "active",
                "beginDate": "2023-09-04",
                "endDate": "",
                "user": ref("user", ADA),
                "school": ref("org", "sch-1"),
                "metadata": {
                    "keyContact": "tea-1",
                    "leavingReason": "",
                    "suspensions": [{"date": "2025-02-03", "days": "2", "reason": "Fighting"}],
                },
            },
            {
                "sourcedId": "enr-2",
                "status": "active",
                "beginDate": "2020-09-01",
                "endDate": "2023-07-21",
                "user": ref("user", BEN),
                "school": ref("org", "sch-9"),
                "metadata": {"keyContact": "", "leavingReason": "Moved away"},
            },
            {"sourcedId": "enr-3", "status": "tobedeleted", "user": ref("user", BEN), "school": ref("org", "sch-1")},
        ],
        "demographics": [
            {"sourcedId": ADA, "status": "active", "birthDate": "2012-03-09", "sex": "female"},
            {"sourcedId": BEN, "status": "active", "birthDate": "2012-03-09", "sex": "male"},
        ],
    }


class School:
    """A OneRoster service that counts what it was asked."""

    def __init__(self) -> None:
        self.records = school_records()
        self.asked: list[str] = []
        self.page = 2

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        name = request.path.rpartition("/")[2]
        self.asked.append(name)
        if request.headers.get("Authorization") != f"Bearer {SECRET}":
            return answer({"imsx_codeMajor": "failure"}, 401)
        if name not in self.records:
            return answer({"imsx_codeMajor": "failure"}, 404)
        found = [r for r in self.records[name] if matches(request.query.get("filter", ""), r)]
        start = int(request.query.get("offset", "0"))
        headers = {"X_Data_As_Of": "2026-11-21T02:00:00Z"}
        if start + self.page < len(found):
            more = request.url.update_query(offset=start + self.page)
            headers["Link"] = f'<{more}>; rel="next", <{request.url}>; rel="first"'
        key = "users" if name == "students" else name
        return answer({key: found[start : start + self.page]}, **headers)


def matches(wanted: str, record: dict[str, Any]) -> bool:
    """Read a filter; a quotation mark inside a value is an error, as in the standard."""
    if not wanted:
        return True
    joined, all_or_any = (wanted.split(" AND "), all) if " AND " in wanted else (wanted.split(" OR "), any)
    return all_or_any(_one(predicate, record) for predicate in joined)


def _one(predicate: str, record: dict[str, Any]) -> bool:
    parts = re.fullmatch(r"([\w.]+)(>=|=)'([^']*)'", predicate)
    assert parts is not None, predicate
    value = parts[3]
    if parts[1] == "userIds.identifier":
        return any(i["identifier"] == value for i in record["userIds"])
    held: Any = record
    for step in parts[1].split("."):
        held = held.get(step, {})
    return bool(held >= value) if parts[2] == ">=" else bool(held == value)


@asynccontextmanager
async def school(tmp_path: Path, service: School) -> AsyncIterator[Connector]:
    async with serving(service) as base:
        connector = connect(demo_source("education", f"{base}/ims/oneroster/v1p1", tmp_path))
        try:
            yield connector
        finally:
            await connector.close()


async def ask(connector: Connector, *fields: str, people: tuple[LocalId, ...] = (ADA,)) -> Reply:
    return await connector.fetch(Ask(people, frozenset(FieldId(f) for f in fields), TODAY))


def traits(given: str, **more: Any) -> Traits:
    return Traits(names=(Name(given, "O'Marchbanks"),), date_of_birth=date(2012, 3, 9), **more)


def examples() -> Examples:
    """Give the people of the system for the kit."""
    return Examples(
        known=(
            Known(ADA, traits("Ada", identifiers=((IdentifierSystem.UPN, "A801"),))),
            Known(BEN, traits("Ben", postcodes=("BK34AB",))),
        ),
        stranger=LocalId("stu-nobody"),
        stranger_traits=traits("Zed", postcodes=("BK3 4AB",)),
        ambiguous=traits("Cat", postcodes=("BK3 4AB",)),
        today=TODAY,
    )


async def test_it_keeps_every_promise(tmp_path: Path) -> None:
    """The conformance kit finds nothing broken and skips nothing."""
    async with school(tmp_path, School()) as connector:
        report = await check(connector, examples())
    assert report.broken == ()
    assert report.skipped == ()


async def test_an_involvement_names_the_school_and_whom_to_ring(tmp_path: Path) -> None:
    """The school, since when, the key contact's telephone number and the school's own."""
    async with school(tmp_path, School()) as connector:
        reply = await connector.fetch(Ask((ADA,), connector.capabilities.fields, TODAY))
    (involvement,) = [r for r in reply.records[ADA] if isinstance(r, Involvement)]
    assert (involvement.organisation, involvement.status) == ("Brook High", Status.CURRENT)
    assert involvement.start == date(2023, 9, 4)
    (worker,) = involvement.professionals or []
    assert (worker.name, worker.role, worker.phone) == ("Pat Underhay", "Head of Year", "01632 960301")
    assert involvement.duty_desk is not None
    assert involvement.duty_desk.phone == "01632 960300"
    assert reply.as_of == datetime(2026, 11, 21, 2, tzinfo=UTC)
    events = {r.kind: r for r in reply.records[ADA] if isinstance(r, ChronologyEvent)}
    assert events[EventKind.SCHOOL_START].title == "Joined Brook High"
    assert events[EventKind.EXCLUSION].summary == "Fighting"


async def test_who_the_pupil_is(tmp_path: Path) -> None:
    """Names current, former and preferred; birth; address; both numbers; the mother."""
    async with school(tmp_path, School()) as connector:
        reply = await connector.fetch(Ask((ADA,), connector.capabilities.fields, TODAY))
    records = reply.records[ADA]
    assert {(r.given, r.family, r.use) for r in records if isinstance(r, PersonName)} == {
        ("Ada", "O'Marchbanks", Use.CURRENT),
        ("Ada", "Oldacre", Use.FORMER),
        ("Addie", "O'Marchbanks", Use.ALIAS),
    }
    (birth,) = [r for r in records if isinstance(r, Birth)]
    assert (birth.date_of_birth, birth.sex) == (date(2012, 3, 9), Sex.FEMALE)
    (mother,) = [r for r in records if isinstance(r, Relationship)]
    assert (mother.type, mother.name, mother.parental_responsibility) == (
        RelationshipType.MOTHER,
        "Una Marchbanks",
        True,
    )
    assert [r.postcode for r in records if isinstance(r, Address)] == ["BK3 4AB"]


async def test_a_pupil_who_left_is_historic_and_a_school_unknown_is_null(tmp_path: Path) -> None:
    """A closed enrolment is history; one marked as to be deleted is nothing at all."""
    async with school(tmp_path, School()) as connector:
        reply = await connector.fetch(Ask((BEN,), connector.capabilities.fields, TODAY))
    (involvement,) = [r for r in reply.records[BEN] if isinstance(r, Involvement)]
    assert (involvement.status, involvement.organisation, involvement.professionals) == (Status.HISTORIC, None, [])


@pytest.mark.parametrize(
    ("fields", "collections"),
    [
        (["PersonName.given"], ["students"]),
        (["Birth.sex"], ["demographics"]),
        (["Involvement.status"], ["enrollments"]),
        (["Involvement.organisation"], ["enrollments", "orgs"]),
        (["Professional.name"], ["enrollments", "users"]),
        (["Relationship.name"], ["students", "users"]),
    ],
)
async def test_only_the_collections_an_ask_needs_are_read(
    tmp_path: Path, fields: list[str], collections: list[str]
) -> None:
    """A refused kind of record is not even fetched."""
    service = School()
    async with school(tmp_path, service) as connector:
        await ask(connector, *fields)
    assert service.asked == collections


async def test_finding_a_pupil(tmp_path: Path) -> None:
    """By a number, a former one too; by name, birth and postcode; never between two; and with no traits, nobody."""
    async with school(tmp_path, School()) as connector:
        assert await connector.locate(traits("Ada", identifiers=((IdentifierSystem.UPN, "OLDA801"),))) == Matched(ADA)
        assert await connector.locate(traits("Ben", postcodes=("bk3 4ab",))) == Matched(BEN)
        assert await connector.locate(traits("Cat", postcodes=("BK3 4AB",))) == Ambiguous(2)
        assert await connector.locate(Traits()) == Unknown()


async def test_the_index_feed_pages_and_narrows(tmp_path: Path) -> None:
    """Everybody is fed, those who left as ended; later only those who changed."""
    service = School()
    service.records["students"][0]["dateLastModified"] = "2026-11-01T00:00:00.000Z"
    async with school(tmp_path, service) as connector:
        everybody = [i async for i in connector.identities(None)]
        changed = [i.local_id async for i in connector.identities(datetime(2026, 10, 1, tzinfo=UTC))]
        health = await connector.health()
    assert [i.local_id for i in everybody] == [ADA, BEN, CAT, "stu-cat-2", "stu-gone"]
    assert [i.ended for i in everybody] == [False, False, False, False, True]
    assert everybody[0].traits.names[:2] == (Name("Ada", "O'Marchbanks"), Name("Ada", "Oldacre"))
    assert changed == [ADA]
    assert health.ok


async def test_another_childs_record_spoils_the_answer(tmp_path: Path) -> None:
    """A source that answers about somebody else is broken, and nothing of it is shown."""
    service = School()
    service.records["enrollments"][0]["user"] = ref("user", BEN)

    async def liar(request: web.BaseRequest) -> web.Response:
        name = request.path.rpartition("/")[2]
        return answer({name: service.records[name][:1]})

    async with serving(liar) as base:
        connector = connect(demo_source("education", base, tmp_path))
        with pytest.raises(SourceBroken, match="wrong-person"):
            await ask(connector, "Involvement.status")
        await connector.close()


async def test_wrong_types_are_rejected_or_broken(tmp_path: Path) -> None:
    """A number for a name is read as text; an object for a text is rejected; a list for an object is broken."""
    service = School()
    service.records["students"][0] |= {"familyName": {"no": 1}, "givenName": 7}
    service.records["enrollments"][0] |= {"beginDate": 2023}
    async with school(tmp_path, service) as connector:
        names = await ask(connector, "PersonName.given", "PersonName.family")
        dates = await ask(connector, "Involvement.start")
        for broken in ({"user": []}, {"metadata": "x"}, {"school": {"sourcedId": 5}}):
            kept = dict(service.records["enrollments"][0])
            service.records["enrollments"] = [service.records["enrollments"][0] | {"user": ref("user", ADA)}]
            service.records["enrollments"][0] |= broken
            if "user" not in broken:
                with pytest.raises(SourceBroken, match="wrong-type"):
                    await ask(connector, "Involvement.organisation")
            service.records["enrollments"] = [kept]
    assert {(r.place, r.code) for r in names.rejected} == {("students.familyName", "not-text")}
    assert {(r.place, r.code) for r in dates.rejected} == {("enrollments.beginDate", "not-a-date")}


async def test_a_refused_credential_is_the_owners_business(tmp_path: Path) -> None:
    """A wrong token is refused, and health says so without raising."""
    async with serving(School()) as base:
        source = demo_source("education", base, tmp_path)
        (tmp_path / "education").write_text("another")
        connector = connect(source)
        with pytest.raises(SourceRefused):
            await ask(connector, "PersonName.given")
        health = await connector.health()
        await connector.close()
    assert (health.ok, health.code) == (False, "status-401")


async def test_a_cap_makes_the_answer_incomplete_and_the_feed_no_shorter(tmp_path: Path) -> None:
    """What a cap cut is said to be cut; an index feed is given page by page, and none of it is cut."""
    service = School()
    async with serving(service) as base:
        source = demo_source("education", base, tmp_path)
        source = source.model_copy(update={"limits": source.limits.model_copy(update={"records": 1})})
        connector = connect(source)
        reply = await ask(connector, "PersonName.given", people=(ADA, BEN))
        assert not reply.complete
        assert len([i async for i in connector.identities(None)]) > 1
        with pytest.raises(SourceBroken, match="too-many-to-search"):
            await connector.locate(traits("Cat", postcodes=("BK3 4AB",)))
        await connector.close()
