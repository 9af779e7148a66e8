"""GraphQL over HTTP: POST of a JSON object by somebody who has signed in. Nobody else reaches the parser.

The order: method, who asks, what they accept, the message, the document, the answer. Where the operator lets it, a
query may come by GET with a bearer token (``addressed.py``).
"""

import asyncio
import re
import secrets
import time
from dataclasses import replace
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from connectors.neighbour import QUESTION_ID
from hub.errors import Code, HubError
from hub.graphql.accepted import Accepted, accepted_of
from hub.graphql.accepting import GRAPHQL, JSON, OFFERED
from hub.graphql.addressed import read_address
from hub.graphql.arriving.arriving import Arriving
from hub.graphql.arriving.begun import Begun
from hub.graphql.arriving.sending import Parting, PartsResponse
from hub.graphql.events import EVENTS
from hub.graphql.execution import Executor
from hub.graphql.failures import as_hub_error
from hub.graphql.federation import STATED
from hub.graphql.grid import until_next_step
from hub.graphql.invalid import Invalid
from hub.graphql.leaving import Behind, while_there
from hub.graphql.manner import Manner
from hub.graphql.messages import Request as GraphQLRequest
from hub.graphql.messages import Result
from hub.graphql.persisted import Persisted
from hub.graphql.reading import Refused, insist_on_json, read_body, read_request
from hub.graphql.resolving import Resolving
from hub.graphql.telling import LATER, Telling
from hub.graphql.trusted.register import TrustedRegister
from hub.graphql.watching.arrival import Arrivals
from hub.graphql.watching.credential import BySession, ByToken, Credential
from hub.graphql.watching.room import Room
from hub.graphql.watching.sockets import sockets_of
from hub.graphql.watching.stream import Streaming
from hub.identity.cookie_credential import CookieCredential, Forged
from hub.identity.door import Door
from hub.identity.requester import Requester
from hub.identity.unauthenticated import Unauthenticated
from hub.observing import LogEvent, Observer
from hub.store.database import StoreUnavailable

__all__ = ["GRAPHQL", "GraphQLEndpoint"]

LEFT = 499
"""What is counted of a client that left before it was answered; nobody is there to be sent it."""

WILL_NOT_STOP = "will-not-stop"
"""The code logged of work that goes on after it was cancelled."""

SESSIONS_UNREAD = "Nobody can say just now who is signed in, so nothing is answered. Try again shortly."
NOT_ACCEPTABLE = f"Accept one of {', '.join(OFFERED)}; for a subscription, {EVENTS} over HTTP/1.1 or later."
FORGED = "A session is taken from the hub's own pages only: from the same origin, with X-Hub-Request: 1."
USUAL = Manner()

_AN_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
"""What is given back of a question's id: nothing else of what was sent stands in an answer's headers."""


