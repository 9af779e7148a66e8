"""The pages of signing in and out: choosing an issuer, leaving for it, coming back, and leaving for good."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.audit.errors import LedgerUnavailable
from hub.graphql.reading import Refused, read_body
from hub.identity.arriving import Arrivals, TooMany
from hub.identity.attempts import LASTS, TooManyAttempts, new_word
from hub.identity.cookies import Cookies
from hub.identity.issuers.metadata import IssuerAway
from hub.identity.issuers.vouched import NotVouched
from hub.identity.same_site import from_here, origin_of
from hub.identity.sessions import Session
from hub.identity.signing_in import ComingBack, NoRoleHere, NotSignedIn, SigningIn
from hub.observing import LogEvent, Observer
from hub.store.database import StoreUnavailable
from hub.web import sign_in_texts as texts
from hub.web.form_token import brought, form_token
from hub.web.local_path import HOME, local_path
from hub.web.page import PRIVATE

LONGEST_FORM: Final = 16_384
"""Bytes of a form."""

Page = Callable[["SignInPages", Request], Awaitable[Response]]


class SignInPages:
    """The pages, joined to signing in. ``base`` is where people reach the hub."""

    def __init__(self, room: SigningIn, cookies: Cookies, base: str, observer: Observer, arrivals: Arrivals) -> None:
        """Join them."""
        self._arrivals = arrivals
        self._room = room
        self._cookies = cookies
        self._base = base
        self._observer = observer

    async def __call__(self, request: Request, show: Page) -> Response:
        """Show a page; whatever cannot be done is said in a page of its own, the same for everybody."""
        reference = secrets.token_hex(6)
        try:
            answer = await show(self, request)
        except NoRoleHere:
            answer = self._refused("no-role", reference, texts.no_role(self._room.ask))
        except (NotSignedIn, NotVouched) as error:
            answer = self._refused(str(error), reference, texts.not_signed_in(reference))
        except (TooMany, TooManyAttempts) as error:
            answer = self._refused("too-many-sign-ins", reference, texts.too_many(reference))
            answer.headers["Retry-After"] = str(LASTS)
            if isinstance(error, TooManyAttempts):
                self._observer.alert("too-many-sign-ins", reference)
        except (IssuerAway, StoreUnavailable, LedgerUnavailable) as error:
            answer = self._refused(_code(error), reference, texts.not_now(reference))
            answer.headers["Retry-After"] = "10"
        answer.headers.update(PRIVATE)
        return answer

    def _refused(self, code: str, reference: str, answer: Response) -> Response:
        self._observer.say(LogEvent.SIGN_IN_REFUSED, request_id=reference, code=code)
        return answer

    async def home(self, request: Request) -> Response:
        """Say who is signed in, with the way out; or the way in."""
        token = self._cookies.read(request, self._cookies.session)
        session = await self._room.sessions.read(token) if token else None
        if token is None or session is None:
            return texts.signed_out()
        return texts.signed_in(session.requester, form_token(token), self._forms_to(session))

    async def choose(self, request: Request) -> Response:
        """Let somebody choose where to sign in; with one issuer there is nothing to choose."""
        wanted = {"return": local_path(request.query_params.get("return")), **_again(request)}
        issuers = [party.issuer for party in self._room.parties.values()]
        if wanted.get("again") and (session := await self._session(request)) is not None:
            return _to(f"/sign-in/{session.issuer}?{urlencode(wanted)}")
        if len(issuers) == 1:
            return _to(f"/sign-in/{issuers[0].id}?{urlencode(wanted)}")
        return texts.choice([(issuer.name, f"/sign-in/{issuer.id}?{urlencode(wanted)}") for issuer in issuers])

    async def leave(self, request: Request) -> Response:
        """Send the browser to an issuer."""
        issuer = request.path_params["issuer"]
        if issuer not in self._room.parties:
            return texts.no_such_page()
        self._arrivals.begin(request)
        browser = self._cookies.read(request, self._cookies.browser) or new_word()
        path = local_path(request.query_params.get("return"))
        answer = _to(await self._room.leave(issuer, browser, path, again=bool(_again(request))))
        self._cookies.begin_sign_in(answer, browser)
        return answer

    async def come_back(self, request: Request) -> Response:
        """Take whoever comes back from an issuer."""
        issuer, said = request.path_params["issuer"], request.query_params
        if issuer not in self._room.parties:
            return texts.no_such_page()
        once = {name: said.getlist(name) for name in ("state", "code", "error", "iss")}
        if any(len(values) > 1 for values in once.values()):
            raise NotSignedIn("said-twice")
        back = ComingBack(
            self._cookies.read(request, self._cookies.browser) or "",
            said.get("state", ""),
            said.get("code", ""),
            said.get("error", ""),
            said.get("iss"),
            self._cookies.read(request, self._cookies.session),
        )
        begun = await self._room.come_back(issuer, back)
        answer = _to(local_path(begun.local_path))
        self._cookies.begin_session(answer, begun.token)
        return answer

    async def sign_out(self, request: Request) -> Response:
        """End the session, where a page of the hub asks for it.

        Another site's form comes without the cookie (SameSite), so it is refused before anything is said of cookies.
        Where the store is away nothing can be ended; the browser forgets its session all the same.
        """
        if not from_here(request, origin_of(self._base)):
            raise NotSignedIn("forged-sign-out")
        form = await _form(request)
        token = self._cookies.read(request, self._cookies.session)
        try:
            answer = await self._out(token, form.get("form", ""))
        except StoreUnavailable as error:
            answer = self._refused(_code(error), secrets.token_hex(6), texts.out_of_this_browser())
        self._cookies.forget(answer, self._cookies.session)
        return answer

    async def _out(self, token: str | None, form: str) -> Response:
        """End the session of a cookie, and go on to the issuer's own sign-out."""
        session = await self._room.sessions.read(token) if token else None
        if token is None or session is None:
            return _to(HOME)
        if not brought(form, token):
            raise NotSignedIn("forged-sign-out")
        return _to(await self._room.leave_for_good(token, session, f"{self._base}{HOME}") or HOME)

    async def told_of_logout(self, request: Request) -> Response:
        """Take an issuer's own word that somebody signed out there (Back-Channel Logout 1.0)."""
        issuer = request.path_params["issuer"]
        if issuer not in self._room.parties:
            return texts.no_such_page()
        await self._room.told_of_logout(issuer, (await _form(request)).get("logout_token"))
        return Response(status_code=200)

    async def _session(self, request: Request) -> Session | None:
        token = self._cookies.read(request, self._cookies.session)
        return await self._room.sessions.read(token) if token else None

    def _forms_to(self, session: Session) -> str:
        party = self._room.parties.get(session.issuer)
        return texts.forms_to(party.published.end_session_seen if party else None)


