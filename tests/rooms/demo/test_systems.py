"""Each running system answers by its layout: batches, paging, increments, refusals."""

import csv
import json
from typing import Any
from urllib.parse import urlparse

import asyncpg
import openpyxl
import pytest

from hub.demo.agencies import Source
from hub.demo.place import DemoPlace
from tests.rooms.demo.brookshire import A_PATH, HTTP_SYSTEMS, Ask

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def connect(place: DemoPlace, source: str) -> Any:
    """Connect to a database as the hub does."""
    url = urlparse(place.urls[source])
    return await asyncpg.connect(
        host=url.hostname,
        port=url.port,
        user=url.username,
        password=(place.secrets / source).read_text(),
        database=url.path[1:],
        ssl=False,
        timeout=5,
    )


@pytest.mark.parametrize("system", HTTP_SYSTEMS)
async def test_no_credential_no_answer(place: DemoPlace, ask: Ask, system: str) -> None:
    """Without its credential a system answers 401 to everything but the health check."""
    client = ask(system)
    path = A_PATH[Source(system) if system in set(Source) else system].lstrip("/")
    assert (await client.get(path)).status_code == 200
    for wrong in ("", "Bearer guess"):
        headers = {"Authorization": wrong, "X-Api-Key": wrong}
        assert (await client.get(path, headers=headers)).status_code == 401
    parts = urlparse(place.urls[system])
    healthy = await client.get(f"http://{parts.netloc}/healthz", headers={"Authorization": "", "X-Api-Key": ""})
    assert healthy.json() == {"status": "ok"}


@pytest.mark.parametrize("system", HTTP_SYSTEMS)
async def test_unknown_paths_and_parameters(ask: Ask, system: str) -> None:
    """An unknown path is 404 and, where parameters are read, an unknown one is 400, in JSON."""
    client = ask(system)
    assert (await client.get("nowhere/at/all/x")).status_code == 404
    if system != Source.POLICE:
        path = A_PATH[Source(system) if system in set(Source) else system].lstrip("/").split("?", maxsplit=1)[0]
        refused = await client.get(path, params={"colour": "blue"})
        assert refused.status_code == 400
        assert refused.json()


async def test_staff_directory(ask: Ask) -> None:
    """Staff are found by ids in one call, leavers without a phone; teams by id or name with their desk."""
    client = ask("staff-directory")
    ids = [f"SC{2040 + n}" for n in range(30)]
    found = (await client.get("staff", params={"ids": ",".join([*ids, "nobody"])})).json()["staff"]
    assert {s["staffId"] for s in found} < set(ids)
    assert any(s["left"] and s["phone"] is None and s["email"] is None for s in found)
    assert any(not s["left"] and s["phone"] for s in found)
    team = (await client.get("teams", params={"ids": "T01"})).json()["teams"][0]
    assert (await client.get("teams", params={"names": team["name"]})).json()["teams"] == [team]
    assert team["dutyDesk"]["phone"].startswith("01632")
    assert (await client.get("staff", params={"ids": ",".join(map(str, range(201)))})).status_code == 400


async def test_social_care_database(place: DemoPlace) -> None:
    """The database holds the dataset's tables with their mess, and the hub may only read."""
    connection = await connect(place, Source.SOCIAL_CARE)
    main = place.truth.cast_member("main")
    rows = await connection.fetch("SELECT * FROM ssd_person WHERE pers_person_id = ANY($1)", main.links["social-care"])
    assert len(rows) == 2
    assert len({r["pers_legacy_id"] for r in rows}) == 1
    assert any(r["pers_surname"].startswith("DUPLICATE") for r in rows)
    broken = 0
    for row in await connection.fetch("SELECT cont_contact_outcome_json AS said FROM ssd_contacts"):
        try:
            json.loads(row["said"])
        except ValueError:
            broken += 1
            assert '"COMMENTS":"' in row["said"]
    assert broken
    assert await connection.fetchval("SELECT count(*) FROM ssd_professionals WHERE prof_professional_job_title IS NULL")
    clash = (
        "SELECT count(*) FROM ssd_professionals a JOIN ssd_professionals b ON a.prof_staff_id = b.prof_professional_id"
    )
    assert await connection.fetchval(clash) == 1
    for statement in ("DELETE FROM ssd_person", "CREATE TABLE mine (x int)"):
        with pytest.raises(asyncpg.PostgresError):
            await connection.execute(statement)
    await connection.close()


