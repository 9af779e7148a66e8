"""UK Core: patients, episodes, care teams and what protects them, over real HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from connectors.conformance import Examples, Known, check
from connectors.contract import Ambiguous, Ask, Connector, LocalId, Matched, Name, Traits, Unknown
from connectors.errors import SourceBroken
from connectors.registry import connect
from schema.fields import FieldId
from schema.labels import Label
from schema.records import ChronologyEvent, Flag, IdentifierSystem, Involvement, PersonName, Relationship, Status, Use
from tests.serving import answer, serving
from tests.sources import SECRET, demo_source

TODAY = date(2026, 11, 21)
ADA = LocalId("pat-ada")
NHS = "https://fhir.nhs.uk/Id/nhs-number"
V3 = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


def resource(kind: str, key: str, *codes: str, **more: Any) -> dict[str, Any]:
    meta: dict[str, Any] = {"lastUpdated": "2026-11-01T00:00:00Z"}
    if codes:
        meta["security"] = [{"system": V3, "code": code} for code in codes]
    return {"resourceType": kind, "id": key, "meta": meta, **more}


def patient(key: str, given: str, number: str, *codes: str, **more: Any) -> dict[str, Any]:
    name = [
        {"use": "old", "family": "Oldacre", "given": [given], "period": {"end": "2020-01-01"}},
        {"use": "official", "family": "Marchbanks", "given": [given, "Jane"]},
    ]
    address = [
        {
            "use": "old",
            "line": ["1 Mill Road"],
            "city": "Brookminster",
            "postalCode": "BK1 1AA",
            "period": {"end": "2020-01-01"},
        },
        {
            "use": "home",
            "line": ["14 Alder Lane"],
            "city": "Brookminster",
            "postalCode": "BK3 4AB",
            "period": {"start": "2020-01-01"},
        },
    ]
    return resource(
        "Patient",
        key,
        *codes,
        active=True,
        identifier=[
            {"system": NHS, "value": number},
            {
                "system": NHS,
                "value": f"9{number[1:]}",
                "use": "old",
                "period": {"start": "2012-01-01", "end": "2013-06-30"},
            },
            {"system": "https://trust.example.org/Id/local", "value": "L1"},
        ],
        name=name,
        gender="female",
        birthDate="2012-03-09",
        deceasedDateTime="2026-11-20T10:00:00Z",
        address=address,
        **more,
    )


def about(key: str = "pat-ada") -> dict[str, str]:
    return {"reference": f"Patient/{key}"}


def records() -> list[dict[str, Any]]:
    """Make a patient with an ordinary and a mental health episode, and two Cats nobody can tell apart."""
    phone = [{"system": "phone", "value": "01632 960901", "use": "old"}, {"system": "phone", "value": "01632 960902"}]
    reach = [*phone, {"system": "email", "value": "p@example.org"}]
    return [
        patient("pat-ada", "Ada", "9990000018"),
        patient("pat-cat", "Cat", "9990000026"),
        patient("pat-cat-2", "Cat", "9990000034", "R", link=[]),
        resource(
            "EpisodeOfCare",
            "epi-1",
            status="active",
            type=[{"text": "Health visiting"}],
            patient=about(),
            managingOrganization={"reference": "Organization/org-1"},
            period={"start": "2012-03-20"},
            careManager={"reference": "Practitioner/prac-1"},
            team=[{"reference": "CareTeam/team-1"}],
        ),
        resource(
            "EpisodeOfCare",
            "epi-2",
            status="finished",
            type=[{"text": "CAMHS"}],
            patient=about(),
            period={"start": "2025-01-01", "end": "2025-06-01"},
            team=[{"reference": "CareTeam/team-2"}],
        ),
        resource("EpisodeOfCare", "epi-3", status="planned", patient=about(), period={"start": "2027-01-01"}),
        resource("EpisodeOfCare", "epi-4", status="entered-in-error", patient=about()),
        resource("Organization", "org-1", name="Community Trust"),
        resource("Practitioner", "prac-1", name=[{"text": "Pat Underhay"}]),
        resource("Practitioner", "prac-2", name=[{"family": "Garth", "given": ["Lee"]}]),
        resource(
            "PractitionerRole",
            "role-1",
            practitioner={"reference": "Practitioner/prac-1"},
            code=[{"text": "Health Visitor"}],
            telecom=reach,
        ),
        resource("PractitionerRole", "role-2", practitioner={"reference": "Practitioner/prac-2"}, telecom=reach),
        resource(
            "CareTeam",
            "team-1",
            status="active",
            name="Health Visiting North",
            subject=about(),
            period={"start": "2012-03-20"},
            telecom=reach,
            participant=[
                {
                    "role": [{"text": "Nursery nurse"}],
                    "member": {"reference": "PractitionerRole/role-2"},
                    "period": {"start": "2012-03-20", "end": "2014-01-01"},
                }
            ],
        ),
        resource("CareTeam", "team-2", "MH", status="inactive", name="CAMHS", subject=about()),
        resource(
            "Encounter",
            "enc-1",
            status="finished",
            type=[{"text": "Home visit"}],
            subject=about(),
            episodeOfCare=[{"reference": "EpisodeOfCare/epi-1"}],
            period={"start": "2026-05-01T10:00:00Z", "end": "2026-05-01T11:00:00Z"},
            reasonCode=[{"text": "Review"}],
        ),
        resource(
            "Encounter",
            "enc-2",
            "SEX",
            status="finished",
            type=[{"text": "Clinic"}],
            subject=about(),
            episodeOfCare=[{"reference": "EpisodeOfCare/epi-1"}],
            period={"start": "2026-09-01T10:00:00Z"},
        ),
        resource(
            "Encounter",
            "enc-3",
            status="cancelled",
            type=[{"text": "Home visit"}],
            subject=about(),
            period={"start": "2026-06-01"},
            reasonCode=[{"text": "Did not attend"}],
        ),
        resource(
            "Flag",
            "flag-1",
            status="active",
            category=[{"text": "Safeguarding"}],
            code={"text": "Plan in place"},
            subject=about(),
            period={"start": "2026-01-01"},
        ),
        resource(
            "RelatedPerson",
            "rel-1",
            patient=about(),
            relationship=[{"coding": [{"code": "MTH"}]}],
            name=[{"family": "Marchbanks", "given": ["Una"]}],
            period={"start": "2012-03-09", "end": "2026-01-01"},
        ),
    ]


INCLUDES = {
    "EpisodeOfCare:organization": ("managingOrganization",),
    "EpisodeOfCare:care-manager": ("careManager",),
    "CareTeam:participant": ("participant", "member"),
    "PractitionerRole:practitioner": ("practitioner",),
}


class Trust:
    """A FHIR server that counts what it was asked, two matches to a page."""

    def __init__(self) -> None:
        self.held = {f"{r['resourceType']}/{r['id']}": r for r in records()}
        self.asked: list[str] = []
        self.page = 2

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        if request.path == "/fhir/metadata":
            return self._say({"resourceType": "CapabilityStatement"})
        if request.headers.get("Authorization") != f"Bearer {SECRET}":
            return self._say({"resourceType": "OperationOutcome"}, 401)
        query = [*request.query.items(), *(await request.post()).items()]
        kind = request.path.split("/")[2]
        self.asked.append(f"{request.method} {kind}")
        found = [r for r in self.held.values() if r["resourceType"] == kind and self._fits(r, query)]
        start = next((int(str(v)) for k, v in query if k == "_at"), 0)
        page, links = found[start : start + self.page], []
        if start + self.page < len(found):
            again = [*((k, str(v)) for k, v in query if k != "_at"), ("_at", str(start + self.page))]
            links = [{"relation": "next", "url": str(request.url.with_path(f"/fhir/{kind}").with_query(again))}]
        entry = [{"resource": r, "search": {"mode": "match"}} for r in page]
        entry += [{"resource": r, "search": {"mode": "include"}} for r in self._included(page, query)]
        bundle = {"resourceType": "Bundle", "type": "searchset", "meta": {"lastUpdated": "2026-11-21T01:00:00Z"}}
        return self._say({**bundle, "link": links, **({"entry": entry} if entry else {})})

    @staticmethod
    def _say(value: Any, status: int = 200) -> web.Response:
        said = answer(value, status)
        said.content_type = "application/fhir+json"
        return said

    @staticmethod
    def _fits(held: dict[str, Any], query: list[tuple[str, Any]]) -> bool:
        subject = (held.get("patient") or held.get("subject") or {}).get("reference", "").partition("/")[2]
        tests = {
            "_id": lambda v: held["id"] in v.split(","),
            "patient": lambda v: subject in v.split(","),
            "practitioner": lambda v: held["practitioner"]["reference"].partition("/")[2] in v.split(","),
            "status": lambda v: held.get("status") == v,
            "identifier": lambda v: v in [f"{i['system']}|{i['value']}" for i in held["identifier"]],
            "birthdate": lambda v: held["birthDate"] == v,
            "family": lambda v: v in [n["family"] for n in held["name"]],
            "_lastUpdated": lambda v: held["meta"]["lastUpdated"] >= v[2:],
        }
        return all(tests[k](v) for k, v in query if k in tests)

    def _included(self, page: list[dict[str, Any]], query: list[tuple[str, Any]]) -> list[dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for name in [v for k, v in query if k.startswith("_include")]:
            first, *rest = INCLUDES[name]
            for held in [*page, *found.values()]:
                if held["resourceType"] != name.partition(":")[0] or first not in held:
                    continue
                values = held[first] if isinstance(held[first], list) else [held[first]]
                for value in values:
                    for step in rest:
                        value = value[step]  # noqa: PLW2901 -- a walk down
                    found = {**found, value["reference"]: self.held[value["reference"]]}
        return list(found.values())


@asynccontextmanager
async def trust(tmp_path: Path, service: Any) -> AsyncIterator[Connector]:
    async with serving(service) as base:
        connector = connect(demo_source("health", f"{base}/fhir", tmp_path))
        try:
            yield connector
        finally:
            await connector.close()


def traits(given: str, **more: Any) -> Traits:
    return Traits(names=(Name(given, "Marchbanks"),), date_of_birth=date(2012, 3, 9), **more)


async def everything(service: Trust, tmp_path: Path) -> list[Any]:
    async with trust(tmp_path, service) as connector:
        reply = await connector.fetch(Ask((ADA,), connector.capabilities.fields, TODAY))
    assert reply.as_of == datetime(2026, 11, 21, 1, tzinfo=UTC)
    return list(reply.records[ADA])


def examples() -> Examples:
    """Give the people of the system for the kit."""
    number = ((IdentifierSystem.NHS_NUMBER, "9990000018"),)
    return Examples(
        known=(
            Known(ADA, traits("Ada Jane", postcodes=("BK3 4AB",))),
            Known(ADA, traits("Ada", identifiers=number)),
            Known(LocalId("pat-cat-2")),
        ),
        stranger=LocalId("pat-nobody"),
        stranger_traits=traits("Zed"),
        ambiguous=traits("Cat Jane", postcodes=("BK3 4AB",)),
        today=TODAY,
    )


async def test_it_keeps_every_promise(tmp_path: Path) -> None:
    """The conformance kit finds nothing broken and skips nothing."""
    async with trust(tmp_path, Trust()) as connector:
        report = await check(connector, examples())
    assert report.broken == ()
    assert report.skipped == ()


async def test_an_episode_names_its_people_and_whom_to_ring(tmp_path: Path) -> None:
    """The care manager with a telephone still in use, the team's people with their status, the team's duty desk."""
    found = await everything(Trust(), tmp_path)
    episodes = {r.id: r for r in found if isinstance(r, Involvement)}
    assert set(episodes) == {"epi-1", "epi-2", "epi-3"}
    visiting = episodes["epi-1"]
    assert (visiting.status, visiting.sub_service, visiting.organisation) == (
        Status.CURRENT,
        "Health visiting",
        "Community Trust",
    )
    people = {w.name: w for w in visiting.professionals}
    assert (people["Pat Underhay"].role, people["Pat Underhay"].phone) == ("Health Visitor", "01632 960902")
    assert (people["Lee Garth"].role, people["Lee Garth"].status) == ("Nursery nurse", Status.HISTORIC)
    assert (visiting.duty_desk.team, visiting.duty_desk.email) == ("Health Visiting North", "p@example.org")
    assert (episodes["epi-2"].status, episodes["epi-3"].status) == (Status.HISTORIC, Status.UNKNOWN)


async def test_protection_goes_with_what_it_protects(tmp_path: Path) -> None:
    """A team's label protects its episode, an encounter's never shows through a less protected episode."""
    found = await everything(Trust(), tmp_path)
    episodes = {r.id: r for r in found if isinstance(r, Involvement)}
    assert episodes["epi-2"].labels == {Label.MENTAL_HEALTH}
    assert episodes["epi-1"].labels == frozenset()
    assert episodes["epi-1"].last_interaction == date(2026, 5, 1)
    clinic = next(r for r in found if isinstance(r, ChronologyEvent) and r.title == "Clinic")
    assert clinic.labels == {Label.SEXUAL_HEALTH}


async def test_who_the_patient_is(tmp_path: Path) -> None:
    """Names by use, only NHS numbers, a missed appointment, a flag and the mother."""
    found = await everything(Trust(), tmp_path)
    assert {(r.given, r.family, r.use) for r in found if isinstance(r, PersonName)} == {
        ("Ada", "Oldacre", Use.FORMER),
        ("Ada Jane", "Marchbanks", Use.CURRENT),
    }
    assert "Home visit (did not attend)" in {r.title for r in found if isinstance(r, ChronologyEvent)}
    assert [r.text for r in found if isinstance(r, Flag)] == ["Plan in place"]
    assert [r.name for r in found if isinstance(r, Relationship)] == ["Una Marchbanks"]


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("PersonName.given", {"GET Patient"}),
        ("Involvement.status", {"GET EpisodeOfCare"}),
        ("Involvement.organisation", {"GET EpisodeOfCare"}),
        ("Involvement.last_interaction", {"GET EpisodeOfCare", "GET Encounter"}),
        ("DutyDesk.phone", {"GET EpisodeOfCare", "GET CareTeam"}),
        ("Professional.phone", {"GET EpisodeOfCare", "GET CareTeam", "GET PractitionerRole"}),
        ("Flag.code", {"GET Flag"}),
        ("Relationship.name", {"GET RelatedPerson"}),
    ],
)
async def test_only_the_resources_an_ask_needs_are_searched(tmp_path: Path, field: str, asked: set[str]) -> None:
    """What is not asked is not fetched."""
    service = Trust()
    async with trust(tmp_path, service) as connector:
        await connector.fetch(Ask((ADA,), frozenset({FieldId(field)}), TODAY))
    assert set(service.asked) == asked


async def test_finding_a_patient_leaves_nothing_in_an_address(tmp_path: Path) -> None:
    """By number, or by name, birth and postcode; searches for a person are posted."""
    service = Trust()
    service.page, number = 10, ((IdentifierSystem.NHS_NUMBER, "9990000018"),)
    async with trust(tmp_path, service) as connector:
        assert await connector.locate(traits("Ada", identifiers=number)) == Matched(ADA)
        assert await connector.locate(traits("Cat Jane", postcodes=("BK3 4AB",))) == Ambiguous(2)
        assert await connector.locate(Traits()) == Unknown()
    assert set(service.asked) == {"POST Patient"}


async def test_the_index_feed_carries_restrictions(tmp_path: Path) -> None:
    """A nationally restricted patient is marked in the feed; later only the changed are fed."""
    async with trust(tmp_path, Trust()) as connector:
        fed = {i.local_id: i async for i in connector.identities(None)}
        changed = [i async for i in connector.identities(datetime(2026, 11, 2, tzinfo=UTC))]
        health = await connector.health()
    assert fed[LocalId("pat-cat-2")].labels == {Label.NATIONALLY_RESTRICTED}
    assert fed[ADA].labels == frozenset()
    assert fed[ADA].traits.postcodes == ("BK3 4AB", "BK1 1AA")
    assert fed[ADA].traits.names == (Name("Ada Jane", "Marchbanks"), Name("Ada", "Oldacre"))
    assert changed == []
    assert health.ok


@pytest.mark.parametrize("kind", ["Patient", "EpisodeOfCare", "CareTeam", "Encounter", "Flag", "RelatedPerson"])
async def test_another_patients_resource_spoils_the_answer(tmp_path: Path, kind: str) -> None:
    """One resource about somebody else, of any type, and nothing is shown."""
    service = Trust()

    async def liar(request: web.BaseRequest) -> web.Response:
        if f"/{kind}" in request.path:
            wrong = resource(kind, "pat-x", subject=about("pat-cat"), patient=about("pat-cat"))
            entry = [{"resource": wrong, "search": {"mode": "match"}}]
            return answer({"resourceType": "Bundle", "type": "searchset", "entry": entry})
        return await service(request)

    async with trust(tmp_path, liar) as connector:
        with pytest.raises(SourceBroken, match="wrong-person"):
            await connector.fetch(Ask((ADA,), connector.capabilities.fields, TODAY))


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Ada"},
        {"name": [{"given": "Ada"}]},
        {"address": [5]},
        {"identifier": {"system": NHS}},
        {"meta": []},
        {"name": [{"period": "x"}]},
    ],
)
async def test_a_wrong_structure_is_broken(tmp_path: Path, change: dict[str, Any]) -> None:
    """A text where a list is due is the source's fault, said with the place."""
    service = Trust()
    service.held["Patient/pat-ada"] |= change
    async with trust(tmp_path, service) as connector:
        with pytest.raises(SourceBroken, match="wrong-type"):
            await connector.fetch(Ask((ADA,), connector.capabilities.fields, TODAY))


async def test_a_wrong_value_is_rejected(tmp_path: Path) -> None:
    """A value that cannot be read is null, and its place is reported."""
    service = Trust()
    service.held["Patient/pat-ada"] |= {"birthDate": [1], "gender": "unheard-of"}
    async with trust(tmp_path, service) as connector:
        reply = await connector.fetch(Ask((ADA,), connector.capabilities.fields, TODAY))
    assert {(r.place, r.code) for r in reply.rejected} == {
        ("births.born", "not-a-date"),
        ("births.sex", "unknown-code"),
    }
