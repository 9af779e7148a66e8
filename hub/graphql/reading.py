"""Reading one HTTP request: a JSON object in UTF-8 with a query, of a size and depth that can be looked at."""

import asyncio
import re
from collections.abc import Mapping

import orjson
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request

from hub.graphql.accepting import JSON
from hub.graphql.counting import check_written
from hub.graphql.limits import BODY, VALUES
from hub.graphql.messages import Request as GraphQLRequest

DEEPEST = 32
BODY_SECONDS = 10.0
"""Seconds in which a body must have come: whoever sends slower would hold a place that others wait for."""
DIGEST = re.compile(r"[0-9a-f]{64}")
LONGEST_ID = 128
"""Characters of a registered document's id."""


class Refused(Exception):
    """The HTTP request itself is wrong; nothing of GraphQL was looked at."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        """Say with which status and headers it is refused, and why."""
        super().__init__(message)
        self.status = status
        self.headers = headers or {}


class Misshapen(Refused):
    """What came could be read, and is no GraphQL request."""

    def __init__(self, message: str) -> None:
        """Say what is wrong with it."""
        super().__init__(400, message)


async def read_body(request: Request, most: int = BODY) -> bytes:
    """Read the body, and stop reading as soon as it is too large or takes too long."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > most:
        raise _too_large(most)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size > most:
                    raise _too_large(most)
                chunks.append(chunk)
    except ClientDisconnect:
        raise Refused(400, "The body ended early.") from None
    except TimeoutError:
        raise Refused(408, "The body took too long to come.", {"Connection": "close"}) from None
    return b"".join(chunks)


def _too_large(most: int) -> Refused:
    return Refused(413, f"The body is larger than {most} bytes.")


def insist_on_json(headers: Headers) -> None:
    """Refuse a body that does not say it is JSON in UTF-8, or that is packed."""
    if headers.get("content-type") == JSON and "content-encoding" not in headers:
        return
    kind, *parameters = (part.strip().lower() for part in headers.get("content-type", "").split(";"))
    charsets = [value.strip('"') for key, _, value in (p.partition("=") for p in parameters) if key == "charset"]
    if kind != JSON or not set(charsets) <= {"utf-8", "utf8"}:
        raise Refused(415, "Send Content-Type: application/json, in UTF-8.", {"Accept": JSON})
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Refused(415, "Send the body as it is, without Content-Encoding.", {"Accept-Encoding": "identity"})


def read_request(body: bytes) -> GraphQLRequest:
    """Give the GraphQL request in a body; Refused says what is wrong with it and repeats nothing of it.

    HubError says that it holds too much.
    """
    check_written(body)
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Refused(400, "The body is not JSON in UTF-8.") from None
    if not isinstance(asked, dict):
        raise Misshapen("The body must be one JSON object; batches are not answered.")
    return request_of(asked)


def request_of(asked: Mapping[str, object]) -> GraphQLRequest:
    """Give the GraphQL request of its members; unknown ones are passed over."""
    query, name, document = _text(asked, "query"), _text(asked, "operationName"), _text(asked, "documentId")
    variables, digest = _object(asked, "variables"), _digest(_object(asked, "extensions"))
    if not (query.strip() or document or digest):
        raise Misshapen("A request needs a query, as text, or the documentId of one.")
    if document and (query or digest or len(document) > LONGEST_ID):
        raise Misshapen(f"documentId stands alone, without a query, and has at most {LONGEST_ID} characters.")
    if _depth(variables) > DEEPEST:
        raise Misshapen("variables are nested too deeply.")
    return GraphQLRequest(query, variables, name or None, document=document or None, digest=digest)


def _text(asked: Mapping[str, object], name: str) -> str:
    value = asked.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Misshapen(f"{name} must be text.")
    return value


def _object(asked: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = asked.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Misshapen(f"{name} must be an object.")
    return value


def _digest(extensions: Mapping[str, object]) -> str | None:
    """Give the digest by which a query is asked for (Apollo's persisted queries, version 1)."""
    persisted = extensions.get("persistedQuery")
    if not isinstance(persisted, dict) or persisted.get("version") != 1:
        return None
    digest = persisted.get("sha256Hash")
    if not isinstance(digest, str) or not DIGEST.fullmatch(digest):
        raise Misshapen("extensions.persistedQuery.sha256Hash must be 64 small hexadecimal digits.")
    return digest


def _depth(value: object) -> int:
    """Measure nesting without recursion; stops past what is allowed, or where there are too many values anyhow."""
    level, depth = [value], 0
    while level and depth <= DEEPEST and len(level) <= VALUES:
        held = [v.values() if type(v) is dict else v for v in level if type(v) is dict or type(v) is list]
        depth += any(map(len, held))
        level = [v for values in held for v in values]
    return depth
