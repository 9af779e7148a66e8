"""GraphQL over HTTP: POST of a JSON object by somebody who has signed in. Nobody else reaches the parser."""

import asyncio
import secrets
import time
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hub.errors import Code
from hub.graphql.execution import Executor
from hub.graphql.failures import as_hub_error
from hub.graphql.federation import STATED
from hub.graphql.grid import until_next_step
from hub.graphql.invalid import Invalid
from hub.graphql.leaving import Behind, while_there
from hub.graphql.messages import Request as GraphQLRequest
from hub.graphql.messages import Result
from hub.graphql.reading import JSON, Refused, read_body, read_request
from hub.graphql.writing import only_error, response
from hub.identity.cookie_credential import CookieCredential, Forged
from hub.identity.door import Door
from hub.identity.requester import Requester
from hub.identity.unauthenticated import Unauthenticated
from hub.observing import LogEvent, Observer
from hub.store.database import StoreUnavailable

GRAPHQL = "application/graphql-response+json"

LEFT = 499
"""What is counted of a client that left before it was answered; nobody is there to be sent it."""

WILL_NOT_STOP = "will-not-stop"
"""The code logged of work that goes on after it was cancelled."""

SESSIONS_UNREAD = "Nobody can say just now who is signed in, so nothing is answered. Try again shortly."
FORGED = "A session is taken from the hub's own pages only: from the same origin, with X-Hub-Request: 1."

_STATUS = {Code.NOT_READY: 503, Code.UNAUTHENTICATED: 401, Code.INTERNAL: 500}


class GraphQLEndpoint:
    """The one GraphQL endpoint."""

    def __init__(
        self,
        executor: Executor,
        door: Door,
        observer: Observer,
        cookie: CookieCredential | None = None,
        step: float = 0.0,
    ) -> None:
        """Join execution and who is asking: by the door and, where people sign in with a browser, by their session.

        ``step`` is of the grid on which answers leave, in seconds; none where it is nought.
        """
        self._step = step
        self._executor = executor
        self._cookie = cookie
        self._door = door
        self._observer = observer
        self._behind = Behind()

    async def __call__(self, request: Request) -> Response:
        """Answer one HTTP request."""
        started = time.perf_counter()
        request_id = secrets.token_hex(12)
        media = GRAPHQL if GRAPHQL in request.headers.get("accept", "") else JSON
        try:
            answer = await self._answer(request, request_id, media)
        except Refused as refused:
            answer = response(refused.status, only_error(Code.BAD_USER_INPUT, str(refused)), media, request_id)
            answer.headers.update(refused.headers)
        await until_next_step(started, self._step)
        self._observer.request(answer.status_code, time.perf_counter() - started)
        return answer

    async def _answer(self, request: Request, request_id: str, media: str) -> Response:
        if request.method != "POST":
            raise Refused(405, "Send a POST request with a JSON body.", {"Allow": "POST"})
        try:
            cookie = self._cookie if self._cookie is not None and self._cookie.brought(request) else None
            requester = await (cookie or self._door).requester(request)
        except Unauthenticated as refused:
            return self._unauthenticated(refused, media, request_id)
        except (Forged, StoreUnavailable) as refused:
            return self._no_session(refused, media, request_id)
        asked = read_request(request.headers.get("content-type", ""), await read_body(request))
        asked = replace(asked, stated={name: request.headers[name] for name in STATED if name in request.headers})

        def left_behind(task: asyncio.Task[Any]) -> None:
            self._observer.say(LogEvent.INTERNAL, request_id=request_id, code=WILL_NOT_STOP)
            self._behind.hold(task)

        answer = await while_there(request, self._run(asked, requester, request_id, media), left_behind)
        ended = await self._ended(request, cookie, media, request_id) if cookie is not None and answer else None
        return ended or answer or Response(status_code=LEFT)

    async def _ended(self, request: Request, cookie: CookieCredential, media: str, request_id: str) -> Response | None:
        """Give what is sent where the session ended meanwhile: nothing of the answer leaves."""
        try:
            stands = await cookie.stands(request)
        except StoreUnavailable as error:
            return self._no_session(error, media, request_id)
        return None if stands else self._unauthenticated(Unauthenticated("session-ended"), media, request_id)

    def _no_session(self, error: Exception, media: str, request_id: str) -> Response:
        """Refuse what no page of the hub sent, and everything while nobody can say who is signed in."""
        if isinstance(error, Forged):
            self._observer.say(LogEvent.UNAUTHENTICATED, request_id=request_id, code="forged")
            return response(403, only_error(Code.FORBIDDEN, FORGED), media, request_id)
        self._observer.say(LogEvent.NOT_READY, request_id=request_id, code="sessions")
        answer = response(503, only_error(Code.NOT_READY, SESSIONS_UNREAD), media, request_id)
        answer.headers["Retry-After"] = "5"
        return answer

    def _unauthenticated(self, refused: Unauthenticated, media: str, request_id: str) -> Response:
        self._observer.say(LogEvent.UNAUTHENTICATED, request_id=request_id, code=refused.code)
        body = only_error(Code.UNAUTHENTICATED, "Sign in: send a valid bearer token.")
        answer = response(401, body, media, request_id)
        answer.headers["WWW-Authenticate"] = refused.challenge
        return answer

    async def _run(self, asked: GraphQLRequest, requester: Requester, request_id: str, media: str) -> Response:
        try:
            result = await self._executor.run(asked, requester, request_id)
        except Invalid as invalid:
            errors = {"errors": [e.formatted for e in invalid.errors]}
            return response(400 if media == GRAPHQL else 200, errors, media, request_id)
        except Exception as error:  # noqa: BLE001 -- whatever happens, the client gets a code and no more
            known = as_hub_error(error)
            if known.code is Code.INTERNAL:
                self._observer.internal(request_id, error)
            status = _STATUS.get(known.code, 400 if media == GRAPHQL else 200)
            return response(status, only_error(known.code, str(known)), media, request_id)
        return self._result(result, media, request_id, self._executor.note(requester))

    def _result(self, result: Result, media: str, request_id: str, note: str | None) -> Response:
        if result.not_ready:
            self._observer.say(LogEvent.NOT_READY, request_id=request_id, code=Code.NOT_READY)
        answer = response(503 if result.not_ready else 200, result.body(), media, request_id, result.cost, note)
        if result.not_ready:
            answer.headers["Retry-After"] = "5"
        return answer
