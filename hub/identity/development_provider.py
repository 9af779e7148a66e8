"""The development issuer as a little OpenID provider: whoever comes chooses which made-up person to be.

It exists where the development issuer does: never in production. Codes are kept in memory, for a minute, once each.
"""

import base64
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from hub.identity.development_issuer import DevelopmentIssuer

PATH: Final = "/development-issuer"
CLIENT: Final = "hub"
CODE_LASTS: Final = 60
"""Seconds."""
MOST: Final = 10_000
"""Codes kept at once."""

_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_ASKED: Final = ("response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "max_age")


class WrongRequest(Exception):
    """Whoever asks is not this hub, or asks for what is not given: said on a page, sent nowhere."""


class WrongGrant(Exception):
    """What is brought to the token endpoint is not good; the message is an error code of RFC 6749 section 5.2."""


@dataclass(frozen=True, slots=True)
class MadeUp:
    """Somebody to be: ``key`` is their ``sub``."""

    key: str
    name: str
    works_as: str


@dataclass(frozen=True, slots=True)
class _Granted:
    person: MadeUp
    redirect_uri: str
    nonce: str = field(repr=False)
    challenge: str = field(repr=False)
    at: int


class DevelopmentProvider:
    """The provider at one address, for the one client that this hub is."""

    def __init__(
        self,
        issuer: DevelopmentIssuer,
        base: str,
        people: Sequence[MadeUp],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Take its keys, where the hub is reached, and the people to choose from."""
        self.issuer = f"{base}{PATH}"
        self._signer = issuer
        self._base = base
        self._people = {person.key: person for person in people}
        self._clock = clock
        self._granted: dict[str, _Granted] = {}

    def metadata(self) -> dict[str, Any]:
        """Publish where things are."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/sign-out",
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid", "profile"],
            "claims_supported": ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "sid", "name"],
            "authorization_response_iss_parameter_supported": True,
        }

    def keys(self) -> dict[str, Any]:
        """Publish the public key."""
        return dict(self._signer.public_keys.as_dict(private=False))

    @property
    def people(self) -> Sequence[MadeUp]:
        """Give the people to choose from."""
        return tuple(self._people.values())

    def asked(self, given: Mapping[str, str]) -> dict[str, str]:
        """Give what an authorization request asks; WrongRequest where it is not this hub's or not whole."""
        if given.get("client_id") != CLIENT:
            raise WrongRequest("client_id")
        back = given.get("redirect_uri", "")
        if not back.startswith(f"{self._base}/sign-in/") or not back.endswith("/return"):
            raise WrongRequest("redirect_uri")
        if given.get("response_type") != "code" or "openid" not in given.get("scope", "").split():
            raise WrongRequest("response_type or scope")
        if given.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(given.get("code_challenge", "")):
            raise WrongRequest("code_challenge")
        return {name: given[name] for name in _ASKED if name in given} | {"code_challenge_method": "S256"}

    def choose(self, given: Mapping[str, str], person: str) -> str:
        """Grant a code to somebody; give the address to go back to."""
        asked = self.asked(given)
        chosen = self._people.get(person)
        if chosen is None:
            return self._back(asked, error="access_denied")
        now = int(self._clock())
        self._granted = {c: g for c, g in self._granted.items() if now - g.at <= CODE_LASTS}
        if len(self._granted) >= MOST:
            return self._back(asked, error="temporarily_unavailable")
        code = secrets.token_urlsafe(32)
        self._granted[code] = _Granted(
            chosen, asked["redirect_uri"], asked.get("nonce", ""), asked["code_challenge"], now
        )
        return self._back(asked, code=code)

    def _back(self, asked: Mapping[str, str], **said: str) -> str:
        return f"{asked['redirect_uri']}?{urlencode({**said, 'state': asked.get('state', ''), 'iss': self.issuer})}"

    def token(self, given: Mapping[str, str]) -> dict[str, Any]:
        """Give tokens for a code: once, to whoever holds its verifier; WrongGrant otherwise."""
        if given.get("grant_type") != "authorization_code":
            raise WrongGrant("unsupported_grant_type")
        if given.get("client_id") != CLIENT:
            raise WrongGrant("invalid_client")
        granted = self._granted.pop(given.get("code", ""), None)
        if granted is None or self._clock() - granted.at > CODE_LASTS:
            raise WrongGrant("invalid_grant")
        if given.get("redirect_uri") != granted.redirect_uri or not _answers(granted.challenge, given):
            raise WrongGrant("invalid_grant")
        claims: dict[str, str | int] = {"sub": granted.person.key, "name": granted.person.name}
        claims |= {"nonce": granted.nonce, "auth_time": granted.at, "sid": secrets.token_urlsafe(16)}
        id_token = self._signer.id_token(self.issuer, CLIENT, claims, now=self._clock())
        return {
            "access_token": secrets.token_urlsafe(32),
            "token_type": "Bearer",
            "expires_in": CODE_LASTS,
            "id_token": id_token,
        }

    def signed_out(self, given: Mapping[str, str]) -> str:
        """Give where to go after signing out here: only ever to this hub."""
        back = given.get("post_logout_redirect_uri", "")
        return back if back == f"{self._base}/" else f"{self._base}/"


def _answers(challenge: str, given: Mapping[str, str]) -> bool:
    """Say whether a verifier is the challenge's (RFC 7636 section 4.6)."""
    verifier = given.get("code_verifier", "")
    if not _VERIFIER.fullmatch(verifier):
        return False
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    return hmac.compare_digest(made, challenge)