async def test_early_help_database(place: DemoPlace) -> None:
    """The second build stores plain dates, no job titles, and its own role cannot see the first database."""
    connection = await connect(place, Source.EARLY_HELP)
    row = await connection.fetchrow(
        "SELECT * FROM ssd_early_help_episodes WHERE earl_episode_end_reason = 'Consent withdrawn'"
    )
    assert row["earl_person_id"] in place.truth.cast_member("step-down").links["early-help"]
    assert type(row["earl_episode_end_date"]).__name__ == "date"
    assert not await connection.fetchval("SELECT count(prof_professional_job_title) FROM ssd_professionals")
    await connection.close()
    url = urlparse(place.urls[Source.EARLY_HELP])
    secret = (place.secrets / "early-help").read_text()
    for password, database in ((secret, "social_care"), ("wrong", "early_help")):
        with pytest.raises(asyncpg.PostgresError):
            await asyncpg.connect(
                host=url.hostname, port=url.port, user="hub_reader_eh", password=password, database=database, ssl=False
            )


async def test_worker_references_differ_in_meaning(place: DemoPlace) -> None:
    """Involvements point at professionals; referrals hold a name, assessments a log-in, enquiries a staff id."""
    connection = await connect(place, Source.SOCIAL_CARE)
    known = {r[0] for r in await connection.fetch("SELECT prof_professional_id FROM ssd_professionals")}
    staff = {r[0] for r in await connection.fetch("SELECT prof_staff_id FROM ssd_professionals")}
    names = {r[0] for r in await connection.fetch("SELECT prof_professional_name FROM ssd_professionals")}
    for query, allowed in (
        ("SELECT invo_professional_id FROM ssd_involvements", known),
        ("SELECT s47e_s47_completed_by_worker_id FROM ssd_s47_enquiry", staff),
        ("SELECT cine_referral_worker_id FROM ssd_cin_episodes", names),
    ):
        assert {r[0] for r in await connection.fetch(query)} <= allowed
    log_ins = {r[0] for r in await connection.fetch("SELECT cina_assessment_worker_id FROM ssd_cin_assessments")}
    assert not log_ins & (known | staff | names)
    await connection.close()


async def test_education_pages_and_filters(place: DemoPlace, ask: Ask) -> None:
    """Pages follow their Link headers to the end and the filter gives a batch of pupils and their enrolments."""
    client = ask(Source.EDUCATION)
    url: str | None = str(client.base_url) + "students?limit=7"
    seen: list[str] = []
    while url:
        page = await client.get(url)
        seen += [u["sourcedId"] for u in page.json()["users"]]
        url = page.links.get("next", {}).get("url")
    assert len(seen) == len(set(seen)) == int(page.headers["X-Total-Count"])
    assert "prev" in page.links
    pair = [place.truth.cast_member(k).links["education"][0] for k in ("main", "twin-a")]
    asked = " OR ".join(f"user.sourcedId='{i}'" for i in pair)
    enrolled = (await client.get("enrollments", params={"filter": asked})).json()["enrollments"]
    assert {e["user"]["sourcedId"] for e in enrolled} == set(pair)
    contact = (await client.get(f"users/{enrolled[0]['metadata']['keyContact']}")).json()["user"]
    assert contact["phone"]
    both = "role='student' AND dateLastModified>='2000-01-01T00:00:00.000Z'"
    assert (await client.get("users", params={"filter": both})).headers["X-Total-Count"] == str(len(seen))
    upn = (await client.get(f"students/{pair[0]}")).json()["user"]["userIds"][0]["identifier"]
    found = (await client.get("students", params={"filter": f"userIds.identifier='{upn}'"})).json()["users"]
    assert [u["sourcedId"] for u in found] == pair[:1]


