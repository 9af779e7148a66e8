"""The youth justice service's system: one collection of young people, an opaque cursor, an API key."""

import base64
from pathlib import Path
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from hub.demo.systems.answers import HEALTHZ, BadRequest, json, listed, number, only
from hub.demo.systems.credentials import Guarded, api_key
from hub.demo.systems.switch import Switch

MOST = 200


def make(data: Path, secret: str, switch: Switch) -> ASGIApp:
    """Make the application from its records."""
    records = orjson.loads(data.read_bytes())
    people: dict[str, Any] = {p["id"]: p for p in records["people"]}

    async def young_people(request: Request) -> Response:
        only(request, ["ids", "updated_since", "page_size", "cursor"])
        wanted, since = listed(request, "ids", MOST), request.query_params.get("updated_since", "")
        ids = switch.swapped(wanted, list(people)) if "ids" in request.query_params else list(people)
        found = [people[i] for i in ids if i in people and people[i]["updated_at"] >= since]
        size, start = number(request, "page_size", 50, MOST), _start(request)
        more = start + size < len(found)
        cursor = base64.urlsafe_b64encode(f"o:{start + size}".encode()).decode() if more else None
        return json({"as_of": records["asOf"], "data": found[start : start + size], "next_cursor": cursor})

    async def young_person(request: Request) -> Response:
        (key,) = switch.swapped([request.path_params["id"]], list(people))
        return json(people[key]) if key in people else json({"error": "not_found"}, 404)

    routes = [HEALTHZ, Route("/v2/young-people", young_people), Route("/v2/young-people/{id}", young_person)]
    app = Starlette(routes=routes, exception_handlers={BadRequest: _bad, 404: _missing})
    return Guarded(app, api_key(secret), {"error": "unauthorised"})


def _start(request: Request) -> int:
    cursor = request.query_params.get("cursor")
    if cursor is None:
        return 0
    try:
        return int(base64.urlsafe_b64decode(cursor).decode().removeprefix("o:"))
    except ValueError:
        raise BadRequest("cursor: not one of ours") from None


async def _bad(_request: Request, error: Exception) -> Response:
    return json({"error": "bad_request", "detail": str(error)}, 400)


async def _missing(_request: Request, _error: Exception) -> Response:
    return json({"error": "not_found"}, 404)
