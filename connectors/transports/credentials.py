"""Credentials: how the hub shows a source who it is. Secrets come by reference and stay out of every message."""

import asyncio
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from connectors.errors import SourceRefused
from connectors.source import SecretRef
from connectors.transports.guarded import Json


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NoAuth(_Settings):
    """The source asks for nothing; only mutual TLS, or nothing at all, stands in front of it."""

    kind: Literal["none"] = "none"


class BearerAuth(_Settings):
    """A fixed bearer token (RFC 6750)."""

    kind: Literal["bearer"]
    token: SecretRef


class BasicAuth(_Settings):
    """A user name and password (RFC 7617)."""

    kind: Literal["basic"]
    username: str
    password: SecretRef


class ApiKeyAuth(_Settings):
    """A key in a header of the source's own."""

    kind: Literal["api-key"]
    header: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,63}$")] = "X-Api-Key"
    key: SecretRef


class ClientAuth(_Settings):
    """OAuth 2.0 client credentials (RFC 6749 section 4.4) at a token endpoint."""

    kind: Literal["oauth2"]
    token_url: str
    client_id: str
    client_secret: SecretRef
    scope: str | None = None


Auth: TypeAlias = Annotated[NoAuth | BearerAuth | BasicAuth | ApiKeyAuth | ClientAuth, Field(discriminator="kind")]

TokenCall: TypeAlias = Callable[[Mapping[str, str], str], Awaitable[Json]]
"""Posts a form with an Authorization header to the token endpoint and gives its JSON."""


def _basic(username: str, password: SecretStr) -> str:
    return "Basic " + b64encode(f"{username}:{password.get_secret_value()}".encode()).decode("ascii")


def fixed_headers(auth: Auth) -> dict[str, str]:
    """Read the secrets once, at the start, and give the headers that never change."""
    match auth:
        case BearerAuth():
            return {"Authorization": f"Bearer {auth.token.read().get_secret_value()}"}
        case BasicAuth():
            return {"Authorization": _basic(auth.username, auth.password.read())}
        case ApiKeyAuth():
            return {auth.header: auth.key.read().get_secret_value()}
        case _:
            return {}


class ClientToken:
    """A client-credentials token, kept until shortly before it runs out; asked for once however many wait."""

    _EARLY = 30.0
    _LONGEST = 3600.0

    def __init__(self, auth: ClientAuth, call: TokenCall) -> None:
        """Read the client's secret; the token itself is fetched when first needed."""
        self._authorization = _basic(auth.client_id, auth.client_secret.read())
        self._form = {"grant_type": "client_credentials"} | ({"scope": auth.scope} if auth.scope else {})
        self._call = call
        self._waiting = asyncio.Lock()
        self._token = ""
        self._until = 0.0

    async def header(self) -> dict[str, str]:
        """Give the Authorization header, with a fresh token where the last has run out."""
        async with self._waiting:
            if time.monotonic() >= self._until:
                self._keep(await self._call(self._form, self._authorization))
        return {"Authorization": f"Bearer {self._token}"}

    def forget(self) -> None:
        """Drop the token: the source refused it."""
        self._until = 0.0

    def _keep(self, answer: Json) -> None:
        given = answer if isinstance(answer, dict) else {}
        token, lasts = given.get("access_token"), given.get("expires_in")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
            raise SourceRefused("no-token")
        seconds = float(lasts) if isinstance(lasts, int | float) else 60.0
        self._token = token
        self._until = time.monotonic() + max(0.0, min(seconds, self._LONGEST) - self._EARLY)
