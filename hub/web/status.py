"""What an operator's tools ask: whether it is alive, whether it is ready, what it counts, which version it is."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.observing import Observer

VERSION = version("childrens-services-hub")


class Joined(Protocol):
    """What these addresses need of the hub."""

    @property
    def observer(self) -> Observer:
        """Give what counts."""
        ...

    async def ready(self) -> str | None:
        """Say what is not ready."""
        ...


HubOf = Callable[[Request], Joined]
"""Gives the hub of a request, or raises 503 where it is not open yet."""


def status_routes(hub_of: HubOf) -> list[Route]:
    """Give the routes. Being alive and of a version needs no keys; being ready and counting does."""

    async def ready(request: Request) -> Response:
        try:
            waiting_for = await hub_of(request).ready()
        except HTTPException:
            waiting_for = "keys"
        if waiting_for is None:
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": "not ready", "waitingFor": waiting_for}, 503)

    async def metrics(request: Request) -> Response:
        return Response(hub_of(request).observer.metrics(), media_type="text/plain; version=0.0.4")

    return [
        Route("/healthz", _alive),
        Route("/readyz", ready),
        Route("/metrics", metrics),
        Route("/version", _version),
    ]


async def _alive(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _version(_: Request) -> Response:
    return JSONResponse({"name": "childrens-services-hub", "version": VERSION})
