"""Straight to one endpoint, past all routes: what is asked most need not be looked for among the pages."""

from collections.abc import Awaitable, Callable, Collection

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send


class Straight:
    """An ASGI application around another, which answers everything else."""

    def __init__(
        self,
        app: ASGIApp,
        path: str,
        methods: Collection[str],
        answer: Callable[[Request], Awaitable[Response]],
        refused: Callable[[Request, Exception], Awaitable[Response]],
    ) -> None:
        """Answer what is asked of a path by these methods; ``refused`` says what an error of HTTP is told as."""
        self._app = app
        self._path = path
        self._methods = frozenset(methods)
        self._answer = answer
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or leave it to the routes."""
        if scope["type"] != "http" or scope["path"] != self._path or scope["method"] not in self._methods:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive, send)
        try:
            response = await self._answer(request)
        except HTTPException as error:
            response = await self._refused(request, error)
        await response(scope, receive, send)
