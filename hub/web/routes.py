"""Where the pages of signing in are. A hub where nobody can sign in has none."""

from collections.abc import Callable
from typing import Any, Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.identity.sign_in_room import SignInRoom
from hub.observing import Observer
from hub.settings import Settings
from hub.web.development_issuer import PAGES, Show
from hub.web.signing_in import ROUTES, Page, SignInPages


class Joined(Protocol):
    """What the pages need of the hub."""

    @property
    def settings(self) -> Settings:
        """Give the settings."""
        ...

    @property
    def observer(self) -> Observer:
        """Give whom to tell what an operator should know."""
        ...

    @property
    def sign_in(self) -> SignInRoom | None:
        """Give the room of signing in."""
        ...


HubOf = Callable[[Request], Joined]
"""Gives the hub of a request, or says that it is not open yet."""


def sign_in_routes(hub_of: HubOf, *, development: bool) -> list[Route]:
    """Give the routes; those of the development issuer in development only."""
    pages = [Route(path, _shown(hub_of, show), methods=methods) for path, (show, methods) in ROUTES.items()]
    if development:
        pages += [Route(path, _provided(hub_of, show), methods=methods) for path, (show, methods) in PAGES.items()]
    return pages


def _shown(hub_of: HubOf, show: Page) -> Any:
    async def endpoint(request: Request) -> Response:
        hub = hub_of(request)
        room = _room(hub)
        pages = SignInPages(
            room.signing_in, room.credential.cookies, hub.settings.base_url, hub.observer, room.arrivals
        )
        return await pages(request, show)

    return endpoint


def _provided(hub_of: HubOf, show: Show) -> Any:
    async def endpoint(request: Request) -> Response:
        provider = _room(hub_of(request)).provider
        if provider is None:
            raise HTTPException(404)
        return await show(provider, request)

    return endpoint


def _room(hub: Joined) -> SignInRoom:
    if hub.sign_in is None:
        raise HTTPException(404)
    return hub.sign_in
