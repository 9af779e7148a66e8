"""Bearer tokens: JWT access tokens (RFC 9068) checked against explicit algorithms, issuer, audience, time and skew."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from hub.identity.keys_held import HeldKeys, fits, read_public_keys
from hub.identity.requester import Requester
from hub.identity.signed import BIGGEST, Signed, taken_apart
from hub.identity.trusted import TrustedIssuer
from hub.identity.unauthenticated import Unauthenticated

__all__ = ["BIGGEST", "LONGEST", "TokenReader", "Unauthenticated", "read_public_keys"]

LONGEST = 12 * 60 * 60
"""No token may be valid for longer, in seconds, whatever its issuer says."""

LAST = 1e11
"""Seconds since 1970 of which no year is spoken."""

KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Checked:
    """A token whose signature, issuer, audience and type hold, and when; ``start`` and ``end`` are in seconds."""

    signed: Signed = field(repr=False)
    key: Key = field(repr=False)
    issuer: TrustedIssuer = field(repr=False)
    start: float
    end: float


class TokenReader:
    """Reads bearer tokens of the issuers trusted. A token already checked is kept until it expires."""

    def __init__(self, *issuers: TrustedIssuer, skew: int = 30, clock: Callable[[], float] = time.time) -> None:
        """Take the issuers, and by how many seconds clocks may differ."""
        self._issuers: Mapping[str, TrustedIssuer] = {issuer.issuer: issuer for issuer in issuers}
        self._skew = skew
        self._clock = clock
        self._checked: dict[str, Checked] = {}

    @classmethod
    def of_keys(
        cls, keys: KeySet, *, issuer: str, audience: str, skew: int = 30, clock: Callable[[], float] = time.time
    ) -> "TokenReader":
        """Read the tokens of one issuer whose keys are given."""
        return cls(TrustedIssuer(issuer, audience, HeldKeys(keys.keys)), skew=skew, clock=clock)

    async def requester(self, authorization: str | None, certificate: str | None = None) -> Requester:
        """Name the requester of an ``Authorization`` header, or raise Unauthenticated.

        ``certificate`` is the thumbprint of the one the client showed: a token bound to it is nobody else's to use.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated("no-bearer-token")
        now, checked = self._clock(), self._checked.get(token)
        if checked is None or await checked.issuer.keys.key(checked.signed.kid) is not checked.key:
            checked = await self._check(token)
        self._in_time(checked, now)
        _bound(checked.signed, certificate)
        requester = await checked.issuer.naming.requester(checked.signed)
        self._keep(token, checked)
        lately = self._lately(checked, requester, now)
        return requester if requester.lately is lately else replace(requester, lately=lately)

    def _lately(self, checked: Checked, requester: Requester, now: float) -> bool:
        """Say whether the issuer says that somebody proved who they are just now (OpenID Connect Core 1.0 section 2).

        A system does not: neither a partner's nor one that is its own subject (RFC 9068 section 2.2).
        """
        claims = checked.signed.claims
        at = claims.get("auth_time")
        if requester.bound is not None or claims.get("sub") == requester.client or not _is_time(at):
            return False
        assert isinstance(at, int | float)  # noqa: S101 -- checked in the line above
        return now - checked.issuer.lately <= at <= now + self._skew

    def _keep(self, token: str, checked: Checked) -> None:
        if token not in self._checked and len(self._checked) >= KEPT:
            self._checked.clear()
        self._checked[token] = checked

    async def _check(self, token: str) -> Checked:
        signed = taken_apart(token)
        issuer = self._issuers.get(signed.word("iss"))
        if issuer is None:
            raise Unauthenticated("bad-issuer")
        if signed.type not in issuer.types:
            raise Unauthenticated("bad-type")
        if issuer.audience not in signed.audiences:
            raise Unauthenticated("bad-audience")
        start, end = _times(signed.claims)
        return Checked(signed, await _key(signed, issuer), issuer, start, end)

    def _in_time(self, checked: Checked, now: float) -> None:
        if now > checked.end + self._skew:
            raise Unauthenticated("expired")
        if now < checked.start - self._skew:
            raise Unauthenticated("not-yet")


async def _key(signed: Signed, issuer: TrustedIssuer) -> Key:
    """Give the key that a token was signed with; Unauthenticated where it was signed with none of the issuer's."""
    if signed.algorithm not in issuer.algorithms:
        raise Unauthenticated("bad-algorithm")
    key = await issuer.keys.key(signed.kid)
    if key is None:
        raise Unauthenticated("unknown-key")
    if not fits(key, signed.algorithm):
        raise Unauthenticated("bad-algorithm")
    try:
        jwt.decode(signed.token, key, algorithms=[signed.algorithm])
    except (JoseError, ValueError, TypeError, KeyError):
        raise Unauthenticated("bad-signature") from None
    return key


def _times(claims: Mapping[str, object]) -> tuple[float, float]:
    """Give the first and last second of a token; neither may be left out or be no number."""
    end, issued = claims.get("exp"), claims.get("iat")
    start = claims.get("nbf", issued)
    if not all(map(_is_time, (end, issued, start))):
        raise Unauthenticated("bad-time")
    assert isinstance(end, int | float)  # noqa: S101 -- checked in the line above
    assert isinstance(issued, int | float)  # noqa: S101 -- the same
    assert isinstance(start, int | float)  # noqa: S101 -- the same
    if end - issued > LONGEST:
        raise Unauthenticated("too-long")
    return max(start, issued), end


def _is_time(value: object) -> bool:
    """Say whether a claim is a NumericDate (RFC 7519 section 2); ``NaN`` is a number that never expires."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < LAST


def _bound(signed: Signed, certificate: str | None) -> None:
    """Refuse a token bound to what its bearer does not show (RFC 8705 section 3); only certificates can be shown."""
    if "cnf" not in signed.claims:
        return
    confirmed = signed.claims["cnf"]
    if not isinstance(confirmed, dict) or set(confirmed) != {"x5t#S256"} or certificate is None:
        raise Unauthenticated("bad-binding")
    if confirmed["x5t#S256"] != certificate:
        raise Unauthenticated("bad-binding")