@pytest.mark.parametrize(
    "query",
    [
        {"filter": "colour='blue'"},
        {"filter": "sourcedId='a' OR sourcedId='b' AND status='active'"},
        {"filter": " OR ".join(["sourcedId='a'"] * 201)},
        {"limit": "0"},
        {"limit": "lots"},
        {"fields": "sourcedId"},
    ],
)
async def test_education_refuses(ask: Ask, query: dict[str, str]) -> None:
    """What the layout does not allow is refused in OneRoster's own words."""
    refused = await ask(Source.EDUCATION).get("students", params=query)
    assert (refused.status_code, refused.json()["imsx_codeMajor"]) == (400, "failure")


async def test_education_missing_object(ask: Ask) -> None:
    """An unknown object is 404; other comparisons work."""
    client = ask(Source.EDUCATION)
    assert (await client.get("students/nobody")).status_code == 404
    assert (await client.get("orgs", params={"filter": "status!='active'"})).json()["orgs"] == []
    assert (await client.get("orgs", params={"filter": "dateLastModified>'2000'"})).json()["orgs"]


async def test_youth_justice(place: DemoPlace, ask: Ask) -> None:
    """People come by cursor, by ids in one call, or as changed since; one alone by id."""
    client = ask(Source.YOUTH_JUSTICE)
    seen, cursor = [], None
    while True:
        query = {"page_size": "1", **({"cursor": cursor} if cursor else {})}
        page = (await client.get("young-people", params=query)).json()
        seen += [p["id"] for p in page["data"]]
        if not (cursor := page["next_cursor"]):
            break
    assert len(seen) == len(set(seen)) > 1
    (main,) = place.truth.cast_member("main").links["youth-justice"]
    person = (await client.get("young-people", params={"ids": f"{main},nobody"})).json()["data"]
    assert [p["id"] for p in person] == [main]
    assert person[0]["case_manager"]["phone"]
    assert (await client.get(f"young-people/{main}")).json() == person[0]
    assert (await client.get("young-people/nobody")).status_code == 404
    later = await client.get("young-people", params={"updated_since": "2999-01-01T00:00:00Z"})
    assert later.json()["data"] == []
    assert (await client.get("young-people", params={"cursor": "%%%"})).status_code == 400


async def test_housing(place: DemoPlace, ask: Ask) -> None:
    """Lists are paged by number and asked for in batches; dates are British and nothing is null."""
    client = ask(Source.HOUSING)
    first = (await client.get("people", params={"pageSize": "3"})).json()
    rest = [
        (await client.get("people", params={"pageSize": "3", "page": str(n + 1)})).json() for n in range(first["pages"])
    ]
    refs = [i["personRef"] for page in rest for i in page["items"]]
    assert len(set(refs)) == first["total"]
    assert "null" not in json.dumps(rest)
    (main,) = place.truth.cast_member("main").links["housing"]
    tenancies = (await client.get("tenancies", params={"personRefs": main})).json()["items"]
    assert {t["statusCode"] for t in tenancies} == {"C", "F"}
    assert tenancies[0]["officer"]["phone"]
    members = (await client.get("household-members", params={"personRefs": main})).json()["items"]
    assert [m["memberName"] for m in members if m["movedOut"]] == ["Darren Reed"]
    assert len(members) == 5
    assert (await client.get("homelessness-cases", params={"personRefs": main})).json()["items"]
    assert (await client.get("people", params={"changedSince": "01/01/2999"})).json()["items"] == []
    assert (await client.get("people", params={"changedSince": "2026-01-01"})).status_code == 400
    assert (await client.get("tenancies")).status_code == 400


