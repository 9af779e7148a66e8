"""The council's staff directory: telephone, e-mail and duty desk by staff id or team."""

from pathlib import Path

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from hub.demo.systems.answers import HEALTHZ, BadRequest, json, listed, only
from hub.demo.systems.credentials import Guarded, bearer
from hub.demo.systems.switch import Switch

MOST = 200


def make(data: Path, secret: str, _switch: Switch) -> ASGIApp:
    """Make the application from its records."""
    records = orjson.loads(data.read_bytes())
    staff = {s["staffId"]: s for s in records["staff"]}
    teams = {t["teamId"]: t for t in records["teams"]}

    async def find_staff(request: Request) -> Response:
        only(request, ["ids"])
        return json({"staff": [staff[i] for i in listed(request, "ids", MOST) if i in staff]})

    async def find_teams(request: Request) -> Response:
        only(request, ["ids", "names"])
        ids, names = listed(request, "ids", MOST), listed(request, "names", MOST)
        return json({"teams": [t for t in teams.values() if t["teamId"] in ids or t["name"] in names]})

    async def bad(_request: Request, error: Exception) -> Response:
        return json({"error": "bad_request", "detail": str(error)}, 400)

    routes = [HEALTHZ, Route("/staff", find_staff), Route("/teams", find_teams)]
    app = Starlette(routes=routes, exception_handlers={BadRequest: bad, 404: _missing})
    return Guarded(app, bearer(secret), {"error": "unauthorised"})


async def _missing(_request: Request, _error: Exception) -> Response:
    return json({"error": "not_found"}, 404)