ROUTES: Final[dict[str, tuple[Page, list[str]]]] = {
    "/": (SignInPages.home, ["GET"]),
    "/sign-in": (SignInPages.choose, ["GET"]),
    "/sign-in/{issuer}": (SignInPages.leave, ["GET"]),
    "/sign-in/{issuer}/return": (SignInPages.come_back, ["GET"]),
    "/sign-in/{issuer}/signed-out-there": (SignInPages.told_of_logout, ["POST"]),
    "/sign-out": (SignInPages.sign_out, ["POST"]),
}
"""Every page by its path."""


def _to(address: str) -> Response:
    """Send the browser on; with 303, so that it asks and never sends again."""
    return RedirectResponse(address, 303)


def _again(request: Request) -> dict[str, str]:
    return {"again": "yes"} if request.query_params.get("again") == "yes" else {}


async def _form(request: Request) -> dict[str, str]:
    """Read a form; NotSignedIn where it is none."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise NotSignedIn("no-form")
    try:
        read = parse_qs((await read_body(request, LONGEST_FORM)).decode("ascii"), max_num_fields=16)
    except (Refused, ValueError):
        raise NotSignedIn("no-form") from None
    return {name: values[0] for name, values in read.items() if len(values) == 1}


def _code(error: Exception) -> str:
    return str(error) if isinstance(error, IssuerAway) else type(error).__name__
