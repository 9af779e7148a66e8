"""The development issuer: signs tokens for the demo's made-up staff. Refuses to exist in production."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

import orjson
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from hub.identity.requester import Requester
from hub.settings import Environment

ISSUER = "urn:hub:development-issuer"
LIFETIME = 8 * 60 * 60
"""Seconds: one working day."""
ID_TOKEN_LIFETIME = 5 * 60
"""Seconds."""


class DevelopmentIssuerRefused(Exception):
    """The development issuer was asked for in production."""


class DevelopmentIssuer:
    """Signs bearer tokens with a key kept in the data folder."""

    def __init__(self, folder: Path, environment: Environment) -> None:
        """Use the key in the folder, making it at first use."""
        if environment is Environment.PRODUCTION:
            raise DevelopmentIssuerRefused("the development issuer does not run when HUB_ENV=production")
        self._key = _key(folder / "development-issuer.json")

    @property
    def public_keys(self) -> KeySet:
        """Give the public key to check tokens with."""
        return KeySet([ECKey.import_key(self._key.as_dict(private=False))])

    def token(self, requester: Requester, *, audience: str, lifetime: int = LIFETIME, now: float | None = None) -> str:
        """Sign an access token for a requester; lifetime is in seconds."""
        issued = int(time.time() if now is None else now)
        claims = {
            "iss": ISSUER,
            "aud": audience,
            "sub": requester.subject,
            "name": requester.name,
            "role": requester.role,
            "org": requester.organisation,
            "client_id": requester.client,
            "auth_time": issued,
            "iat": issued,
            "nbf": issued,
            "exp": issued + lifetime,
        }
        return jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": self._key.kid}, claims, self._key)

    def id_token(self, issuer: str, client: str, claims: Mapping[str, str | int], *, now: float) -> str:
        """Sign an ID token for somebody who signed in (OpenID Connect Core 1.0 section 2)."""
        issued = int(now)
        whole = {**claims, "iss": issuer, "aud": client, "iat": issued, "exp": issued + ID_TOKEN_LIFETIME}
        return jwt.encode({"alg": "ES256", "typ": "JWT", "kid": self._key.kid}, whole, self._key)


def _key(path: Path) -> ECKey:
    if path.exists():
        return ECKey.import_key(orjson.loads(path.read_bytes()))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(orjson.dumps(key.as_dict(private=True)))
    return key
