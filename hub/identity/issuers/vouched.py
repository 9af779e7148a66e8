"""ID tokens and logout tokens: believed only where the issuer signed them for this hub, for now, for this sign-in.

OpenID Connect Core 1.0 section 3.1.3.7 and Back-Channel Logout 1.0 section 2.6, with every optional check made.
"""

import base64
import hashlib
import hmac
import math
import time
from collections.abc import Callable
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError

from hub.identity.issuers.configured import IssuerConfig
from hub.identity.issuers.meaning import Claims, required
from hub.identity.keys_held import Keys, fits
from hub.identity.signed import Signed, taken_apart
from hub.identity.unauthenticated import Unauthenticated

LONGEST: Final = 24 * 60 * 60
"""Seconds between an ID token's issue and its end, at most."""

LOGOUT_LASTS: Final = 5 * 60
"""Seconds after its issue in which a logout token is taken."""

LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"

_LONG_HASH: Final = {"PS256": "sha256", "RS256": "sha256", "ES256": "sha256", "EdDSA": "sha512", "Ed25519": "sha512"}


class NotVouched(Exception):
    """The issuer does not vouch for anybody here; the message is a code for the log."""


class Checker:
    """Checks what one issuer signs."""

    def __init__(self, issuer: IssuerConfig, skew: int, clock: Callable[[], float] = time.time) -> None:
        """Take what is configured of it; skew is in seconds."""
        self._issuer = issuer
        self._skew = skew
        self._clock = clock

    async def id_token(
        self, token: object, keys: Keys, *, nonce: str, began: int, again: bool, access_token: object = None
    ) -> Claims:
        """Give the claims of an ID token for a sign-in that began then; ``again`` insists on having proved it anew."""
        signed = await self._signed(token, keys, {"", "jwt"})
        claims = signed.claims
        _insist(
            _is_word(claims.get("nonce")) and hmac.compare_digest(claims["nonce"].encode(), nonce.encode()), "nonce"
        )
        _insist(claims["iat"] >= began - self._skew, "older-than-sign-in")
        _insist(not self._issuer.acr or claims.get("acr") in self._issuer.acr, "acr")
        _insist(required(self._issuer, claims), "required-claim")
        self._authenticated(claims, began, again=again)
        if "at_hash" in claims:
            _insist(claims["at_hash"] == _half_hash(signed.algorithm, access_token), "at-hash")
        return claims

    async def logout_token(self, token: object, keys: Keys) -> tuple[str | None, str | None]:
        """Give the session and the person that a logout token says have ended."""
        signed = await self._signed(token, keys, {"", "jwt", "logout+jwt"}, ends=False)
        claims = signed.claims
        _insist(claims["iat"] >= self._clock() - LOGOUT_LASTS - self._skew, "old")
        events = claims.get("events")
        _insist(isinstance(events, dict) and isinstance(events.get(LOGOUT_EVENT), dict), "no-logout")
        _insist("nonce" not in claims and _is_word(claims.get("jti")), "no-logout")
        sid, sub = claims.get("sid"), claims.get("sub")
        _insist(_is_word(sid) or (sid is None and _is_word(sub)), "nobody")
        return sid, sub

    async def _signed(self, token: object, keys: Keys, types: set[str], *, ends: bool = True) -> Signed:
        """Check form, signature, issuer, audience and times."""
        signed = await self._genuine(token, keys, types)
        claims = signed.claims
        _insist(claims.get("iss") == self._issuer.issuer, "issuer")
        _insist(claims.get("aud") in (self._issuer.client_id, [self._issuer.client_id]), "audience")
        _insist(claims.get("azp", self._issuer.client_id) == self._issuer.client_id, "authorised-party")
        self._in_time(claims, ends=ends)
        return signed

    async def _genuine(self, token: object, keys: Keys, types: set[str]) -> Signed:
        _insist(isinstance(token, str), "no-token")
        try:
            signed = taken_apart(str(token))
        except Unauthenticated as error:
            raise NotVouched(error.code) from None
        _insist(signed.type in types, "type")
        _insist(signed.algorithm in self._issuer.algorithms, "algorithm")
        key = await keys.key(signed.kid)
        if key is None or not fits(key, signed.algorithm):
            raise NotVouched("key")
        try:
            jwt.decode(signed.token, key, algorithms=[signed.algorithm])
        except (JoseError, ValueError, TypeError, KeyError):
            raise NotVouched("signature") from None
        return signed

    def _in_time(self, claims: Claims, *, ends: bool) -> None:
        now, issued = self._clock(), claims.get("iat")
        end, start = claims.get("exp", None if ends else now), claims.get("nbf", issued)
        _insist(all(map(_is_time, (issued, end, start))), "time")
        assert isinstance(issued, int | float)  # noqa: S101 -- insisted on in the line above
        assert isinstance(end, int | float)  # noqa: S101 -- the same
        assert isinstance(start, int | float)  # noqa: S101 -- the same
        _insist(now <= end + self._skew, "expired")
        _insist(now >= max(issued, start) - self._skew, "not-yet")
        _insist(end - issued <= LONGEST, "too-long")

    def _authenticated(self, claims: Claims, began: int, *, again: bool) -> None:
        """Hold the time of authentication to what was asked; an issuer that was asked must say it."""
        at = claims.get("auth_time")
        _insist(at is None or (_is_time(at) and at <= self._clock() + self._skew), "auth-time")
        if again:
            _insist(at is not None and at >= began - self._skew, "not-again")
        if self._issuer.max_age is not None:
            _insist(at is not None and at >= began - self._issuer.max_age - self._skew, "authenticated-long-ago")


def authenticated_at(claims: Claims) -> int:
    """Give when somebody proved who they are; 0 where the issuer does not say, which is never lately."""
    return int(claims.get("auth_time") or 0)


def _half_hash(algorithm: str, access_token: object) -> str:
    whole = hashlib.new(_LONG_HASH[algorithm], str(access_token).encode()).digest()
    return base64.urlsafe_b64encode(whole[: len(whole) // 2]).decode().rstrip("=")


def _is_word(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 512  # noqa: PLR2004 -- more than any issuer's ids


def _is_time(value: Any) -> bool:
    """Say whether a claim is a NumericDate (RFC 7519 section 2)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _insist(holds: bool, code: str) -> None:  # noqa: FBT001 -- what must hold
    if not holds:
        raise NotVouched(code)
