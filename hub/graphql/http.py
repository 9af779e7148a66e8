"""GraphQL over HTTP: POST of a JSON object by somebody who has signed in. Nobody else reaches the parser."""

import asyncio
import json
import secrets
import time
from collections.abc import Coroutine, Mapping
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from hub.errors import Code
from hub.graphql.execution import Executor
from hub.graphql.failures import as_hub_error
from hub.graphql.invalid import Invalid
from hub.graphql.limits import BODY
from hub.graphql.messages import Request as GraphQLRequest
from hub.graphql.messages import Result
from hub.identity.requester import Requester
from hub.identity.tokens import TokenReader, Unauthenticated
from hub.observing import LogEvent, Observer

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
DEEPEST = 32
LEFT = 499
"""What is counted of a client that left before it was answered; nobody is there to be sent it."""

_STATUS = {Code.NOT_READY: 503, Code.UNAUTHENTICATED: 401, Code.INTERNAL: 500}


class _Refused(Exception):
    """The HTTP request itself is wrong; nothing of GraphQL was looked at."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})


class GraphQLEndpoint:
    """The one GraphQL endpoint."""

    def __init__(self, executor: Executor, tokens: TokenReader, observer: Observer, policy_version: str) -> None:
        """Join execution and sign-in; ``policy_version`` is the one this replica decides by."""
        self.policy_version = policy_version
        self._executor = executor
        self._tokens = tokens
        self._observer = observer

    async def __call__(self, request: Request) -> Response:
        """Answer one HTTP request."""
        started = time.perf_counter()
        request_id = secrets.token_hex(12)
        media = GRAPHQL if GRAPHQL in request.headers.get("accept", "") else JSON
        try:
            response = await self._answer(request, request_id, media)
        except _Refused as refused:
            response = _response(refused.status, _errors(Code.BAD_USER_INPUT, str(refused)), media, request_id)
            response.headers.update(refused.headers)
        self._observer.request(response.status_code, time.perf_counter() - started)
        return response

    async def _answer(self, request: Request, request_id: str, media: str) -> Response:
        if request.method != "POST":
            raise _Refused(405, "Send a POST request with a JSON body.", {"Allow": "POST"})
        try:
            requester = self._tokens.requester(request.headers.get("authorization"))
        except Unauthenticated as refused:
            self._observer.say(LogEvent.UNAUTHENTICATED, request_id=request_id, code=refused.code)
            body = _errors(Code.UNAUTHENTICATED, "Sign in: send a valid bearer token.")
            response = _response(401, body, media, request_id)
            response.headers["WWW-Authenticate"] = "Bearer"
            return response
        asked = _read(request.headers.get("content-type", ""), await _body(request))
        answer = await _while_there(request, self._run(asked, requester, request_id, media))
        return answer or Response(status_code=LEFT)

    async def _run(self, asked: GraphQLRequest, requester: Requester, request_id: str, media: str) -> Response:
        try:
            result = await self._executor.run(asked, requester, request_id)
        except Invalid as invalid:
            errors = {"errors": [e.formatted for e in invalid.errors]}
            return _response(400 if media == GRAPHQL else 200, errors, media, request_id)
        except Exception as error:  # noqa: BLE001 -- whatever happens, the client gets a code and no more
            known = as_hub_error(error)
            if known.code is Code.INTERNAL:
                self._observer.internal(request_id, error)
            status = _STATUS.get(known.code, 400 if media == GRAPHQL else 200)
            return _response(status, _errors(known.code, str(known)), media, request_id)
        return self._result(result, media, request_id)

    def _result(self, result: Result, media: str, request_id: str) -> Response:
        if result.not_ready:
            self._observer.say(LogEvent.NOT_READY, request_id=request_id, code=Code.NOT_READY)
        response = _response(503 if result.not_ready else 200, result.body(), media, request_id)
        if result.not_ready:
            response.headers["Retry-After"] = "5"
        return response


def _response(status: int, body: dict[str, Any], media: str, request_id: str) -> Response:
    body["extensions"] = {"requestId": request_id}
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(_written(body), status, headers, f"{media}; charset=utf-8")


def _written(body: dict[str, Any]) -> bytes:
    """Write JSON; text that is not Unicode (a lone surrogate, which a source may send) loses what is not."""
    try:
        return orjson.dumps(body)
    except TypeError:
        return json.dumps(body, ensure_ascii=False, default=_as_orjson).encode("utf-8", "replace")


def _as_orjson(value: object) -> object:
    """Write what the standard library does not know as it is written otherwise."""
    return orjson.loads(orjson.dumps(value))


def _errors(code: Code, message: str) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"code": code.value}}]}


async def _body(request: Request) -> bytes:
    """Read the body, and stop reading as soon as it is too large."""
    too_large = _Refused(413, f"The body is larger than {BODY} bytes.")
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
        raise _Refused(400, "The body ended early.") from None
    return bytes(body)


async def _while_there(request: Request, answering: Coroutine[Any, Any, Response]) -> Response | None:
    """Answer as long as the client stays; one who leaves cancels the work, and nobody is answered."""
    work, left = asyncio.create_task(answering), asyncio.create_task(_left(request))
    try:
        await asyncio.wait((work, left), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (work, left):
            task.cancel()
        await asyncio.wait((work, left))  # until the ledger knows that the question was abandoned
    return None if work.cancelled() else work.result()


async def _left(request: Request) -> None:
    """Wait until the client has left; the body was read, so nothing else can come."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _read(content_type: str, body: bytes) -> GraphQLRequest:
    if content_type.partition(";")[0].strip().lower() != JSON:
        raise _Refused(415, "Send Content-Type: application/json.")
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise _Refused(400, "The body is not JSON in UTF-8.") from None
    if not isinstance(asked, dict):
        raise _Refused(400, "The body must be one JSON object; batches are not answered.")
    query, variables, name = asked.get("query"), asked.get("variables"), asked.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise _Refused(400, "The body needs a query, as text.")
    if not isinstance(variables, dict | None):
        raise _Refused(400, "variables must be an object.")
    if not isinstance(name, str | None):
        raise _Refused(400, "operationName must be text.")
    if _depth(variables) > DEEPEST:
        raise _Refused(400, "variables are nested too deeply.")
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
