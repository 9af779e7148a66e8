"""The frame of every page: who has the session, the form's token, the layout, the headers, and what went wrong."""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hub.errors import Code, HubError
from hub.graphql.failures import as_hub_error
from hub.graphql.grid import until_next_step
from hub.graphql.leaving import while_there
from hub.graphql.reading import Refused, read_body
from hub.identity.asks import Asks
from hub.identity.named import note
from hub.identity.same_site import from_here, origin_of
from hub.identity.sessions import Session
from hub.identity.sign_in_room import SignInRoom
from hub.observing import LogEvent
from hub.store.database import StoreUnavailable
from hub.web.council import Council
from hub.web.form_token import brought, form_token
from hub.web.forms import NoForm, read_form
from hub.web.navigation import links_for, opens_children
from hub.web.page import PRIVATE
from hub.web.pages.rendering import SCRIPT, render, stylesheet, version_of
from hub.web.pages.statements.named import STATEMENTS
from hub.web.pages.visit import NOT_FOUND, Elsewhere, NoSuchPage, Page, Sent, Shown, Visit, Working, problem
from hub.web.pages.words import PURPOSES, role_words
from hub.web.sign_in_texts import forms_to

FORGED: Final = HubError(
    Code.FORBIDDEN,
    "The form did not come from a page of yours, or that page is from before you signed in. Open it again.",
)


SCRIPT_AT: Final = f"/pages/{version_of(SCRIPT)}.js"