async def test_police_match(place: DemoPlace, ask: Ask) -> None:
    """One pointer for a sure match, a count for a doubtful one, none for a stranger; and never a list of people."""
    client, truth = ask(Source.POLICE), place.truth
    stranger, main = truth.cast_member("stranger-a"), truth.cast_member("main")
    personal = {
        r["pointer"]: r["payload"]
        for k in ("stranger-a", "main")
        for r in (
            await client.get("records/personal.details", params={"pointer": truth.cast_member(k).links["police"][0]})
        ).json()["records"]
    }
    theirs = personal[stranger.links["police"][0]]
    name = [{"given": stranger.given.upper(), "family": stranger.surname}]
    body = {
        "names": name,
        "dateOfBirth": theirs["dateOfBirth"],
        "postcodes": [theirs["addresses"][0]["postcode"].lower()],
    }
    assert (await client.post("match", json=body)).json() == {
        "outcome": "match",
        "pointer": stranger.links["police"][0],
    }
    assert (await client.post("match", json={**body, "postcodes": []})).json() == {"outcome": "ambiguous", "count": 2}
    assert (await client.post("match", json={**body, "dateOfBirth": "1999-01-01"})).json() == {"outcome": "none"}
    hers = personal[main.links["police"][0]]
    by_number = {
        "names": [{"given": "Maya", "family": "Reed"}],
        "dateOfBirth": hers["dateOfBirth"],
        "identifiers": [{"system": "PNC_ID", "value": hers["pncId"]}],
    }
    assert (await client.post("match", json=by_number)).json()["pointer"] == main.links["police"][0]
    for wrong in ({}, {"names": [], "dateOfBirth": "2010-01-01"}, {"names": name}):
        assert (await client.post("match", json=wrong)).status_code == 400


async def test_police_records(place: DemoPlace, ask: Ask) -> None:
    """Records come by pointer in a batch and by type; an unknown type or a missing pointer is refused."""
    client = ask(Source.POLICE)
    pointers = ",".join(place.truth.cast_member(k).links["police"][0] for k in ("main", "looked-after"))
    for kind in (await client.get("record-types")).json()["recordTypes"]:
        answer = (await client.get(f"records/{kind}", params={"pointer": pointers})).json()
        assert answer["recordType"] == kind
        assert {r["pointer"] for r in answer["records"]} <= set(pointers.split(","))
        assert answer["records"]
    assert (await client.get("records/gossip", params={"pointer": pointers})).status_code == 404
    assert (await client.get("records/personal.details")).status_code == 400


async def test_health_pages(place: DemoPlace, ask: Ask) -> None:
    """A search is followed by its next links to the end, by GET or POST."""
    client = ask(Source.HEALTH)
    bundle = (await client.post("Patient/_search", data={"_count": "9"})).json()
    seen = [e["resource"]["id"] for e in bundle["entry"]]
    while url := next((n["url"] for n in bundle["link"] if n["relation"] == "next"), None):
        bundle = (await client.get(url)).json()
        seen += [e["resource"]["id"] for e in bundle["entry"]]
    assert len(seen) == len(set(seen)) == bundle["total"]
    assert (await client.get(place.urls[Source.HEALTH], params={"_getpages": "x"})).status_code == 400


async def test_health_search(place: DemoPlace, ask: Ask) -> None:
    """Patients are found by number, batches by patient, changes by date; includes come with their page."""
    client = ask(Source.HEALTH)
    (main,) = place.truth.cast_member("main").links["health"]
    (other,) = place.truth.cast_member("refuge").links["health"]
    patient = (await client.get(f"Patient/{main}")).json()
    number = next(i for i in patient["identifier"] if i["system"].endswith("nhs-number"))
    query = {"identifier": f"{number['system']}|{number['value']}"}
    assert (await client.get("Patient", params=query)).json()["total"] == 1
    episodes = (
        await client.get(
            "EpisodeOfCare",
            params={"patient": f"{main},Patient/{other}", "status": "active", "_include": "EpisodeOfCare:care-manager"},
        )
    ).json()
    held = [e["resource"] for e in episodes["entry"] if e["search"]["mode"] == "match"]
    assert {r["patient"]["reference"] for r in held} == {f"Patient/{main}", f"Patient/{other}"}
    assert any(e["search"]["mode"] == "include" for e in episodes["entry"])
    labels = {s["code"] for r in held for s in r["meta"].get("security", [])}
    assert labels >= {"MH", "SEX"}
    team = {
        "patient": main,
        "_include": "CareTeam:participant",
        "_include:iterate": "PractitionerRole:practitioner",
    }
    kinds = {e["resource"]["resourceType"] for e in (await client.get("CareTeam", params=team)).json()["entry"]}
    assert kinds == {"CareTeam", "PractitionerRole", "Practitioner"}
    since = {"_lastUpdated": "ge2999-01-01T00:00:00Z"}
    nothing = (await client.get("Patient", params=since)).json()
    assert (nothing["total"], "entry" in nothing) == (0, False)


