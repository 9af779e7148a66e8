"""Custodians: matched on request, records by pointer, and never another person's, over real HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from connectors.conformance import Examples, Known, check
from connectors.contract import Ambiguous, Ask, Connector, LocalId, Matched, Name, TooLittle, Traits, Unknown
from connectors.errors import SourceBroken
from connectors.registry import connect
from schema.fields import FieldId
from schema.labels import Label
from schema.records import ChronologyEvent, EventKind, IdentifierSystem, Involvement, Status
from tests.serving import Handler, answer, serving
from tests.sources import SECRET, demo_source

TODAY = date(2026, 11, 21)
ADA = LocalId("p-7f3c")
OFFICER = {
    "name": "Pat Underhay",
    "rank": "Sergeant",
    "collarNumber": "4411",
    "team": "Safeguarding Desk",
    "phone": "01632 960801",
    "email": "p@example.org",
}
RECORDS: dict[str, list[dict[str, Any]]] = {
    "personal.details": [
        {
            "givenName": "Ada",
            "familyName": "Marchbanks",
            "aliases": [{"given": "Addie", "family": "Oldacre"}],
            "dateOfBirth": "2010-05-01",
            "sex": "FEMALE",
            "addresses": [{"line": "14 Alder Lane", "postcode": "BK3 4AB", "from": "2019-01-01", "to": "2024-01-01"}],
            "pncId": "25/123456A",
        }
    ],
    "crime-justice.details": [
        {
            "date": "2026-01-02",
            "incidentType": "Public order",
            "role": "VICTIM",
            "summary": "Seen at the park.",
            "outcome": "No further action",
            "markers": ["Domestic"],
            "sensitivity": None,
            "officer": OFFICER,
        },
        {"date": "2026-02-02", "incidentType": "Theft", "role": "SUSPECT", "sensitivity": "COVERT", "officer": OFFICER},
        {"date": "2026-02-03", "role": "WITNESS", "sensitivity": "SOMETHING NEW", "officer": OFFICER},
    ],
    "safeguarding-notice.details": [
        {"date": "2026-03-02", "grade": "RED", "reason": "Domestic abuse", "summary": "At home.", "officer": OFFICER}
    ],
    "missing-episode.details": [
        {
            "reportedAt": "2026-04-02T22:00:00Z",
            "returnedAt": "2026-04-03T07:00:00Z",
            "risk": "HIGH",
            "circumstances": "Out all night.",
            "officer": OFFICER,
        }
    ],
}


class Police:
    """A custodian that counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.pointer: Any = ADA
        self.match: Any = None

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {SECRET}":
            return answer({"code": "UNAUTHORISED"}, 401)
        if request.path == "/match":
            return answer(self.match or self._match(await request.json()))
        name = request.path.rpartition("/")[2]
        self.asked.append(name)
        if name not in RECORDS:
            return answer({"recordTypes": list(RECORDS)} if name == "record-types" else {}, 200)
        asked = request.query["pointer"].split(",")
        given = [
            {
                "pointer": self.pointer,
                "recordId": f"{name}-{n}",
                "recordedAt": "2026-11-01T00:00:00Z",
                "payload": payload,
            }
            for n, payload in enumerate(RECORDS[name])
            if ADA in asked or self.pointer != ADA
        ]
        return answer({"recordType": name, "asOf": "2026-11-21T02:00:00Z", "records": given})

    def _match(self, question: dict[str, Any]) -> dict[str, Any]:
        names = [(n["given"], n["family"]) for n in question["names"]]
        if ("Cat", "Marchbanks") in names:
            return {"outcome": "ambiguous", "count": 2}
        if ("Ada", "Marchbanks") in names and (question["postcodes"] or question["identifiers"]):
            return {"outcome": "match", "pointer": ADA}
        return {"outcome": "none"}


@asynccontextmanager
async def custodian(tmp_path: Path, service: Handler) -> AsyncIterator[Connector]:
    async with serving(service) as base:
        connector = connect(demo_source("police", base, tmp_path))
        try:
            yield connector
        finally:
            await connector.close()


def traits(given: str, **more: Any) -> Traits:
    return Traits(names=(Name(given, "Marchbanks"),), date_of_birth=date(2010, 5, 1), **more)


def examples() -> Examples:
    """Give the people of the system for the kit."""
    return Examples(
        known=(Known(ADA, traits("Ada", postcodes=("BK3 4AB",))),),
        stranger=LocalId("p-nobody"),
        stranger_traits=traits("Zed"),
        ambiguous=traits("Cat"),
        today=TODAY,
    )


async def test_it_keeps_every_promise(tmp_path: Path) -> None:
    """The conformance kit finds nothing broken and skips nothing."""
    async with custodian(tmp_path, Police()) as connector:
        report = await check(connector, examples())
    assert report.broken == ()
    assert report.skipped == ()


