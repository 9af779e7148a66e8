"""REST by mapping alone: youth justice (cursor, one list) and housing (pages, four lists), over real HTTP."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from connectors.conformance import Examples, Known, check
from connectors.contract import Ask, Connector, LocalId, Name, Traits
from connectors.errors import SourceBroken, SourceMisconfigured
from connectors.registry import connect
from connectors.source import SourceConfig
from schema.fields import FieldId
from schema.labels import Label
from schema.records import ChronologyEvent, IdentifierSystem, Involvement, Relationship, Status
from tests.serving import Handler, answer, serving
from tests.sources import SECRET, demo_source

TODAY = date(2026, 11, 21)
WORKER = {
    "name": "Pat Underhay",
    "role": "Case manager",
    "team": "North",
    "phone": "01632 960501",
    "email": "p@example.org",
    "from": "2026-01-05",
    "to": None,
}
ORDER = {
    "ref": "YJ1-I1",
    "type": "RO",
    "type_text": "Referral order",
    "start": "2026-01-05",
    "end": None,
    "last_contact": "2026-11-02",
    "workers": [WORKER],
    "plan": {"start": "2026-01-12", "review_due": "2026-12-01", "targets": ["School"], "needs": ["Peers"]},
    "closure": "Completed",
}
OFFENCE = {"ref": "YJ1-O1", "date": "2025-12-01", "category": 7, "category_text": "Damage", "outcome_text": "Order"}


def young_person(number: str, first: str, upn: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "updated_at": "2026-11-02T00:00:00Z",
        "name": {"first": first, "last": "Marchbanks", "known_as": "Addie", "previous_last": "Oldacre"},
        "born": "2010-05-01",
        "gender": 2,
        "references": {"yot_number": f"BRK/{number}/25", "pnc": None, "upn": upn, "nhs": "9990000018"},
        "home": {"address": "14 Alder Lane", "postcode": "BK3 4AB", "since": "2019-01-01"},
        "interventions": [ORDER, ORDER | {"ref": "YJ1-I0", "start": "2024-01-05", "end": "2024-07-05"}],
        "offences": [OFFENCE],
    } | more


YOUNG = [
    young_person("YJ1", "Ada", "A801"),
    young_person("YJ2", "Cat"),
    young_person("YJ3", "Cat", references={}),
]


async def youth_justice(request: web.BaseRequest) -> web.Response:
    """Serve young people one to a page, by cursor."""
    if request.headers.get("X-Api-Key") != SECRET:
        return answer({"error": "unauthorised"}, 401)
    ids = request.query["ids"].split(",") if "ids" in request.query else None
    since = request.query.get("updated_since", "")
    found = [p for p in YOUNG if (ids is None or p["id"] in ids) and p["updated_at"] >= since]
    cursor = request.query.get("cursor", "0")
    start = int(cursor) if cursor.isdecimal() else 0
    more = str(start + 1) if start + 1 < len(found) else None
    return answer({"as_of": "2026-11-21T03:10:00Z", "data": found[start : start + 1], "next_cursor": more})


OFFICER = {"name": "Lee Garth", "jobTitle": "Housing Officer", "patch": "East", "phone": "01632 960701", "email": "l@x"}
HOME = {"line1": "14 Alder Lane", "line2": "Brookminster", "postcode": "BK3 4AB", "uprn": "100090000014"}
HOUSING: dict[str, list[dict[str, Any]]] = {
    "people": [
        {
            "personRef": ref,
            "forenames": given,
            "surname": "Marchbanks",
            "previousSurname": "Oldacre",
            "dateOfBirth": "01/05/2010",
            "sexCode": "F",
            "currentAddress": HOME,
            "previousPostcodes": ["BK1 1AA"],
            "changedOn": "01/11/2026",
        }
        for ref, given in (("HP1", "Ada"), ("HP2", "Cat"), ("HP3", "Cat"))
    ],
    "household-members": [
        {
            "personRef": "HP1",
            "memberRef": "HP1",
            "memberName": "Ada Marchbanks",
            "movedIn": "01/01/2019",
            "movedOut": "",
        },
        {
            "personRef": "HP1",
            "memberRef": "HP9",
            "memberName": "Una Marchbanks",
            "movedIn": "01/01/2019",
            "movedOut": "01/02/2026",
        },
    ],
    "tenancies": [
        {
            "personRef": "HP1",
            "tenancyRef": "T/004512",
            "tenureCode": "SEC",
            "startDate": "01/01/2019",
            "endDate": end,
            "statusCode": "C",
            "landlord": "Brook Valley Homes",
            "officer": OFFICER,
        }
        for end in ("", "01/02/2026")
    ],
    "homelessness-cases": [
        {
            "personRef": "HP1",
            "caseRef": "HC/0081",
            "applicationDate": "02/02/2026",
            "dutyCode": "P",
            "dutyStart": "03/02/2026",
            "dutyEnd": "03/05/2026",
            "reasonCode": "DA",
            "supportNeeds": ["Safety"],
            "planReview": "03/03/2026",
            "outcome": "Moved",
            "officer": OFFICER,
        }
    ],
}


class Housing:
    """A housing association's lists, a page at a time."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        expected = base64.b64encode(f"hub:{SECRET}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {expected}":
            return answer({"message": "no"}, 401)
        name = request.path.rpartition("/")[2]
        self.asked.append(name)
        refs = request.query["personRefs"].split(",") if "personRefs" in request.query else None
        found = [i for i in HOUSING[name] if refs is None or i["personRef"] in refs]
        start = int(request.query["page"]) - 1
        return answer({"extractDate": "21/11/2026 04:00", "total": len(found), "items": found[start : start + 1]})


