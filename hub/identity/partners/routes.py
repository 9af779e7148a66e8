"""The addresses partners' clients use: the token endpoint, the hub's public keys, and where a library finds both."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.identity.partners.metadata import JWKS, TOKEN, WELL_KNOWN, metadata
from hub.identity.partners.room import PartnerRoom

BRIEFLY = {"Cache-Control": "max-age=60"}
"""For how long the hub's keys may be kept: no longer than a new one is published before it signs."""


def partner_routes() -> list[Route]:
    """Give the routes; without a room for partners each is answered as if it were not there."""
    return [
        Route(TOKEN, _token, methods=["POST"]),
        Route(JWKS, _jwks),
        Route(WELL_KNOWN, _metadata),
    ]


def _room(request: Request) -> PartnerRoom:
    room: PartnerRoom | None = request.app.state.hub.partners
    if room is None:
        raise HTTPException(404)
    return room


async def _token(request: Request) -> Response:
    return await _room(request).endpoint(request)


async def _jwks(request: Request) -> Response:
    return JSONResponse({"keys": _room(request).keys.published}, headers=BRIEFLY)


async def _metadata(request: Request) -> Response:
    room = _room(request)
    return JSONResponse(metadata(room.issuer, certificates=room.certificates), headers=BRIEFLY)
