"""The NHS trust's FHIR R4 server: reads, searches by GET and POST, searchset bundles with opaque next links."""

import base64
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from hub.demo.systems.answers import HEALTHZ, BadRequest
from hub.demo.systems.credentials import Guarded, bearer
from hub.demo.systems.fhir_search import TYPES, Resource, Store, search
from hub.demo.systems.switch import Switch

Query: TypeAlias = list[tuple[str, str]]
MEDIA = "application/fhir+json"
MOST = 200


def make(data: Path, secret: str, switch: Switch) -> ASGIApp:
    """Make the application from its records."""
    records = orjson.loads(data.read_bytes())
    store = Store(records["resources"])

    def bundle(request: Request, kind: str, query: Query, start: int = 0) -> Response:
        found, included = search(store, kind, [q for q in query if q[0] != "_count"], switch)
        size = _count(query)
        page = found[start : start + size]
        base = f"{request.url.scheme}://{request.url.netloc}/fhir"
        links = [{"relation": "self", "url": f"{base}/{kind}"}]
        if start + size < len(found):
            links.append({"relation": "next", "url": f"{base}?_getpages={_token(kind, query, start + size)}"})
        entries = [_entry(base, r, "match") for r in page]
        entries += [_entry(base, r, "include") for r in included(page)]
        answer: dict[str, Any] = {
            "resourceType": "Bundle",
            "id": f"{kind}-{start}",
            "meta": {"lastUpdated": records["asOf"]},
            "type": "searchset",
            "total": len(found),
            "link": links,
        }
        return _fhir({**answer, "entry": entries} if entries else answer)

    async def by_get(request: Request) -> Response:
        return bundle(request, _kind(request), list(request.query_params.multi_items()))

    async def by_post(request: Request) -> Response:
        return bundle(request, _kind(request), parse_qsl((await request.body()).decode("utf-8", "replace")))

    async def next_page(request: Request) -> Response:
        kind, query, start = _read_token(request.query_params.get("_getpages", ""))
        return bundle(request, kind, query, start)

    async def read(request: Request) -> Response:
        kind, key = _kind(request), request.path_params["id"]
        if kind == "Patient":
            (key,) = switch.swapped([key], store.patients)
        found = store.get(kind, key)
        return _fhir(found) if found else _fhir(_outcome("not-found", "no such resource"), 404)

    async def metadata(_request: Request) -> Response:
        return _fhir(_statement(records["asOf"]))

    routes = [
        HEALTHZ,
        Route("/fhir", next_page),
        Route("/fhir/metadata", metadata),
        Route("/fhir/{kind}/_search", by_post, methods=["POST"]),
        Route("/fhir/{kind}/{id}", read),
        Route("/fhir/{kind}", by_get),
    ]
    app = Starlette(routes=routes, exception_handlers={BadRequest: _bad, 404: _missing})
    return Guarded(app, bearer(secret), _outcome("login", "the token was not accepted"), MEDIA)


def _fhir(content: object, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type=MEDIA)


def _kind(request: Request) -> str:
    kind: str = request.path_params["kind"]
    if kind not in TYPES:
        raise BadRequest("no such resource type")
    return kind


def _count(query: Query) -> int:
    text = dict(query).get("_count", "50")
    if not text.isdecimal() or not 1 <= int(text) <= MOST:
        raise BadRequest(f"_count: a whole number from 1 to {MOST}")
    return int(text)


def _token(kind: str, query: Query, start: int) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([kind, query, start])).decode()


def _read_token(token: str) -> tuple[str, Query, int]:
    try:
        kind, query, start = orjson.loads(base64.urlsafe_b64decode(token))
    except ValueError:
        raise BadRequest("_getpages: not one of ours") from None
    return kind, [(k, v) for k, v in query], start


def _entry(base: str, resource: Resource, mode: str) -> dict[str, Any]:
    url = f"{base}/{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": url, "resource": resource, "search": {"mode": mode}}


def _outcome(code: str, text: str) -> dict[str, object]:
    issue = {"severity": "error", "code": code, "diagnostics": text}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def _statement(as_of: str) -> dict[str, object]:
    resources = [{"type": kind, "interaction": [{"code": "read"}, {"code": "search-type"}]} for kind in TYPES]
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": as_of,
        "kind": "instance",
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [{"mode": "server", "resource": resources}],
    }


async def _bad(_request: Request, error: Exception) -> Response:
    return _fhir(_outcome("invalid", str(error)), 400)


async def _missing(_request: Request, _error: Exception) -> Response:
    return _fhir(_outcome("not-found", "no such path"), 404)