@asynccontextmanager
async def connected(name: str, tmp_path: Path, service: Handler) -> AsyncIterator[Connector]:
    async with serving(service) as base:
        connector = connect(demo_source(name, base, tmp_path))
        try:
            yield connector
        finally:
            await connector.close()


def traits(given: str, **more: Any) -> Traits:
    return Traits(names=(Name(given, "Marchbanks"),), date_of_birth=date(2010, 5, 1), postcodes=("BK3 4AB",), **more)


@pytest.mark.parametrize(
    ("name", "person", "service"),
    [("youth-justice", "YJ1", youth_justice), ("housing", "HP1", Housing())],
)
async def test_it_keeps_every_promise(tmp_path: Path, name: str, person: str, service: Handler) -> None:
    """A mapping alone makes a connector in which the conformance kit finds nothing broken."""
    examples = Examples(
        known=(Known(LocalId(person), traits("Ada")),),
        stranger=LocalId("nobody"),
        stranger_traits=traits("Zed"),
        ambiguous=traits("Cat"),
        today=TODAY,
    )
    async with connected(name, tmp_path, service) as connector:
        report = await check(connector, examples)
    assert report.broken == ()
    assert report.skipped == ()


async def test_a_youth_justice_order_names_the_case_manager(tmp_path: Path) -> None:
    """Whom to ring, the plan, and an offence labelled as what it is."""
    person = LocalId("YJ1")
    async with connected("youth-justice", tmp_path, youth_justice) as connector:
        reply = await connector.fetch(Ask((person,), connector.capabilities.fields, TODAY))
    involvement, earlier = [r for r in reply.records[person] if isinstance(r, Involvement)]
    assert earlier.status is Status.HISTORIC
    assert (involvement.status, involvement.sub_service, involvement.reason) == (
        Status.CURRENT,
        "Intervention",
        "Referral order",
    )
    assert [w.phone for w in involvement.professionals or []] == ["01632 960501"]
    assert involvement.plan is not None
    assert involvement.plan.goals == ["School"]
    offence = next(r for r in reply.records[person] if isinstance(r, ChronologyEvent) and r.title == "Offence")
    assert offence.labels == {Label.CRIMINAL_OFFENCE}
    assert reply.as_of == datetime(2026, 11, 21, 3, 10, tzinfo=UTC)


async def test_a_tenancy_and_a_homelessness_case(tmp_path: Path) -> None:
    """Open and closed tenancies told apart, dates read as written in England, the officer's telephone given."""
    person = LocalId("HP1")
    async with connected("housing", tmp_path, Housing()) as connector:
        reply = await connector.fetch(Ask((person,), connector.capabilities.fields, TODAY))
    involvements = [r for r in reply.records[person] if isinstance(r, Involvement)]
    assert [i.status for i in involvements] == [Status.CURRENT, Status.HISTORIC, Status.HISTORIC]
    assert involvements[0].start == date(2019, 1, 1)
    assert involvements[0].professionals is not None
    assert involvements[0].professionals[0].phone == "01632 960701"
    (member,) = [r for r in reply.records[person] if isinstance(r, Relationship)]
    assert (member.name, member.local_id, member.end) == ("Una Marchbanks", "HP9", date(2026, 2, 1))
    assert reply.as_of == datetime(2026, 11, 21, 4, tzinfo=UTC)


