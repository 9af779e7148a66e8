"""The hub as an ASGI application: what is reached where, and what runs beside as long as it is up."""

import asyncio
import contextlib
import gc
import time
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route

from hub.admitting.door import AdmittingDoor
from hub.admitting.places import Places as AtTheDoor
from hub.answer.canary import CanaryWatch
from hub.authzen.http import described
from hub.authzen.metadata import ENDPOINTS, WELL_KNOWN
from hub.governance.posting import posted
from hub.graphql.watching.route import socket_route
from hub.identity.partners.routes import partner_routes
from hub.identity.proxies import Proxies
from hub.joined import Hub, open_hub
from hub.keys import KeysError
from hub.observing import LogEvent, Observer
from hub.settings import Environment, Settings
from hub.straight import Straight
from hub.upkeep import carrying, checkpoints, notices, sign_in_upkeep, sweeps, until_there_are_keys
from hub.web.council import Council
from hub.web.no_page import no_page
from hub.web.pages.routes import page_routes
from hub.web.routes import sign_in_routes
from hub.web.status import VERSION, status_routes

GRAPHQL = "/graphql"

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
"""What reaches an endpoint that says itself which methods it takes."""
_NEW_OBJECTS = 20_000
"""So many before the collector looks for cycles among them, not 700: a long answer makes thousands, and no cycle."""


def create_app(settings: Settings, *, observer: Observer | None = None) -> Starlette:
    """Make the ASGI application; the hub is opened when it starts."""
    observer, at_the_door = observer or Observer(), AtTheDoor(settings.room, time.monotonic)
    proxies = Proxies.of(settings.proxy_networks, settings.certificate_header)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.hub = None
        async with contextlib.AsyncExitStack() as stack:
            behind: list[asyncio.Task[None]] = []

            async def begin() -> None:
                posting = posted(settings)
                opening = open_hub(settings, observer=observer, at_the_door=at_the_door)
                app.state.hub = hub = await stack.enter_async_context(opening)
                canary = CanaryWatch(hub.policies.rulebooks, observer.looked_at)
                signing = checkpoints(hub.ledger, hub.kept, hub.database, observer)
                for_ever = (hub.indexer.forever(), hub.watch.forever(), canary.forever(), signing)
                behind.extend(
                    asyncio.create_task(work)
                    for work in (*for_ever, sweeps(hub.watching.budgets, hub.governing.acting), carrying(hub.owed))
                )
                if posting is not None:
                    behind.append(asyncio.create_task(notices(posting, hub.database, observer)))
                if hub.sign_in is not None:
                    behind.append(asyncio.create_task(sign_in_upkeep(hub.sign_in)))
                gc.collect()
                gc.freeze()  # what start-up made lives as long as the process: the collector need not walk it again
                gc.set_threshold(_NEW_OBJECTS)
                observer.say(LogEvent.STARTED, version=VERSION, environment=settings.env.value)

            try:
                await begin()
            except KeysError:
                observer.say(LogEvent.NOT_READY, code="keys")
                behind.append(asyncio.create_task(until_there_are_keys(begin)))
            except Exception as error:
                app.state.failed = error  # for whoever started it to say why
                raise
            try:
                yield
            finally:
                for task in behind:
                    task.cancel()
                await asyncio.gather(*behind, return_exceptions=True)
                observer.say(LogEvent.STOPPED)

    async def failed(request: Request, error: Exception) -> Response:
        observer.internal("", error)
        return no_page(request, 500, "internal")

    return Starlette(
        routes=[
            Route(GRAPHQL, _graphql, methods=METHODS),
            socket_route(_hub),
            *(Route(path, _access, methods=METHODS) for path in ENDPOINTS.values()),
            Route(WELL_KNOWN, _described),
            *partner_routes(_hub),
            *status_routes(_hub),
            *sign_in_routes(_hub, development=settings.env is not Environment.PRODUCTION),
            *page_routes(_hub, Council.of(settings)),
        ],
        lifespan=lifespan,
        middleware=[
            Middleware(AdmittingDoor, at_the_door, observer, proxies),
            Middleware(Straight, GRAPHQL, METHODS, _graphql, _http_error),
        ],
        exception_handlers={HTTPException: _http_error, Exception: failed},
    )


def _hub(request: HTTPConnection) -> Hub:
    """Give the hub; 503 while it is sealed."""
    hub: Hub | None = request.app.state.hub
    if hub is None:
        raise HTTPException(503, "sealed: the keys are missing or are others than the database was made with")
    return hub


async def _graphql(request: Request) -> Response:
    return await _hub(request).endpoint(request)


async def _access(request: Request) -> Response:
    return await _hub(request).access(request)


async def _described(request: Request) -> Response:
    production = _hub(request).settings.env is Environment.PRODUCTION
    return described(request, "https" if production else request.url.scheme)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 -- registered for it
    return no_page(request, error.status_code, error.detail, error.headers)
