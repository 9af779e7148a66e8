"""What the REST systems share: JSON answers, the open health check, reading lists of ids and numbers from a query."""

from collections.abc import Iterable

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


class BadRequest(Exception):
    """The request is not one the layout allows; the message names the parameter, not its value."""


def json(content: object, status: int = 200, **headers: str) -> Response:
    """Answer with JSON."""
    return Response(orjson.dumps(content), status, headers or None, "application/json")


async def _healthz(_request: Request) -> Response:
    return json({"status": "ok"})


HEALTHZ = Route("/healthz", _healthz)


def listed(request: Request, name: str, most: int) -> list[str]:
    """Read a comma-separated parameter of at most so many values."""
    values = [v for v in request.query_params.get(name, "").split(",") if v]
    if len(values) > most:
        raise BadRequest(f"{name}: at most {most}")
    return values


def number(request: Request, name: str, default: int, most: int | None = None, least: int = 1) -> int:
    """Read a whole number."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not text.isdecimal() or not least <= int(text) <= (most or 10**9):
        raise BadRequest(f"{name}: a whole number from {least}" + (f" to {most}" if most else ""))
    return int(text)


def only(request: Request, allowed: Iterable[str]) -> None:
    """Refuse parameters the layout does not have."""
    if unknown := sorted(set(request.query_params) - set(allowed)):
        raise BadRequest(f"unknown parameter: {', '.join(unknown)}")
