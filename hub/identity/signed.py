"""A signed token taken apart, before any key is looked for (RFC 7515; what is refused here, by RFC 8725)."""

import base64
import re
from dataclasses import dataclass, field
from typing import Any

from hub.identity.strictly import read_object
from hub.identity.unauthenticated import Unauthenticated

BIGGEST = 8_192
"""Characters of a whole token."""

LONGEST_KID = 256
LONGEST_WORD = 512
"""Characters of any claim that is read as a word."""

COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
"""Three parts, none of them empty: no unsigned token, no encrypted one, nothing before or after."""

HEADERS = frozenset({"alg", "typ", "kid", "x5t", "x5t#S256"})
"""All that a header may say. Keys, or where to fetch some (``jwk``, ``jku``, ``x5u``, ``x5c``), extensions that must be
understood (``crit``, ``b64``), nesting (``cty``) and compression are refused, not passed over."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a token says of itself; nothing of it is to be believed until its signature was checked."""

    token: str = field(repr=False)
    header: dict[str, Any] = field(repr=False)
    claims: dict[str, Any] = field(repr=False)

    @property
    def kid(self) -> str:
        """Give the id of the key it says it was signed with."""
        return str(self.header["kid"])

    @property
    def algorithm(self) -> str:
        """Give the algorithm it says it was signed by."""
        return str(self.header["alg"])

    @property
    def type(self) -> str:
        """Give its type without ``application/``, in small letters (RFC 7515 section 4.1.9)."""
        return str(self.header.get("typ", "")).lower().removeprefix("application/")

    def word(self, name: str) -> str:
        """Give a claim that must be text and neither empty nor long."""
        value = self.claims.get(name)
        if not isinstance(value, str) or not value or len(value) > LONGEST_WORD:
            raise Unauthenticated("bad-claims")
        return value

    @property
    def audiences(self) -> frozenset[str]:
        """Give whom it is for; nobody where that is neither a text nor a list of texts."""
        value = self.claims.get("aud")
        listed = value if isinstance(value, list) else [value]
        words = [one for one in listed if isinstance(one, str)]
        return frozenset(words) if len(words) == len(listed) else frozenset()


def taken_apart(token: str) -> Signed:
    """Take a token apart; Unauthenticated where it is not of the one form that is read."""
    if len(token) > BIGGEST:
        raise Unauthenticated("too-big")
    if COMPACT.fullmatch(token) is None:
        raise Unauthenticated("bad-form")
    head, body, _ = token.split(".")
    try:
        header, claims = read_object(_decoded(head)), read_object(_decoded(body))
    except ValueError:
        raise Unauthenticated("bad-form") from None
    if not header.keys() <= HEADERS or not all(isinstance(value, str) for value in header.values()):
        raise Unauthenticated("bad-header")
    if not 0 < len(header.get("kid", "")) <= LONGEST_KID or "alg" not in header:
        raise Unauthenticated("bad-header")
    return Signed(token, header, claims)


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
