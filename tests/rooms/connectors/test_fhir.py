"""FHIR: bundles, pages, references, outcomes and security labels, over real HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web

from connectors.contract import Limits
from connectors.errors import SourceBroken, SourceError, SourceRefused, SourceUnavailable
from connectors.shapes import first, inner, objects, text, texts
from connectors.transports.client import Client, HttpConnection
from connectors.transports.fhir import Bundle, FhirServer, labels, telecom
from schema.labels import Label
from tests.serving import answer, serving

SECRET = "Marchbanks"
OUTCOME = {"mode": "outcome"}


def bundle(*entries: Any, link: Any = None) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "searchset", "entry": list(entries), **({"link": link} if link else {})}


def match(key: str, mode: str | None = "match", kind: str = "Flag", **more: Any) -> dict[str, Any]:
    return {"resource": {"resourceType": kind, "id": key, **more}, **({"search": {"mode": mode}} if mode else {})}


def outcome(severity: str, code: str) -> dict[str, Any]:
    return {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": code, "diagnostics": SECRET}]}


async def searched(said: Any, limits: Limits | None = None) -> Bundle:
    async def server(request: web.BaseRequest) -> web.Response:
        value = said(request) if callable(said) else said
        return answer(value) if value is not None else answer({}, 404)

    async with serving(server) as base:
        fhir = FhirServer(Client(HttpConnection(base_url=f"{base}/fhir"), limits or Limits(), "t"))
        try:
            return await fhir.search("Flag", ())
        finally:
            await fhir.close()


async def test_pages_are_followed_as_given() -> None:
    """The next link is opaque; everything in every page is kept, matches apart from what came with them."""

    def pages(request: web.BaseRequest) -> Any:
        if "_getpages" in request.query:
            return bundle(match("2"), match("org", "include", "Organization"))
        return bundle(match("1", None), link=[{"relation": "next", "url": f"{request.url.origin()}/fhir?_getpages=x"}])

    found = await searched(pages)
    assert [m["id"] for m in found.matches] == ["1", "2"]
    assert found.resolve("Organization/org") == {"resourceType": "Organization", "id": "org"}
    assert found.resolve("Organization/none") is None
    assert found.resolve(None) is None


ODD: list[tuple[Any, type[SourceError], str]] = [
    (outcome("error", "forbidden"), SourceRefused, "operation-outcome"),
    (outcome("fatal", "throttled"), SourceUnavailable, "operation-outcome"),
    (outcome("error", "processing"), SourceBroken, "operation-outcome"),
    (outcome("information", "informational"), SourceBroken, "not-a-searchset"),
    (
        bundle({"resource": outcome("error", "exception"), "search": {"mode": "outcome"}}),
        SourceBroken,
        "operation-outcome",
    ),
    ({"resourceType": "Bundle", "type": "batch-response"}, SourceBroken, "not-a-searchset"),
    ([1], SourceBroken, "not-fhir"),
    (None, SourceBroken, "not-fhir"),
    (bundle(match("1", kind="Patient")), SourceBroken, "wrong-resource"),
    (bundle({"resource": {"resourceType": "Flag"}}), SourceBroken, "wrong-resource"),
    (bundle(link=[{"relation": "next", "url": "https://evil.example/fhir"}]), SourceBroken, "next-page-elsewhere"),
    ({"resourceType": "Bundle", "type": "searchset", "entry": "x"}, SourceBroken, "wrong-type"),
]


@pytest.mark.parametrize(("said", "kind", "code"), ODD)
async def test_what_is_not_a_searchset_is_typed(said: Any, kind: type[SourceError], code: str) -> None:
    """Outcomes by their issue types, never their text; other shapes are broken."""
    with pytest.raises(kind) as caught:
        await searched(said)
    assert caught.value.code == code
    assert SECRET not in repr(caught.value)


async def test_a_warning_beside_matches_is_no_error() -> None:
    """An informing outcome among the entries changes nothing; what was entered in error is not there."""
    warning = {"resource": outcome("warning", "incomplete"), "search": {"mode": "outcome"}}
    found = await searched(bundle(warning, match("1"), match("2", status="entered-in-error")))
    assert [m["id"] for m in found.matches] == ["1"]


async def test_circles_and_caps() -> None:
    """Pages in a circle are broken; a cap is said."""

    def circle(request: web.BaseRequest) -> Any:
        return bundle(link=[{"relation": "next", "url": f"{request.url.origin()}/fhir?same"}])

    with pytest.raises(SourceBroken, match="pages-in-a-circle"):
        await searched(circle)
    assert not (await searched(bundle(match("1"), match("2")), Limits(records=1))).complete


@pytest.mark.parametrize("said", [None, {"resourceType": "Patient"}, [1]])
async def test_a_server_that_is_not_fhir_is_found_out(said: Any) -> None:
    """Health asks for the capability statement and nothing less."""

    async def server(_request: web.BaseRequest) -> web.Response:
        return answer(said) if said is not None else answer({}, 404)

    async with serving(server) as base:
        fhir = FhirServer(Client(HttpConnection(base_url=base), Limits(), "t"))
        with pytest.raises(SourceBroken, match="not-fhir"):
            await fhir.metadata()
        await fhir.close()


async def test_references_lead_nowhere_else() -> None:
    """Relative, or below this server's base, a version left off; another server's is not ours to follow."""
    server = FhirServer(Client(HttpConnection(base_url="https://a.example/fhir"), Limits(), "t"))
    for written in ("Patient/1", "https://a.example/fhir/Patient/1", "Patient/1/_history/2"):
        assert server.reference({"reference": written}) == "Patient/1"
    for written in ("https://b.example/fhir/Patient/1", "#contained", "urn:uuid:1", "Patient", ""):
        assert server.reference({"reference": written}) is None


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([], set()),
        (["N", "L"], set()),
        (["R"], {Label.NATIONALLY_RESTRICTED}),
        (["MH", "SUD"], {Label.MENTAL_HEALTH, Label.SUBSTANCE_MISUSE}),
        (["STD"], {Label.SEXUAL_HEALTH}),
        (["something new"], {Label.NATIONALLY_RESTRICTED}),
        ([None], {Label.NATIONALLY_RESTRICTED}),
    ],
)
def test_security_codes_become_labels(codes: list[str | None], expected: set[Label]) -> None:
    """A code nobody taught the hub protects as much as a restriction does."""
    coded: dict[str, Any] = {"meta": {"security": [{"code": code} if code else {} for code in codes]}}
    assert labels(coded) == expected


def test_the_first_contact_point_in_use_is_given() -> None:
    """An old telephone is passed over."""
    points: list[Any] = [{"system": "phone", "use": "old", "value": "1"}, {"system": "phone", "value": "2"}]
    assert telecom({"telecom": points}, "phone") == "2"
    assert telecom({}, "phone") is None


@pytest.mark.parametrize("read", [inner, objects, text, texts, first])
def test_a_structure_of_another_type_is_broken_and_a_missing_one_is_empty(read: Callable[..., Any]) -> None:
    """The place is named, never the value."""
    assert not read({}, "key")
    with pytest.raises(SourceBroken, match="wrong-type: key"):
        read({"key": 5}, "key")
    with pytest.raises(SourceBroken, match="wrong-type: key"):
        read({"key": [5]}, "key")
    assert text({"key": ""}, "key") is None
