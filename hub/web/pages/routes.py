"""Every page by its path, and the two files pages are dressed with."""

from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.web.council import Council
from hub.web.pages.chronology.page import chronology
from hub.web.pages.everybody import EVERYBODYS_PAGES
from hub.web.pages.find.page import find, found
from hub.web.pages.frame import SCRIPT_AT, Frame, HubOf
from hub.web.pages.involved.page import involved
from hub.web.pages.officers import OFFICERS_PAGES
from hub.web.pages.purpose.page import purpose
from hub.web.pages.rendering import SCRIPT, stylesheet, version_of
from hub.web.pages.statements.named import STATEMENTS
from hub.web.pages.statements.page import stated
from hub.web.pages.visit import Page
from hub.web.pages.workers import WORKERS_DOINGS, WORKERS_PAGES

PAGES: Final[dict[str, tuple[Page, list[str]]]] = {
    "/purpose": (purpose, ["GET", "POST"]),
    "/find": (find, ["GET", "POST"]),
    "/find/{search}": (found, ["GET"]),
    "/children/{person}": (involved, ["GET"]),
    "/children/{person}/chronology": (chronology, ["GET"]),
    **WORKERS_PAGES,
    **OFFICERS_PAGES,
    **EVERYBODYS_PAGES,
}
"""Every page by its path, with the methods it takes."""

EVERYTHING: Final = PAGES | WORKERS_DOINGS

FOR_GOOD: Final = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}


def page_routes(hub_of: HubOf, council: Council) -> list[Route]:
    """Give the routes of the pages and of what they are dressed with."""
    sheet = stylesheet(council.colour)

    async def css(_: Request) -> Response:
        return Response(sheet, media_type="text/css", headers=FOR_GOOD)

    async def script(_: Request) -> Response:
        return Response(SCRIPT, media_type="text/javascript", headers=FOR_GOOD)

    async def logo(_: Request) -> Response:
        if council.logo is None:
            raise HTTPException(404)
        policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
        headers = FOR_GOOD | policy | {"Cache-Control": "public, max-age=3600"}
        return Response(council.logo.content, media_type=council.logo.media, headers=headers)

    return [
        *(Route(path, _stated(hub_of, council, path)) for path in STATEMENTS),
        *(Route(path, _framed(hub_of, council, page), methods=methods) for path, (page, methods) in EVERYTHING.items()),
        Route(f"/pages/{version_of(sheet)}.css", css),
        Route(SCRIPT_AT, script),
        Route("/pages/logo", logo),
    ]


def _stated(hub_of: HubOf, council: Council, path: str) -> Any:
    async def endpoint(request: Request) -> Response:
        hub = hub_of(request)
        if hub.sign_in is None:
            raise HTTPException(404)
        return await Frame(hub, hub.sign_in, council).statement(request, stated(path, hub.settings))

    return endpoint


def _framed(hub_of: HubOf, council: Council, page: Page) -> Any:
    async def endpoint(request: Request) -> Response:
        hub = hub_of(request)
        if hub.sign_in is None:
            raise HTTPException(404)
        return await Frame(hub, hub.sign_in, council)(request, page)

    return endpoint
