"""The room joined: from settings to signing in. Without a file, outside production: the development issuer."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonyms
from hub.demo.staff import PERSONAS
from hub.identity.arriving import Arrivals
from hub.identity.attempts import Attempts
from hub.identity.cookie_credential import CookieCredential
from hub.identity.cookies import Cookies
from hub.identity.development_issuer import DevelopmentIssuer
from hub.identity.development_provider import CLIENT, PATH, DevelopmentProvider, MadeUp
from hub.identity.issuers.configured import IssuerConfig, RowConfig, SignInConfig
from hub.identity.issuers.metadata import Published
from hub.identity.issuers.outward import Outward
from hub.identity.issuers.reading import proof, read_sign_in
from hub.identity.issuers.relying import RelyingParty
from hub.identity.issuers.vouched import Checker
from hub.identity.owed import Owed, Unwritten
from hub.identity.proxies import Proxies
from hub.identity.same_site import origin_of
from hub.identity.sessions import Sessions
from hub.identity.signing_in import SigningIn
from hub.people.sealing import Sealer
from hub.settings import Environment, Settings
from hub.store.database import Database

DEMO = "demo"
"""The development issuer's id as an issuer to sign in at: its people are ``demo:`` and their key, as in tokens."""


@dataclass(frozen=True, slots=True)
class SignInRoom:
    """Signing in, the credential that comes of it, and the development issuer where there is one."""

    signing_in: SigningIn
    credential: CookieCredential
    provider: DevelopmentProvider | None
    outward: Outward
    arrivals: Arrivals

    async def close(self) -> None:
        """Let go of whatever is open."""
        await self.signing_in.owed.close()
        for party in self.signing_in.parties.values():
            await party.published.close()
        await self.outward.close()


def configured(settings: Settings) -> SignInConfig | None:
    """Give what is configured: the file, the development issuer or nothing; WrongSignIn lists mistakes."""
    production = settings.env is Environment.PRODUCTION
    if settings.sign_in is not None:
        return read_sign_in(settings.sign_in, production=production)
    return None if production else _demo(settings)


def _demo(settings: Settings) -> SignInConfig:
    """Let everybody of the demo place sign in, each as what they are."""
    rows = [RowConfig(when={"sub": p.key}, role=p.role, organisation=p.agency) for p in PERSONAS.values()]
    issuer = {
        "id": DEMO,
        "name": "The development issuer (made-up people)",
        "issuer": f"{settings.base_url}{PATH}",
        "client_id": CLIENT,
        "public": True,
        "algorithms": ["ES256"],
        "map": rows,
    }
    return SignInConfig(ask="whoever runs this demonstration", issuer=(IssuerConfig.model_validate(issuer),))


def sign_in_room(
    settings: Settings,
    database: Database,
    sealer: Sealer,
    ledger: Ledger,
    pseudonyms: Pseudonyms,
    clock: Callable[[], datetime],
    failed: Callable[[str, str], None],
    unwritten: Unwritten,
) -> SignInRoom | None:
    """Join the room; none where nobody can sign in. ``failed`` is told an issuer's id and a code."""
    found = configured(settings)
    if found is None:
        return None
    base, cookies, outward = settings.base_url, Cookies(settings.base_url.startswith("https://")), Outward()
    digests = {issuer.id: issuer.digest for issuer in found.issuers}
    sessions = Sessions(database, sealer, pseudonyms, found.sessions.limits, digests)

    def party(issuer: IssuerConfig) -> RelyingParty:
        published = Published(issuer, lambda code: failed(issuer.id, code))
        checker = Checker(issuer, settings.clock_skew, time.time)
        return RelyingParty(issuer, proof(issuer), published, checker, outward, f"{base}/sign-in/{issuer.id}/return")

    parties = {issuer.id: party(issuer) for issuer in found.issuers}
    attempts = Attempts(database)
    owed = Owed(database, ledger, unwritten)
    signing_in = SigningIn(parties, attempts, sessions, ledger, owed, pseudonyms, clock, found.ask)
    provider = None
    if settings.sign_in is None:
        people = [MadeUp(p.key, p.name, f"{p.role}, {p.agency_name}") for p in PERSONAS.values()]
        provider = DevelopmentProvider(DevelopmentIssuer(settings.data, settings.env), base, people)
    arrivals = Arrivals(Proxies.of(settings.proxy_networks, settings.certificate_header), time.monotonic)
    return SignInRoom(signing_in, CookieCredential(sessions, cookies, origin_of(base)), provider, outward, arrivals)