async def test_only_the_lists_an_ask_needs_are_read(tmp_path: Path) -> None:
    """Tenancies are asked for tenancies; nothing else is."""
    service = Housing()
    async with connected("housing", tmp_path, service) as connector:
        await connector.fetch(Ask((LocalId("HP1"),), frozenset({FieldId("Relationship.name")}), TODAY))
    assert set(service.asked) == {"household-members"}


async def test_the_index_feed_reads_every_page_and_narrows(tmp_path: Path) -> None:
    """Everybody once; later only those changed since."""
    async with connected("youth-justice", tmp_path, youth_justice) as connector:
        everybody = [i async for i in connector.identities(None)]
        nobody = [i async for i in connector.identities(datetime(2026, 11, 20, tzinfo=UTC))]
        health = await connector.health()
    assert [i.local_id for i in everybody] == ["YJ1", "YJ2", "YJ3"]
    assert (IdentifierSystem.YOT_NUMBER, "BRK/YJ1/25") in everybody[0].traits.identifiers
    assert nobody == []
    assert (health.ok, health.as_of) == (True, datetime(2026, 11, 21, 3, 10, tzinfo=UTC))


async def test_another_persons_row_spoils_the_answer(tmp_path: Path) -> None:
    """Rows about somebody nobody asked about make the source broken."""

    async def liar(_request: web.BaseRequest) -> web.Response:
        return answer({"data": YOUNG[:2], "next_cursor": None})

    async with connected("youth-justice", tmp_path, liar) as connector:
        with pytest.raises(SourceBroken, match="wrong-person"):
            await connector.fetch(Ask((LocalId("YJ1"),), frozenset({FieldId("PersonName.given")}), TODAY))


def own_layout(base: str, **resource: Any) -> SourceConfig:
    return SourceConfig.model_validate(
        {
            "id": "own",
            "service": "HOUSING",
            "name": "Own",
            "owner": "Own",
            "agency": "own",
            "system": "plain",
            "connection": {"transport": "rest", "base_url": base, "resources": {"person": resource}},
            "map": [
                {
                    "record": "PersonName",
                    "from": "person",
                    "person": "id",
                    "fields": {"given": "first", "family": "length(last)"},
                }
            ],
            "path": "own.toml",
        }
    )


async def test_one_call_for_each_person_where_the_path_names_them() -> None:
    """A person in the path is percent-encoded; one not found is simply not known; odd types stay our error."""
    asked: list[str] = []

    async def one(request: web.BaseRequest) -> web.Response:
        asked.append(request.raw_path)
        last: Any = 5 if "odd" in request.path else "Marchbanks"
        name = request.path.rpartition("/")[2]
        return answer({"id": name, "first": "Ada", "last": last}, 404 if name == "none" else 200)

    async with serving(one) as base:
        connector = connect(own_layout(base, path="people/{person}", items="[@]"))
        given = frozenset({FieldId("PersonName.given")})
        reply = await connector.fetch(Ask((LocalId("a b"), LocalId("none")), given, TODAY))
        assert list(reply.records) == ["a b"]
        with pytest.raises(SourceBroken, match="unreadable"):
            await connector.fetch(Ask((LocalId("odd"),), frozenset({FieldId("PersonName.family")}), TODAY))
        assert await connector.locate(Traits()) is not None
        assert [i async for i in connector.identities(None)] == []
        await connector.close()
    assert sorted(asked)[:2] == ["/people/a%20b", "/people/none"]


@pytest.mark.parametrize(
    ("resource", "says"),
    [
        ({"path": "people"}, "one of the two"),
        ({"path": "people/{person}", "people_param": "p"}, "one of the two"),
        ({"path": "people", "people_param": "p", "items": "["}, "JMESPath"),
        ({"path": "people", "people_param": "p", "colour": "red"}, "colour"),
    ],
)
def test_a_layout_that_does_not_add_up_refuses_to_start(resource: dict[str, Any], says: str) -> None:
    """The message names the file and what is wrong."""
    with pytest.raises(SourceMisconfigured, match=says) as caught:
        connect(own_layout("http://127.0.0.1:1", **resource))
    assert "own.toml" in str(caught.value)


def test_a_map_block_must_name_a_resource_that_is_there() -> None:
    """A mistyped resource is found at the start."""
    source = own_layout("http://127.0.0.1:1", path="p", people_param="p")
    wrong = source.model_copy(update={"map": ({**source.map[0], "from": "persons"},)})
    with pytest.raises(SourceMisconfigured, match="persons"):
        connect(wrong)
