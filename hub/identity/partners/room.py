"""The partners' room joined: what the application gives it, and the endpoint and issuer it gives back."""

import time
from dataclasses import dataclass
from pathlib import Path

from hub.identity.door import Door
from hub.identity.keys_held import ALGORITHMS
from hub.identity.partners.assertions import Assertions
from hub.identity.partners.endpoint import TokenEndpoint
from hub.identity.partners.grants import PartnerServer
from hub.identity.partners.issuing import ByRegister, Issuing
from hub.identity.partners.limiting import Failures
from hub.identity.partners.metadata import TOKEN
from hub.identity.partners.proving import Proving
from hub.identity.partners.register import PartnerRegister
from hub.identity.partners.relaying import ENDPOINT, Relaying
from hub.identity.partners.signing import FOLDER, PartnerKeys, make_keys
from hub.identity.partners.writing_down import WritingDown
from hub.identity.proxies import Proxies
from hub.identity.tokens import TokenReader
from hub.identity.trusted import Trusted, TrustedIssuer
from hub.observing import Observer
from hub.settings import Environment, Settings
from hub.store.database import Database


@dataclass(frozen=True, slots=True)
class PartnerRoom:
    """What partners' clients need, open."""

    issuer: str
    keys: PartnerKeys
    endpoint: TokenEndpoint
    trusted: TrustedIssuer
    certificates: bool
    relaying: Relaying


def partner_keys(settings: Settings) -> PartnerKeys | None:
    """Give the keys for partners' tokens; none where nobody made any. Outside production they are made."""
    folder: Path = settings.keys_folder / FOLDER
    if not folder.is_dir():
        if settings.env is Environment.PRODUCTION:
            return None
        make_keys(folder, time.time())
    return PartnerKeys(folder)


def partner_door(
    settings: Settings,
    database: Database,
    trusted: Trusted,
    writing_down: WritingDown,
    observer: Observer,
    own: frozenset[str],
) -> tuple[PartnerRoom | None, Door]:
    """Open the room, and the door to which the hub is one more issuer; ``own`` have sources of their own here."""
    proxies = Proxies.of(settings.proxy_networks, settings.certificate_header)
    room = partner_room(settings, database, proxies, writing_down, observer, own)
    issuers = (*trusted.issuers, *([room.trusted] if room else []))
    return room, Door(TokenReader(*issuers, skew=settings.clock_skew), proxies, room.relaying if room else None)


def partner_room(
    settings: Settings,
    database: Database,
    proxies: Proxies,
    writing_down: WritingDown,
    observer: Observer,
    own: frozenset[str],
) -> PartnerRoom | None:
    """Open the room; none where there are no keys for it, or, in production, no address it is known by."""
    keys = partner_keys(settings)
    if keys is None or (settings.env is Environment.PRODUCTION and not settings.public_url):
        return None
    issuer, clock = settings.base_url, time.time
    register = PartnerRegister(database)
    assertions = Assertions(frozenset({issuer, issuer + TOKEN}), settings.clock_skew)
    endpoint = TokenEndpoint(
        Proving(register, assertions, keys.pepper, clock),
        PartnerServer(Issuing(keys, issuer, settings.audience, clock)),
        Failures(time.monotonic),
        proxies,
        writing_down,
        observer,
    )
    trusted = TrustedIssuer(
        issuer, settings.audience, keys, ByRegister(register), algorithms=frozenset({ALGORITHMS[0]})
    )
    at_graphql = Assertions(frozenset({issuer + ENDPOINT}), settings.clock_skew)
    relaying = Relaying(register, at_graphql, issuer, clock, own)
    return PartnerRoom(issuer, keys, endpoint, trusted, bool(proxies.header), relaying)
