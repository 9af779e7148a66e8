"""The relying party: Authlib's Starlette client sends people to an issuer and turns what they bring back into claims.

What Authlib keeps for a framework (state, tokens, metadata) is not used: the store keeps attempts and sessions, and
``metadata`` what issuers publish.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import httpx2
from authlib.integrations.starlette_client import OAuthError, StarletteOAuth2App

from hub.identity.attempts import Attempt, Secrets
from hub.identity.issuers.configured import IssuerConfig
from hub.identity.issuers.meaning import Claims
from hub.identity.issuers.metadata import IssuerAway, Metadata, Published
from hub.identity.issuers.outward import Outward
from hub.identity.issuers.proving import Proof
from hub.identity.issuers.vouched import Checker, NotVouched
from hub.identity.strictly import read_object

MOST_OF_A_CODE: Final = 4_096
"""Characters of an authorization code."""

PATIENCE: Final = 8.0
"""Seconds a whole exchange with an issuer may take, however slowly it answers."""

_FAILED: Final = (
    OAuthError,
    httpx2.HTTPError,
    httpx2.InvalidURL,
    TimeoutError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
)
"""What Authlib and its HTTP client raise of an answer that is no answer."""


@dataclass(frozen=True, slots=True, repr=False)
class Brought:
    """What came of a sign-in at an issuer: its claims, and the ID token itself, for signing out there."""

    claims: Claims
    id_token: str


class RelyingParty:
    """The hub as one issuer knows it."""

    def __init__(
        self, issuer: IssuerConfig, proof: Proof, published: Published, checker: Checker, outward: Outward, back: str
    ) -> None:
        """Join them; ``back`` is where the issuer sends people back to."""
        self.issuer = issuer
        self.published = published
        self._proof = proof
        self._checker = checker
        self._outward = outward
        self._back = back

    async def leave(self, secrets: Secrets, *, again: bool) -> str:
        """Give the issuer's address to send somebody to."""
        metadata = await self.published.metadata()
        asked: dict[str, Any] = {"state": secrets.state, "nonce": secrets.nonce, "code_verifier": secrets.verifier}
        if again:
            asked |= {"prompt": "login", "max_age": 0}
        else:
            asked |= {"prompt": self.issuer.prompt} if self.issuer.prompt else {}
            asked |= {"max_age": self.issuer.max_age} if self.issuer.max_age is not None else {}
        if self.issuer.acr:
            asked["acr_values"] = " ".join(self.issuer.acr)
        made: dict[str, str] = await self._client(metadata).create_authorization_url(self._back, **asked)
        return made["url"]

    def answers_for_itself(self, metadata: Metadata, said: str | None) -> bool:
        """Say whether an answer may be this issuer's: it names itself, or is not known to do so (RFC 9207)."""
        return said == self.issuer.issuer if said is not None else not metadata.names_itself

    async def come_back(self, code: str, said: str | None, secrets: Secrets, attempt: Attempt) -> Brought:
        """Turn a code into claims; IssuerAway or NotVouched, each with a code for the log."""
        metadata = await self.published.metadata()
        if not self.answers_for_itself(metadata, said):
            raise NotVouched("another-issuer")
        if not 0 < len(code) <= MOST_OF_A_CODE:
            raise NotVouched("no-code")
        token = await self._exchanged(metadata, code, secrets)
        keys = self.published.keys
        assert keys is not None  # noqa: S101 -- the metadata were read
        claims = await self._checker.id_token(
            token.get("id_token"),
            keys,
            nonce=secrets.nonce,
            began=attempt.began,
            again=attempt.again,
            access_token=token.get("access_token"),
        )
        if self.issuer.userinfo:
            claims = {**await self._userinfo(metadata, token, claims), **claims}
        return Brought(claims, str(token["id_token"]))

    async def _exchanged(self, metadata: Metadata, code: str, secrets: Secrets) -> dict[str, Any]:
        try:
            async with asyncio.timeout(PATIENCE):
                token = await self._client(metadata).fetch_access_token(
                    self._back, code=code, code_verifier=secrets.verifier, grant_type="authorization_code"
                )
        except _FAILED as error:
            raise _named(error) from None
        return dict(token)

    async def _userinfo(self, metadata: Metadata, token: dict[str, Any], claims: Claims) -> Claims:
        """Ask what else the issuer says; only of the same person (OpenID Connect Core 1.0 section 5.3.2)."""
        if metadata.userinfo is None:
            raise IssuerAway("no-userinfo")
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._client(metadata).get(metadata.userinfo, token=token)
            said = read_object(answer.content) if answer.is_success else {}
        except _FAILED as error:
            raise _named(error) from None
        if said.get("sub") != claims.get("sub"):
            raise NotVouched("userinfo-of-another")
        return said

    def _client(self, metadata: Metadata) -> StarletteOAuth2App:
        return StarletteOAuth2App(
            None,
            name=self.issuer.id,
            client_id=self.issuer.client_id,
            client_secret=self._proof.secret,
            authorize_url=metadata.authorize,
            access_token_url=metadata.token,
            client_auth_methods=[self._proof.assertion] if self._proof.assertion else None,
            client_kwargs={
                "scope": " ".join(self.issuer.scopes),
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": self._proof.method,
                **self._outward.options(),
            },
        )

    async def sign_out_there(self, id_token: str, afterwards: str) -> str | None:
        """Give the issuer's own address for signing out (RP-Initiated Logout 1.0); none where it has none."""
        if not self.issuer.sign_out_there:
            return None
        try:
            metadata = await self.published.metadata()
        except IssuerAway:
            return None
        if metadata.end_session is None:
            return None
        said = {"id_token_hint": id_token, "client_id": self.issuer.client_id, "post_logout_redirect_uri": afterwards}
        return f"{metadata.end_session}{'&' if '?' in metadata.end_session else '?'}{urlencode(said)}"

    async def told_of_logout(self, token: object) -> tuple[str | None, str | None]:
        """Give the session and the person that a logout token says have ended."""
        await self.published.metadata()
        keys = self.published.keys
        assert keys is not None  # noqa: S101 -- the metadata were read
        return await self._checker.logout_token(token, keys)


def _named(error: Exception) -> Exception:
    """Name what went wrong at the token endpoint, and nothing of what it said."""
    if isinstance(error, OAuthError):
        return NotVouched("code-refused")
    return IssuerAway("token-endpoint")
