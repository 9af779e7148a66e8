"""Credentials: how the hub shows a source who it is. Secrets come by reference and stay out of every message."""

import asyncio
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Literal, Self, TypeAlias
from uuid import uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, import_key
from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, model_validator

from connectors.errors import SourceMisconfigured, SourceRefused
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


Algorithm: TypeAlias = Literal[
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519"
]
"""Signatures a private key makes (RFC 7518, RFC 9864): asymmetric only, and named, never guessed from the key."""


_FAMILIES: Mapping[str, Literal["RSA", "EC", "OKP"]] = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}


class ClientAuth(_Settings):
    """OAuth 2.0 client credentials (RFC 6749 section 4.4), shown by a secret or by a signed statement (RFC 7523)."""

    kind: Literal["oauth2"]
    token_url: str
    client_id: str
    client_secret: SecretRef | None = None
    private_key: SecretRef | None = None
    algorithm: Algorithm | None = None
    key_id: str | None = None
    audience: str | None = None
    scope: str | None = None

    @model_validator(mode="after")
    def _one_proof(self) -> Self:
        if (self.client_secret is None) == (self.private_key is None):
            message = "name either client_secret or private_key"
            raise ValueError(message)
        if (self.private_key is None) != (self.algorithm is None):
            message = "private_key and algorithm go together"
            raise ValueError(message)
        return self


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


class Statement:
    """A client's signed statement of who it is (``private_key_jwt``), made anew for each token; good for a minute."""

    _KIND = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    _SECONDS = 60

    def __init__(self, auth: ClientAuth, where: str) -> None:
        """Read the key; SourceMisconfigured where it is not one that signs so."""
        assert auth.private_key is not None  # noqa: S101 -- by the caller and the validator
        self._auth = auth
        try:
            self._key = _key(auth)
            self.form()
        except (JoseError, ValueError, TypeError):
            pass
        else:
            return
        raise SourceMisconfigured("private-key", f"{where}: auth.private_key does not sign {auth.algorithm}")

    def form(self) -> dict[str, str]:
        """Give the form's two fields."""
        auth = self._auth
        signed = self.signed({"sub": auth.client_id, "aud": auth.audience or auth.token_url})
        return {"client_assertion_type": self._KIND, "client_assertion": signed}

    def signed(self, claims: Mapping[str, object]) -> str:
        """Sign claims as the client's own, for once and for a minute."""
        auth, now = self._auth, int(time.time())
        header = {"alg": auth.algorithm, "typ": "JWT"} | ({"kid": auth.key_id} if auth.key_id else {})
        own = {"iss": auth.client_id, "iat": now, "exp": now + self._SECONDS, "jti": uuid4().hex}
        return jwt.encode(header, {**own, **claims}, self._key, algorithms=[str(auth.algorithm)])


def _key(auth: ClientAuth) -> Key:
    assert auth.private_key is not None  # noqa: S101 -- by the caller
    return import_key(auth.private_key.read().get_secret_value(), _FAMILIES[str(auth.algorithm)[:2]])


class ClientToken:
    """A client-credentials token, kept until shortly before it runs out; asked for once however many wait."""

    _EARLY = 30.0
    _LONGEST = 3600.0

    def __init__(self, auth: ClientAuth, call: TokenCall, where: str) -> None:
        """Read the client's secret or key; the token itself is fetched when first needed."""
        self._authorization = _basic(auth.client_id, auth.client_secret.read()) if auth.client_secret else ""
        self.statement = Statement(auth, where) if auth.private_key else None
        self._form = {"grant_type": "client_credentials"} | ({"scope": auth.scope} if auth.scope else {})
        self._call = call
        self._waiting = asyncio.Lock()
        self._token = ""
        self._until = 0.0

    async def header(self) -> dict[str, str]:
        """Give the Authorization header, with a fresh token where the last has run out."""
        async with self._waiting:
            if time.monotonic() >= self._until:
                proof = self.statement.form() if self.statement else {}
                self._keep(await self._call(self._form | proof, self._authorization))
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
