"""FHIR's XML says what its JSON says: the same search, the same labels, the same errors."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from connectors.contract import Ask, Limits, LocalId
from connectors.errors import SourceBroken, SourceError, SourceRefused
from connectors.registry import connect
from connectors.source import SourceConfig
from connectors.transports.client import Client, HttpConnection
from connectors.transports.fhir import Bundle, FhirServer, labels
from connectors.transports.fhir_xml import fhir_object
from connectors.transports.xml import read_xml
from schema.labels import Label
from tests.serving import serving

SECRET = "Marchbanks"

PATIENT = """<Patient>
  <id value="p1"/>
  <meta><lastUpdated value="2026-01-02T03:04:05Z"/><security><code value="R"/></security></meta>
  <text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><p>Marchbanks</p></div></text>
  <extension url="urn:x"><valueBoolean value="true"/></extension>
  <identifier><type><text value="NHS"/></type><system value="https://fhir.nhs.uk/Id/nhs-number"/>
    <value value="9434765919"/></identifier>
  <active value="true"/>
  <name><use value="official"/><family value="Marchbanks"/><given value="Ada"/></name>
  <telecom><system value="phone"/><value value="01632 960 001"/></telecom>
  <birthDate value="2012-03-09"/>
  <address><line value="1 Mill Row"/><city value="Anytown"/><postalCode value="BK3 4AB"/></address>
  <managingOrganization><reference value="Organization/o1"/></managingOrganization>
</Patient>"""

SAME: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p1",
    "meta": {"lastUpdated": "2026-01-02T03:04:05Z", "security": [{"code": "R"}]},
    "text": {"status": "generated"},
    "extension": [{"url": "urn:x", "valueBoolean": True}],
    "identifier": [
        {"type": {"text": "NHS"}, "system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9434765919"},
    ],
    "active": True,
    "name": [{"use": "official", "family": "Marchbanks", "given": ["Ada"]}],
    "telecom": [{"system": "phone", "value": "01632 960 001"}],
    "birthDate": "2012-03-09",
    "address": [{"line": ["1 Mill Row"], "city": "Anytown", "postalCode": "BK3 4AB"}],
    "managingOrganization": {"reference": "Organization/o1"},
}


def whole(inner: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{inner}'.encode()


def bundle(*entries: tuple[str, str], link: str = "") -> str:
    listed = "".join(
        f'<entry><resource>{r}</resource><search><mode value="{mode}"/></search></entry>' for r, mode in entries
    )
    following = f'<link><relation value="next"/><url value="{link}"/></link>' if link else ""
    return f'<Bundle xmlns="http://hl7.org/fhir"><type value="searchset"/>{following}{listed}</Bundle>'


def outcome(severity: str, code: str) -> str:
    said = f'<severity value="{severity}"/><code value="{code}"/><diagnostics value="{SECRET}"/>'
    return f'<OperationOutcome xmlns="http://hl7.org/fhir"><issue>{said}</issue></OperationOutcome>'


def test_a_resource_is_the_same_in_both() -> None:
    """Lists of one are lists, booleans are booleans, a narrative is left out."""
    assert fhir_object(read_xml(whole(PATIENT), 32)) == SAME
    assert labels(SAME) == {Label.NATIONALLY_RESTRICTED}


async def searched(said: Any) -> Bundle:
    async def server(request: web.BaseRequest) -> web.Response:
        assert request.headers["Accept"] == "application/fhir+xml"
        body = said(request) if callable(said) else said
        return web.Response(body=whole(body), content_type="application/fhir+xml")

    async with serving(server) as base:
        connection = HttpConnection.model_validate({"base_url": f"{base}/fhir", "format": "xml"})
        fhir = FhirServer(Client(connection, Limits(), "t"))
        try:
            return await fhir.search("Patient", ())
        finally:
            await fhir.close()


ORGANISATION = '<Organization><id value="o1"/><name value="Ward Two"/></Organization>'


async def test_pages_and_what_came_with_them() -> None:
    """An included resource is found by its reference, inside the page that brought it or a later one."""

    def pages(request: web.BaseRequest) -> str:
        if "page" in request.query:
            return bundle((ORGANISATION, "include"), (outcome("warning", "incomplete"), "outcome"))
        return bundle((PATIENT, "match"), link=f"{request.url.origin()}/fhir?page=2")

    found = await searched(pages)
    assert found.matches == [SAME]
    assert found.resolve("Organization/o1") == {"resourceType": "Organization", "id": "o1", "name": "Ward Two"}


@pytest.mark.parametrize(
    ("said", "kind", "code"),
    [
        (outcome("error", "forbidden"), SourceRefused, "operation-outcome"),
        (bundle((outcome("error", "processing"), "outcome")), SourceBroken, "operation-outcome"),
        (bundle((ORGANISATION, "match")), SourceBroken, "wrong-resource"),
        ("<Bundle/>", SourceBroken, "not-fhir"),
        ("<Bundle><entry><resource/></entry></Bundle>", SourceBroken, "not-fhir"),
        ("<Bundle><entry><resource><Flag/></resource></entry></Bundle>", SourceBroken, "not-fhir"),
        ("<Bundle", SourceBroken, "not-xml"),
    ],
)
async def test_what_is_no_search_is_typed(said: str, kind: type[SourceError], code: str) -> None:
    """By the same names as in JSON, and never with the source's words."""
    with pytest.raises(kind) as caught:
        await searched(said)
    assert caught.value.code == code
    assert SECRET not in repr(caught.value)


async def test_uk_core_in_xml(tmp_path: Path) -> None:
    """A UK Core server that speaks XML alone is answered from, name, birth and number."""

    async def server(request: web.BaseRequest) -> web.Response:
        said = bundle((PATIENT.replace('<code value="R"/>', '<code value="N"/>'), "match"))
        empty = said if request.path.endswith(("Patient", "Patient/_search")) else bundle()
        return web.Response(body=whole(empty), content_type="application/fhir+xml")

    async with serving(server) as base:
        source = SourceConfig(
            id="trust",
            service="HEALTH",
            name="Trust",
            owner="Trust",
            agency="trust",
            system="uk_core",
            connection={"base_url": base, "format": "xml"},
            path=tmp_path / "trust.toml",
        )
        made = connect(source)
        asked = frozenset(f for f in made.capabilities.fields if f.startswith(("PersonName", "Birth", "Identifier")))
        reply = await made.fetch(Ask((LocalId("p1"),), asked, date(2026, 11, 21)))
        await made.close()
    assert sorted(type(r).__name__ for r in reply.records[LocalId("p1")]) == ["Birth", "Identifier", "PersonName"]
    assert reply.rejected == ()