class GraphQLEndpoint:
    """The one GraphQL endpoint."""

    def __init__(
        self,
        executor: Executor,
        door: Door,
        observer: Observer,
        cookie: CookieCredential | None = None,
        step: float = 0.0,
        manner: Manner = USUAL,
        trusted: TrustedRegister | None = None,
        room: Room | None = None,
    ) -> None:
        """Join execution and who is asking: by the door and, where people sign in with a browser, by their session.

        ``step`` is of the grid on which answers leave, in seconds; none where it is nought. ``room`` is where watches
        are kept, none where none is.
        """
        self._room = room
        self._step = step
        self._executor = executor
        self._cookie = cookie
        self._door = door
        self._observer = observer
        self._manner = manner
        self._methods = ("GET", "POST") if manner.by_get else ("POST",)
        self._resolving = Resolving(Persisted(automatic=manner.automatic), trusted)
        self._behind = Behind()
        self.sockets = sockets_of(executor, self._resolving, room, Arrivals(door, cookie), observer) if room else None

    async def __call__(self, request: Request) -> Response:
        """Answer one HTTP request."""
        started = time.perf_counter()
        accepted = accepted_of(request.headers.getlist("accept"), str(request.scope["http_version"]))
        told = Telling(secrets.token_hex(12), self._manner.statuses, accepted.media or JSON)
        async with Begun() as begun:
            try:
                answer = await self._answer(request, told, begun, accepted, started)
            except Refused as refused:
                answer = told.refused(refused)
            except HubError as known:
                answer = told.known(known)
            await until_next_step(started, self._step)
            self._observer.request(answer.status_code, time.perf_counter() - started)
            if _AN_ID.fullmatch(named := request.headers.get(QUESTION_ID, "")):
                answer.headers[QUESTION_ID] = named
            if isinstance(answer, PartsResponse):
                begun.leaves()
        return answer

    async def _answer(
        self, request: Request, told: Telling, begun: Begun, accepted: Accepted, started: float
    ) -> Response:
        if request.method not in self._methods:
            raise Refused(405, "Send a POST request with a JSON body.", {"Allow": ", ".join(self._methods)})
        try:
            cookie = self._cookie if self._cookie is not None and self._cookie.brought(request) else None
            requester = await (cookie or self._door).requester(request)
        except Unauthenticated as refused:
            return self._unauthenticated(refused, told)
        except (Forged, StoreUnavailable) as refused:
            return self._no_session(refused, told)
        if requester.relayed is not None:
            told_of = {"source": requester.client, "trace": requester.relayed.trace}
            self._observer.say(LogEvent.RELAYED, request_id=told.request_id, **told_of)
        _insist(accepted.anything)
        asked = await _read(request, by_session=cookie is not None)

        def left_behind(task: asyncio.Task[Any]) -> None:
            self._observer.say(LogEvent.INTERNAL, request_id=told.request_id, code=WILL_NOT_STOP)
            self._behind.hold(task)

        credential: Credential = ByToken(self._door, request, requester)
        if cookie is not None:
            credential = BySession(cookie, request, requester)
        streaming = parting = None
        if accepted.events and not asked.reads and self._room is not None:
            streaming = Streaming(self._room, self._resolving, credential, left_behind)
        if (form := accepted.form) is not None and not asked.reads:
            internal = self._observer.internal
            parting = Parting(form, credential, left_behind, internal, started, self._step, begun)
        becoming, acceptable = Becoming(streaming, parting), accepted.media is not None
        running = self._run(asked, requester, told, becoming, acceptable=acceptable)
        answer = await while_there(request, running, left_behind)
        ended = await self._ended(request, cookie, requester, told) if answer else None
        return ended or answer or Response(status_code=LEFT)

    async def _ended(
        self, request: Request, cookie: CookieCredential | None, requester: Requester, told: Telling
    ) -> Response | None:
        """Give what is sent where the session ended meanwhile, or the client was revoked: nothing of the answer."""
        try:
            await (self._door.insist(request, requester) if cookie is None else cookie.insist(request))
        except StoreUnavailable as error:
            return self._no_session(error, told)
        except Unauthenticated as refused:
            return self._unauthenticated(refused, told)
        return None

    def _no_session(self, error: Exception, told: Telling) -> Response:
        """Refuse what no page of the hub sent, and everything while nobody can say who is signed in."""
        if isinstance(error, Forged):
            self._observer.say(LogEvent.UNAUTHENTICATED, request_id=told.request_id, code="forged")
            return told.error(403, Code.FORBIDDEN, FORGED)
        self._observer.say(LogEvent.NOT_READY, request_id=told.request_id, code="sessions")
        return told.error(503, Code.NOT_READY, SESSIONS_UNREAD, LATER)

    def _unauthenticated(self, refused: Unauthenticated, told: Telling) -> Response:
        self._observer.say(LogEvent.UNAUTHENTICATED, request_id=told.request_id, code=refused.code)
        said = "Sign in: send a valid bearer token."
        return told.error(401, Code.UNAUTHENTICATED, said, {"WWW-Authenticate": refused.challenge})

    async def _run(
        self,
        asked: GraphQLRequest,
        requester: Requester,
        told: Telling,
        becoming: "Becoming",
        *,
        acceptable: bool,
    ) -> Response:
        try:
            sent = asked
            asked, requester = await self._resolving.resolved(asked, requester)
            streaming, parting = becoming
            if streaming is not None and (watched := self._executor.watched(asked, requester, told.request_id)):
                return streaming.begin(sent, asked.query, watched, told.request_id)
            arrived = parting and await self._arrived(asked, requester, told, parting, acceptable=acceptable)
            if isinstance(arrived, Response):
                return arrived
            _insist(acceptable or arrived is not None)
            result = arrived or await self._executor.run(asked, requester, told.request_id)
        except Invalid as invalid:
            return told.invalid(invalid)
        except Refused as refused:
            return told.refused(refused)
        except Exception as error:  # noqa: BLE001 -- whatever happens, the client gets a code and no more
            known = as_hub_error(error)
            if known.code is Code.INTERNAL:
                self._observer.internal(told.request_id, error)
            return told.known(known)
        if result.not_ready:
            self._observer.say(LogEvent.NOT_READY, request_id=told.request_id, code=Code.NOT_READY)
        return told.result(result, self._executor.note(requester))

    async def _arrived(
        self, asked: GraphQLRequest, requester: Requester, told: Telling, parting: Parting, *, acceptable: bool
    ) -> PartsResponse | Result | None:
        """Give an answer in parts; a whole one where all was there at once; none of what is answered as always."""
        arrived = await self._executor.arriving(asked, requester, told.request_id)
        if not isinstance(arrived, Arriving):
            return arrived
        await parting.begun.hold(arrived)
        if acceptable and arrived.delivery.over:
            return Result(arrived.delivery.payload["data"], cost=arrived.cost)
        return PartsResponse(parting, arrived, told.request_id, self._executor.note(requester))


class Becoming(NamedTuple):
    """What a request may become that is not answered whole: a watch, or an answer in parts."""

    streaming: Streaming | None
    parting: Parting | None


def _insist(acceptable: bool) -> None:  # noqa: FBT001 -- what it insists on
    if not acceptable:
        raise Refused(406, NOT_ACCEPTABLE)


async def _read(request: Request, *, by_session: bool) -> GraphQLRequest:
    """Give what is asked: of an address where it came by GET, of the body otherwise."""
    if request.method == "GET":
        if by_session:
            raise Refused(405, "A session asks by POST.", {"Allow": "POST"})
        asked = replace(read_address(request.scope["query_string"]), reads=True)
    else:
        insist_on_json(request.headers)
        asked = read_request(await read_body(request))
    return replace(asked, stated={name: request.headers[name] for name in STATED if name in request.headers})
