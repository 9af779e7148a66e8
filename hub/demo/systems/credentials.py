"""Checks each system's own kind of credential before anything else is done."""

import base64
import hmac
from collections.abc import Callable, Mapping

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

OPEN_PATHS = frozenset({"/healthz", "/fhir/metadata"})

Expected = tuple[bytes, str]
"""The header a credential travels in, and what it must say."""


def bearer(secret: str) -> Expected:
    """Expect a bearer token."""
    return b"authorization", f"Bearer {secret}"


def basic(user: str, secret: str) -> Expected:
    """Expect HTTP basic authentication."""
    return b"authorization", "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()


def api_key(secret: str) -> Expected:
    """Expect a key in ``X-Api-Key``."""
    return b"x-api-key", secret


class Guarded:
    """Wraps a system: a request without the credential is refused with 401 and the system's own body."""

    def __init__(
        self,
        app: ASGIApp,
        expected: Expected,
        refusal: Mapping[str, object],
        content_type: str = "application/json",
    ) -> None:
        self.app, self.content_type = app, content_type.encode()
        self.header, self.value = expected[0], expected[1].encode()
        self.refusal = orjson.dumps(dict(refusal))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through or refuse it."""
        given = dict(scope["headers"]).get(self.header, b"")
        if scope["path"] in OPEN_PATHS or hmac.compare_digest(given, self.value):
            await self.app(scope, receive, send)
            return
        headers = [(b"content-type", self.content_type), (b"www-authenticate", b"Bearer")]
        await send({"type": "http.response.start", "status": 401, "headers": headers})
        await send({"type": "http.response.body", "body": self.refusal})


Make = Callable[..., ASGIApp]
"""A system's own factory: records' file, secret and switch in; the application out."""
