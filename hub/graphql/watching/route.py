"""The address of sockets: the same as of questions."""

from collections.abc import Callable
from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from hub.graphql.http import GraphQLEndpoint


class Answers(Protocol):
    """A hub, as far as sockets need one."""

    @property
    def endpoint(self) -> GraphQLEndpoint:
        """Its GraphQL endpoint."""
        ...


def socket_route(hub: Callable[[HTTPConnection], Answers]) -> WebSocketRoute:
    """Give the route; ``hub`` raises HTTPException while there is none."""

    async def opened(socket: WebSocket) -> None:
        try:
            sockets = hub(socket).endpoint.sockets
        except HTTPException as error:
            await socket.send_denial_response(Response(status_code=error.status_code))
            return
        assert sockets is not None  # noqa: S101 -- an endpoint of a whole hub has a room for watches
        await sockets(socket)

    return WebSocketRoute("/graphql", opened)
