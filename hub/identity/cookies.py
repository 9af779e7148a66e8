"""The two cookies of a browser: one session's, and the one that proves it is the browser that began a sign-in."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import Response

from hub.identity.attempts import LASTS

LONGEST: Final = 128
"""Characters of a value that could be ours."""


@dataclass(frozen=True, slots=True)
class Cookies:
    """How the cookies are called and sent. Behind TLS their names begin with ``__Host-``.

    Such a name (RFC 6265bis section 4.1.3.2) keeps another host, a subdomain and plain HTTP from setting one.
    """

    secure: bool

    @property
    def session(self) -> str:
        """Name the session's."""
        return "__Host-hub-session" if self.secure else "hub-session"

    @property
    def browser(self) -> str:
        """Name the browser's."""
        return "__Host-hub-sign-in" if self.secure else "hub-sign-in"

    def read(self, request: HTTPConnection, name: str) -> str | None:
        """Give a cookie's value, where it could be ours."""
        value = request.cookies.get(name, "")
        return value if 0 < len(value) <= LONGEST else None

    def begin_session(self, response: Response, token: str) -> None:
        """Give the browser its session, until it is closed; the browser's part in the sign-in is over."""
        self._set(response, self.session, token, None)
        self.forget(response, self.browser)

    def begin_sign_in(self, response: Response, browser: str) -> None:
        """Mark the browser for as long as a sign-in may take."""
        self._set(response, self.browser, browser, LASTS)

    def forget(self, response: Response, name: str) -> None:
        """Take a cookie away."""
        self._set(response, name, "", 0)

    def _set(self, response: Response, name: str, value: str, seconds: int | None) -> None:
        response.set_cookie(name, value, max_age=seconds, path="/", secure=self.secure, httponly=True, samesite="lax")
