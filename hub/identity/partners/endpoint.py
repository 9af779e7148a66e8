"""The token endpoint over HTTP: ``POST /oauth/token`` of a form, answered as RFC 6749 section 5 has it.

Whoever fails to prove which client they are is answered one way, whatever was wrong; the log has the code.
"""

import asyncio
import secrets
from dataclasses import dataclass

import orjson
from starlette.requests import Request
from starlette.responses import Response

from hub.audit.errors import LedgerUnavailable
from hub.graphql.reading import Refused, read_body
from hub.identity.partners.asked import LARGEST, BadRequest, Presented, form_of, presented
from hub.identity.partners.assertions import Person
from hub.identity.partners.client import CLIENT_ID, PartnerClient
from hub.identity.partners.grants import ACCESS_TOKEN_TYPE, EXCHANGE, JWT_TYPE, PartnerServer
from hub.identity.partners.issuing import subject_of
from hub.identity.partners.limiting import WINDOW, Failures
from hub.identity.partners.proving import Proving
from hub.identity.partners.writing_down import WritingDown
from hub.identity.proxies import Proxies, Shown
from hub.identity.unauthenticated import Unauthenticated
from hub.observing import LogEvent, Observer
from hub.store.database import StoreUnavailable

STEP = 0.01
"""Seconds. A client that is known is told from one that is not by some ten microseconds of work."""

CHALLENGE = {"WWW-Authenticate": 'Basic realm="hub"'}


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """Gives clients their tokens."""

    proving: Proving
    server: PartnerServer
    failures: Failures
    proxies: Proxies
    writing_down: WritingDown
    observer: Observer

    async def __call__(self, request: Request) -> Response:
        """Answer one HTTP request."""
        request_id, came = secrets.token_hex(12), asyncio.get_running_loop().time()
        try:
            form = form_of(request.headers.get("content-type", ""), await read_body(request, LARGEST))
            return await self._answer(request, form, request_id)
        except BadRequest:
            return _written(400, {"error": "invalid_request"})
        except Refused as refused:
            return _written(refused.status, {"error": "invalid_request"})
        except Unauthenticated as refused:
            self.observer.say(LogEvent.CLIENT_REFUSED, request_id=request_id, code=refused.code)
            await _in_step(came)
            return _written(401, {"error": "invalid_client"}, CHALLENGE)
        except (StoreUnavailable, LedgerUnavailable):
            self.observer.say(LogEvent.NOT_READY, request_id=request_id, code="clients")
            return _written(503, {"error": "temporarily_unavailable"}, {"Retry-After": "5"})

    async def _answer(self, request: Request, form: dict[str, str], request_id: str) -> Response:
        shown = self.proxies.shown(request)
        named = presented(request.headers.getlist("authorization"), form)
        # An id that cannot be one is counted as one: it must not fill the memory, and tells no more.
        counted = named.client_id if CLIENT_ID.fullmatch(named.client_id) else ""
        if self.failures.barred(counted, shown.address):
            return _written(429, {"error": "invalid_client"}, {"Retry-After": str(int(WINDOW))})
        client = await self._proved(named, counted, shown, request_id)
        try:
            person = await self._person(form, client) if form.get("grant_type") == EXCHANGE else None
        except Unauthenticated as refused:
            self.observer.say(LogEvent.CLIENT_REFUSED, request_id=request_id, code=refused.code)
            return _written(400, {"error": "invalid_grant"})
        status, body, headers = self.server.answer(form, client, person)
        if status == 200:  # noqa: PLR2004 -- HTTP's own number
            await self.writing_down.issued(client, subject_of(client, person), request_id)
        return _written(status, body, dict(headers))

    async def _proved(self, named: Presented, counted: str, shown: Shown, request_id: str) -> PartnerClient:
        try:
            client = await self.proving.client(named, shown)
        except Unauthenticated:
            if self.failures.failed(counted, shown.address):
                self.observer.alert("secret-guessing", request_id)
            raise
        self.failures.succeeded(counted, shown.address)
        return client

    async def _person(self, form: dict[str, str], client: PartnerClient) -> Person:
        """Give who the client says uses it, once for each assertion."""
        asked_for = form.get("requested_token_type", ACCESS_TOKEN_TYPE)
        if form.get("subject_token_type") != JWT_TYPE or asked_for != ACCESS_TOKEN_TYPE or "actor_token" in form:
            raise BadRequest
        assertion = self.proving.assertions.read(form.get("subject_token", ""), client, self.proving.clock())
        person = self.proving.assertions.person(assertion, client)
        if not await self.proving.register.use(client.id, assertion.jti, assertion.left):
            raise Unauthenticated("replayed")
        return person


async def _in_step(came: float) -> None:
    """Wait until a whole number of STEPs after a request came: how long its refusal took then tells nothing."""
    spent = asyncio.get_running_loop().time() - came
    await asyncio.sleep(STEP - spent % STEP)


def _written(status: int, body: object, headers: dict[str, str] | None = None) -> Response:
    kept = {"Cache-Control": "no-store", "Pragma": "no-cache", "X-Content-Type-Options": "nosniff"} | (headers or {})
    kept.pop("Content-Type", None)
    return Response(orjson.dumps(body), status, kept, "application/json")
