"""The addresses partners' clients use: the token endpoint, the hub's public keys, and where a library finds both."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.identity.partners.metadata import JWKS, TOKEN, WELL_KNOWN, metadata
from hub.identity.partners.room import PartnerRoom

BRIEFLY = {"Cache-Control": "max-age=60"}
"""For how long the hub's keys may be kept: no longer than a new one is published before it signs."""


class Joined(Protocol):
    """What these addresses need of the hub."""

    @property
    def partners(self) -> PartnerRoom | None:
        """Give the partners' room."""
        ...


HubOf = Callable[[Request], Joined]
"""Gives the hub of a request, or says that it is not open yet."""

Answering = Callable[[PartnerRoom, Request], Awaitable[Response]]


def partner_routes(hub_of: HubOf) -> list[Route]:
    """Give the routes; without a room for partners each is answered as if it were not there."""
    return [
        Route(TOKEN, _of_room(hub_of, _token), methods=["POST"]),
        Route(JWKS, _of_room(hub_of, _jwks)),
        Route(WELL_KNOWN, _of_room(hub_of, _metadata)),
    ]


def _of_room(hub_of: HubOf, answering: Answering) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        room = hub_of(request).partners
        if room is None:
            raise HTTPException(404)
        return await answering(room, request)

    return endpoint


async def _token(room: PartnerRoom, request: Request) -> Response:
    return await room.endpoint(request)


async def _jwks(room: PartnerRoom, _: Request) -> Response:
    return JSONResponse({"keys": room.keys.published}, headers=BRIEFLY)


async def _metadata(room: PartnerRoom, _: Request) -> Response:
    return JSONResponse(metadata(room.issuer, certificates=room.certificates), headers=BRIEFLY)
