"""What a named proxy says of a client: its address, and the certificate it showed. Nobody else is believed.

The certificate travels in a header of RFC 9440 (``:base64 of DER:``) or, as some proxies write it, as PEM with percent
signs. A request that carries the header and comes from anywhere else is refused: it is an attempt to be somebody.
"""

import base64
import hashlib
import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from urllib.parse import unquote

from cryptography import x509
from starlette.requests import HTTPConnection
from starlette.types import Scope

from hub.identity.unauthenticated import Unauthenticated

LONGEST: Final = 16_384
"""Characters of a certificate's header."""

FORWARDED: Final = "x-forwarded-for"

SUBSCRIBER: Final = 64
"""Bits of an IPv6 address that say whose it is (RFC 6177)."""

_BYTES: Final = re.compile(r":([A-Za-z0-9+/]+={0,2}):")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Shown:
    """Where a request came from, and the thumbprint of the certificate shown with it (RFC 8705 section 3.1)."""

    address: str = field(repr=False)
    certificate: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxies that are believed, and the header they put a client's certificate in; none where they put none."""

    networks: tuple[Network, ...] = ()
    header: str = ""

    @classmethod
    def of(cls, networks: Iterable[str], header: str) -> "Proxies":
        """Read addresses and networks; ValueError where one is none."""
        return cls(tuple(ipaddress.ip_network(network.strip()) for network in networks), header.lower())

    def shown(self, request: HTTPConnection) -> Shown:
        """Give what a request shows; Unauthenticated where it shows what only a proxy may."""
        address, trusted = self._address(request)
        given = request.headers.getlist(self.header) if self.header else []
        if not given:
            return Shown(address)
        if not trusted:
            raise Unauthenticated("certificate-from-elsewhere")
        if len(given) > 1:
            raise Unauthenticated("two-certificates")
        return Shown(address, thumbprint(given[0], datetime.now(UTC)) if given[0].strip() else None)

    def brought(self, scope: Scope) -> bool:
        """Say whether a proxy that is believed brought a request."""
        peer = scope.get("client")
        return peer is not None and self._trusted(peer[0])

    def subscriber(self, request: HTTPConnection) -> str:
        """Give whose address a request came from, whatever else it shows: an IPv6 subscriber has a whole network."""
        return subscriber(self._address(request)[0])

    def _address(self, request: HTTPConnection) -> tuple[str, bool]:
        """Give the address a request came from, and whether a proxy that is believed brought it."""
        peer = request.client.host if request.client else ""
        trusted = self._trusted(peer)
        return _forwarded(request) or peer if trusted else peer, trusted

    def _trusted(self, peer: str) -> bool:
        if not self.networks:
            return False
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self.networks)


NO_PROXIES: Final = Proxies()


def _forwarded(request: HTTPConnection) -> str:
    """Give the address that the proxy itself saw: the last of the list, since a client may begin it as it likes."""
    said = ",".join(request.headers.getlist(FORWARDED)).rpartition(",")[2].strip()
    try:
        return str(ipaddress.ip_address(said))
    except ValueError:
        return ""


def subscriber(address: str) -> str:
    """Give an address, or of IPv6 the network whose addresses are all one subscriber's."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(read, ipaddress.IPv6Address) and read.ipv4_mapped is None:
        return str(ipaddress.ip_network((read, SUBSCRIBER), strict=False))
    return str(getattr(read, "ipv4_mapped", None) or read)


def thumbprint(header: str, now: datetime) -> str:
    """Give the thumbprint of the certificate in a header; Unauthenticated where it is none, or not valid now."""
    try:
        certificate = _certificate(header.strip())
        valid = certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
    except ValueError:
        raise Unauthenticated("bad-certificate") from None
    if not valid:
        raise Unauthenticated("certificate-not-valid-now")
    return thumbprint_of(certificate)


def thumbprint_of(certificate: x509.Certificate) -> str:
    """Give ``x5t#S256``: SHA-256 of the DER, in base64url without padding."""
    from cryptography.hazmat.primitives.serialization import Encoding

    digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _certificate(text: str) -> x509.Certificate:
    if len(text) > LONGEST:
        raise ValueError("too long")
    if (found := _BYTES.fullmatch(text)) is not None:
        return x509.load_der_x509_certificate(base64.b64decode(found.group(1), validate=True))
    return x509.load_pem_x509_certificate(unquote(text).encode("ascii"))