class Frame:
    """Shows pages to whoever is signed in, and to nobody else."""

    def __init__(self, hub: Working, room: SignInRoom, council: Council) -> None:
        """Join the hub, who is signed in and how pages are dressed."""
        self._hub = hub
        self._room = room
        self._council = council
        self._sheet = f"/pages/{version_of(stylesheet(council.colour))}.css"

    async def __call__(self, request: Request, page: Page) -> Response:
        """Show a page. A bearer token is for APIs: only a session opens a page."""
        started, request_id = time.perf_counter(), secrets.token_hex(12)
        try:
            answer = await self._answer(request, page, request_id)
        except Exception as error:  # noqa: BLE001 -- whatever happens, a person sees a page with a reference
            answer = self._html(self._went_wrong(error, request_id), None, "", request_id, "")
        answer.headers.update(PRIVATE)
        await until_next_step(started, self._hub.settings.answer_step / 1000)
        self._hub.observer.request(answer.status_code, time.perf_counter() - started)
        return answer

    async def statement(self, request: Request, shown: Shown) -> Response:
        """Show a statement, which anybody may read; whoever is signed in stays so, and sees where they may go."""
        request_id, cookies = secrets.token_hex(12), self._room.credential.cookies
        token = cookies.read(request, cookies.session) or ""
        try:
            session = await self._room.signing_in.sessions.read(token) if token else None
        except StoreUnavailable:
            session = None  # whom to ask for help can be read when nothing else can
        answer = self._html(shown, session, token, request_id, _here(request))
        answer.headers.update(PRIVATE)
        return answer

    async def _answer(self, request: Request, page: Page, request_id: str) -> Response:
        cookies = self._room.credential.cookies
        token = cookies.read(request, cookies.session)
        session = await self._room.signing_in.sessions.read(token) if token else None
        here = _here(request)
        if token is None or session is None:
            return _to(f"/sign-in?{urlencode({'return': here})}")
        note(request, session.requester)

        async def shown() -> Response:
            return await self._shown(request, page, token, session, request_id)

        def left_behind(_: asyncio.Task[Any]) -> None:
            self._hub.observer.say(LogEvent.INTERNAL, request_id=request_id, code="will-not-stop")

        try:
            form = await _form(request)
        except (NoForm, Refused) as error:
            return self._html(self._went_wrong(error, request_id), session, token, request_id, here)
        request.state.form = form
        answer = await while_there(request, shown(), left_behind) or Response(status_code=499)
        if await self._room.signing_in.sessions.read(token, used=False) is None:
            return _to(f"/sign-in?{urlencode({'return': here})}")  # ended meanwhile: nothing of the answer leaves
        return answer

    async def _shown(self, request: Request, page: Page, token: str, session: Session, request_id: str) -> Response:
        here, form = _here(request), request.state.form

        async def remember(asks: Asks) -> None:
            await self._room.signing_in.sessions.remember(token, asks)

        visit = Visit(
            session,
            token,
            request_id,
            self._hub.asking,
            self._hub.governing,
            self._hub.observer,
            remember,
            here,
            request.path_params,
            dict(request.query_params),
            form,
        )
        try:
            ours = form is None or self._ours(request, form, token)
            shown = await page(visit) if ours else problem(FORGED)
        except Elsewhere as elsewhere:
            return _to(elsewhere.path)
        except NoSuchPage:
            shown = NOT_FOUND
        except Exception as error:  # noqa: BLE001 -- shown in the layout, with the way on
            shown = self._went_wrong(error, request_id)
        if isinstance(shown, Sent):
            return _file(shown)
        return self._html(shown, session, token, request_id, here)

    def _ours(self, request: Request, form: Mapping[str, str], token: str) -> bool:
        return from_here(request, origin_of(self._hub.settings.base_url)) and brought(form.get("form", ""), token)

    def _went_wrong(self, error: Exception, request_id: str) -> Shown:
        if isinstance(error, Refused | NoForm):
            error = HubError(Code.BAD_USER_INPUT, "The form could not be read. Go back and send it again.")
        known = as_hub_error(error)
        if known.code is Code.INTERNAL:
            self._hub.observer.internal(request_id, error)
        elif known.code is Code.NOT_READY:
            self._hub.observer.say(LogEvent.NOT_READY, request_id=request_id, code=known.code)
        return problem(known)

    def _html(self, shown: Shown, session: Session | None, token: str, request_id: str, here: str) -> Response:
        values = {
            "title": shown.title,
            "council": self._council,
            "sheet": self._sheet,
            "script": SCRIPT_AT,
            "statements": STATEMENTS,
            "who": session.requester if session else None,
            "role": role_words(session.requester.role) if session else "",
            "workplace": self._workplace(session.requester.organisation) if session else "",
            "asks": session.asks if session else None,
            "links": links_for(session.requester.role) if session else (),
            "opens_children": session is not None and opens_children(session.requester.role),
            "form_token": form_token(token) if session else "",
            "purposes": PURPOSES,
            "problem": bool(shown.values.get("errors")),
            "here": here,
            "request_id": request_id,
            "now": self._hub.asking.now(),
            **shown.values,
        }
        answer = HTMLResponse(render(shown.template, values), shown.status)
        answer.headers["Content-Security-Policy"] = _policy(self._forms_to(session))
        if shown.status == 503:  # noqa: PLR2004 -- RFC 9110's own number
            answer.headers["Retry-After"] = "10"
        return answer

    def _workplace(self, agency: str) -> str:
        """Give what an agency is called by its own sources; one without any goes by its id."""
        owners = {one.config.agency: one.config.owner for one in self._hub.governing.preparer.sources}
        return owners.get(agency, agency)

    def _forms_to(self, session: Session | None) -> str:
        """Say where forms may lead: here and, as every page lets people sign out, to their issuer."""
        party = self._room.signing_in.parties.get(session.issuer) if session else None
        return forms_to(party.published.end_session_seen if party else None)


async def _form(request: Request) -> dict[str, str] | None:
    """Give the form that was sent, if one was; what comes with a page that is only asked for is bound like one."""
    if request.method == "POST":
        return await read_form(request)
    await read_body(request)
    return None


def _policy(forms: str) -> str:
    """Say what a page may load: the hub's own stylesheet, logo and script, which asks nobody but the hub."""
    return (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
        f"form-action {forms}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def _file(sent: Sent) -> Response:
    """Send a file that browsers keep and never show in the hub's own place."""
    answer = Response(sent.content, media_type=sent.media)
    answer.headers["Content-Disposition"] = f'attachment; filename="{sent.name}"'
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _here(request: Request) -> str:
    query = request.url.query if request.method == "GET" else ""
    return f"{request.url.path}?{query}" if query else request.url.path


def _to(path: str) -> Response:
    return RedirectResponse(path, 303)


HubOf = Callable[[Request], Working]
