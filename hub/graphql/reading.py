"""Reading one HTTP request: a JSON object in UTF-8 with a query, of a size and depth that can be looked at."""

import orjson
from starlette.requests import ClientDisconnect, Request

from hub.graphql.limits import BODY
from hub.graphql.messages import Request as GraphQLRequest

JSON = "application/json"
DEEPEST = 32


class Refused(Exception):
    """The HTTP request itself is wrong; nothing of GraphQL was looked at."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        """Say with which status and headers it is refused, and why."""
        super().__init__(message)
        self.status = status
        self.headers = headers or {}


async def read_body(request: Request) -> bytes:
    """Read the body, and stop reading as soon as it is too large."""
    too_large = Refused(413, f"The body is larger than {BODY} bytes.")
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > BODY:
        raise too_large
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY:
                raise too_large
    except ClientDisconnect:
        raise Refused(400, "The body ended early.") from None
    return bytes(body)


def read_request(content_type: str, body: bytes) -> GraphQLRequest:
    """Give the GraphQL request in a body; Refused says what is wrong with it and repeats nothing of it."""
    if content_type.partition(";")[0].strip().lower() != JSON:
        raise Refused(415, "Send Content-Type: application/json.")
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Refused(400, "The body is not JSON in UTF-8.") from None
    if not isinstance(asked, dict):
        raise Refused(400, "The body must be one JSON object; batches are not answered.")
    query, variables, name = asked.get("query"), asked.get("variables"), asked.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise Refused(400, "The body needs a query, as text.")
    if not isinstance(variables, dict | None):
        raise Refused(400, "variables must be an object.")
    if not isinstance(name, str | None):
        raise Refused(400, "operationName must be text.")
    if _depth(variables) > DEEPEST:
        raise Refused(400, "variables are nested too deeply.")
    return GraphQLRequest(query, variables or {}, name)


def _depth(value: object) -> int:
    """Measure nesting without recursion; stops counting past what is allowed."""
    level, depth = [value], 0
    while level and depth <= DEEPEST:
        inner: list[object] = []
        for v in level:
            if isinstance(v, dict):
                inner.extend(v.values())
            elif isinstance(v, list):
                inner.extend(v)
        level, depth = inner, depth + bool(inner)
    return depth
