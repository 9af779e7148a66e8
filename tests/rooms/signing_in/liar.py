"""An issuer that says whatever a test wants it to: what every check of the hub's is held against."""

import base64
import contextlib
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from aiohttp import web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from joserfc.jwk import RSAKey

from tests.rooms.signing_in.browser import Browser
from tests.serving import answer, serving

KEY = RSAKey.generate_key(2048, {"use": "sig", "kid": "liar-1"})
OTHER = RSAKey.generate_key(2048, {"use": "sig", "kid": "other-1"})
MISSING = object()
CLIENT = "hub-at-liar"


def part(value: object) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def signed(header: dict[str, Any], claims: dict[str, Any], key: RSAKey = KEY) -> str:
    """Sign with RSA whatever the header says: no library would write some of these."""
    signing = f"{part(header)}.{part(claims)}"
    signature = key.private_key.sign(signing.encode(), padding.PKCS1v15(), hashes.SHA256())  # type: ignore[union-attr]
    return f"{signing}.{part(signature)}"


def shared(header: dict[str, Any], claims: dict[str, Any], secret: bytes) -> str:
    """Sign with a public thing as if it were a shared secret."""
    signing = f"{part(header)}.{part(claims)}"
    return f"{signing}.{part(hmac.digest(secret, signing.encode(), 'sha256'))}"


@dataclass
class Liar:
    """The issuer: ``tells`` makes the token endpoint's answer; ``asked`` and ``forms`` are what it was asked."""

    url: str = ""
    tells: Callable[[], Any] = dict
    status: int = 200
    metadata: dict[str, Any] = field(default_factory=dict)
    keys: list[dict[str, Any]] = field(default_factory=lambda: [KEY.as_dict(private=False)])
    userinfo: Any = None
    asked: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    nonce: str = ""

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer like an issuer."""
        self.asked.append(request.path)
        if request.path == "/.well-known/openid-configuration":
            return answer({k: v for k, v in (self._published() | self.metadata).items() if v is not MISSING})
        if request.path == "/keys":
            return answer({"keys": self.keys})
        if request.path == "/token":
            form = parse_qs((await request.read()).decode())
            self.forms.append({name: values[0] for name, values in form.items()})
            return answer(self.tells(), self.status)
        if request.path == "/userinfo":
            return answer(self.userinfo)
        return answer({}, 404)

    def _published(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "authorization_response_iss_parameter_supported": True,
        }

    def claims(self, **changed: Any) -> dict[str, Any]:
        now = int(time.time())
        plain = {"iss": self.url, "aud": CLIENT, "sub": "s-1", "name": "Somebody Made-Up", "nonce": self.nonce}
        plain |= {"iat": now, "exp": now + 300, "auth_time": now, "roles": ["Hub.FrontDoor"]}
        return {k: v for k, v in (plain | changed).items() if v is not MISSING}

    def token(self, header: dict[str, Any] | None = None, **changed: Any) -> str:
        return signed({"alg": "RS256", "kid": "liar-1", "typ": "JWT"} | (header or {}), self.claims(**changed))

    def says(self, token: Callable[[], Any], **more: Any) -> None:
        """Answer the next code with this ID token."""
        self.tells = lambda: {"access_token": "at-1", "token_type": "Bearer", "id_token": token()} | more

    async def bring(self, browser: Browser, hub: str, issuer: str = "liar", **said: str) -> httpx2.Response:
        """Leave the hub for this issuer, and come back with a code, or with what is said instead."""
        left = await browser.send("GET", f"{hub}/sign-in/{issuer}")
        assert left.status_code == 303, left.text
        asked = {k: v[0] for k, v in parse_qs(urlsplit(left.headers["location"]).query).items()}
        self.nonce = asked["nonce"]
        given = {"code": "c-1", "state": asked["state"], "iss": self.url} | said
        return await browser.send("GET", f"{hub}/sign-in/{issuer}/return", params={k: v for k, v in given.items() if v})


@contextlib.asynccontextmanager
async def lying() -> AsyncIterator[Liar]:
    """Run one."""
    liar = Liar()
    async with serving(liar.handle) as url:
        liar.url = url
        yield liar


def half_hash(access_token: str) -> str:
    return part(hashlib.sha256(access_token.encode()).digest()[:16])
