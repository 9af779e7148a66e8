"""What a client signs with its own key: that it is itself (RFC 7523), and who uses it now (RFC 8693's subject token).

Either is for the hub's token endpoint, lives a few minutes at most and is used once. They are told apart by their
subject: the client itself, or somebody else.
"""

from dataclasses import dataclass, field
from typing import Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key

from hub.identity.keys_held import fits
from hub.identity.partners.client import PartnerClient
from hub.identity.signed import Signed, taken_apart
from hub.identity.unauthenticated import Unauthenticated

LONGEST: Final = 300
"""Seconds an assertion may be valid for."""

LONGEST_ID: Final = 128
"""Characters of a user's id or name, and of an assertion's."""

_DUMMY: Final = ECKey.generate_key("P-256", private=True, auto_kid=True)
"""Checked against where the client is not known or has no such key, so that it takes as long."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who a partner says uses its system now: their id and name there."""

    subject: str = field(repr=False)
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Assertion:
    """An assertion that is a client's own; ``left`` is for how many seconds its id must be remembered."""

    subject: str = field(repr=False)
    jti: str = field(repr=False)
    left: int
    signed: Signed = field(repr=False)


@dataclass(frozen=True, slots=True)
class Assertions:
    """Reads assertions made for one of these audiences: the issuer or its token endpoint."""

    audiences: frozenset[str]
    skew: int

    def read(self, token: str, client: PartnerClient | None, now: float) -> Assertion:
        """Give a client's own assertion, or raise Unauthenticated; whether it was used before is not looked at."""
        signed = taken_apart(token)
        key = client.keys.get(signed.kid) if client is not None else None
        _signature(signed, key)
        if client is None or signed.claims.get("iss") != client.id:
            raise Unauthenticated("bad-issuer")
        if not signed.audiences or not signed.audiences <= self.audiences:
            raise Unauthenticated("bad-audience")
        return Assertion(signed.word("sub"), _short(signed, "jti"), self._left(signed, now), signed)

    def person(self, assertion: Assertion, client: PartnerClient) -> Person:
        """Give who uses the client now; Unauthenticated where the assertion names the client itself."""
        if assertion.subject == client.id:
            raise Unauthenticated("bad-subject")
        return Person(_short(assertion.signed, "sub"), _short(assertion.signed, "name"))

    def _left(self, signed: Signed, now: float) -> int:
        """Give the seconds in which it could still be used."""
        end, start = signed.claims.get("exp"), signed.claims.get("nbf", signed.claims.get("iat", 0))
        for moment in (end, start):
            if not isinstance(moment, int | float) or isinstance(moment, bool) or not 0 <= moment < 1e11:  # noqa: PLR2004 -- no year is so far
                raise Unauthenticated("bad-time")
        assert isinstance(end, int | float)  # noqa: S101 -- checked in the lines above
        assert isinstance(start, int | float)  # noqa: S101 -- the same
        if now > end + self.skew or now < start - self.skew:
            raise Unauthenticated("expired")
        if end - now > LONGEST + self.skew:
            raise Unauthenticated("too-long")
        return int(end - now) + self.skew + 1


def _signature(signed: Signed, key: Key | None) -> None:
    if key is None or not fits(key, signed.algorithm):
        _checked(signed.token, _DUMMY, "ES256")
        raise Unauthenticated("unknown-key")
    if not _checked(signed.token, key, signed.algorithm):
        raise Unauthenticated("bad-signature")


def _checked(token: str, key: Key, algorithm: str) -> bool:
    try:
        jwt.decode(token, key, algorithms=[algorithm])
    except (JoseError, ValueError, TypeError, KeyError):
        return False
    return True


def _short(signed: Signed, name: str) -> str:
    value = signed.word(name)
    if len(value) > LONGEST_ID or not value.isprintable():
        raise Unauthenticated("bad-claims")
    return value
