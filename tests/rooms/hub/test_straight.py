"""Straight to one endpoint: its answers are the routes' own, and everything else is left to them."""

from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from hub.straight import Straight


async def _asked(request: Request) -> Response:
    if request.headers.get("x") == "refuse":
        raise HTTPException(503, "sealed")
    if request.headers.get("x") == "fail":
        raise RuntimeError("nobody foresaw it")
    return PlainTextResponse(f"{request.method} {request.app.state.word} {(await request.body()).decode()}")


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return PlainTextResponse(error.detail, error.status_code)


async def _failed(_: Request, error: Exception) -> Response:
    return PlainTextResponse(type(error).__name__, 500)


def _app(*middleware: Middleware) -> Starlette:
    routes = [Route("/asked", _asked, methods=["GET", "POST"]), Route("/other", _asked)]
    handlers: Any = {HTTPException: _refused, Exception: _failed}
    app = Starlette(routes=routes, middleware=list(middleware), exception_handlers=handlers)
    app.state.word = "word"
    return app


@pytest.mark.parametrize("path", ["/asked", "/asked/", "/other", "/nowhere"])
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "TRACE"])
@pytest.mark.parametrize("case", ["", "refuse", "fail"])
async def test_whoever_goes_straight_is_told_what_the_routes_would_tell(path: str, method: str, case: str) -> None:
    """Every path, method and failure: the same status, headers and words as by the routes."""
    told = []
    for app in (_app(), _app(Middleware(Straight, "/asked", ["GET", "POST"], _asked, _refused))):
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://hub") as client:
            answer = await client.request(method, path, content=b"body", headers={"x": case})
            told.append((answer.status_code, dict(answer.headers), answer.content))
    assert told[0] == told[1]
