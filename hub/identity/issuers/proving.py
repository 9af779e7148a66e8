"""How the hub proves itself to an issuer: a shared secret, or an assertion signed with its private key (RFC 7523).

An assertion is for one token endpoint, for a minute, with an id of its own.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oauth2.rfc7523.auth import private_key_jwt_sign
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

LASTS: Final = 60
"""Seconds an assertion is good for; NHS CIS2 takes up to five minutes."""

METHOD: Final = "private_key_jwt"


class WrongKey(Exception):
    """A secret, key or certificate cannot be used; the message says which and why, and nothing of it."""


class Assertion(PrivateKeyJWT):  # type: ignore[misc] # Authlib publishes no types
    """Authlib's private_key_jwt, with a short life and the header an issuer finds the key by."""

    def __init__(self, key: Key, algorithm: str, header: dict[str, str]) -> None:
        """Sign with this key, and name it so."""
        super().__init__(alg=algorithm, headers=header)
        self._signing_key = key

    def sign(self, auth: Any, token_endpoint: str) -> str:
        """Sign one assertion for the token endpoint."""
        header = dict(self.headers)
        signed = private_key_jwt_sign(
            self._signing_key, auth.client_id, token_endpoint, alg=self.alg, header=header, expires_in=LASTS
        )
        return str(signed)


@dataclass(frozen=True, slots=True)
class Proof:
    """What Authlib's client is given to prove itself by."""

    method: str
    secret: str | None = field(default=None, repr=False)
    assertion: Assertion | None = field(default=None, repr=False)


def proof_of(
    *, secret: str | None, key: str | None, certificate: str | None, key_id: str | None, signing: str
) -> Proof:
    """Make it of what was read; WrongKey says what is wrong with it."""
    if key is None:
        return Proof("client_secret_basic", secret) if secret else Proof("none")
    private = _private(key)
    if _family(signing) is not type(private):
        raise WrongKey(f"signing = {signing} does not go with that kind of key")
    header = {}
    if key_id is not None:
        header["kid"] = key_id
    if certificate is not None:
        header["x5t#S256"] = _thumbprint(certificate, private)
    return Proof(METHOD, None, Assertion(private, signing, header))


def _private(text: str) -> Key:
    """Read a private key in PEM or as a JWK."""
    for family in (RSAKey, ECKey, OKPKey):
        try:
            key: Key = family.import_key(orjson.loads(text) if text.startswith("{") else text)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            continue
        if key.is_private:
            return key
        raise WrongKey("key: what it names is a public key; the private one is needed")
    raise WrongKey("key: what it names is no private key in PEM or JWK")


def _family(signing: str) -> type:
    return {"ES": ECKey, "PS": RSAKey, "RS": RSAKey, "Ed": OKPKey}[signing[:2]]


def _thumbprint(text: str, private: Key) -> str:
    try:
        certificate = x509.load_pem_x509_certificate(text.encode())
    except ValueError:
        raise WrongKey("certificate: what it names is no certificate in PEM") from None
    if certificate.public_key() != private.public_key:
        raise WrongKey("certificate: it is of another key than key names")
    return (
        base64.urlsafe_b64encode(hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()).decode().rstrip("=")
    )