async def test_health_more_parameters(place: DemoPlace, ask: Ask) -> None:
    """The other parameters of the page work, and any other is an OperationOutcome."""
    client = ask(Source.HEALTH)
    (main,) = place.truth.cast_member("main").links["health"]
    patient = (await client.get(f"Patient/{main}")).json()
    exact = {"family": "kowalczyk", "given": "maya", "birthdate": patient["birthDate"]}
    exact["address-postalcode"] = patient["address"][0]["postalCode"]
    assert (await client.get("Patient", params=exact)).json()["total"] == 1
    assert (await client.get("Patient", params={"_id": f"{main},x"})).json()["total"] == 1
    assert (await client.get("Encounter", params={"patient": main, "date": "ge2999-01-01"})).json()["total"] == 0
    assert (await client.get("Flag", params={"status": "active", "patient": main})).json()["total"] == 1
    assert (await client.get("RelatedPerson", params={"patient": main})).json()["total"] == 2
    roles = {"practitioner": "prac-practice-1", "organization": "Organization/org-practice"}
    assert (await client.get("PractitionerRole", params=roles)).json()["total"] == 1
    assert (await client.get("PractitionerRole", params={"_id": "role-practice-1"})).json()["total"] == 1
    for kind, query in (
        ("Patient", {"colour": "blue"}),
        ("Patient", {"_include": "Patient:friends"}),
        ("Patient", {"_count": "0"}),
        ("Patient", {"_lastUpdated": "2020"}),
        ("Prescription", {}),
    ):
        refused = await client.get(kind, params=query)
        assert (refused.status_code, refused.json()["resourceType"]) == (400, "OperationOutcome")
    assert (await client.get("Patient/nobody")).status_code == 404
    assert (await client.get("metadata", headers={"Authorization": ""})).json()["fhirVersion"] == "4.0.1"


async def test_restricted_patient_has_no_address(place: DemoPlace, ask: Ask) -> None:
    """A nationally restricted patient carries the label R and no address or surgery."""
    (refuge,) = place.truth.cast_member("refuge").links["health"]
    patient = (await ask(Source.HEALTH).get(f"Patient/{refuge}")).json()
    assert [s["code"] for s in patient["meta"]["security"]] == ["R"]
    assert not {"address", "generalPractitioner"} & set(patient)


async def test_folders(place: DemoPlace) -> None:
    """The drops are there: CSV with British or ISO dates, a BOM where the page says, true dates in the workbook."""
    from pathlib import Path

    send, centres = (Path(place.urls[s]) for s in (Source.SEND_NEET, Source.UNIVERSAL))
    assert (centres / "registrations.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (centres / "registrations.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    (only,) = place.truth.cast_member("universal-only").links["universal"]
    row = next(r for r in rows if r["Registration No"] == only)
    assert row["Child First Name"] == "Łucja"
    assert "\r\n" in row["Address"]
    with (send / "ehc_plans.csv").open(encoding="utf-8", newline="") as file:
        assert place.truth.cast_member("main").links["send-neet"][0] in {r["UPN"] for r in csv.DictReader(file)}
    sheet = openpyxl.load_workbook(send / "neet_activity.xlsx")["Activity"]
    assert [c.value for c in sheet[2]][:2] == ["Young Person ID", "UPN"]
