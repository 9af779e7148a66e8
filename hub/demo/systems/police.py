"""The police's custodian: matches one person to a pointer, gives records by pointer, and never a list of people."""

import re
import unicodedata
from pathlib import Path
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from hub.demo.systems.answers import HEALTHZ, BadRequest, json, listed, only
from hub.demo.systems.credentials import Guarded, bearer
from hub.demo.systems.switch import Switch

MOST = 100
SCHEMAS = "https://schemas.brookshire-police.example.org"


def folded(text: str) -> str:
    """Give a name or postcode without case, accents, blanks and punctuation."""
    plain = unicodedata.normalize("NFKD", text.replace("Ł", "L").replace("ł", "l"))
    return re.sub(r"[^a-z0-9]", "", "".join(c for c in plain if not unicodedata.combining(c)).lower())


def make(data: Path, secret: str, switch: Switch) -> ASGIApp:
    """Make the application from its records."""
    records = orjson.loads(data.read_bytes())
    known = [_Known(r["pointer"], r["payload"]) for r in records["records"]["personal.details"]]
    pointers = [k.pointer for k in known]

    async def match(request: Request) -> Response:
        return json(_match(known, _asked(await request.body())))

    async def fetch(request: Request) -> Response:
        only(request, ["pointer"])
        kind = request.path_params["kind"]
        if kind not in records["records"]:
            return json({"code": "UNKNOWN_RECORD_TYPE"}, 404)
        if "pointer" not in request.query_params:
            raise BadRequest("pointer: missing")
        wanted = set(switch.swapped(listed(request, "pointer", MOST), pointers))
        found = [r for r in records["records"][kind] if r["pointer"] in wanted]
        uri = f"{SCHEMAS}/{kind}/v1"
        return json({"recordType": kind, "schemaUri": uri, "asOf": records["asOf"], "records": found})

    async def types(_request: Request) -> Response:
        return json({"recordTypes": list(records["records"])})

    routes = [
        HEALTHZ,
        Route("/match", match, methods=["POST"]),
        Route("/records/{kind}", fetch),
        Route("/record-types", types),
    ]
    app = Starlette(routes=routes, exception_handlers={BadRequest: _bad, 404: _missing})
    return Guarded(app, bearer(secret), {"code": "UNAUTHORISED"})


class _Known:
    """One person the police know, folded for comparing."""

    def __init__(self, pointer: str, payload: dict[str, Any]) -> None:
        self.pointer, self.born = pointer, payload["dateOfBirth"]
        own = {"given": payload["givenName"], "family": payload["familyName"]}
        self.names = {(folded(n["given"]), folded(n["family"])) for n in [own, *payload["aliases"]]}
        self.postcodes = {folded(a["postcode"]) for a in payload["addresses"]}
        self.pnc = folded(payload["pncId"] or "")


def _asked(body: bytes) -> dict[str, Any]:
    try:
        asked = orjson.loads(body)
        names = {(folded(n["given"]), folded(n["family"])) for n in asked["names"]}
        postcodes = {folded(p) for p in asked.get("postcodes", [])}
        pncs = {folded(i["value"]) for i in asked.get("identifiers", []) if i["system"] == "PNC_ID"}
        born = asked["dateOfBirth"]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        raise BadRequest("names and dateOfBirth are needed") from None
    if not names or not born:
        raise BadRequest("names and dateOfBirth are needed")
    return {"names": names, "postcodes": postcodes, "pncs": pncs, "born": born}


def _match(known: list[_Known], asked: dict[str, Any]) -> dict[str, object]:
    like = [k for k in known if k.born == asked["born"] and k.names & asked["names"]]
    sure = [k for k in like if (k.pnc and k.pnc in asked["pncs"]) or k.postcodes & asked["postcodes"]]
    if len(sure) == 1:
        return {"outcome": "match", "pointer": sure[0].pointer}
    return {"outcome": "ambiguous", "count": len(sure or like)} if like else {"outcome": "none"}


async def _bad(_request: Request, error: Exception) -> Response:
    return json({"code": "BAD_REQUEST", "detail": str(error)}, 400)


async def _missing(_request: Request, _error: Exception) -> Response:
    return json({"code": "NOT_FOUND"}, 404)
