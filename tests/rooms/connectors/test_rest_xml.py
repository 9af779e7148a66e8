"""XML answers: read with suspicion, and mapped as JSON is."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from connectors.contract import Ask, LocalId
from connectors.errors import SourceBroken
from connectors.registry import connect
from connectors.source import SourceConfig
from connectors.transports import xml
from connectors.transports.xml import read_xml
from schema.records import Involvement
from tests.serving import serving

SECRET = "Marchbanks"


def test_elements_attributes_and_texts() -> None:
    """A repeated element is a list, an attribute has an at sign, a namespace is left off, an empty element is null."""
    content = b"""<?xml version="1.0" encoding="ISO-8859-1"?><!-- said -->
    <r xmlns="urn:x" xmlns:y="urn:y" y:n="1"><a>Zo\xeb</a><a><b/></a><c k="v">said</c><d><![CDATA[<&>]]></d></r>"""
    assert read_xml(content, 8) == {
        "r": {"@n": "1", "a": ["Zoë", {"b": None}], "c": {"@k": "v", "#text": "said"}, "d": "<&>"}
    }
    assert [xml.listed(v) for v in (None, "x", ["x"])] == [[], ["x"], ["x"]]


BAD = {
    "document-type": b'<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>',
    "document-type: row 2": b'<?xml version="1.0"?>\n<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><r>&b;</r>',
    "too-deep": b"<a>" * 9 + b"</a>" * 9,
    "not-xml": b"<a><b></a>",
    "not-xml: row 1": b"<a>&what;</a>",
}


@pytest.mark.parametrize("said", BAD)
def test_what_is_not_safe_is_refused_by_row(said: str) -> None:
    """No document type, so no entities from inside or outside; depth is capped; the place is told, never the value."""
    with pytest.raises(SourceBroken) as refused:
        read_xml(BAD[said], 8)
    assert str(refused.value).startswith(said)
    assert refused.value.__context__ is None


def test_elements_are_counted() -> None:
    """A document of a great many little elements is not built."""
    with pytest.raises(SourceBroken, match="too-many-elements"):
        read_xml(b"<r>" + b"<a/>" * 10 + b"</r>", 8, elements=10)


TENANCIES = {
    "1": "<list><total>3</total><item ref='T1'><who>007</who><team>North</team></item>"
    "<item ref='T2'><who>007</who><team>South</team></item></list>",
    "2": "<list><total>3</total><item ref='T3'><who>008</who><team>East</team></item></list>",
}


def source(base: str, **more: Any) -> SourceConfig:
    resource = {"path": "tenancies", "people_param": "who", "items": "list.item"}
    paging = {"by": "page", "size": 2, "position_param": "page", "total_path": "list.total"}
    return SourceConfig(
        id="homes",
        service="HOUSING",
        name="Homes",
        owner="Homes",
        agency="homes",
        system="plain",
        connection={
            "transport": "rest",
            "base_url": base,
            "format": "xml",
            "paging": paging,
            "resources": {"t": resource},
            **more,
        },
        map=({"record": "Involvement", "from": "t", "person": "who", "id": '"@ref"', "fields": {"team": "team"}},),
        path=Path("homes.toml"),
    )


async def test_an_xml_source_is_mapped_as_a_json_one(caplog: pytest.LogCaptureFixture) -> None:
    """Lists of one, leading zeros, attributes and a total in words, to the last page."""

    async def homes(request: web.BaseRequest) -> web.Response:
        assert "application/xml" in request.headers["Accept"]
        return web.Response(body=TENANCIES[request.query["page"]].encode(), content_type="text/xml")

    async with serving(homes) as base:
        made = connect(source(base))
        reply = await made.fetch(Ask((LocalId("007"), LocalId("008")), made.capabilities.fields, date(2026, 1, 1)))
        await made.close()
    held = {p: [(r.id, r.team) for r in rs if isinstance(r, Involvement)] for p, rs in reply.records.items()}
    assert held == {"007": [("T1", "North"), ("T2", "South")], "008": [("T3", "East")]}
    assert not caplog.records


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        ("<html>Marchbanks", "text/html", "not-xml-type"),
        ("<list><item>Marchbanks", "application/xml", "not-xml"),
        ("<!DOCTYPE x><list/>", "application/xml", "document-type"),
        ("<list><item>Marchbanks</item></list>", "application/vnd.homes+xml", "items-not-objects"),
    ],
)
async def test_an_answer_that_is_none(body: str, kind: str, code: str) -> None:
    """Each is broken by name, and nothing of it is repeated."""

    async def homes(_request: web.BaseRequest) -> web.Response:
        return web.Response(body=body.encode(), content_type=kind)

    async with serving(homes) as base:
        made = connect(source(base))
        with pytest.raises(SourceBroken) as broken:
            await made.fetch(Ask((LocalId("007"),), made.capabilities.fields, date(2026, 1, 1)))
        await made.close()
    assert broken.value.code == code
    assert SECRET not in repr(broken.value)


async def test_xml_where_json_was_agreed_is_not_read() -> None:
    """What a source answers with is agreed in its file, not guessed."""

    async def homes(_request: web.BaseRequest) -> web.Response:
        return web.Response(body=b"<list/>", content_type="application/xml")

    async with serving(homes) as base:
        made = connect(source(base, format="json"))
        with pytest.raises(SourceBroken, match="not-json-type"):
            await made.fetch(Ask((LocalId("007"),), made.capabilities.fields, date(2026, 1, 1)))
        await made.close()
