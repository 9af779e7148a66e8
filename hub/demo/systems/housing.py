"""The housing association's system: four flat lists with page numbers, British dates, HTTP basic."""

from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from hub.demo.systems.answers import HEALTHZ, BadRequest, json, listed, number, only
from hub.demo.systems.credentials import Guarded, basic
from hub.demo.systems.switch import Switch

MOST = 200
USER = "hub"
LISTS = ("people", "household-members", "tenancies", "homelessness-cases")


def make(data: Path, secret: str, switch: Switch) -> ASGIApp:
    """Make the application from its records."""
    records = orjson.loads(data.read_bytes())
    known = [p["personRef"] for p in records["people"]]
    by_person: dict[str, dict[str, list[Any]]] = {name: {} for name in LISTS}
    for name in LISTS:
        for item in records[name]:
            by_person[name].setdefault(item["personRef"], []).append(item)

    async def some(request: Request) -> Response:
        name = request.url.path.removeprefix("/api/")
        only(request, ["personRefs", "changedSince", "page", "pageSize"] if name == "people" else _PAGED)
        if "personRefs" in request.query_params:
            refs = switch.swapped(listed(request, "personRefs", MOST), known)
        elif name == "people":
            refs = known
        else:
            raise BadRequest("personRefs: missing")
        items = [item for ref in refs for item in by_person[name].get(ref, [])]
        return _page(request, _changed(request, items), records["extractDate"])

    routes = [HEALTHZ, *(Route(f"/api/{name}", some) for name in LISTS)]
    app = Starlette(routes=routes, exception_handlers={BadRequest: _bad, 404: _missing})
    return Guarded(app, basic(USER, secret), {"message": "Unauthorised"})


_PAGED = ("personRefs", "page", "pageSize")


def _changed(request: Request, items: list[Any]) -> list[Any]:
    text = request.query_params.get("changedSince")
    if text is None:
        return items
    since = _day(text)
    return [item for item in items if _day(item["changedOn"]) >= since]


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%d/%m/%Y")  # noqa: DTZ007 -- a day, not an instant
    except ValueError:
        raise BadRequest("changedSince: write it as dd/mm/yyyy") from None


def _page(request: Request, items: list[Any], extracted: str) -> Response:
    size, page = number(request, "pageSize", 50, MOST), number(request, "page", 1)
    return json(
        {
            "extractDate": extracted,
            "page": page,
            "pages": max(1, -(-len(items) // size)),
            "total": len(items),
            "items": items[(page - 1) * size : page * size],
        }
    )


async def _bad(_request: Request, error: Exception) -> Response:
    return json({"message": str(error)}, 400)


async def _missing(_request: Request, _error: Exception) -> Response:
    return json({"message": "Not found"}, 404)
