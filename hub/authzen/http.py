"""AuthZEN over HTTP (section 10 of the specification): POST of a JSON object by somebody who has signed in."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from hub.authzen.evaluating import Evaluator
from hub.authzen.metadata import ENDPOINTS, metadata
from hub.authzen.node import Node
from hub.authzen.reading import JSON, read
from hub.authzen.searching import Searcher
from hub.authzen.wrong import Wrong
from hub.budgets.refusals import OverBudget
from hub.errors import Code
from hub.graphql.failures import as_hub_error
from hub.graphql.grid import until_next_step
from hub.graphql.leaving import Behind, while_there
from hub.graphql.reading import Refused, read_body
from hub.identity.door import Door
from hub.identity.requester import Requester
from hub.identity.unauthenticated import Unauthenticated
from hub.observing import LogEvent, Observer
from hub.store.database import StoreUnavailable

ID_HEADER = "X-Request-ID"
OUR_ID = "Hub-Request-ID"
"""The id the ledger and the log know a request by; the caller's own is only given back."""

LEFT = 499
WILL_NOT_STOP = "will-not-stop"

Answering = Callable[[Node, Requester, str], Awaitable[dict[str, Any]]]


class AuthZen:
    """The decision point's endpoints."""

    def __init__(
        self, evaluator: Evaluator, searcher: Searcher, door: Door, observer: Observer, step: float = 0.0
    ) -> None:
        """Join deciding and sign-in; ``step`` is of the grid on which answers leave, in seconds."""
        self._step = step
        self._door = door
        self._observer = observer
        self._behind = Behind()
        self._answering: Mapping[str, Answering] = {
            ENDPOINTS["access_evaluation_endpoint"]: evaluator.one,
            ENDPOINTS["access_evaluations_endpoint"]: evaluator.many,
            ENDPOINTS["search_subject_endpoint"]: lambda body, who, _: searcher.subjects(body, who),
            ENDPOINTS["search_resource_endpoint"]: lambda body, who, _: searcher.resources(body, who),
            ENDPOINTS["search_action_endpoint"]: lambda body, who, _: searcher.actions(body, who),
        }

    async def __call__(self, request: Request) -> Response:
        """Answer one HTTP request."""
        started, request_id = time.perf_counter(), secrets.token_hex(12)
        try:
            answer = await self._answer(request, request_id)
        except Refused as refused:
            answer = _said(refused.status, str(refused))
            answer.headers.update(refused.headers)
        except Wrong as wrong:
            answer = _said(wrong.status, str(wrong))
        await until_next_step(started, self._step)
        self._observer.access(request.url.path, answer.status_code, time.perf_counter() - started)
        answer.headers[OUR_ID] = request_id
        answer.headers[ID_HEADER] = request.headers.get(ID_HEADER, request_id)
        return answer

    async def _answer(self, request: Request, request_id: str) -> Response:
        if request.method != "POST":
            raise Refused(405, "Send a POST request with a JSON body.", {"Allow": "POST"})
        with self._told_nobody(request_id):
            requester = await self._door.requester(request)
            if requester.relayed is not None:  # what another hub signs is for the GraphQL endpoint and nothing else
                raise Unauthenticated("not-for-here")
        body = read(request.headers.get("content-type", ""), await read_body(request))
        answering = self._run(self._answering[request.url.path], body, requester, request_id)
        answer = await while_there(request, answering, self._left_behind(request_id))
        with self._told_nobody(request_id):
            await self._door.insist(request, requester)
        return answer or Response(status_code=LEFT)

    @contextlib.contextmanager
    def _told_nobody(self, request_id: str) -> Iterator[None]:
        """Refuse whoever is nobody, and everybody while nobody can say who asks."""
        try:
            yield
        except Unauthenticated as refused:
            self._observer.say(LogEvent.UNAUTHENTICATED, request_id=request_id, code=refused.code)
            raise Refused(401, "Sign in: send a valid bearer token.", {"WWW-Authenticate": refused.challenge}) from None
        except StoreUnavailable as error:
            self._observer.say(LogEvent.NOT_READY, request_id=request_id, code=Code.NOT_READY)
            raise Refused(503, str(as_hub_error(error)), {"Retry-After": "5"}) from None

    def _left_behind(self, request_id: str) -> Callable[[asyncio.Task[Any]], None]:
        def left_behind(task: asyncio.Task[Any]) -> None:
            self._observer.say(LogEvent.INTERNAL, request_id=request_id, code=WILL_NOT_STOP)
            self._behind.hold(task)

        return left_behind

    async def _run(self, answering: Answering, body: Node, requester: Requester, request_id: str) -> Response:
        try:
            return _written(200, await answering(body, requester, request_id))
        except Wrong:
            raise
        except Exception as error:  # noqa: BLE001 -- whatever happens, the caller gets a sentence and no decision
            known = as_hub_error(error)
            if known.code is Code.NOT_READY:
                self._observer.say(LogEvent.NOT_READY, request_id=request_id, code=Code.NOT_READY)
                raise Refused(503, str(known), {"Retry-After": "5"}) from None
            if isinstance(known, OverBudget):
                raise Refused(429, str(known)) from None
            self._observer.internal(request_id, error)
            raise Refused(500, str(known)) from None


def described(request: Request, scheme: str) -> Response:
    """Answer a request for the decision point's metadata; it needs no token and tells of nobody."""
    try:
        return _written(200, metadata(scheme, request.headers.get("host", "")))
    except Wrong as wrong:
        return _said(wrong.status, str(wrong))


def _said(status: int, message: str) -> Response:
    """Give an error: a status and a sentence, as section 10.1.2 has it."""
    return _written(status, message)


def _written(status: int, body: object) -> Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(orjson.dumps(body), status, headers, JSON)
