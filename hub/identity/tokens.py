"""Bearer tokens: JWT access tokens (RFC 9068) checked against explicit algorithms, issuer, audience, time and skew."""

import math
import time
from collections.abc import Callable
from pathlib import Path

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from hub.identity.requester import Requester
from policies.vocabulary import ROLES

ALGORITHMS = ["ES256", "PS256", "RS256", "EdDSA", "Ed25519"]
"""Asymmetric signatures only: no ``none``, nothing a shared secret could forge."""

LONGEST = 12 * 60 * 60
"""No token may be valid for longer, in seconds, whatever its issuer says."""

KEPT = 1_000
BIGGEST = 8_192


class Unauthenticated(Exception):
    """The credential is missing or not acceptable. It never says why: the log has the code."""

    def __init__(self, code: str) -> None:
        """Keep a code for the log."""
        super().__init__(code)
        self.code = code


class TokenReader:
    """Reads bearer tokens of one issuer. A token already checked is kept until it expires."""

    def __init__(
        self, keys: KeySet, *, issuer: str, audience: str, skew: int = 30, clock: Callable[[], float] = time.time
    ) -> None:
        """Take the issuer's public keys and the values to insist on; skew is in seconds."""
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._skew = skew
        self._clock = clock
        self._checked: dict[str, tuple[float, float, Requester]] = {}

    def requester(self, authorization: str | None) -> Requester:
        """Name the requester of an ``Authorization`` header, or raise Unauthenticated."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token or len(token) > BIGGEST:
            raise Unauthenticated("no-bearer-token")
        now = self._clock()
        kept = self._checked.get(token)
        if kept and kept[0] - self._skew <= now <= kept[1] + self._skew:
            return kept[2]
        start, end, requester = self._check(token, now)
        if len(self._checked) >= KEPT:
            self._checked.clear()
        self._checked[token] = (start, end, requester)
        return requester

    def _check(self, token: str, now: float) -> tuple[float, float, Requester]:
        try:
            decoded = jwt.decode(token, self._keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError, TypeError, KeyError):
            raise Unauthenticated("bad-token") from None
        if decoded.header.get("typ") != "at+jwt":
            raise Unauthenticated("bad-type")
        if {"jku", "x5u", "jwk", "crit"} & set(decoded.header):
            raise Unauthenticated("bad-header")
        claims = decoded.claims
        if claims.get("iss") != self._issuer:
            raise Unauthenticated("bad-issuer")
        audience = claims.get("aud")
        if self._audience not in (audience if isinstance(audience, list) else [audience]):
            raise Unauthenticated("bad-audience")
        start, end = self._times(claims, now)
        return start, end, _requester(claims)

    def _times(self, claims: dict[str, object], now: float) -> tuple[float, float]:
        end, issued = claims.get("exp"), claims.get("iat")
        start = claims.get("nbf", issued)
        if not all(map(_is_time, (end, issued, start))):
            raise Unauthenticated("bad-time")
        assert isinstance(end, int | float)  # noqa: S101 -- checked in the line above
        assert isinstance(issued, int | float)  # noqa: S101 -- the same
        assert isinstance(start, int | float)  # noqa: S101 -- the same
        if end - issued > LONGEST:
            raise Unauthenticated("too-long")
        if now > end + self._skew:
            raise Unauthenticated("expired")
        if now < max(start, issued) - self._skew:
            raise Unauthenticated("not-yet")
        return max(start, issued), end


def _is_time(value: object) -> bool:
    """Say whether a claim is a NumericDate (RFC 7519 section 2); ``NaN`` is a number that never expires."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _requester(claims: dict[str, object]) -> Requester:
    words = {name: claims.get(name) for name in ("sub", "name", "role", "org", "client_id")}
    if not all(isinstance(v, str) and v for v in words.values()):
        raise Unauthenticated("bad-claims")
    text = {name: str(v) for name, v in words.items()}
    if text["role"] not in ROLES:
        raise Unauthenticated("bad-role")
    team = claims.get("team")
    if not (team is None or (isinstance(team, str) and team)):
        raise Unauthenticated("bad-claims")
    return Requester(text["sub"], text["name"], text["role"], text["org"], text["client_id"], team)


def read_public_keys(path: Path) -> KeySet:
    """Read a JWKS file of public keys; ValueError when it is not one or holds a private key."""
    try:
        keys = KeySet.import_key_set(orjson.loads(path.read_bytes()))
    except (OSError, JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise ValueError(f"{path.name} is not a JSON Web Key Set") from None
    if any(key.is_private for key in keys.keys):
        raise ValueError(f"{path.name} holds a private key; give public keys only")
    return keys
