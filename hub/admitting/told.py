"""What is said to whoever finds no place: 503, when to come again, and nothing that costs much to say."""

import random
from typing import Final

import orjson
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

from hub.authzen.metadata import ENDPOINTS
from hub.errors import Code
from hub.graphql.accepted import accepted_of
from hub.graphql.accepting import JSON
from hub.graphql.writing import only_error
from hub.web.page import Markup, page

BUSY: Final = "The hub is answering as many as it can. Nothing was asked. Try again when Retry-After says."
LONGEST: Final = 30
"""Seconds, at most, after which whoever found no place is told to come again."""
APART: Final = 3
"""Seconds over which those are spread who were turned away together."""

_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_GRAPHQL: Final = orjson.dumps(only_error(Code.BUSY, BUSY))
_ACCESS: Final = orjson.dumps(BUSY)
_ELSE: Final = orjson.dumps({"error": BUSY})
_DECIDING: Final = frozenset(ENDPOINTS.values())
_PAGE: Final = Markup(
    "<p>Too many people are asking at this moment. Nothing was asked for you. Wait a few seconds and try again.</p>"
    '<p><a class="button" href="/">Go to the hub</a></p>'
)


def told(scope: Scope, seconds: int) -> Response:
    """Give what is said to one who came too early by so many seconds."""
    answer = _said(scope["path"], Headers(scope=scope).get("accept", ""))
    again = min(LONGEST, seconds) + random.randrange(APART)  # noqa: S311 -- it only spreads those who come again
    answer.headers["Retry-After"] = str(again)
    return answer


def _said(path: str, accept: str) -> Response:
    if path == "/graphql":
        return Response(_GRAPHQL, 503, _HEADERS, accepted_of([accept], "1.1").media or JSON)
    if path in _DECIDING:
        return Response(_ACCESS, 503, _HEADERS, JSON)
    if "text/html" in accept:
        return page("The hub is busy", _PAGE, 503)
    return Response(_ELSE, 503, _HEADERS, JSON)
