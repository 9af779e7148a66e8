"""A served hub with partners' clients, and what a partner's system does: sign assertions and ask for tokens."""

import contextlib
import io
import secrets
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx2
import orjson
from joserfc import jwt
from joserfc.jwk import ECKey

from hub.audit.pseudonyms import Pseudonyms
from hub.clock import now
from hub.governance.acting import Acting, By
from hub.identity.keys_held import by_id
from hub.identity.partners.asked import ASSERTION_TYPE
from hub.identity.partners.client import LIFETIME, Method, PartnerClient
from hub.identity.partners.grants import EXCHANGE, JWT_TYPE
from hub.identity.partners.register import PartnerRegister
from hub.identity.partners.registering import Wanted, register
from hub.identity.partners.signing import FOLDER, PartnerKeys
from hub.identity.requester import Bound
from hub.joined import Hub
from hub.keys import read_keys
from hub.people.sealing import Sealer
from hub.settings import Settings
from schema.purposes import Purpose
from tests.small_hub import served, settings_in, until_ready

ADDRESS = "http://hub.example.org"
ENDPOINT = f"{ADDRESS}/oauth/token"
OFFICER = By("demo:olive", "ig-officer", "made-up-homes")
ME = {"query": "{ me { name } }"}


def key() -> ECKey:
    return ECKey.generate_key("P-256", auto_kid=True)


def client_of(client_id: str, *keys: ECKey, **changed: Any) -> PartnerClient:
    """Make a client of the housing agency's own system, as an officer would have it registered."""
    bound = Bound(frozenset({Purpose.SAFEGUARDING_TRIAGE}), frozenset(), frozenset({"housing"}))
    made = PartnerClient(
        client_id,
        f"The system {client_id}",
        "made-up-homes",
        "front-door-worker",
        bound,
        Method.KEY if keys else Method.SECRET,
        on_behalf_of=False,
        lifetime=LIFETIME,
        generation=1,
        keys=by_id(ECKey.import_key(one.as_dict(private=False)) for one in keys),
    )
    return replace(made, **changed)


def published(keys: Iterable[ECKey]) -> str:
    return orjson.dumps({"keys": [one.as_dict(private=False) for one in keys]}).decode()


def acting_at(hub: Hub) -> Acting:
    keyring = read_keys(hub.settings.keys_folder)
    return Acting(hub.database, hub.ledger, Pseudonyms(keyring), Sealer(keyring.kek), now)


@dataclass(repr=False)
class Served:
    """A hub that is served, and everything secret that was ever said to it or by it."""

    hub: Hub
    http: httpx2.AsyncClient
    log: io.StringIO
    secret: set[str] = field(default_factory=set)

    @property
    def pepper(self) -> bytes:
        return PartnerKeys(self.hub.settings.keys_folder / FOLDER).pepper

    @property
    def register(self) -> PartnerRegister:
        return PartnerRegister(self.hub.database)

    async def add(self, client: PartnerClient, *keys: ECKey) -> str:
        """Register a client; give its secret, or an empty one."""
        secret = await register(
            acting_at(self.hub), OFFICER, Wanted(client, published(keys)), self.pepper, [], frozenset()
        )
        self.secret |= {secret} if secret else set()
        return secret or ""

    async def post(self, headers: Any = None, **form: str) -> httpx2.Response:
        """Send a form to the token endpoint."""
        self.secret |= {v for k, v in form.items() if k in {"client_secret", "client_assertion", "subject_token"} and v}
        response = await self.http.post("/oauth/token", data=form, headers=headers or {})
        if response.status_code == 200:
            self.secret.add(response.json()["access_token"])
        return response

    async def credentials(self, client_id: str, secret: str, **more: str) -> httpx2.Response:
        """Ask for a token with a secret."""
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        return await self.post(**form, **more)

    async def asserted(self, assertion: str, headers: Any = None, **more: str) -> httpx2.Response:
        """Ask for a token with an assertion of one's own key."""
        form = {"grant_type": "client_credentials"} | more
        return await self.post(headers, client_assertion_type=ASSERTION_TYPE, client_assertion=assertion, **form)

    async def exchanged(self, assertion: str, person: str, **more: str) -> httpx2.Response:
        """Ask for a token on behalf of somebody."""
        form = {"grant_type": EXCHANGE, "subject_token": person, "subject_token_type": JWT_TYPE} | more
        return await self.asserted(assertion, **form)

    async def ask(self, token: str, body: Any = None, **headers: str) -> httpx2.Response:
        """Ask a question with a token."""
        given = {"authorization": f"Bearer {token}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        return await self.http.post("/graphql", json=body or ME, headers=given)


def assertion_of(client_id: str, signer: ECKey, **changed: Any) -> str:
    """Sign what proves a client (RFC 7523); none leaves a claim out."""
    second = int(time.time())
    plain = {"iss": client_id, "sub": client_id, "aud": ENDPOINT, "iat": second, "exp": second + 60}
    claims = plain | {"jti": secrets.token_urlsafe(8)} | changed
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": "ES256", "kid": signer.kid}, kept, signer)


def person_of(client_id: str, signer: ECKey, **changed: Any) -> str:
    """Sign who uses a client now."""
    return assertion_of(client_id, signer, **({"sub": "jdoe", "name": "Jo Doe"} | changed))


@contextlib.asynccontextmanager
async def serving_partners(folder: Path, **given: Any) -> AsyncIterator[Served]:
    """Serve a hub that partners know by an address."""
    settings: Settings = settings_in(folder, public_url=ADDRESS, **given)
    log = io.StringIO()
    async with served(settings, log) as (http, hub):
        await until_ready(http)
        yield Served(hub, http, log)