async def test_incidents_name_the_officer_and_carry_their_labels(tmp_path: Path) -> None:
    """Whom to ring about each; a suspect's is criminal offence data; covert and unheard-of markers are intelligence."""
    async with custodian(tmp_path, Police()) as connector:
        reply = await connector.fetch(Ask((ADA,), connector.capabilities.fields, TODAY))
    involvements = {r.id: r for r in reply.records[ADA] if isinstance(r, Involvement)}
    victim, suspect, witness = (involvements[f"crime-justice.details-{n}"] for n in range(3))
    assert victim.labels == frozenset()
    assert suspect.labels == {Label.CRIMINAL_OFFENCE, Label.POLICE_INTELLIGENCE}
    assert witness.labels == {Label.POLICE_INTELLIGENCE}
    assert (victim.status, victim.sub_service) == (Status.HISTORIC, "Incident")
    (officer,) = victim.professionals or []
    assert (officer.name, officer.phone) == ("Pat Underhay", "01632 960801")
    missing = next(r for r in reply.records[ADA] if isinstance(r, ChronologyEvent) and r.kind is EventKind.MISSING)
    assert (missing.date, missing.end_date) == (date(2026, 4, 2), date(2026, 4, 3))
    assert reply.as_of == datetime(2026, 11, 21, 2, tzinfo=UTC)


async def test_only_the_record_types_an_ask_needs_are_read(tmp_path: Path) -> None:
    """Who the child is needs no incident."""
    service = Police()
    async with custodian(tmp_path, service) as connector:
        await connector.fetch(Ask((ADA,), frozenset({FieldId("PersonName.given")}), TODAY))
        health = await connector.health()
    assert service.asked == ["personal.details", "record-types"]
    assert health.ok


@pytest.mark.parametrize("pointer", ["p-another", 7, None, ["p-7f3c"]])
async def test_another_persons_record_is_never_shown(tmp_path: Path, pointer: object) -> None:
    """The pointer that comes back must be the one that was asked."""
    service = Police()
    service.pointer = pointer
    async with custodian(tmp_path, service) as connector:
        with pytest.raises(SourceBroken, match="wrong-person"):
            await connector.fetch(Ask((ADA,), connector.capabilities.fields, TODAY))


async def test_the_three_answers_of_a_match(tmp_path: Path) -> None:
    """Matched, ambiguous, none; and without a name and a birth date nobody is asked, which is said."""
    service = Police()
    async with custodian(tmp_path, service) as connector:
        pnc = ((IdentifierSystem.PNC_ID, "25/123456A"),)
        assert await connector.locate(traits("Ada", identifiers=pnc)) == Matched(ADA)
        assert await connector.locate(traits("Cat")) == Ambiguous(2)
        assert await connector.locate(traits("Zed")) == Unknown()
        assert await connector.locate(Traits(identifiers=pnc)) == TooLittle()
        assert [i async for i in connector.identities(None)] == []
        for odd in ({"outcome": "match"}, {"outcome": "ambiguous", "count": True}, {"outcome": "maybe"}, [1]):
            service.match = odd
            with pytest.raises(SourceBroken, match="not-a-match-answer"):
                await connector.locate(traits("Ada"))


@pytest.mark.parametrize("value", [[], {"recordType": "other"}, {"records": {}}, {"records": [1]}, {}])
async def test_what_is_not_a_record_list_is_broken(tmp_path: Path, value: Any) -> None:
    """The wrong record type, or records that are not objects, are no answer."""

    async def odd(_request: web.BaseRequest) -> web.Response:
        return answer({"recordType": "personal.details", **value} if isinstance(value, dict) else value)

    async with custodian(tmp_path, odd) as connector:
        with pytest.raises(SourceBroken):
            await connector.fetch(Ask((ADA,), frozenset({FieldId("PersonName.given")}), TODAY))


async def test_a_cap_is_said(tmp_path: Path) -> None:
    """Records beyond the source's budget are cut, and the answer says it is not whole."""
    async with serving(Police()) as base:
        source = demo_source("police", base, tmp_path)
        source = source.model_copy(update={"limits": source.limits.model_copy(update={"records": 2})})
        connector = connect(source)
        reply = await connector.fetch(Ask((ADA,), frozenset({FieldId("Involvement.status")}), TODAY))
        await connector.close()
    assert not reply.complete


async def test_a_custodian_gives_no_list_even_where_a_mapping_names_people(tmp_path: Path) -> None:
    """It is never indexed, whatever a source's own mapping says."""
    identity = {"record": "Identity", "from": "personal.details", "person": "pointer"}
    async with serving(Police()) as base:
        source = demo_source("police", base, tmp_path)
        connector = connect(source.model_copy(update={"map": (identity,)}))
        assert not connector.capabilities.feeds_index
        assert [i async for i in connector.identities(None)] == []
        await connector.close()
