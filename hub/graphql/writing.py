"""Writing one HTTP response: JSON with the request's id, that no cache may keep."""

import json
from typing import Any

import orjson
from starlette.responses import Response

from hub.errors import Code


def response(
    status: int, body: dict[str, Any], media: str, request_id: str, cost: int | None = None, note: str | None = None
) -> Response:
    """Give a response object as it is sent, with what the question was reckoned to cost and a note for the asker."""
    told = {"requestId": request_id, "cost": cost, "note": note}
    body["extensions"] = {name: value for name, value in told.items() if value is not None}
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(written(body), status, headers, f"{media}; charset=utf-8")


def only_error(code: Code, message: str) -> dict[str, Any]:
    """Give the response object of a request that could not run."""
    return {"errors": [{"message": message, "extensions": {"code": code.value}}]}


def written(body: dict[str, Any]) -> bytes:
    """Write JSON; text that is not Unicode (a lone surrogate, which a source may send) loses what is not."""
    try:
        return orjson.dumps(body)
    except TypeError:
        return json.dumps(body, ensure_ascii=False, default=_as_orjson).encode("utf-8", "replace")


def _as_orjson(value: object) -> object:
    """Write what the standard library does not know as it is written otherwise."""
    return orjson.loads(orjson.dumps(value))
