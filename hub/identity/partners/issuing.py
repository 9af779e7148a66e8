"""Signing an access token for a client (RFC 9068), and naming the requester of one that comes back.

A token says which client, and for whom it speaks; what the client may do is read from the register at every
question, so that nothing in a token outlives what an officer decided.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from joserfc import jwt

from hub.identity.partners.assertions import Person
from hub.identity.partners.client import PartnerClient
from hub.identity.partners.register import PartnerRegister
from hub.identity.partners.signing import PartnerKeys
from hub.identity.requester import Requester
from hub.identity.signed import Signed
from hub.identity.trusted import ACCESS_TOKEN
from hub.identity.unauthenticated import Unauthenticated

CODE = "generation"


@dataclass(frozen=True, slots=True)
class Issuing:
    """Signs tokens."""

    keys: PartnerKeys
    issuer: str
    audience: str
    clock: Callable[[], float]

    def token(self, client: PartnerClient, person: Person | None) -> str:
        """Sign a token for a client, for itself or for who uses it."""
        now, key = int(self.clock()), self.keys.signer
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": subject_of(client, person),
            "client_id": client.id,
            "iat": now,
            "exp": now + client.lifetime,
            "jti": secrets.token_urlsafe(16),
            CODE: client.generation,
        }
        if person is not None:
            claims |= {"name": person.name, "act": {"sub": client.subject}}
        if client.certificate is not None:
            claims["cnf"] = {"x5t#S256": client.certificate}
        return jwt.encode({"alg": "ES256", "typ": ACCESS_TOKEN, "kid": key.kid}, claims, key)


def subject_of(client: PartnerClient, person: Person | None) -> str:
    """Give what the ledger knows the requester by; a user's own id never stands without the client that vouches."""
    return client.subject if person is None else f"{client.subject}:{person.subject}"


@dataclass(frozen=True, slots=True)
class ByRegister:
    """Names the requester of a token of the hub's own, by the register as it is now."""

    register: PartnerRegister

    async def requester(self, token: Signed) -> Requester:
        """Give who is asking; Unauthenticated where the client was revoked, or no longer gets such tokens."""
        client = await self.register.client(token.word("client_id"))
        if client is None or client.revoked:
            raise Unauthenticated("client-revoked")
        if token.claims.get(CODE) != client.generation:
            raise Unauthenticated("superseded")
        if client.certificate is not None and token.claims.get("cnf") != {"x5t#S256": client.certificate}:
            raise Unauthenticated("bad-binding")
        if client.on_behalf_of is not ("act" in token.claims):
            raise Unauthenticated("nobody-named")
        name = token.word("name") if client.on_behalf_of else client.name
        return Requester(
            token.word("sub"),
            name,
            client.role,
            client.organisation,
            client.id,
            bound=client.bound,
            speaks=client.speaks,
        )
